#!/bin/bash
# One answer in a running Thunderbird (DISPLAY says where), as a person would
# press the keys: thunderbird.sh CASE WORDS STEP...
# The mail whose subject has WORDS is chosen in the open folder by the quick
# filter, then every step is done:
#   key:KEYS     press keys (xdotool's names)      type:TEXT   write
#   after:WORDS  go behind WORDS in the composer   shot        picture CASE-N.png in ASIDE_KEPT
#   click:X,Y    click there                       wait:SECONDS
set -eu
case=$1 words=$2; shift 2
n=0
shot() { n=$((n + 1)); import -window root "$ASIDE_KEPT/$case-$n.png"; }
main=$(xdotool search --onlyvisible --name 'Mozilla Thunderbird$' | head -1)
xdotool windowactivate --sync "$main"
xdotool key ctrl+shift+k; sleep 0.6
xdotool key ctrl+a; xdotool type --delay 5 "$words"; sleep 1.5
xdotool mousemove 480 235 click 1; sleep 1.5
for step in "$@"; do
	case $step in
	key:*) for k in ${step#key:}; do xdotool key "$k"; sleep 0.15; done; case $step in *ctrl+r*|*ctrl+shift+r*|*ctrl+l*) sleep 3.5 ;; esac ;;
	type:*) xdotool type --delay 6 "${step#type:}"; sleep 0.2 ;;
	after:*) xdotool key ctrl+f; sleep 0.6; xdotool key ctrl+a; xdotool type --delay 5 "${step#after:}"; xdotool key Return; sleep 0.4; xdotool key Escape; sleep 0.4; xdotool key Right ;;
	shot) sleep 0.5; shot ;;
	click:*) xdotool mousemove "$(echo "${step#click:}" | cut -d, -f1)" "$(echo "${step#click:}" | cut -d, -f2)" click 1; sleep 2 ;;
	wait:*) sleep "${step#wait:}" ;;
	esac
done
