package main

import "testing"

// What a person answers is no machine's mail, whatever subject it has.
func TestUnseenPersons(t *testing.T) { unseen(t, "persons") }

// What machines send is known as theirs, and so is what it is about.
func TestUnseenKinds(t *testing.T) { unseen(t, "kinds") }

// Odd ends of line and header lines lose no words.
func TestUnseenLines(t *testing.T) { unseen(t, "lines") }

// Text is read as what it is, and told to be, where its charset is wrong.
func TestUnseenCharsets(t *testing.T) { unseen(t, "charsets") }

// Text of no named charset is read in the one that it surely is in.
func TestUnseenUnlabelled(t *testing.T) { unseen(t, "unlabelled") }

// A footer that somebody put below base64 breaks no word above it.
func TestUnseenBase64Footer(t *testing.T) { unseen(t, "base64footer") }

// Only a date of the writer's own return counts, and the nearest year.
func TestUnseenUntil(t *testing.T) { unseen(t, "until") }

// Broken names of files and senders are read.
func TestUnseenNames(t *testing.T) { unseen(t, "names") }

// A field that stands twice is told.
func TestUnseenProblems(t *testing.T) { unseen(t, "problems") }

// The zones of RFC 5322 section 4.3 are known.
func TestUnseenDates(t *testing.T) { unseen(t, "dates") }
