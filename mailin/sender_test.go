package mailin

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"aside"
)

// What proves the sender is found out from the bytes as they will be kept, in
// memory or in a file, and travels with the mail.
func TestSenderIsVerified(t *testing.T) {
	var seen []string
	blobs := map[string]string{}
	h := open(t, func(s *setup) {
		s.KeepRaw = func(_ context.Context, r io.Reader) (aside.Content, error) {
			b, err := io.ReadAll(r)
			c := contentOf(b)
			blobs[c.SHA256], c.Data = string(b), nil
			return c, err
		}
		s.Verify = func(_ context.Context, in *aside.Inbound, open func() (io.ReadCloser, error)) (aside.Verdict, error) {
			for range 2 { // it may be read more than once
				r, err := open()
				if err != nil {
					return aside.Verdict{}, err
				}
				b, err := io.ReadAll(r)
				if err != nil {
					return aside.Verdict{}, err
				}
				r.Close()
				seen = append(seen, string(b))
			}
			if in.Mail == nil || in.Mail.Subject != "Kettle" {
				t.Errorf("verified before it was read: %+v", in.Mail)
			}
			return aside.Verdict{DMARC: "pass", Reason: "seen"}, nil
		}
	})
	c := h.greeted()
	c.deliver(smallMail, "250 2.0.0 OK: ")
	large := smallMail + strings.Repeat("A line of a large mail.\r\n", 5000)
	c.deliver(large, "250 2.0.0 OK: ")
	if len(seen) != 4 || seen[0] != seen[1] || seen[2] != seen[3] {
		t.Fatalf("read %d times", len(seen))
	}
	for i, in := range h.mails() {
		if in.Verdict.Reason != "seen" {
			t.Errorf("mail %d has the verdict %+v", i, in.Verdict)
		}
		if got := seen[2*i]; in.Raw.Data == nil && got != blobs[in.Raw.SHA256] || int64(len(got)) != in.Raw.Size || !strings.HasPrefix(got, "Received: from client.example") {
			t.Errorf("mail %d: %d octets were verified, %d arrived", i, len(got), in.Raw.Size)
		}
	}
	h.stop()
	if !strings.Contains(h.log.String(), "dmarc=pass") {
		t.Errorf("log: %s", h.log.String())
	}
	if h.mails()[1].Raw.Data != nil {
		t.Error("the large mail did not go through the store")
	}
}

func TestSenderCannotBeVerified(t *testing.T) {
	fails := errors.New("the store is gone")
	h := open(t, func(s *setup) {
		s.Verify = func(context.Context, *aside.Inbound, func() (io.ReadCloser, error)) (aside.Verdict, error) {
			if fails == nil {
				panic("boom")
			}
			return aside.Verdict{DMARC: "pass"}, fails
		}
	})
	c := h.greeted()
	c.deliver(smallMail, "451 4.3.0 Could not store the message, please try again")
	if len(h.mails()) != 0 {
		t.Error("a mail was taken although its bytes could not be read")
	}
	fails = nil
	c.deliver(smallMail, "250 2.0.0 OK: ")
	if v := h.mails()[0].Verdict; v.DMARC != "" || v.AlignedDKIM {
		t.Errorf("a panic proved %+v", v)
	}
}

// A refusal for now names its own reason, and is worth another try.
func TestDeferral(t *testing.T) {
	h := open(t, nil)
	h.fail = &Refusal{451, "4.7.5", "DNS does not answer, please try again"}
	c := h.greeted()
	c.deliver(smallMail, "451 4.7.5 DNS does not answer, please try again")
	h.stop()
	if !strings.Contains(h.log.String(), "msg=deferred") {
		t.Errorf("log: %s", h.log.String())
	}
}
