// Package harness drives the real aside binary from outside, as the world
// does: SMTP in, a folder of mail out, subcommands on the side. Its clients
// write replies as the mail programs of real people do, so that the scenarios
// beside it read as stories.
package harness
