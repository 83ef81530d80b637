package main

import (
	"io"
	"os"
	"strconv"
	"time"
)

var loopbacks = [][]byte{{127, 0, 0, 1}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}

// bridge forwards from the pod's address to a program that listens on its loopback address only. It listens only while the
// program does, so that a probe never takes the bridge for the program.
func bridge(options optionMap) {
	host, port := splitHostPort(options["listen"])
	ip := parseIP(host)
	target := options.number("to")
	if ip == nil || target < 1 || target > 65535 {
		fail(usage)
	}
	for {
		for !answers(target) {
			time.Sleep(100 * time.Millisecond)
		}
		listener, err := listen(ip, port)
		if err != nil {
			// Somebody listens on this address already: then no bridge is needed.
			time.Sleep(2 * time.Second)
			continue
		}
		_, _ = os.Stdout.WriteString("forwarding to port " + strconv.Itoa(target) + "\n")
		serve(listener, target)
	}
}

// serve returns when the program has gone.
func serve(listener *os.File, target int) {
	gone := make(chan struct{}, 1)
	go func() {
		<-gone
		_ = listener.Close()
	}()
	for {
		client, err := accept(listener)
		if err != nil {
			select {
			case gone <- struct{}{}:
			default:
			}
			_ = listener.Close()
			return
		}
		go func() {
			defer client.Close()
			program := dialLoopback(target)
			if program == nil {
				select {
				case gone <- struct{}{}:
				default:
				}
				return
			}
			defer program.Close()
			join(client, program)
		}()
	}
}

// forward stands in, on the pod's own loopback address, for a server elsewhere: each connection is one of the server's.
func forward(options optionMap) {
	host, port := splitHostPort(options["listen"])
	server, serverPort := splitHostPort(options["to"])
	ip := parseIP(host)
	if ip == nil || port < 1 || server == "" || serverPort < 1 {
		fail(usage)
	}
	listener, err := listen(ip, port)
	if err != nil {
		fail("cannot listen on " + options["listen"] + ": " + err.Error() + "\n")
	}
	if path := options["socket"]; path != "" {
		file, err := listenFile(path)
		if err != nil {
			fail("cannot listen on " + path + ": " + err.Error() + "\n")
		}
		go pass(file, server, serverPort)
	}
	pass(listener, server, serverPort)
}

// pass hands each connection on to a server elsewhere, for as long as there are any.
func pass(listener *os.File, server string, serverPort int) {
	for {
		client, err := accept(listener)
		if err != nil {
			fail("listening ended: " + err.Error() + "\n")
		}
		go func() {
			defer client.Close()
			deadline := time.Now().Add(10 * time.Second)
			address, err := resolve(server, deadline)
			if err != nil {
				return
			}
			there, err := dial(address, serverPort, deadline)
			if err != nil {
				return
			}
			defer there.Close()
			_ = there.SetDeadline(time.Time{})
			join(client, there)
		}()
	}
}

func answers(port int) bool {
	program := dialLoopback(port)
	if program == nil {
		return false
	}
	_ = program.Close()
	return true
}

func dialLoopback(port int) *os.File {
	for _, ip := range loopbacks {
		if program, err := dial(ip, port, time.Now().Add(5*time.Second)); err == nil {
			_ = program.SetDeadline(time.Time{})
			return program
		}
	}
	return nil
}

// join copies both ways; the end of one direction is passed on, and the connection ends with the second.
func join(one *os.File, other *os.File) {
	done := make(chan struct{}, 2)
	pump := func(to *os.File, from *os.File) {
		// Plain reads and writes: os.File's own shortcuts are for files.
		_, _ = io.Copy(struct{ io.Writer }{to}, struct{ io.Reader }{from})
		closeWrite(to)
		done <- struct{}{}
	}
	go pump(one, other)
	go pump(other, one)
	<-done
	<-done
}
