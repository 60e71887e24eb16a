package html

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// view is how a notice is looked at.
type view struct {
	width int // of the window, in CSS pixels
	dark  bool
}

func (v view) String() string {
	if v.dark {
		return fmt.Sprintf("%d dark", v.width)
	}
	return fmt.Sprintf("%d light", v.width)
}

// views are a telephone and a desk, by day and by night.
func views() []view { return []view{{390, false}, {390, true}, {1200, false}, {1200, true}} }

// sight is what the browser says of an opened notice.
type sight struct {
	Frame   json.RawMessage // all that must be the same whatever a person wrote
	Band    box             // the line that says who hears a reply, without its round corners
	Top     float64         // where the frame begins
	Foreign []string        // elements and attributes that no mail of ours has
	Fakes   []string        // lines that read like the frame's first, and stand outside
	Links   []link
}

// link is a link in a person's words.
type link struct{ Shown, Host, Href, Lead string }

// lookAt is a script that measures the frame. The frame is the last card of the
// page; a point of it counts as covered when a click there would hit something
// else.
const lookAt = `(() => {
  const cards = [...document.querySelectorAll("table.as-card")], card = cards[cards.length - 1];
  if (!card || !card.rows.length) return {frame: {problem: "there is no frame"}, band: {x: 0, y: 0, width: 1, height: 1}};
  const band = card.rows[0].cells[card.rows[0].cells.length - 1], inside = card.rows[1].cells[0];
  const words = document.querySelector(".as-words");
  scrollTo(0, 0);
  const top = card.getBoundingClientRect().top;
  card.scrollIntoView({block: "center"});
  const c = card.getBoundingClientRect(), b = band.getBoundingClientRect();
  const covered = [];
  for (const r of [b, c]) for (let i = 0; i <= 8; i++) for (let j = 0; j <= 4; j++) {
    const x = r.left + 3 + (r.width - 6) * i / 8, y = r.top + 3 + (r.height - 6) * j / 4;
    const hit = document.elementFromPoint(x, y);
    if (!hit || !card.contains(hit)) covered.push(Math.round(x - r.left) + "," + Math.round(y - r.top));
  }
  const look = e => {
    const s = getComputedStyle(e), o = {};
    for (const k of ["color", "backgroundColor", "backgroundImage", "fontFamily", "fontSize", "fontWeight", "fontStyle", "textTransform", "textDecorationLine",
      "direction", "unicodeBidi", "writingMode", "visibility", "opacity", "display", "position", "float", "transform", "filter", "mixBlendMode", "clipPath",
      "letterSpacing", "wordSpacing", "textIndent", "textAlign", "textShadow", "lineHeight", "whiteSpace", "zoom", "zIndex", "content", "maxHeight", "overflow"]) o[k] = s[k];
    for (const p of ["::before", "::after"]) o[p] = getComputedStyle(e, p).content;
    return o;
  };
  const path = [];
  for (let p = card.parentElement; p; p = p.parentElement) path.push(p.tagName + "." + p.className);
  const frame = {
    cards: cards.length, path, covered, x: c.left, width: c.width, bandX: b.left, bandWidth: b.width, bandHeight: b.height,
    says: band.innerText, band: look(band), card: look(card), inside: look(inside), page: look(document.body), root: look(document.documentElement),
    wider: document.documentElement.scrollWidth > innerWidth, seen: card.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}),
    below: !!words && words.getBoundingClientRect().bottom <= c.top && words.getBoundingClientRect().right <= c.right + 1,
    sheets: document.styleSheets.length, boxed: document.querySelectorAll(".as-said").length,
  };
  const plain = s => s.normalize("NFKD").replace(/[УҮ]/g, "Y").replace(/[ОΟ]/g, "O").replace(/[Еe]/g, "E").replace(/[А]/g, "A").replace(/[Р]/g, "P").replace(/[Т]/g, "T")
    .replace(/ʏ/g, "y").replace(/ᴏ/g, "o").replace(/ᴜ/g, "u").replace(/ʀ/g, "r").replace(/ᴇ/g, "e").replace(/ᴘ/g, "p").replace(/ʟ/g, "l").replace(/ꜱ/g, "s").replace(/ᴛ/g, "t").replace(/ᴀ/g, "a")
    .replace(/[^A-Za-z>]/g, "").toUpperCase();
  card.style.display = "none";
  const fakes = document.body.innerText.split("\n").filter(l => /^YOURREPLY(GOES|STAYS)/.test(plain(l)));
  card.style.display = "";
  const foreign = [];
  const known = new Set(("HTML HEAD BODY META STYLE DIV SPAN P BR HR B STRONG I EM U S STRIKE DEL INS SUB SUP SMALL CODE PRE TT KBD SAMP BLOCKQUOTE UL OL LI DL DT DD " +
    "H1 H2 H3 H4 H5 H6 TABLE THEAD TBODY TFOOT TR TD TH CAPTION CENTER MARK Q CITE ABBR ADDRESS A IMG").split(" "));
  const said = document.querySelector(".as-said");
  for (const e of document.querySelectorAll("*")) {
    if (!known.has(e.tagName)) foreign.push(e.tagName);
    if (["META", "STYLE"].includes(e.tagName) && e.closest("body")) foreign.push("body " + e.tagName);
    if (!said || !said.contains(e) || e === said) continue;
    for (const a of e.attributes) if (!/^(href|src|alt|width|height|colspan|rowspan|align|dir|rel|style)$/.test(a.name) && !(a.name === "class" && a.value === "as-target")) foreign.push(e.tagName + " " + a.name);
    const s = getComputedStyle(e);
    if (s.position !== "static" || s.float !== "none" || s.zIndex !== "auto" || s.transform !== "none") foreign.push(e.tagName + " " + s.position + s.float);
  }
  const links = [...document.querySelectorAll(".as-said a[href]")].map(a => {
    const next = a.nextElementSibling, lead = next && next.className === "as-target" ? next.innerText : "";
    return {shown: a.innerText.trim(), host: a.hostname, href: a.href, lead};
  });
  const f = (c.top + scrollY) % 1;
  if (f && words) words.style.marginBottom = (25 - f) + "px"; // so that letters fall on the same pixels everywhere
  const at = band.getBoundingClientRect();
  return {frame, band: {x: at.left + 8, y: at.top + scrollY, width: at.width - 16, height: at.height}, top, foreign: [...new Set(foreign)], fakes, links};
})()`

// look measures the page that the tab shows.
func (t *tab) look(v view) (sight, error) {
	var s sight
	if err := t.size(v.width, v.dark); err != nil {
		return s, err
	}
	return s, t.eval(lookAt, &s)
}

// differs says what is not as in a notice of harmless words, "" if nothing.
func (s sight) differs(harmless sight) string {
	if bytes.Equal(s.Frame, harmless.Frame) {
		return ""
	}
	var a, b map[string]json.RawMessage
	if json.Unmarshal(s.Frame, &a) != nil || json.Unmarshal(harmless.Frame, &b) != nil {
		return "the frame cannot be read"
	}
	if p, found := a["problem"]; found {
		return string(p)
	}
	var out []string
	for k := range b {
		if !bytes.Equal(a[k], b[k]) {
			out = append(out, fmt.Sprintf("%s: %.300s, not %.300s", k, a[k], b[k]))
		}
	}
	return strings.Join(out, "; ")
}

// lies says what is wrong with a link, "" if it goes where it says.
func (l link) lies() string {
	scheme, rest, _ := strings.Cut(l.Href, ":")
	switch scheme {
	case "http", "https":
		lead := strings.TrimPrefix(strings.TrimPrefix(strings.Trim(l.Lead, "[]"), "http://"), "https://")
		if l.Lead == "" { // then the words are the address
			lead = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(l.Shown), "http://"), "https://")
			lead = lead[:len(lead)-len(strings.TrimLeft(strings.TrimLeft(lead, "abcdefghijklmnopqrstuvwxyz0123456789.-"), ":"))]
		}
		host, _, _ := strings.Cut(lead, "/")
		if l.Host == "[::1]" {
			host = strings.TrimSuffix(strings.TrimPrefix(l.Lead, "[https://"), "]")
		} else if !strings.HasPrefix(host, "[") {
			host, _, _ = strings.Cut(host, ":")
		}
		if !strings.EqualFold(host, l.Host) {
			return "goes to " + l.Host
		}
	case "mailto":
		if strings.Contains(rest, "?") {
			return "writes a mail's header"
		}
		if !strings.EqualFold(l.Lead, "["+l.Href+"]") && !strings.EqualFold(l.Shown, rest) {
			return "goes to " + rest
		}
	case "tel":
		if strings.Trim(rest, "+0123456789-.()") != "" {
			return "dials a code"
		}
	default:
		return "has another scheme"
	}
	return ""
}
