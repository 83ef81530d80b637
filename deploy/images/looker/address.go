package main

import (
	"strconv"
	"strings"
)

// formatAddress writes 4 or 16 bytes as people do; of IPv6 only what matters is made short.
func formatAddress(bytes []byte) string {
	if len(bytes) == 4 {
		return dotted(bytes)
	}
	zeros := true
	for _, each := range bytes[:10] {
		zeros = zeros && each == 0
	}
	if zeros && bytes[10] == 0xff && bytes[11] == 0xff {
		return "::ffff:" + dotted(bytes[12:])
	}
	tail := bytes[10:]
	if zeros && tail[0]|tail[1]|tail[2]|tail[3]|tail[4] == 0 {
		if tail[5] == 0 {
			return "::"
		}
		if tail[5] == 1 {
			return "::1"
		}
	}
	words := make([]string, 0, 8)
	for index := 0; index < 16; index += 2 {
		words = append(words, strconv.FormatUint(uint64(bytes[index])<<8|uint64(bytes[index+1]), 16))
	}
	return strings.Join(words, ":")
}

func dotted(bytes []byte) string {
	return strconv.Itoa(int(bytes[0])) + "." + strconv.Itoa(int(bytes[1])) + "." + strconv.Itoa(int(bytes[2])) + "." + strconv.Itoa(int(bytes[3]))
}

// parseIP reads an IPv4 address, or an IPv6 one with at most one "::"; nil when it is neither.
func parseIP(text string) []byte {
	if !strings.Contains(text, ":") {
		return parseIPv4(text)
	}
	head, tail, short := strings.Cut(text, "::")
	front, good := words(head)
	back, alsoGood := words(tail)
	size := len(front) + len(back)
	if !good || !alsoGood || size > 16 || (!short && size != 16) {
		return nil
	}
	out := make([]byte, 16)
	copy(out, front)
	copy(out[16-len(back):], back)
	return out
}

func words(text string) ([]byte, bool) {
	if text == "" {
		return nil, true
	}
	var out []byte
	for _, word := range strings.Split(text, ":") {
		if four := parseIPv4(word); four != nil {
			out = append(out, four...)
			continue
		}
		value, err := strconv.ParseUint(word, 16, 16)
		if err != nil {
			return nil, false
		}
		out = append(out, byte(value>>8), byte(value))
	}
	return out, true
}

func parseIPv4(text string) []byte {
	parts := strings.Split(text, ".")
	if len(parts) != 4 {
		return nil
	}
	out := make([]byte, 4)
	for index, part := range parts {
		value, err := strconv.ParseUint(part, 10, 8)
		if err != nil {
			return nil
		}
		out[index] = byte(value)
	}
	return out
}
