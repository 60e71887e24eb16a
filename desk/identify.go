package desk

import (
	"fmt"

	"aside"
	"aside/desk/notice"
	"aside/templates"
	"aside/threading"
	"aside/threading/mark"
)

// Identify names a mail to a contact. All copies of one message share one
// Message-ID, so that reply-all threads; Reply-To is the recipient's own.
func (s *Service) Identify(o aside.Outgoing) (aside.Identity, error) {
	set := s.settings.Load()
	d := set.Directory.DeskOrFirst(o.Desk)
	c := o.Audience.Conversation()
	id := aside.Identity{
		From: aside.Address{Name: d.Name, Address: d.Address},
		ReplyTo: aside.Address{Name: d.Name, Address: d.Sub(s.Keys.Sign(mark.Token{Purpose: mark.Reply,
			Conversation: c.Token, Holder: o.Recipient.Holder}))},
		MessageID:    s.known(o.Message.MessageID, c, o.Message.Token, d),
		EnvelopeFrom: d.Sub(s.Keys.Sign(mark.Token{Purpose: mark.Bounce, Conversation: c.Token, Holder: o.Token})),
	}
	if a := set.Directory.AgentByHandle(o.Message.Author); a != nil && !o.Automatic {
		var err error
		if id.From.Name, err = set.Templates.Sender(templates.KeyOf(d), templates.Sender{Agent: a.FirstName(), Desk: d.Name}); err != nil {
			return id, err
		}
	}
	id.InReplyTo, id.References = s.thread(o, c, d)
	id.Subject = threading.ExternalSubject(c, d.SubjectTag, len(o.Thread) > 0)
	if o.Automatic && o.Message.Subject != "" {
		id.Subject = o.Message.Subject
	}
	return id, nil
}

// thread names what this conversation's audience has, and which of it is
// answered. The References of the mail that is answered are left out, whatever
// RFC 5322 section 3.6.4 has of them: they may name mails that others here never
// had.
func (s *Service) thread(o aside.Outgoing, c aside.Conversation, d *aside.Desk) (inReplyTo string, refs []string) {
	for _, h := range o.Thread {
		id := s.known(h.MessageID, c, h.Token, d)
		refs = append(refs, id)
		if h.Message == o.Message.ReplyTo {
			inReplyTo = id
		}
	}
	return inReplyTo, refs
}

// known is the Message-ID by which a message is known outside. Of ours it was
// written down when the message was made: by the time that one answers it, its
// ticket may be another desk's, and the desk's domain another one.
func (s *Service) known(id string, c aside.Conversation, token uint64, d *aside.Desk) string {
	if id == "" {
		id = s.Keys.MessageID(c.Token, token, d.TokenDomain())
	}
	return id
}

// IdentifyNotice names a mail to an agent. Its Reply-To says in the display
// name who will hear.
func (s *Service) IdentifyNotice(n aside.Notice) (aside.Identity, error) {
	d := s.settings.Load().Directory.DeskOrFirst(n.Desk)
	id := aside.Identity{
		From: aside.Address{Name: n.From.Name, Address: d.Sub(aside.NoticeDetail)},
		ReplyTo: aside.Address{Name: n.ReplyName, Address: d.Sub(s.Keys.Sign(mark.Token{Purpose: mark.Reply,
			Conversation: n.ConvToken, Holder: n.Holder}))},
		MessageID:    s.Keys.NoticeID(n.ConvToken, n.Holder, n.Token, d.TokenDomain()),
		EnvelopeFrom: d.Sub(s.Keys.Sign(mark.Token{Purpose: mark.NoticeBounce, Conversation: n.ConvToken, Holder: n.Token})),
		Subject:      n.Subject,
	}
	for _, e := range n.Earlier {
		id.References = append(id.References, s.Keys.NoticeID(n.ConvToken, e.Holder, e.Token, d.TokenDomain()))
	}
	return id, nil
}

// Body is what a mail to a contact says: the message's words and the desk's
// signature.
func (s *Service) Body(o aside.Outgoing) (text, html string, err error) {
	d := s.settings.Load().Directory.DeskOrFirst(o.Desk)
	w := templates.External(templates.Signed(notice.WordsOf(o.Message), d.Signature))
	return w.Text, w.HTML, nil
}

// NoticeBody is what a mail to an agent says: the words first, then the frame.
// Without one, drawn and known, it is an error.
func (s *Service) NoticeBody(n aside.Notice) (text, html string, err error) {
	if n.FrameText == "" {
		return "", "", fmt.Errorf("notice %d: its frame was not drawn", n.ID)
	}
	w := templates.Join(templates.Words{Text: n.AboveText, HTML: n.AboveHTML}, templates.Words{Text: n.FrameText, HTML: n.FrameHTML})
	return w.Text, w.HTML, nil
}
