package main

import "unicode/utf8"

// quote is a JSON string of at most `most` characters in which nothing is left that could steer a terminal or hide text.
func quote(text string, most int) string {
	return `"` + escaped(printable(text, most)) + `"`
}

// printable keeps what can be seen: no control characters, no invisible or direction-changing ones, no broken UTF-8;
// every run of spaces is one.
func printable(text string, most int) string {
	out := make([]byte, 0, len(text))
	count := 0
	space := false
	for len(text) > 0 && count < most {
		if after := afterSequence(text); after > 0 {
			text = text[after:]
			continue
		}
		letter, size := utf8.DecodeRuneInString(text)
		text = text[size:]
		if letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r' || letter == 0xa0 {
			space = len(out) > 0
			continue
		}
		if letter == utf8.RuneError || hidden(letter) {
			continue
		}
		if space {
			out = append(out, ' ')
			count++
			space = false
		}
		out = utf8.AppendRune(out, letter)
		count++
	}
	return string(out)
}

// afterSequence is the length of a terminal's control sequence at the start of a text (ECMA-48: ESC [ … final byte), whole or cut off; 0 where there is none.
func afterSequence(text string) int {
	if len(text) < 2 || text[0] != 0x1b || text[1] != '[' {
		return 0
	}
	end := 2
	for end < len(text) && text[end] >= 0x20 && text[end] <= 0x3f {
		end++
	}
	if end < len(text) && text[end] >= 0x40 && text[end] <= 0x7e {
		end++
	}
	return end
}

func hidden(letter rune) bool {
	switch {
	case letter < 0x20, letter >= 0x7f && letter < 0xa0, letter == 0xad:
		return true
	case letter >= 0x200b && letter <= 0x200f, letter >= 0x2028 && letter <= 0x202e, letter >= 0x2060 && letter <= 0x206f:
		return true
	case letter == 0x061c, letter == 0x180e, letter == 0xfeff, letter >= 0xfff9 && letter <= 0xfffb:
		return true
	case letter >= 0xe0000 && letter <= 0xe0fff, letter >= 0xe000 && letter <= 0xf8ff:
		return true
	}
	return false
}

func escaped(text string) string {
	out := make([]byte, 0, len(text)+8)
	for index := 0; index < len(text); index++ {
		if text[index] == '"' || text[index] == '\\' {
			out = append(out, '\\')
		}
		out = append(out, text[index])
	}
	return string(out)
}
