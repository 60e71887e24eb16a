// Package clients holds what real mail programs wrote in answer to notices of
// a running daemon, and plays it again. docs/clients.md says what was learned,
// the scripts beside this file drive the programs.
package clients
