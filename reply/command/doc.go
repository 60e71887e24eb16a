// Package command is the grammar of what an agent can do by mail: the lines
// that begin with a slash, times such as "tue 9am", one-word answers to a
// hold's receipt, commands on the lines of a list, and @mentions.
//
// It is pure: text in, commands and problems out. A mail with a problem is
// held whole, so the rule throughout is that what is not wholly understood is
// a problem with a reason and, where it can be told, what was probably meant.
// Everything here takes time linear in the text.
package command
