// Package html opens what aside sends in a real browser: mail from outside
// must neither run, nor fetch, nor reach the frame that says who will hear a
// reply.
package html
