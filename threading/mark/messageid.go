package mark

import "strings"

// SignedID is what a Message-ID of ours says.
type SignedID struct {
	Purpose      Purpose // External or Internal
	Conversation uint64  // 0 in a notice that belongs to no ticket
	Message      uint64  // of an External one
	Holder       uint64  // of an Internal one
	Notice       uint64  // of an Internal one
}

// MessageID is the Message-ID, without angle brackets, that all external copies
// of a message carry. It names no holder, and equals itself for ever, so that
// reply-all threads in everybody's client.
func (r *KeyRing) MessageID(conversation, message uint64, domain string) string {
	return r.write(External, tokenMAC, conversation, message) + "@" + domain
}

// NoticeID is the Message-ID, without angle brackets, of a notice to one agent.
func (r *KeyRing) NoticeID(conversation, holder, notice uint64, domain string) string {
	return r.write(Internal, noticeMAC, conversation, holder, notice) + "@" + domain
}

// ParseMessageID reads a Message-ID of ours in any case of its letters and with
// any domain, for some relays rewrite it; angle brackets may stand around it.
func (r *KeyRing) ParseMessageID(id string) (SignedID, bool) {
	id = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(id), "<"), ">")
	left, _, _ := strings.Cut(id, "@")
	left = strings.Trim(left, `"`)
	switch len(left) {
	case tokenLength:
		p, ids, ok := r.read(left, tokenLength, tokenMAC)
		if !ok || p != External {
			return SignedID{}, false
		}
		return SignedID{Purpose: p, Conversation: ids[0], Message: ids[1]}, true
	case noticeLength:
		p, ids, ok := r.read(left, noticeLength, noticeMAC)
		if !ok || p != Internal {
			return SignedID{}, false
		}
		return SignedID{Purpose: p, Conversation: ids[0], Holder: ids[1], Notice: ids[2]}, true
	}
	return SignedID{}, false
}
