package main

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"
)

// writer makes mails from a seed. It is not safe for concurrent use.
type writer struct {
	rng *rand.Rand
	key ed25519.PrivateKey
}

func newWriter(seed uint64) *writer {
	rng := rand.New(rand.NewPCG(seed, 4))
	k := make([]byte, ed25519.SeedSize)
	for i := range k {
		k[i] = byte(rng.Uint32())
	}
	return &writer{rng: rng, key: ed25519.NewKeyFromSeed(k)}
}

func (w *writer) public() ed25519.PublicKey { return w.key.Public().(ed25519.PublicKey) }

// words is what people write about.
func words() []string {
	return strings.Fields(`kettle order parcel invoice refund delivery broken leaks arrived warranty address password account
		courier replacement colour handle button cable charger missing wrong number please thanks today yesterday week
		ordered paid card bank transfer returned label photo attached screen shop website cart voucher discount still
		nobody called answer waiting long since the a my is was it to of and for with not have has been would could
		tell me when where why again new old first second left right inside outside water power switch light noise`)
}

// prose is about n octets of sentences, in lines as mail programs wrap them.
func (w *writer) prose(n int) string {
	var b strings.Builder
	list, line := words(), 0
	for b.Len() < n {
		word := list[w.rng.IntN(len(list))]
		if w.rng.IntN(9) == 0 {
			word = fmt.Sprint(w.rng.IntN(100000))
		}
		if line+len(word) > 70 {
			b.WriteString(".\n")
			line = 0
		} else if line > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
		line += len(word) + 1
	}
	return b.String() + "."
}

// sign signs a mail as the server of its author's domain does. Ed25519 because
// the generator shares the machine: signing RSA takes it seven times as long,
// and the daemon has more work with checking Ed25519 than RSA.
func (w *writer) sign(from string, raw []byte) ([]byte, error) {
	_, domain, _ := strings.Cut(from, "@")
	var b bytes.Buffer
	err := dkim.Sign(&b, bytes.NewReader(raw), &dkim.SignOptions{Domain: domain, Selector: "test", Signer: w.key, Hash: crypto.SHA256,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		HeaderKeys: []string{"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "In-Reply-To", "References"}})
	if err != nil {
		return nil, fmt.Errorf("sign as %s: %w", domain, err)
	}
	return stuffed(b.Bytes()), nil
}

// letter is a mail ready for the wire.
type letter struct {
	from string
	raw  []byte
}

// plain is a customer's first mail of some size in plain text, like those that
// smtp-source sends. serial makes it different from every other.
func (w *writer) plain(serial, size int) (letter, error) {
	from := fmt.Sprintf("jane%d@customer%d.example", serial, serial%500)
	head := fmt.Sprintf("From: Jane Doe <%s>\r\nTo: %s\r\nSubject: %s %d\r\nDate: %s\r\nMessage-ID: <%d.%x@customer%d.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n",
		from, support, "Kettle", serial, time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700"), serial, w.rng.Uint64(), serial%500)
	body := strings.ReplaceAll(w.prose(size-len(head)-350), "\n", "\r\n") + "\r\n"
	raw, err := w.sign(from, []byte(head+body))
	return letter{from, raw}, err
}

// plains is n of them.
func (w *writer) plains(first, n, size int) ([]letter, error) {
	out := make([]letter, n)
	for i := range out {
		var err error
		if out[i], err = w.plain(first+i, size); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// answer is the same customer writing again, with In-Reply-To.
func (w *writer) answer(first letter, serial, size int) (letter, error) {
	head, _, _ := strings.Cut(string(first.raw), "\r\n\r\n")
	_, id, _ := strings.Cut(head, "\r\nMessage-ID: ")
	id, _, _ = strings.Cut(id, "\r\n")
	head = fmt.Sprintf("From: Jane Doe <%s>\r\nTo: %s\r\nSubject: Re: Kettle\r\nDate: %s\r\nMessage-ID: <%d.%x@customer.example>\r\nIn-Reply-To: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n",
		first.from, support, time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700"), serial, w.rng.Uint64(), id)
	raw, err := w.sign(first.from, []byte(head+strings.ReplaceAll(w.prose(size-len(head)-350), "\n", "\r\n")+"\r\n"))
	return letter{first.from, raw}, err
}
