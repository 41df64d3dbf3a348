package web_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"onemap/data/pgtest"
)

// cable is a line to the database that can be cut and mended: what an outage looks like
// from here.
type cable struct {
	t    *testing.T
	path string // of the socket
	to   string

	mu       sync.Mutex
	listener net.Listener
	open     map[net.Conn]bool
}

// newCable lays a cable to the server of a connection string and returns it with the
// connection string that goes over it.
func newCable(t *testing.T, dsn string) (*cable, string) {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{t: t, open: map[net.Conn]bool{}}
	c.path = filepath.Join(t.TempDir(), fmt.Sprintf(".s.PGSQL.%d", config.Port))
	c.to = filepath.Join(config.Host, fmt.Sprintf(".s.PGSQL.%d", config.Port))
	if config.Host[0] != '/' {
		c.to = net.JoinHostPort(config.Host, fmt.Sprint(config.Port))
	}
	c.mend()
	t.Cleanup(c.cut)
	over := url.Values{"host": {filepath.Dir(c.path)}, "port": {fmt.Sprint(config.Port)}, "sslmode": {"disable"}}
	user := url.UserPassword(config.User, config.Password)
	return c, (&url.URL{Scheme: "postgres", User: user, Path: "/" + config.Database, RawQuery: over.Encode()}).String()
}

func (c *cable) mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	listener, err := net.Listen("unix", c.path)
	if err != nil {
		c.t.Fatal(err)
	}
	c.listener = listener
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			network := "tcp"
			if c.to[0] == '/' {
				network = "unix"
			}
			far, err := net.Dial(network, c.to)
			if err != nil {
				near.Close()
				continue
			}
			c.mu.Lock()
			c.open[near], c.open[far] = true, true
			c.mu.Unlock()
			for _, pair := range [2][2]net.Conn{{near, far}, {far, near}} {
				go func() {
					io.Copy(pair[0], pair[1])
					near.Close()
					far.Close()
				}()
			}
		}
	}()
}

func (c *cable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listener.Close()
	for conn := range c.open {
		conn.Close()
	}
	clear(c.open)
}

// TestDatabaseOutage cuts the line to the database and mends it: during the outage every
// request is a 503 that says when to ask again, and after it none fails.
func TestDatabaseOutage(t *testing.T) {
	plain := newWorld(t)
	line, dsn := newCable(t, plain.dsn)
	w := worldOn(t, dsn, plain.cat)
	paths := []string{at, "/api/collections/dot/items", "/api/collections/dot", "/counts", "/layers/dot/counts", "/api/search?q=a", "/page.json", "/readyz", "/tiles/dot.json"}
	for _, path := range paths {
		if a := w.get(path); a.StatusCode != 200 {
			t.Fatalf("before: %s %s", path, a.Status)
		}
	}
	line.cut()
	var group errgroup.Group
	for _, path := range paths {
		group.Go(func() error {
			if a := w.refused(path, http.StatusServiceUnavailable, "unavailable", ""); a.Header.Get("Retry-After") != "5" {
				t.Errorf("%s: Retry-After %q", path, a.Header.Get("Retry-After"))
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if a := w.get("/healthz"); a.StatusCode != 200 {
		t.Errorf("the program itself runs, but /healthz is %s", a.Status)
	}
	line.mend()
	for range 3 {
		for _, path := range paths {
			if a := w.get(path); a.StatusCode != 200 {
				t.Errorf("after: %s %s %s", path, a.Status, a.body)
			}
		}
	}
}

// TestLostConnectionsAreNotSeen ends all of the server's sessions: requests after that
// succeed, where a pool that does not look would fail once for each session.
func TestLostConnectionsAreNotSeen(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	var group errgroup.Group
	for range 8 { // fill the pool
		group.Go(func() error { w.get("/counts"); return nil })
	}
	_ = group.Wait()
	admin := connect(t, pgtest.URL(t))
	config, err := pgx.ParseConfig(w.dsn)
	if err != nil {
		t.Fatal(err)
	}
	var ended int
	err = admin.QueryRow(ctx, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1`, config.Database).Scan(&ended)
	if err != nil || ended == 0 {
		t.Fatalf("%d sessions ended, %v", ended, err)
	}
	for range 12 {
		if a := w.get(at); a.StatusCode != 200 {
			t.Errorf("%s %s", a.Status, a.body)
		}
	}
}

// TestClientThatLeavesStopsItsStatement locks a table, so that a tile has to wait, lets
// two clients ask for it and leave one after the other: the statement ends with the second.
func TestClientThatLeavesStopsItsStatement(t *testing.T) {
	w := newWorld(t)
	locker, watcher := connect(t, w.dsn), connect(t, w.dsn)
	tx, err := locker.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `LOCK TABLE layer.dot IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	waiting := func(want int) {
		t.Helper()
		var got int
		for range 500 {
			err := watcher.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&got)
			if err != nil {
				t.Fatal(err)
			}
			if got == want {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Fatalf("%d statements wait, want %d", got, want)
	}
	ask := func() (leave func()) {
		ctx, cancel := context.WithCancel(t.Context())
		left := make(chan struct{})
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+at, nil)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			defer close(left)
			if response, err := w.http.Client().Do(request); err == nil {
				response.Body.Close()
				t.Errorf("a locked table gave %s", response.Status)
			}
		}()
		return func() { cancel(); <-left }
	}
	first := ask()
	waiting(1)
	second := ask()
	time.Sleep(50 * time.Millisecond)
	waiting(1) // equal requests share one statement
	first()
	time.Sleep(50 * time.Millisecond)
	waiting(1) // the other still waits for it
	second()
	waiting(0)
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := w.get(at); a.StatusCode != 200 {
		t.Errorf("after the lock: %s", a.Status)
	}
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}
