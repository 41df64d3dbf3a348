// Package cluster keeps a PostgreSQL server of the program's own: it makes the
// cluster on the first start, runs the server as a child that dies with the
// program, starts it again when it falls, and stops it cleanly. The server listens
// on a unix socket in a private folder only. Linux only.
package cluster

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"onemap/layers/fault"
)

// Names inside the cluster and its folders.
const (
	superuser    = "onemap"       // the only database role, trusted on the private socket
	databaseName = "onemap"       // made in a new cluster
	port         = 5432           // only part of the socket's file name: nothing listens on TCP
	oldest       = 15             // the oldest PostgreSQL major version that will do
	recordFile   = "cluster.json" // in the home: where the cluster is
	lockFile     = "lock"         // in the home and in the cluster's folder
	logFile      = "postgres.log" // in the home: what the server says
)

// Options says which cluster to open.
type Options struct {
	// Home is the program's folder. It is made when missing. The cluster lives in its
	// subfolder "postgres", unless the server's user can't get there: see Cluster.Dir.
	Home string
	// Log receives what happens to the server; nil drops it.
	Log *slog.Logger
	// Test gives up durability for speed (fsync and full page writes off, small
	// buffers). Never for data that anyone wants to keep.
	Test bool

	retry retry // how a server that fell is started again; the zero value is the usual way
}

// Cluster is a running PostgreSQL server with its data folder, and the goroutine
// that watches over it. Its methods are safe for concurrent use.
type Cluster struct {
	log   *slog.Logger
	place place
	tools tools
	who   account
	locks []*lock
	out   *serverLog
	retry retry

	failed  chan error    // capacity 1
	closing chan struct{} // closed by Close: a server that ends is not started again
	kept    chan struct{} // closed when the watching goroutine has ended
	once    sync.Once

	mu     sync.Mutex
	server *server // the present one
}

// Open makes the cluster in o.Home if there is none, starts its server and waits
// until it takes connections, crash recovery included. The context ends the opening,
// not the life of the cluster.
//
// Errors: fault.Conflict when another program keeps the cluster (its process id is in
// the message); fault.Unavailable when PostgreSQL or PostGIS is missing or too old, the
// disk is full, or the server does not start (its last lines are in the message);
// fault.Forbidden when a folder may not be used; fault.Cancelled when ctx ends.
func Open(ctx context.Context, o Options) (*Cluster, error) {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	home, err := makeHome(o.Home)
	if err != nil {
		return nil, err
	}
	c := &Cluster{
		log:     log,
		retry:   cmp.Or(o.retry, usual),
		failed:  make(chan error, 1),
		closing: make(chan struct{}),
		kept:    make(chan struct{}),
	}
	opened := false
	defer func() {
		if !opened {
			c.release()
		}
	}()
	if err := c.lock(ctx, filepath.Join(home, lockFile), home); err != nil {
		return nil, err
	}
	if c.who, err = runner(home); err != nil {
		return nil, err
	}
	major, err := madeBy(home)
	if err != nil {
		return nil, err
	}
	if c.tools, err = findTools(major); err != nil {
		return nil, err
	}
	if c.place, err = settle(home, c.who, c.tools, log); err != nil {
		return nil, err
	}
	if err := c.lock(ctx, filepath.Join(c.place.Dir, lockFile), c.place.Dir); err != nil {
		return nil, err
	}
	if err := writeRecord(home, c.place); err != nil {
		return nil, err
	}
	if c.out, err = openServerLog(filepath.Join(home, logFile)); err != nil {
		return nil, err
	}
	if err := c.clear(ctx); err != nil {
		return nil, err
	}
	if err := c.create(ctx, o.Test); err != nil {
		return nil, err
	}
	if err := c.configure(o.Test); err != nil {
		return nil, err
	}
	if err := c.start(ctx); err != nil {
		return nil, err
	}
	if err := c.makeDatabase(ctx); err != nil {
		c.current().stop(context.WithoutCancel(ctx))
		return nil, err
	}
	opened = true
	go c.keep()
	return c, nil
}

// start launches the first server and waits until it is ready.
func (c *Cluster) start(ctx context.Context) error {
	begun := time.Now()
	s, err := c.launch()
	if err != nil {
		return err
	}
	if err := s.ready(ctx); err != nil {
		s.stop(context.WithoutCancel(ctx))
		return err
	}
	c.mu.Lock()
	c.server = s
	c.mu.Unlock()
	c.log.Info("PostgreSQL is running", "version", c.tools.version, "dir", c.place.Dir,
		"pid", s.pid(), "took", time.Since(begun).Round(time.Millisecond))
	return nil
}

// URL returns a connection string for pgx: the database "onemap" as its superuser,
// over the unix socket.
func (c *Cluster) URL() string { return urlOf(c.place.Socket) }

func urlOf(socket string) string {
	q := url.Values{"host": {socket}, "port": {fmt.Sprint(port)}, "sslmode": {"disable"}}
	// pgx, like libpq, takes a plus sign as such; commas would make it several hosts.
	return "postgres://" + superuser + "@/" + databaseName + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// Dir returns the folder that holds the cluster: "postgres" in the home, or a folder
// under /var/lib/onemap (else under the home of the user "postgres") when the program
// runs as root and that user can't get to the home.
func (c *Cluster) Dir() string { return c.place.Dir }

// Failed yields one error if the server falls and can't be started again. Nothing is
// sent when the cluster is closed.
func (c *Cluster) Failed() <-chan error { return c.failed }

// Close stops the server (fast shutdown: clients are disconnected, all is written) and
// waits until it is gone. When ctx ends first, the server is stopped the hard way and
// recovers at the next start. Closing twice does nothing more.
func (c *Cluster) Close(ctx context.Context) error {
	var err error
	c.once.Do(func() {
		close(c.closing)
		<-c.kept
		if !c.current().stop(ctx) {
			err = fault.New(fault.Internal, "PostgreSQL did not stop in time and was ended; it will recover at the next start.")
		}
		if filepath.Dir(c.place.Socket) != c.place.Dir {
			os.Remove(c.place.Socket) // a temporary one
		}
		c.release()
		c.log.Info("PostgreSQL has stopped", "dir", c.place.Dir)
	})
	return err
}

func (c *Cluster) current() *server {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.server
}

// release lets go of the log and the locks, the cluster's first.
func (c *Cluster) release() {
	if c.out != nil {
		c.out.close()
	}
	for i := len(c.locks) - 1; i >= 0; i-- {
		c.locks[i].release()
	}
}

// makeHome makes the home and returns its absolute path without symbolic links.
func makeHome(home string) (string, error) {
	if home == "" {
		return "", fault.In("home", "A folder is needed for the database.")
	}
	abs, err := filepath.Abs(home)
	if err == nil {
		err = os.MkdirAll(abs, 0o755)
	}
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return "", onDisk(err, home, "The folder %s can't be made.", home)
	}
	return abs, nil
}
