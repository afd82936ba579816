package bedrocktest

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
)

// Network is a network within the process, with hosts that listen on it and no
// others. It is for tests under [testing/synctest]: waiting for one of its
// connections is waiting for a goroutine, which lets the bubble's time pass;
// waiting for a socket does not.
type Network struct {
	mu    sync.Mutex
	hosts map[string]*host
}

// NewNetwork has no hosts.
func NewNetwork() *Network { return &Network{hosts: map[string]*host{}} }

// Listen adds a host, such as hooks.example.com:80, until the listener is
// closed.
func (n *Network) Listen(address string) net.Listener {
	h := &host{network: n, address: address, arrivals: make(chan net.Conn), closed: make(chan struct{})}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts[address] = h
	return h
}

// Dial connects to a host. It is for the DialContext of an [http.Transport].
func (n *Network) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	h := n.hosts[address]
	n.mu.Unlock()
	noHost := &net.DNSError{Err: "no such host", Name: address, IsNotFound: true}
	if h == nil {
		return nil, noHost
	}
	client, server := net.Pipe()
	reset := &atomic.Bool{}
	select {
	case h.arrivals <- &serverEnd{server, reset}:
		return &clientEnd{client, reset}, nil
	case <-h.closed:
		return nil, noHost
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// host is a [net.Listener].
type host struct {
	network  *Network
	address  string
	arrivals chan net.Conn
	once     sync.Once
	closed   chan struct{}
}

func (h *host) Accept() (net.Conn, error) {
	select {
	case connection := <-h.arrivals:
		return connection, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

func (h *host) Close() error {
	h.once.Do(func() {
		close(h.closed)
		h.network.mu.Lock()
		defer h.network.mu.Unlock()
		if h.network.hosts[h.address] == h {
			delete(h.network.hosts, h.address)
		}
	})
	return nil
}

func (h *host) Addr() net.Addr { return address(h.address) }

// address is a [net.Addr].
type address string

func (address) Network() string  { return "memory" }
func (a address) String() string { return string(a) }

// serverEnd can be closed by a reset, as a TCP connection can.
type serverEnd struct {
	net.Conn
	reset *atomic.Bool
}

// SetLinger makes closing a reset, as 0 does of a [net.TCPConn].
func (s *serverEnd) SetLinger(seconds int) error {
	s.reset.Store(seconds == 0)
	return nil
}

// clientEnd fails with the errors of a TCP connection.
type clientEnd struct {
	net.Conn
	reset *atomic.Bool
}

func (c *clientEnd) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	return n, c.failed("read", err)
}

func (c *clientEnd) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	return n, c.failed("write", err)
}

func (c *clientEnd) failed(op string, err error) error {
	ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe)
	switch {
	case ended && c.reset.Load():
		return &net.OpError{Op: op, Net: "tcp", Err: os.NewSyscallError(op, syscall.ECONNRESET)}
	case errors.Is(err, io.ErrClosedPipe):
		return &net.OpError{Op: op, Net: "tcp", Err: os.NewSyscallError(op, syscall.EPIPE)}
	}
	return err
}
