// Looker looks from inside: which sockets a pod listens on, whether a Service answers, and it forwards to a program that
// listens on its loopback address only, and from there to a database that a program looks for there. It tells what it saw by its termination message and trusts nothing that it reads.
package main

import (
	"os"
	"strconv"
	"time"
)

const usage = `looker sockets [-wait 60s] [-settle 1s] [-uid N] [-want PORT] [-ignore 9229,5432]
looker ask     [-after 0s] [-wait 60s] [-timeout 10s]      targets in $ASK_TARGETS, one a line: name TAB host TAB port TAB host header TAB path
looker bridge  -listen ADDRESS:PORT -to PORT
looker forward -listen ADDRESS:PORT [-socket FILE] -to HOST:PORT
`

// terminationLog is where the kubelet reads a container's last word; at most 4,096 bytes of it.
const terminationLog = "/dev/termination-log"

func main() {
	if len(os.Args) < 2 {
		fail(usage)
	}
	options := parse(os.Args[2:])
	switch os.Args[1] {
	case "sockets":
		tell(lookAtSockets(options))
	case "ask":
		tell(ask(options, os.Getenv("ASK_TARGETS")))
	case "bridge":
		bridge(options)
	case "forward":
		forward(options)
	default:
		fail(usage)
	}
}

// Options are written as `-name value`, nothing else.
type optionMap map[string]string

func parse(words []string) optionMap {
	options := optionMap{}
	for index := 0; index+1 < len(words); index += 2 {
		name := words[index]
		if len(name) < 2 || name[0] != '-' {
			fail(usage)
		}
		options[name[1:]] = words[index+1]
	}
	if len(words)%2 != 0 {
		fail(usage)
	}
	return options
}

func (options optionMap) duration(name string, otherwise time.Duration) time.Duration {
	value, given := options[name]
	if !given {
		return otherwise
	}
	parsed, err := time.ParseDuration(value)
	if err != nil || parsed < 0 || parsed > time.Hour {
		fail("-" + name + " is not a duration up to one hour\n")
	}
	return parsed
}

// number is -1 when the option was not given.
func (options optionMap) number(name string) int {
	value, given := options[name]
	if !given {
		return -1
	}
	parsed, err := strconv.Atoi(value)
	if err != nil || parsed < 0 {
		fail("-" + name + " is not a number\n")
	}
	return parsed
}

// tell writes the answer where the kubelet finds it, and to standard output for people.
func tell(answer string) {
	if len(answer) > 4096 {
		answer = `{"v":1,"error":"answer too large"}`
	}
	// Outside a pod there is no such file, and then it must not be made.
	if file, err := os.OpenFile(terminationLog, os.O_WRONLY|os.O_TRUNC, 0); err == nil {
		_, _ = file.WriteString(answer)
		_ = file.Close()
	}
	_, _ = os.Stdout.WriteString(answer + "\n")
}

func fail(message string) {
	_, _ = os.Stderr.WriteString(message)
	os.Exit(2)
}
