package load

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

const (
	longestAnswer = 2 * time.Minute
	largestAnswer = 256 << 20 // bytes
)

// Client asks one server on this machine over connections that are kept open.
type Client struct {
	base string
	http http.Client
}

// NewClient makes a Client for the server at an address such as http://127.0.0.1:8080,
// with at most so many connections. The address must name this machine by its loopback
// number: the load is not for anyone else's server.
func NewClient(base string, connections int) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if err != nil || !ip.IsLoopback() || u.Scheme != "http" {
		return nil, fmt.Errorf("%s is no address such as http://127.0.0.1:8080 on this machine", base)
	}
	connections = max(connections, 1)
	return &Client{
		base: strings.TrimRight(base, "/"),
		http: http.Client{
			Timeout: longestAnswer,
			Transport: &http.Transport{
				Proxy:               nil, // never over anything else
				DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
				MaxIdleConnsPerHost: connections,
				MaxConnsPerHost:     connections,
				DisableCompression:  true, // what comes over the connection is counted
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Close ends the connections that are open.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Get asks for a path, with gzip where the server likes, and returns the size of the
// answer's body as it came. An answer other than 200 is an error.
func (c *Client) Get(ctx context.Context, path string, gzip bool) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Accept-Encoding", "identity")
	if gzip {
		r.Header.Set("Accept-Encoding", "gzip")
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, io.LimitReader(answer.Body, largestAnswer+1))
	switch {
	case err != nil:
		return int(n), fmt.Errorf("%s: %w", path, err)
	case answer.StatusCode != http.StatusOK:
		return int(n), fmt.Errorf("%s: the server answers %s", path, answer.Status)
	case n > largestAnswer:
		return int(n), fmt.Errorf("%s: the answer is over %d bytes", path, int64(largestAnswer))
	case !gzip && answer.Header.Get("Content-Encoding") != "":
		return int(n), fmt.Errorf("%s: the answer is compressed and was not to be", path)
	}
	return int(n), nil
}
