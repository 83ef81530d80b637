package main

import (
	"os"
	"strings"
	"syscall"
	"time"
)

// resolve finds the first IPv4 address of a name: an address itself, /etc/hosts, then the nameservers of /etc/resolv.conf with its search list.
func resolve(name string, deadline time.Time) ([]byte, error) {
	if ip := parseIP(name); ip != nil {
		return ip, nil
	}
	if !hostName(name) {
		return nil, unknownHost
	}
	hosts, _ := os.ReadFile("/etc/hosts")
	for _, line := range strings.Split(string(hosts), "\n") {
		fields := strings.Fields(line)
		for index := 1; index < len(fields) && fields[index][0] != '#'; index++ {
			if fields[index] == name {
				if ip := parseIP(fields[0]); ip != nil {
					return ip, nil
				}
			}
		}
	}
	servers, names := resolver(name)
	for _, each := range names {
		for _, server := range servers {
			if ip := query(server, each, deadline); ip != nil {
				return ip, nil
			}
		}
	}
	return nil, unknownHost
}

func hostName(name string) bool {
	if name == "" || len(name) > 253 {
		return false
	}
	for _, label := range strings.Split(strings.TrimSuffix(name, "."), ".") {
		if label == "" || len(label) > 63 {
			return false
		}
	}
	for _, letter := range name {
		if !(letter == '-' || letter == '.' || letter == '_' || letter >= '0' && letter <= '9' || letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z') {
			return false
		}
	}
	return true
}

func resolver(name string) (servers [][]byte, names []string) {
	text, _ := os.ReadFile("/etc/resolv.conf")
	var search []string
	for _, line := range strings.Split(string(text), "\n") {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		switch fields[0] {
		case "nameserver":
			if ip := parseIP(fields[1]); ip != nil && len(servers) < 3 {
				servers = append(servers, ip)
			}
		case "search":
			search = fields[1:]
		}
	}
	if !strings.HasSuffix(name, ".") && strings.Count(name, ".") < 5 {
		for _, suffix := range search {
			names = append(names, name+"."+suffix)
		}
	}
	return servers, append(names, name)
}

func query(server []byte, name string, deadline time.Time) []byte {
	family, address := socketAddress(server, 53)
	descriptor, err := openSocket(family, syscall.SOCK_DGRAM)
	if err != nil {
		return nil
	}
	file := os.NewFile(uintptr(descriptor), "query")
	defer file.Close()
	if syscall.Connect(descriptor, address) != nil {
		return nil
	}
	if soon := time.Now().Add(2 * time.Second); soon.Before(deadline) {
		deadline = soon
	}
	_ = file.SetDeadline(deadline)
	id := uint16(time.Now().UnixNano())
	if _, err := file.Write(question(id, name)); err != nil {
		return nil
	}
	buffer := make([]byte, 1500)
	length, err := file.Read(buffer)
	if err != nil {
		return nil
	}
	return firstAddress(buffer[:length], id)
}

func question(id uint16, name string) []byte {
	message := []byte{byte(id >> 8), byte(id), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	for _, label := range strings.Split(strings.TrimSuffix(name, "."), ".") {
		message = append(message, byte(len(label)))
		message = append(message, label...)
	}
	return append(message, 0, 0, 1, 0, 1)
}

// firstAddress reads an answer as hostile bytes: every step is checked against the end.
func firstAddress(message []byte, id uint16) []byte {
	if len(message) < 12 || message[0] != byte(id>>8) || message[1] != byte(id) || message[3]&0xf != 0 {
		return nil
	}
	at := skipName(message, 12) + 4
	answers := int(message[6])<<8 | int(message[7])
	for ; answers > 0 && at > 0; answers-- {
		at = skipName(message, at)
		if at < 0 || at+10 > len(message) {
			return nil
		}
		kind, size := int(message[at])<<8|int(message[at+1]), int(message[at+8])<<8|int(message[at+9])
		at += 10
		if at+size > len(message) {
			return nil
		}
		if kind == 1 && size == 4 {
			return append([]byte(nil), message[at:at+4]...)
		}
		at += size
	}
	return nil
}

func skipName(message []byte, at int) int {
	for at >= 0 && at < len(message) {
		length := int(message[at])
		switch {
		case length == 0:
			return at + 1
		case length >= 0xc0:
			return at + 2
		case length > 63:
			return -100
		}
		at += 1 + length
	}
	return -100
}
