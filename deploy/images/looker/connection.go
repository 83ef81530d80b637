package main

import (
	"os"
	"strconv"
	"syscall"
	"time"
)

// Sockets are made by system calls and handed to os.File, which waits for them without a thread each. The net package would
// double the size of this program.

type trouble string

func (kind trouble) Error() string { return string(kind) }

// The ways in which a connection fails, as the controller reads them.
const (
	refused     = trouble("Refused")
	timedOut    = trouble("Timeout")
	reset       = trouble("Reset")
	unreachable = trouble("Unreachable")
	unknownHost = trouble("UnknownHost")
	notHTTP     = trouble("NotHttp")
	noAnswer    = trouble("NoAnswer")
)

func kindOf(err error) trouble {
	if kind, known := err.(trouble); known {
		return kind
	}
	if os.IsTimeout(err) {
		return timedOut
	}
	if wrapped, is := err.(*os.PathError); is {
		err = wrapped.Err
	}
	if wrapped, is := err.(*os.SyscallError); is {
		err = wrapped.Err
	}
	switch err {
	case syscall.ECONNREFUSED:
		return refused
	case syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED:
		return reset
	case syscall.ETIMEDOUT, os.ErrDeadlineExceeded:
		return timedOut
	}
	return unreachable
}

func socketAddress(ip []byte, port int) (int, syscall.Sockaddr) {
	if len(ip) == 4 {
		return syscall.AF_INET, &syscall.SockaddrInet4{Port: port, Addr: [4]byte(ip)}
	}
	return syscall.AF_INET6, &syscall.SockaddrInet6{Port: port, Addr: [16]byte(ip)}
}

func openSocket(family int, kind int) (int, error) {
	return syscall.Socket(family, kind|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
}

// dial connects by TCP until the deadline.
func dial(ip []byte, port int, deadline time.Time) (*os.File, error) {
	family, address := socketAddress(ip, port)
	descriptor, err := openSocket(family, syscall.SOCK_STREAM)
	if err != nil {
		return nil, err
	}
	err = syscall.Connect(descriptor, address)
	file := os.NewFile(uintptr(descriptor), "connection")
	if err == nil {
		return file, nil
	}
	if err != syscall.EINPROGRESS {
		_ = file.Close()
		return nil, err
	}
	if err := awaitConnect(file, deadline); err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

func awaitConnect(file *os.File, deadline time.Time) error {
	if err := file.SetDeadline(deadline); err != nil {
		return err
	}
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var result error
	// Asked before waiting: a connection on the loopback is often there at once, and its edge is told only one time.
	err = raw.Write(func(descriptor uintptr) bool {
		code, err := syscall.GetsockoptInt(int(descriptor), syscall.SOL_SOCKET, syscall.SO_ERROR)
		switch {
		case err != nil:
			result = err
		case code != 0:
			result = syscall.Errno(code)
		default:
			_, err := syscall.Getpeername(int(descriptor))
			return err == nil
		}
		return true
	})
	if err != nil {
		return err
	}
	return result
}

// listen opens a listening TCP socket.
func listen(ip []byte, port int) (*os.File, error) {
	family, address := socketAddress(ip, port)
	descriptor, err := openSocket(family, syscall.SOCK_STREAM)
	if err != nil {
		return nil, err
	}
	_ = syscall.SetsockoptInt(descriptor, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	if err := syscall.Bind(descriptor, address); err != nil {
		_ = syscall.Close(descriptor)
		return nil, err
	}
	if err := syscall.Listen(descriptor, 512); err != nil {
		_ = syscall.Close(descriptor)
		return nil, err
	}
	return os.NewFile(uintptr(descriptor), "listener"), nil
}

// listenFile opens a listening socket file that every user of the pod may connect to.
func listenFile(path string) (*os.File, error) {
	descriptor, err := openSocket(syscall.AF_UNIX, syscall.SOCK_STREAM)
	if err != nil {
		return nil, err
	}
	// A container that was restarted finds the file of the one before.
	_ = os.Remove(path)
	if err := syscall.Bind(descriptor, &syscall.SockaddrUnix{Name: path}); err != nil {
		_ = syscall.Close(descriptor)
		return nil, err
	}
	if err := os.Chmod(path, 0o777); err != nil {
		_ = syscall.Close(descriptor)
		return nil, err
	}
	if err := syscall.Listen(descriptor, 512); err != nil {
		_ = syscall.Close(descriptor)
		return nil, err
	}
	return os.NewFile(uintptr(descriptor), "listener"), nil
}

// accept waits for the next connection.
func accept(listener *os.File) (*os.File, error) {
	raw, err := listener.SyscallConn()
	if err != nil {
		return nil, err
	}
	var connection *os.File
	var result error
	err = raw.Read(func(descriptor uintptr) bool {
		accepted, _, err := syscall.Accept4(int(descriptor), syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		if err == syscall.EAGAIN {
			return false
		}
		if err == nil {
			connection = os.NewFile(uintptr(accepted), "connection")
		}
		result = err
		return true
	})
	if err != nil {
		return nil, err
	}
	return connection, result
}

func closeWrite(file *os.File) {
	raw, err := file.SyscallConn()
	if err == nil {
		_ = raw.Control(func(descriptor uintptr) { _ = syscall.Shutdown(int(descriptor), syscall.SHUT_WR) })
	}
}

func splitHostPort(text string) (string, int) {
	for index := len(text) - 1; index > 0; index-- {
		if text[index] == ':' {
			port, err := strconv.Atoi(text[index+1:])
			host := text[:index]
			if len(host) > 1 && host[0] == '[' {
				host = host[1 : len(host)-1]
			}
			if err == nil && port > 0 && port < 65536 {
				return host, port
			}
			break
		}
	}
	fail("not an address with a port: " + text + "\n")
	return "", 0
}
