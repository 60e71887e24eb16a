package reply

import (
	"regexp"
	"strings"

	"aside/reply/markup"
)

// device is the line that phones and mail programs add below what was
// written.
var device = regexp.MustCompile(`(?i)^[\s*_(\[]*(?:` +
	`sent from my(?: [^\s,.;]+){1,4}|sent (?:from|via|with|using) (?:the )?(?:outlook|yahoo|gmail|aol|mail|proton ?mail|protonmail|k-9|blue ?mail|spark|samsung|huawei|xiaomi|nine|edison|fairemail|mobile|my mobile|airmail|sparrow|superhuman|hey|fastmail|canary|mailbird|tutanota|tuta|windows|iphone|ipad|android|blackberry|workspace|zimbra)[^.!?]{0,90}|` +
	`sent on the go[^.!?]{0,40}|get outlook for [^.!?]{2,40}|download [^.!?]{2,30} for (?:ios|android)|(?:this (?:e-?mail|message) was )?sent from a mobile device|via mobile|typed on (?:a|my) phone[^.!?]{0,40}|` +
	`(?:diese nachricht wurde |von meine[mr] .{2,40} gesendet|gesendet (?:von|mit|aus|über)(?: meinem| meiner| der| dem)? [^.!?]{2,80}|holen sie sich outlook für .{2,20}|outlook für (?:ios|android) (?:herunterladen|beziehen))|` +
	`envoyé (?:de|depuis|à partir de|avec|via) [^.!?]{2,80}|télécharger outlook pour .{2,20}|obtenez outlook pour .{2,20}|` +
	`enviado (?:desde|do|da|de|a partir do|con|com|via|através do) [^.!?]{2,80}|obtener outlook para .{2,20}|obter o outlook para .{2,20}|obtenha o outlook para .{2,20}|` +
	`inviato (?:da|dal|con|tramite) [^.!?]{2,80}|scarica outlook per .{2,20}|ottieni outlook per .{2,20}|` +
	`verstuurd (?:vanaf|met|vanuit|via) [^.!?]{2,80}|verzonden (?:vanaf|met|via|vanuit) [^.!?]{2,80}|outlook voor (?:ios|android) downloaden|download outlook voor .{2,20}|` +
	`skickat från [^.!?]{2,60}|hämta outlook för .{2,20}|sendt fra [^.!?]{2,60}|hent outlook (?:til|for) .{2,20}|få outlook (?:til|for) .{2,20}|lähetetty [^.!?]{2,60}|hanki outlook.{2,30}|` +
	`wysłane? z [^.!?]{2,60}|wysłano z [^.!?]{2,60}|pobierz outlook.{2,30}|odesláno z [^.!?]{2,60}|odoslané z [^.!?]{2,60}|poslano (?:iz|s|sa|z) [^.!?]{2,60}|` +
	`отправлено (?:с|из|от) [^.!?]{2,60}|надіслано з [^.!?]{2,60}|изпратено от [^.!?]{2,60}|скачать outlook.{2,30}|` +
	`[^.!?]{0,10}iphone'?(?:umdan|umdan|ımdan|'umdan|'ımdan) gönderildi|[^.!?]{2,40} gönderildi|küldve [^.!?]{2,60}|[^.!?]{2,40}(?:-ről|-ról|-ből|-ból|mról|mről) küldve|trimis de pe [^.!?]{2,60}|enviat des de [^.!?]{2,60}|nire .{2,30} bidalia|` +
	`στάλθηκε από [^.!?]{2,60}|εστάλη από [^.!?]{2,60}|được gửi từ [^.!?]{2,60}|gửi từ [^.!?]{2,40}|dikirim dari [^.!?]{2,60}|ส่งจาก[^.!?]{2,60}|נשלח מה?-?[^.!?]{2,60}|أرسلت من [^.!?]{2,60}|تم الإرسال من [^.!?]{2,60}|` +
	`发自我的[^。！？]{2,40}|從我的[^。！？]{2,40}傳送|从我的[^。！？]{2,40}发送|發自我的[^。！？]{2,40}|获取 ?outlook.{2,20}|(?:iphone|ipad|スマートフォン|携帯|galaxy|xperia)から送信|私の[^。！？]{2,20}から送信|나의 ?[^.!?]{2,20}에서 보냄|내 ?[^.!?]{2,20}에서 (?:보냄|전송)` +
	`)[\s.*_)\]]*$`)

// deviceName is what a device's line names, in one language or another: "Sent
// by courier" does not.
var deviceName = regexp.MustCompile(`(?i)sent from my|iphone|ipad|ipod|apple|\bmac|android|samsung|galaxy|huawei|xiaomi|redmi|pixel|oneplus|nokia|sony|xperia|motorola|blackberry|windows|` +
	`outlook|mail|yahoo|aol|gmx|web\.de|proton|tuta|k-9|spark|airmail|sparrow|superhuman|\bhey\b|canary|zimbra|edison|nine|workspace|thunderbird|` +
	`handy|phone|tel[eé]f|téléph|m[óo]vil|celular|cellulare|mobil|tablet|on the go|телефон|смартфон|почт|puhelim|\bcep\b|手机|手機|電話|スマート|携帯|휴대폰|โทร|điện thoại|ponsel|جوال|הנייד`)

// isDevice reports whether a line is a device's.
func isDevice(line string) bool {
	return len(line) < 200 && device.MatchString(line) && deviceName.MatchString(line)
}

// nameLine is a dash and a name, as some close a mail.
var nameLine = regexp.MustCompile(`^(?:-|–|—|--)\p{Lu}[\p{L}'’.-]*(?: \p{Lu}[\p{L}'’.-]*){0,2}$`)

// listFooter is the rule above what a mailing list adds.
var listFooter = regexp.MustCompile(`^_{30,}\s*$`)

// longSignature bounds what may stand below a line of two dashes whose blank
// was lost on the way: longer than that the dashes are a divider.
const longSignature = 15

// signatures marks the writer's own signature: below dashes in every stretch
// of new text, and without any mark at the end of the first and of the last.
func (r *reading) signatures() {
	first, last := [2]int{}, [2]int{}
	for i := 0; i < len(r.rows); {
		if r.rows[i].kind != fresh {
			i++
			continue
		}
		j, words := i, false
		for j < len(r.rows) && r.rows[j].kind == fresh {
			words = words || r.rows[j].weight > 0 && r.rows[j].hint&markup.HintSignature == 0
			j++
		}
		if end := r.belowDashes(i, j); words {
			last = [2]int{i, end}
			if first[1] == 0 {
				first = last
			}
		}
		if words && j < len(r.rows) && r.rows[j].kind == intro && first != last {
			r.ownTrailing(last[0], last[1])
		}
		i = j
	}
	r.leading(first[0], first[1])
	r.trailing(last[0], last[1])
	if first != last {
		r.trailing(first[0], first[1])
	}
	if last[1] == 0 {
		r.notOnlySignature()
	}
}

// notOnlySignature takes back what only the markup called a signature, where
// nothing else is left: some people type inside that element.
func (r *reading) notOnlySignature() {
	for i := range r.rows {
		if w := &r.rows[i]; w.kind == signature && w.hint&markup.HintSignature != 0 && w.weight > 0 {
			w.kind = fresh
		}
	}
}

// belowDashes marks what stands below the dashes of a signature in the rows
// from i to j, and returns where the text above ends.
func (r *reading) belowDashes(i, j int) int {
	for k := i; k < j; k++ {
		if r.rows[k].hint&markup.HintSignature != 0 && !r.rows[k].commandRow() {
			r.rows[k].kind = signature
		}
		text := strings.TrimSpace(r.rows[k].text)
		if text == "--" && r.closes(k, j) || j-k < 12 && listFooter.MatchString(text) && r.hasLink(k, j) {
			for n := k; n < j; n++ {
				r.rows[n].kind = signature
			}
			return k
		}
	}
	return j
}

// closes reports whether the dashes in row k begin a signature.
func (r *reading) closes(k, j int) bool {
	if strings.HasSuffix(r.rows[k].raw, "-- ") { // RFC 3676 section 4.3
		return true
	}
	lines := 0
	for n := k + 1; n < j && lines <= longSignature; n++ {
		if !r.rows[n].blank() {
			lines++
		}
	}
	return lines <= longSignature
}

func (r *reading) hasLink(k, j int) bool {
	for _, w := range r.rows[k:j] {
		if strings.Contains(w.text, "http") || strings.Contains(w.text, "@") {
			return true
		}
	}
	return false
}

// trailing takes the lines of devices and of the configured signature from
// the end of rows i to j upwards.
func (r *reading) trailing(i, j int) {
	named := false
	for k := j - 1; k >= i; k-- {
		w := &r.rows[k]
		if w.blank() || w.kind == signature {
			continue
		}
		text := strings.TrimSpace(w.text)
		switch {
		case len(text) < 1000 && isDevice(withoutTargets(strings.Map(seen, text))):
		case r.ownLine(k):
		case !named && k > i && r.rows[k-1].blank() && nameLine.MatchString(text):
			named = true
		default:
			return
		}
		w.kind = signature
	}
}

// leading takes the configured signature from the start of rows i to j: some
// clients put it above the quotation, and the writer goes on below it. A
// single line of it must stand alone.
func (r *reading) leading(i, j int) {
	for i < j && (r.rows[i].blank() || r.rows[i].commandRow()) {
		i++
	}
	lines, end := 0, i
	for k := i; k < j; k++ {
		if r.rows[k].blank() {
			continue
		}
		if !r.ownLine(k) {
			break
		}
		lines, end = lines+1, k+1
	}
	if lines == 0 || lines == 1 && len(r.held.ownLines) > 1 && end < j && !r.rows[end].blank() || !r.saysMore(i, end) {
		return
	}
	for k := i; k < end; k++ {
		if !r.rows[k].blank() {
			r.rows[k].kind = signature
		}
	}
}

// ownTrailing takes the configured signature from the end of rows i to j.
func (r *reading) ownTrailing(i, j int) {
	for k := j - 1; k >= i; k-- {
		if w := &r.rows[k]; w.blank() || w.kind == signature {
			continue
		}
		if !r.ownLine(k) {
			return
		}
		r.rows[k].kind = signature
	}
}

// ownLine reports whether a row is a line of the configured signature.
func (r *reading) ownLine(k int) bool {
	text := r.rows[k].text
	return len(r.held.ownLines) > 0 && len(text) < 500 && r.held.ownLines[Normalise(text)]
}

// signedAs marks the signature that the HTML part's markup names in the text
// part, too: there it may stand without dashes, above the quotation and above
// the answers below it.
func (r *reading) signedAs(page *reading) {
	var lines []string
	for i := range page.rows {
		if w := &page.rows[i]; w.hint&markup.HintSignature != 0 && w.depth == 0 && !w.blank() {
			if commandForm.MatchString(w.text) {
				return // something else than a signature was typed there
			}
			lines = append(lines, Normalise(w.text))
		}
	}
	if len(lines) == 0 || len(lines) > longSignature {
		return
	}
	for i := range r.rows {
		end, ok := r.spells(i, lines)
		if !ok || !r.saysMore(i, end) {
			continue
		}
		for k := i; k < end; k++ {
			r.rows[k].kind = signature
		}
		return
	}
}

// spells reports whether the new rows from i on are the lines, blank rows
// between them apart, and where they end.
func (r *reading) spells(i int, lines []string) (end int, ok bool) {
	k := 0
	for ; i < len(r.rows) && k < len(lines); i++ {
		w := &r.rows[i]
		switch {
		case w.kind != fresh && w.kind != signature:
			return 0, false
		case w.blank():
			if k == 0 {
				return 0, false
			}
		case Normalise(w.text) != lines[k]:
			return 0, false
		default:
			k++
		}
	}
	return i, k == len(lines)
}

// saysMore reports whether anything new stands outside the rows from i to end.
func (r *reading) saysMore(i, end int) bool {
	for k := range r.rows {
		if w := &r.rows[k]; (k < i || k >= end) && w.kind == fresh && w.weight > 0 {
			return true
		}
	}
	return false
}
