package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestParsesSockets(t *testing.T) {
	text := `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 10001        0 1 1
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000 10001        0 1 1
   2: 00000000000000000000000000000000:0BB8 00000000000000000000000000000000:0000 0A 0:0 00:0 0 65532 0 1 1
   3: 0000000000000000FFFF00000100007F:0BB9 00000000000000000000000000000000:0000 0A 0:0 00:0 0 10001 0 1 1
   4: 00000000000000000000000001000000:0BBA 00000000000000000000000000000000:0000 0A 0:0 00:0 0 10001 0 1 1
   5: broken
`
	want := []socket{{"127.0.0.1", 8080, 10001}, {"::", 3000, 65532}, {"::ffff:127.0.0.1", 3001, 10001}, {"::1", 3002, 10001}}
	got := merge(nil, append(parseSockets(text), want[0]))
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for index := range want {
		if got[index] != want[index] {
			t.Errorf("got %v, want %v", got[index], want[index])
		}
	}
}

type stream struct{ io.Reader }

func (stream) SetReadDeadline(time.Time) error { return nil }

func read(text string) (response, error) {
	return readResponse(stream{bytes.NewReader([]byte(text))}, time.Now().Add(time.Second))
}

func TestReadsResponses(t *testing.T) {
	plainBody, err := read("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 404 Not Found\r\ncontent-length: 5\r\n\r\nhello, more")
	if err != nil || plainBody.status != 404 || string(plainBody.body) != "hello" {
		t.Errorf("got %v %v", plainBody, err)
	}
	chunked, err := read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
	if err != nil || string(chunked.body) != "abcde" {
		t.Errorf("got %v %v", chunked, err)
	}
	if _, err := read("SSH-2.0-OpenSSH_9\r\n"); kindOf(err) != notHTTP {
		t.Errorf("got %v", err)
	}
	if _, err := read(""); kindOf(err) != noAnswer {
		t.Errorf("got %v", err)
	}
	if _, err := read("HTTP/1.1 999999999999999999999 x\r\n\r\n"); kindOf(err) != notHTTP {
		t.Errorf("got %v", err)
	}
	if large, err := read("HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 200_000)); err != nil || len(large.body) != mostBody {
		t.Errorf("got %v %v", len(large.body), err)
	}
}

func TestTitlesAreHarmless(t *testing.T) {
	said := sayAnswer("a", answer{response: response{status: 200, body: []byte("<html><TITLE lang=x>\n A &amp; \x1b[31m\"B\" \u202e\xff " + strings.Repeat("é", 200) + "</title>")}})
	if !strings.Contains(said, `"title":"A & \"B\" éé`) || strings.ContainsAny(said, "\x1b\u202e") {
		t.Errorf("got %s", said)
	}
	if got := len([]rune(printable(strings.Repeat("é", 200), 80))); got != 80 {
		t.Errorf("got %d characters", got)
	}
}

func TestTargetsCannotAddHeaders(t *testing.T) {
	for _, bad := range []string{"a\tb\t80\t\t/x y", "a\tb\t80\tx\r\ty", "a\tb\t0\t\t/", "a\tb\t80\t\t/\r", ""} {
		if _, good := parseTargets(bad); good {
			t.Errorf("%q was taken", bad)
		}
	}
	if _, good := parseTargets("service\t10.0.0.1\t80\t\t/\nlink\texample.test\t30000\texample.test\t/a?b=c\n"); !good {
		t.Error("good targets were refused")
	}
}

func TestAddresses(t *testing.T) {
	for _, text := range []string{"10.96.0.1", "::1", "::", "fd00:1:2:3:4:5:6:7"} {
		if got := formatAddress(parseIP(text)); got != text {
			t.Errorf("%s became %s", text, got)
		}
	}
	for _, bad := range []string{"300.1.1.1", "1:2:3", "x", "1.2.3"} {
		if parseIP(bad) != nil {
			t.Errorf("%s was taken", bad)
		}
	}
	if firstAddress([]byte{1, 2, 0x81, 0x80, 0, 1, 0, 9, 0, 0, 0, 0, 200}, 0x0102) != nil {
		t.Error("a broken answer was taken")
	}
}

// A program gets one question at a time, and what it answers decides how long the next address is asked.
func TestAsksOneAfterTheOther(t *testing.T) {
	var now, most atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(to http.ResponseWriter, _ *http.Request) {
		if at := now.Add(1); at > most.Load() {
			most.Store(at)
		}
		time.Sleep(20 * time.Millisecond)
		now.Add(-1)
		to.WriteHeader(http.StatusNotFound)
	}))
	defer server.Close()
	port := server.URL[strings.LastIndex(server.URL, ":")+1:]
	lines := "pod\t127.0.0.1\t" + port + "\t\t/\nservice\t127.0.0.1\t" + port + "\t\t/\nlink\t127.0.0.1\t1\t\t/"
	said := ask(optionMap{"wait": "1s"}, lines)
	if strings.Count(said, `"status":404`) != 2 || !strings.Contains(said, `"name":"link","ms":0,"tries":`) {
		t.Errorf("got %s", said)
	}
	if most.Load() != 1 {
		t.Errorf("%d requests at once", most.Load())
	}
}

// What is asked of the loopback address is answered by the server that it stands in for.
func TestForwards(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(to http.ResponseWriter, _ *http.Request) { _, _ = to.Write([]byte("far")) }))
	defer server.Close()
	listening, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	near := listening.Addr().String()
	_ = listening.Close()
	go forward(optionMap{"listen": near, "to": strings.TrimPrefix(server.URL, "http://")})
	for try := 0; ; try++ {
		answer, err := http.Get("http://" + near)
		if err == nil {
			text, _ := io.ReadAll(answer.Body)
			if string(text) != "far" {
				t.Errorf("got %q", text)
			}
			return
		}
		if try == 50 {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
