// Package mark makes and reads the signed marks of aside's mail. It is pure: no
// I/O, no clock, no randomness of its own.
//
// All marks are made with a KeyRing. Its first key signs, every key verifies.
//
//	reply token     1 version+purpose, 7 conversation, 7 holder,   10 MAC = 25 octets, 40 characters
//	bounce token    1 version+purpose, 7 conversation, 7 delivery, 10 MAC = 25 octets, 40 characters
//	notice bounce   1 version+purpose, 7 conversation, 7 notice,   10 MAC = 25 octets, 40 characters
//	Message-ID      1 version+purpose, 7 conversation, 7 message,  10 MAC = 25 octets, 40 characters
//	notice's ID     1 version+purpose, 7 conversation, 7 holder, 7 notice, 13 MAC = 35 octets, 56 characters
//	marker          20 bits nonce, 30 bits MAC = "aside-" and 10 characters
//
// The characters are lower-case base32 (RFC 4648 section 6) without padding,
// because mail systems change the case of local parts. Lengths are chosen so
// that no bit is left over: two different spellings never mean the same mark,
// case apart. MACs are HMAC-SHA256, cut.
package mark
