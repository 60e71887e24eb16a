#!/usr/bin/env python3
"""sendmail, as a mail client calls it: the mail on standard input goes to the
desk under trial by SMTP. ASIDE_SMTP is host:port. Recipients elsewhere, which
a real submission server would carry, are only named. A copy of what the client
wrote is kept in the folder ASIDE_KEPT, if that is set."""

import email
import email.utils
import os
import smtplib
import sys
import time

args, to, sender, read_headers = sys.argv[1:], [], "dana@example.com", False
while args:
    a = args.pop(0)
    if a == "-f":
        sender = args.pop(0)
    elif a == "-t":
        read_headers = True
    elif a == "--":
        to += args
        break
    elif not a.startswith("-"):
        to.append(a)

raw = sys.stdin.buffer.read()
m = email.message_from_bytes(raw)
if read_headers or not to:
    fields = m.get_all("To", []) + m.get_all("Cc", []) + m.get_all("Bcc", [])
    to = [addr for _, addr in email.utils.getaddresses(fields) if addr]

kept = os.environ.get("ASIDE_KEPT", "")
if kept:
    name = os.environ.get("ASIDE_CASE") or "%d" % time.time_ns()
    with open(os.path.join(kept, name + ".eml"), "wb") as f:
        f.write(raw)

host, port = os.environ.get("ASIDE_SMTP", "127.0.0.1:2525").split(":")
raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
ours = [a for a in to if a.split("+")[0].split("@")[0] in ("support", "billing")]
for a in sorted(set(to) - set(ours)):
    print("elsewhere:", a, file=sys.stderr)
if ours:
    with smtplib.SMTP(host, int(port), timeout=20) as s:
        s.sendmail(sender, ours, raw)
