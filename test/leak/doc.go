// Package leak plays a helpdesk at random and looks for the one thing that
// must never happen: words heard by somebody outside their audience.
//
// Customers, agents, vendors and people who mean no good write through the
// clients of package harness: to the real daemon over SMTP, or to the same code
// in this process, faster and with a clock of its own. Whatever they write
// carries canaries: words that occur nowhere else, each with the list of outside
// addresses that may see it. The model here knows who was told what by whom, and
// nothing of aside's code. In process it also compares what the store was made
// to write down with what each writer may do.
package leak
