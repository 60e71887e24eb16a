#!/bin/bash
# mutants.sh [-n MAILS] [-c CHUNK] [-s SEED] [PATCH…]: plants each fault of mutants/ alone
# into a scratch copy of HEAD, plays the simulation there, and prints what
# found it. Exit status 1 when one was not found, 2 when one could not be
# planted (the code has changed: make the patch anew).
#
# A fault counts as found by a canary or by the audit of rights; a simulation
# in which answers no longer arrive is named, but proves less.
set -uo pipefail
mails=4000 chunk=500 seed=4242
while getopts n:c:s: o; do
	case $o in
	n) mails=$OPTARG ;;
	c) chunk=$OPTARG ;;
	s) seed=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
here=$(cd "$(dirname "$0")" && pwd)
root=$(git -C "$here" rev-parse --show-toplevel)
[ $# -gt 0 ] || set -- "$here"/mutants/*.patch
scratch=$(mktemp -d)
trap 'git -C "$root" worktree remove --force "$scratch/tree"; rm -rf "$scratch"' EXIT
git -C "$root" worktree add -q --detach "$scratch/tree" HEAD || exit 2
status=0
for patch; do
	name=$(basename "$patch" .patch)
	cd "$scratch/tree" && git checkout -q . || exit 2
	if ! git apply "$patch" 2>"$scratch/err" || ! go test -c -o "$scratch/leak.test" ./test/leak 2>"$scratch/err"; then
		echo "$name: NOT PLANTED: $(head -1 "$scratch/err")"
		status=2
		continue
	fi
	"$scratch/leak.test" -test.run InProcess -test.v -leak.seed "$seed" -leak.inprocess "$mails" -leak.chunk "$chunk" >"$scratch/out" 2>&1
	after=$(grep -a -o 'seed [0-9]*: [0-9]* mails in.*LEAK' "$scratch/out" | head -1 | sed 's/ mails in.*//')
	found=$(grep -a -o 'seed [0-9]*: LEAK: .*' "$scratch/out" | head -1)
	if [ -n "$found" ]; then
		echo "$name: ${found#*LEAK: } ($after mails)"
	elif grep -a -q '^--- FAIL' "$scratch/out"; then
		echo "$name: FAILED OTHERWISE: $(grep -a -E 'seed [0-9]+: [a-z]|expected answers|agents heard' "$scratch/out" | head -1 | cut -c1-200)"
		[ $status -eq 0 ] && status=1
	else
		echo "$name: NOT FOUND"
		[ $status -eq 0 ] && status=1
	fi
done
exit $status
