package read

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/htmlindex"
)

// Text that says nothing of its charset, or something wrong, is read in the one
// that it surely is in; all other is read as windows-1252.
func TestEightBit(t *testing.T) {
	texts := map[string]string{
		"ru": "Добрый день, у меня сломался чайник и я хочу вернуть его, потому что он течёт.",
		"uk": "Добрий день, мій чайник зламався і протікає, що мені робити?",
		"zh": "您好，我收到的水壶已经坏了，请问怎么办？我的订单是4711。",
		"tw": "您好，水壺壞了，請問怎麼辦？我的訂單是4711。",
		"ja": "お世話になっております。ケトルが壊れましたので、交換をお願いします。",
		"ko": "안녕하세요, 주전자가 고장났습니다. 새 것으로 바꿔 주세요.",
		"de": "Größe und Gewicht gefällt mir, aber die Füße sind schön hässlich – »Ärger« über Öl für 5 €.",
		"fr": "À l'été, la bouilloire fuit : « ÉNORMÉMENT » déçu, où êtes-vous ?",
		"es": "¡Atención! ¿Cuándo llegará? ¡Está roto! Señor Muñoz, ¡ánimo! ¡Adiós!",
		"pl": "Dzień dobry, czajnik jest zepsuty. Proszę o zwrot pieniędzy – żółć, źdźbło, łódź.",
		"tr": "Günaydın, su ısıtıcısı kırıldı, şikâyetçiyim. Çözüm için teşekkürler.",
		"el": "Καλημέρα σας, ο βραστήρας μου έσπασε και τρέχει, τι να κάνω;",
		"he": "שלום, הקומקום שלי שבור ודולף, מה לעשות?",
		"th": "สวัสดีครับ กาต้มน้ำของผมเสียแล้ว ต้องทำอย่างไร",
		"ar": "مرحبا، غلاية الماء مكسورة وتسرب الماء، ماذا أفعل؟",
	}
	for _, tt := range []struct {
		lang, charset string
		sure          bool
	}{
		{"ru", "windows-1251", true}, {"ru", "koi8-r", true}, {"uk", "windows-1251", true},
		{"zh", "gbk", true}, {"tw", "big5", true}, {"ja", "shift_jis", true}, {"ja", "euc-jp", true}, {"ko", "euc-kr", true},
		{"de", "windows-1252", false}, {"fr", "windows-1252", false}, {"es", "windows-1252", false},
		{"pl", "windows-1250", false}, {"tr", "windows-1254", false}, {"el", "windows-1253", false},
		{"he", "windows-1255", false}, {"th", "windows-874", false}, {"ar", "windows-1256", false},
	} {
		enc, err := htmlindex.Get(tt.charset)
		if err != nil {
			t.Fatal(err)
		}
		b, err := enc.NewEncoder().Bytes([]byte(texts[tt.lang]))
		if err != nil {
			t.Fatal(tt.lang, tt.charset, err)
		}
		for _, label := range []string{"", "utf-8", "iso-8859-1"} {
			text, problem := toUTF8(b, label)
			if (text == texts[tt.lang]) != (tt.sure || tt.lang == "de" || tt.lang == "fr" || tt.lang == "es") {
				t.Errorf("%s in %s as %q: %q (%s)", tt.lang, tt.charset, label, text, problem)
			}
			if !tt.sure && label == "" && problem != "undeclared 8-bit text was read as windows-1252" {
				t.Errorf("%s in %s: %s", tt.lang, tt.charset, problem)
			}
		}
		if text, problem := toUTF8([]byte(texts[tt.lang]), tt.charset); text != texts[tt.lang] || !strings.HasSuffix(problem, "is UTF-8") {
			t.Errorf("UTF-8 as %s: %q (%s)", tt.charset, text, problem)
		}
		if text, problem := toUTF8(b, tt.charset); text != texts[tt.lang] || problem != "" {
			t.Errorf("%s: %q (%s)", tt.charset, text, problem)
		}
	}
}

// A short text without a charset is read in that of the header, where it can be.
func TestHeaderCharset(t *testing.T) {
	const day = "\xC4\xEE\xE1\xF0\xFB\xE9 \xE4\xE5\xED\xFC" // in windows-1251
	for name, tt := range map[string]struct{ subject, text, want string }{
		"as encoded words say":   {"=?windows-1251?B?1+Dp7ejq?=", day, "Добрый день"},
		"as it surely is":        {"\xD1\xEB\xEE\xEC\xE0\xEB\xF1\xFF \xF7\xE0\xE9\xED\xE8\xEA, \xEF\xEE\xEC\xEE\xE3\xE8\xF2\xE5", day, "Добрый день"},
		"nothing tells":          {"Kettle", "Gr\xFC\xDFe", "Grüße"},
		"UTF-8, which it is not": {"=?utf-8?Q?K=C3=A4nnchen?=", "Gr\xFC\xDFe", "Grüße"},
		"UTF-8 after all":        {"=?windows-1251?B?1+Dp7ejq?=", "Grüße", "Grüße"},
	} {
		m := mustRead(t, strings.Replace(person, "Kettle", tt.subject, 1)+"\n"+tt.text, Options{})
		if strings.TrimSpace(m.Text) != tt.want {
			t.Errorf("%s: %q %q", name, m.Text, m.Problems)
		}
	}
}

// Few letters of two octets may be valid UTF-8, and stay what they are declared as.
func TestValidUTF8ByChance(t *testing.T) {
	b := []byte("\xC4\xB3\xCE\xB6\xD2\xBB\xCE\xB6")
	if text, problem := toUTF8(b, "gb2312"); text != "某味一味" || problem != "" {
		t.Errorf("%q (%s)", text, problem)
	}
}
