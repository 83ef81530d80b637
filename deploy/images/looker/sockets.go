package main

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// socket is one TCP socket that listens, and whose it is.
type socket struct {
	address string
	port    int
	uid     int
}

const listening = "0A"
const mostSockets = 40

// lookAtSockets waits for a listener that the asker cares for, gives the others a moment to appear, and lists them all.
func lookAtSockets(options optionMap) string {
	started := time.Now()
	deadline := started.Add(options.duration("wait", 0))
	settle := options.duration("settle", time.Second)
	uid, want, ignored := options.number("uid"), options.number("want"), portsOf(options["ignore"])
	var first time.Time
	for {
		seen := listeners()
		now := time.Now()
		matching, wanted := false, false
		for _, each := range seen {
			if (uid >= 0 && each.uid != uid) || ignored[each.port] {
				continue
			}
			matching = true
			wanted = wanted || (each.port == want && !loopback(each.address))
		}
		if matching && first.IsZero() {
			first = now
		}
		settled := !first.IsZero() && now.Sub(first) >= settle
		if wanted || settled || !now.Before(deadline) {
			return saySockets(seen, now.Sub(started))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func portsOf(list string) map[int]bool {
	ports := map[int]bool{}
	for _, word := range strings.Split(list, ",") {
		if port, err := strconv.Atoi(word); err == nil {
			ports[port] = true
		}
	}
	return ports
}

func loopback(address string) bool {
	return strings.HasPrefix(address, "127.") || address == "::1" || strings.HasPrefix(address, "::ffff:127.")
}

func saySockets(seen []socket, waited time.Duration) string {
	text := `{"v":1,"waitedMs":` + strconv.FormatInt(waited.Milliseconds(), 10) + `,"sockets":[`
	for index, each := range seen {
		if index > 0 {
			text += ","
		}
		text += `{"address":` + quote(each.address, 45) + `,"port":` + strconv.Itoa(each.port) + `,"uid":` + strconv.Itoa(each.uid) + `}`
	}
	return text + "]}"
}

// listeners reads the network namespace that the pod's containers share.
func listeners() []socket {
	var all []socket
	for _, file := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(file)
		if err == nil {
			all = merge(all, parseSockets(string(text)))
		}
	}
	return all
}

// merge keeps each address, port and owner once.
func merge(all []socket, more []socket) []socket {
next:
	for _, each := range more {
		for _, known := range all {
			if known == each {
				continue next
			}
		}
		if len(all) < mostSockets {
			all = append(all, each)
		}
	}
	return all
}

func parseSockets(text string) []socket {
	var found []socket
	for _, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) < 8 || fields[3] != listening {
			continue
		}
		address, port, good := parseAddress(fields[1])
		uid, err := strconv.Atoi(fields[7])
		if good && err == nil {
			found = append(found, socket{address, port, uid})
		}
	}
	return found
}

// parseAddress reads `0100007F:1F90`: 32-bit words in the machine's byte order (little-endian wherever this runs), then the port.
func parseAddress(text string) (string, int, bool) {
	hex, portHex, found := strings.Cut(text, ":")
	port, err := strconv.ParseUint(portHex, 16, 16)
	if !found || err != nil || (len(hex) != 8 && len(hex) != 32) {
		return "", 0, false
	}
	bytes := make([]byte, len(hex)/2)
	for index := range bytes {
		value, err := strconv.ParseUint(hex[index*2:index*2+2], 16, 8)
		if err != nil {
			return "", 0, false
		}
		bytes[index/4*4+3-index%4] = byte(value)
	}
	return formatAddress(bytes), int(port), true
}
