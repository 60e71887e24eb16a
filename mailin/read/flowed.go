package read

import "strings"

// unflow joins the flowed lines of format=flowed text (RFC 3676 section 4).
// Quoted paragraphs are joined within their depth; the mark "-- " of a
// signature is no flowed line.
func unflow(text string, delsp bool) string {
	var out strings.Builder
	out.Grow(len(text))
	open, openDepth := false, 0 // a paragraph that the next line continues
	for text != "" {
		line, rest, more := strings.Cut(text, "\n")
		text = rest
		depth := 0
		for depth < len(line) && line[depth] == '>' {
			depth++
		}
		line = line[depth:]
		line = strings.TrimPrefix(line, " ") // space-stuffing
		sig := line == "-- " || line == "--"
		if open && (depth != openDepth || sig) {
			out.WriteByte('\n')
			open = false
		}
		if !open && depth > 0 {
			out.WriteString(strings.Repeat(">", depth))
			if line != "" {
				out.WriteByte(' ')
			}
		}
		flowed := strings.HasSuffix(line, " ") && !sig
		if flowed && delsp {
			line = line[:len(line)-1]
		}
		out.WriteString(line)
		open, openDepth = flowed, depth
		if !flowed && more {
			out.WriteByte('\n')
		}
	}
	if open {
		out.WriteByte('\n')
	}
	return out.String()
}
