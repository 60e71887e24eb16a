// Package leak plays a helpdesk at random and looks for the one thing that
// must never happen: words heard by somebody outside their audience.
//
// Customers, agents and vendors write to the real daemon over SMTP through the
// clients of package harness. Whatever they write carries canaries: words that
// occur nowhere else, each with the list of outside addresses that may see it.
// The model here knows who was told what by whom, and nothing of aside's code.
package leak
