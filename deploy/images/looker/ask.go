package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strconv"
	"strings"
	"time"
)

// target is one address that is asked, in the order of the answers.
type target struct {
	name   string
	host   string
	port   int
	header string
	path   string
}

// answer is what came back: a status and what belongs to it, or the kind of trouble.
type answer struct {
	response response
	err      trouble
	ms       int64
	tries    int
}

const mostTargets = 6

// A server that answers 5xx may only be starting, and one that talks something else than HTTP is given a second look.
const (
	patienceWithErrors = 8 * time.Second
	// Once one address has got nothing but errors, the others are likely to.
	patienceWithMoreErrors = 2 * time.Second
	patienceWithNoise      = 2 * time.Second
	// Once one address has answered, the others get this long: they lead to the same program.
	patienceWithOthers = 12 * time.Second
)

// ask asks one target after the other until each answers or time is up: so one pod is enough however long a program needs to start. A program's first
// request has it to itself: what it opens once or makes on demand (a connection, a page) is not asked of it three times at once.
func ask(options optionMap, lines string) string {
	targets, good := parseTargets(lines)
	if !good {
		fail("ASK_TARGETS cannot be read\n" + usage)
	}
	// Who is asked may not be there alone yet.
	time.Sleep(options.duration("after", 0))
	until := patience{deadline: time.Now().Add(options.duration("wait", time.Minute)), errors: patienceWithErrors}
	timeout := options.duration("timeout", 10*time.Second)
	text := `{"v":1,"answers":[`
	for index, each := range targets {
		got := insist(each, until, timeout)
		until = until.after(got)
		if index > 0 {
			text += ","
		}
		text += sayAnswer(each.name, got)
	}
	return text + "]}"
}

// patience is how long an address is asked: until the deadline, and this long where it answers errors.
type patience struct {
	deadline time.Time
	errors   time.Duration
}

// after is what the next address gets, given what the last one answered.
func (before patience) after(last answer) patience {
	switch {
	case last.err != "":
		return before
	case last.response.status < 500:
		return patience{earlier(before.deadline, time.Now().Add(patienceWithOthers)), before.errors}
	default:
		return patience{before.deadline, patienceWithMoreErrors}
	}
}

func parseTargets(lines string) ([]target, bool) {
	var targets []target
	for _, line := range strings.Split(strings.Trim(lines, "\n"), "\n") {
		fields := strings.Split(line, "\t")
		if len(fields) != 5 || !plain(fields[3]) || !plain(fields[4]) || !strings.HasPrefix(fields[4], "/") {
			return nil, false
		}
		port, err := strconv.Atoi(fields[2])
		if err != nil || port < 1 || port > 65535 {
			return nil, false
		}
		targets = append(targets, target{fields[0], fields[1], port, fields[3], fields[4]})
	}
	return targets, len(targets) > 0 && len(targets) <= mostTargets
}

// plain is true for visible ASCII: nothing that could end a line of the request.
func plain(text string) bool {
	for index := 0; index < len(text); index++ {
		if text[index] <= ' ' || text[index] >= 0x7f {
			return false
		}
	}
	return len(text) <= 1024
}

// insist asks one target again and again, at least once.
func insist(to target, until patience, timeout time.Duration) answer {
	var last answer
	var firstError, firstNoise time.Time
	for tries := 1; ; tries++ {
		got, took, err := once(to, time.Now().Add(timeout), tries)
		last = answer{response: got, ms: took.Milliseconds(), tries: tries}
		now := time.Now()
		switch {
		case err == nil && got.status < 500:
			return last
		case err == nil:
			firstError = earliest(firstError, now)
			if now.Sub(firstError) > until.errors {
				return last
			}
		default:
			last.err = kindOf(err)
			if last.err == notHTTP {
				firstNoise = earliest(firstNoise, now)
				if now.Sub(firstNoise) > patienceWithNoise {
					return last
				}
			}
		}
		if !now.Before(until.deadline) {
			return last
		}
		time.Sleep(pause(tries))
	}
}

func earliest(known time.Time, now time.Time) time.Time {
	if known.IsZero() {
		return now
	}
	return known
}

// pause is short at first, since most programs start within seconds.
func pause(tries int) time.Duration {
	if tries < 40 {
		return 100 * time.Millisecond
	}
	return 500 * time.Millisecond
}

// once asks a single time; the time that it took is the program's own, from the connection on.
func once(to target, deadline time.Time, try int) (response, time.Duration, error) {
	ip, err := resolve(to.host, deadline)
	if err != nil {
		return response{}, 0, err
	}
	connection, err := dial(ip, to.port, earlier(deadline, time.Now().Add(patienceToConnect(try))))
	if err != nil {
		return response{}, 0, err
	}
	defer connection.Close()
	connected := time.Now()
	got, err := exchange(connection, to, deadline)
	return got, time.Since(connected), err
}

// patienceToConnect is short at first: while a Service learns of its pod the first packet is dropped, and TCP would wait a second to send it anew.
func patienceToConnect(try int) time.Duration {
	if try <= 10 {
		return 300 * time.Millisecond
	}
	return 5 * time.Second
}

func earlier(one time.Time, other time.Time) time.Time {
	if one.Before(other) {
		return one
	}
	return other
}

func exchange(connection *os.File, to target, deadline time.Time) (response, error) {
	_ = connection.SetDeadline(deadline)
	header := to.header
	if header == "" {
		header = to.host
	}
	request := "GET " + to.path + " HTTP/1.1\r\nHost: " + header +
		"\r\nUser-Agent: repo-runner-looker/1\r\nAccept: text/html,application/xhtml+xml,*/*;q=0.8\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
	if _, err := connection.WriteString(request); err != nil {
		return response{}, err
	}
	return readResponse(connection, deadline)
}

func sayAnswer(name string, each answer) string {
	text := `{"name":` + quote(name, 24) + `,"ms":` + strconv.FormatInt(each.ms, 10) + `,"tries":` + strconv.Itoa(each.tries)
	if each.err != "" {
		return text + `,"error":` + quote(string(each.err), 24) + `}`
	}
	sum := sha256.Sum256(each.response.body)
	text += `,"status":` + strconv.Itoa(each.response.status) + `,"bytes":` + strconv.Itoa(len(each.response.body)) + `,"sha256":"` + hex.EncodeToString(sum[:]) + `"`
	if title := titleOf(each.response.body); title != "" {
		text += `,"title":` + quote(title, 80)
	}
	if kind := each.response.header("content-type"); kind != "" {
		text += `,"contentType":` + quote(kind, 64)
	}
	if location := each.response.header("location"); location != "" {
		text += `,"location":` + quote(location, 160)
	}
	return text + "}"
}
