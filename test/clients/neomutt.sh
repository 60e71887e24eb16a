#!/bin/bash
# One answer by neomutt in a terminal of its own, as a person would press the
# keys. Prints the screens on the way.
#   neomutt.sh CASE PLACE ANSWER-FILE PATTERN KEYS...
# PATTERN limits the index (~s "..."), the newest match is answered; KEYS are
# what is pressed there, one tmux key each: r, g, f, ... and what prompts ask.
# A key of "wait:WORDS" waits until the screen shows the words.
set -u
here=$(cd "$(dirname "$0")" && pwd)
export ASIDE_CASE=$1 ASIDE_PLACE=$2 ASIDE_ANSWER=$3
pattern=$4; shift 4
s=aside-$ASIDE_CASE
screen() { echo "--- $ASIDE_CASE: $1"; tmux -L aside capture-pane -p -t "$s" | sed 's/ *$//' | cat -s; }
await() { # words on the screen, at most five seconds
	for _ in $(seq 50); do
		tmux -L aside capture-pane -p -t "$s" | grep -qF -- "$1" && return 0
		sleep 0.1
	done
	echo "never on the screen: $1"; return 1
}
tmux -L aside new-session -d -s "$s" -x 110 -y 45 -e ASIDE_CASE="$ASIDE_CASE" -e ASIDE_PLACE="$ASIDE_PLACE" -e ASIDE_ANSWER="$ASIDE_ANSWER" \
	-e ASIDE_SMTP="$ASIDE_SMTP" -e ASIDE_KEPT="${ASIDE_KEPT:-}" -e LANG=C.UTF-8 "neomutt -F '$ASIDE_MUTTRC'"
await "Msgs:"
[ -n "$pattern" ] && tmux -L aside send-keys -t "$s" l && await "Limit" && tmux -L aside send-keys -t "$s" C-u && tmux -L aside send-keys -t "$s" -l "$pattern" && tmux -L aside send-keys -t "$s" Enter && sleep 0.3
tmux -L aside send-keys -t "$s" '*'; sleep 0.2
screen index
for k in "$@"; do
	case $k in
	wait:*) await "${k#wait:}" ;;
	text:*) tmux -L aside send-keys -t "$s" -l "${k#text:}" ;;
	screen) sleep 0.3; screen now ;;
	*) tmux -L aside send-keys -t "$s" "$k" ;;
	esac
	sleep 0.1
done
sleep 0.8; screen end
tmux -L aside kill-session -t "$s"
