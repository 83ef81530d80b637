package main

import (
	"io"
	"strconv"
	"strings"
	"time"
)

// response is the little of an HTTP answer that is looked at.
type response struct {
	status  int
	headers string
	body    []byte
}

const (
	mostHead = 32 * 1024
	mostBody = 64 * 1024
	// A body that never ends (a stream of events) is cut off here; its status is known long before.
	bodyPatience = 2 * time.Second
)

type deadlineReader interface {
	io.Reader
	SetReadDeadline(time.Time) error
}

// readResponse reads a head and at most 64 KB of a body, as hostile bytes.
func readResponse(from deadlineReader, deadline time.Time) (response, error) {
	var buffer []byte
	for {
		head, rest, complete := strings.Cut(string(buffer), "\r\n\r\n")
		if complete {
			status, good := statusOf(head)
			if !good {
				return response{}, notHTTP
			}
			// 100 Continue, 103 Early Hints: the answer comes after them.
			if status >= 100 && status < 200 && status != 101 {
				buffer = []byte(rest)
				continue
			}
			_, headers, _ := strings.Cut(head, "\r\n")
			found := response{status: status, headers: headers}
			found.body = readBody(from, []byte(rest), found, deadline)
			return found, nil
		}
		if len(buffer) >= mostHead || (len(buffer) >= 5 && !strings.HasPrefix(string(buffer), "HTTP/")) {
			return response{}, notHTTP
		}
		more := make([]byte, 4096)
		count, err := from.Read(more)
		buffer = append(buffer, more[:count]...)
		if err == nil {
			continue
		}
		if len(buffer) > 0 {
			if !strings.Contains(string(buffer), "\r\n\r\n") {
				return response{}, notHTTP
			}
			continue
		}
		if err == io.EOF {
			return response{}, noAnswer
		}
		return response{}, err
	}
}

func statusOf(head string) (int, bool) {
	line, _, _ := strings.Cut(head, "\r\n")
	fields := strings.SplitN(line, " ", 3)
	if len(fields) < 2 || (fields[0] != "HTTP/1.1" && fields[0] != "HTTP/1.0") || len(fields[1]) != 3 {
		return 0, false
	}
	status, err := strconv.Atoi(fields[1])
	return status, err == nil && status >= 100
}

func (found response) header(name string) string {
	for _, line := range strings.Split(found.headers, "\r\n") {
		key, value, good := strings.Cut(line, ":")
		if good && strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func readBody(from deadlineReader, start []byte, found response, deadline time.Time) []byte {
	if found.status == 204 || found.status == 304 || found.status == 101 {
		return nil
	}
	wanted := mostBody
	if length, err := strconv.Atoi(found.header("content-length")); err == nil && length >= 0 && length < wanted {
		wanted = length
	}
	chunked := strings.Contains(strings.ToLower(found.header("transfer-encoding")), "chunked")
	if chunked {
		// Sizes of chunks stand between the bytes.
		wanted = mostBody + mostBody/4
	}
	if soon := time.Now().Add(bodyPatience); soon.Before(deadline) {
		deadline = soon
	}
	_ = from.SetReadDeadline(deadline)
	body := start
	for len(body) < wanted && !(chunked && strings.HasSuffix(string(body), "0\r\n\r\n")) {
		more := make([]byte, 8192)
		count, err := from.Read(more)
		body = append(body, more[:count]...)
		if err != nil {
			break
		}
	}
	if chunked {
		body = joinChunks(body)
	} else if len(body) > wanted {
		body = body[:wanted]
	}
	if len(body) > mostBody {
		body = body[:mostBody]
	}
	return body
}

// joinChunks takes the sizes out; what is broken ends the body.
func joinChunks(raw []byte) []byte {
	var body []byte
	text := string(raw)
	for {
		line, rest, good := strings.Cut(text, "\r\n")
		digits, _, _ := strings.Cut(line, ";")
		size, err := strconv.ParseUint(strings.TrimSpace(digits), 16, 31)
		if !good || err != nil || size == 0 {
			return body
		}
		if int(size) >= len(rest) {
			return append(body, rest...)
		}
		body = append(body, rest[:size]...)
		text = strings.TrimPrefix(rest[size:], "\r\n")
	}
}

// titleOf finds what a browser would show in its tab.
func titleOf(body []byte) string {
	text := string(body)
	lower := smallASCII(body)
	start := strings.Index(lower, "<title")
	if start < 0 {
		return ""
	}
	open := strings.IndexByte(lower[start:], '>')
	if open < 0 {
		return ""
	}
	begin := start + open + 1
	end := strings.Index(lower[begin:], "</title")
	if end < 0 || end > 4096 {
		return ""
	}
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#39;", "'", "&#x27;", "'", "&nbsp;", " ").Replace(text[begin : begin+end])
}

// smallASCII makes A to Z small and leaves every byte at its place.
func smallASCII(text []byte) string {
	small := make([]byte, len(text))
	for index, letter := range text {
		if letter >= 'A' && letter <= 'Z' {
			letter += 'a' - 'A'
		}
		small[index] = letter
	}
	return string(small)
}
