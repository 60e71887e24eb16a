#!/usr/bin/env python3
"""The agent's editor: writes the answer of the file ASIDE_ANSWER into the mail
that a client opened, at the place ASIDE_PLACE says:
  top       above the quotation
  bottom    below it (above a signature)
  only      in place of it
  between   after the lines that contain the words of the answer's "after" lines:
            after What shall I do
            Please keep it.
ASIDE_ANSWER empty: nothing is written."""

import os
import sys

path = sys.argv[-1]
lines = open(path, encoding="utf-8").read().split("\n")
# With edit_headers the header comes first and ends with a blank line.
place = os.environ.get("ASIDE_PLACE", "top")
answer_file = os.environ.get("ASIDE_ANSWER", "")
answer = open(answer_file, encoding="utf-8").read().rstrip("\n").split("\n") if answer_file else []

while lines and not lines[-1].strip():
    lines.pop()
sig = next((i for i, l in enumerate(lines) if l == "-- "), len(lines))
body, sig = lines[:sig], lines[sig:]
while body and not body[-1].strip():
    body.pop()

if place == "only":
    body = answer
elif place == "top":
    body = answer + [""] + body
elif place == "bottom":
    body = body + [""] + answer
elif place == "between":
    parts, at = [], None
    for l in answer:
        if l.startswith("after "):
            at = [l[len("after "):], []]
            parts.append(at)
        else:
            at[1].append(l)
    out = []
    for l in body:
        out.append(l)
        for words, text in parts:
            if words in l:
                out += [""] + text + [""]
    body = out
open(path, "w", encoding="utf-8").write("\n".join(body + ([""] + sig if sig else [])) + "\n")
