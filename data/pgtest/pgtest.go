// Package pgtest gives tests a real PostgreSQL: one private cluster a test process, and
// in it a fresh database for each test, cloned from a template that is made once.
// Where ONEMAP_TEST_DATABASE_URL names a database, its server is used instead; the user
// must be allowed to make databases. Only tests import this package.
package pgtest

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"onemap/data/cluster"
)

// Variable names the environment variable with the connection string of a server to use
// in place of a private cluster.
const Variable = "ONEMAP_TEST_DATABASE_URL"

// homePrefix begins the names of private clusters' homes in the temporary folder.
const homePrefix = "onemap-pgtest-"

// forgotten is the age from which a home without a running cluster is removed: its test
// process was killed.
const forgotten = 10 * time.Minute

// server is the process's one server.
var server struct {
	once    sync.Once
	url     string
	err     error
	home    string
	cluster *cluster.Cluster
}

// Main runs a package's tests and then closes what they used. Packages that use pgtest say
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
// Without it the server dies with the process, but leaves its folder behind for the next
// run to remove. Main does not return.
func Main(m *testing.M) {
	code := m.Run()
	closeAll()
	os.Exit(code)
}

// URL returns the connection string of the process's server, which is started by the
// first call. The database in it is shared by all tests of the process and has nothing
// in it at first; tests that write use Database. It fails the test when there is no server.
func URL(tb testing.TB) string {
	tb.Helper()
	server.once.Do(start)
	if server.err != nil {
		tb.Fatalf("no PostgreSQL for the tests: %v", server.err)
	}
	return server.url
}

func start() {
	if server.url = os.Getenv(Variable); server.url != "" {
		return
	}
	removeForgotten()
	if server.home, server.err = os.MkdirTemp("", homePrefix); server.err != nil {
		return
	}
	if server.err = os.Chmod(server.home, 0o755); server.err != nil { // for the user postgres
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	server.cluster, server.err = cluster.Open(ctx, cluster.Options{Home: server.home, Log: log, Test: true})
	if server.err == nil {
		server.url = server.cluster.URL()
	}
}

// closeAll drops the templates and stops the private cluster and removes it.
func closeAll() {
	dropTemplates()
	if c := server.cluster; c != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		c.Close(ctx)
		os.RemoveAll(c.Dir())
	}
	if server.home != "" {
		os.RemoveAll(server.home)
	}
}

// removeForgotten removes the homes of test processes that were killed.
func removeForgotten() {
	homes, _ := filepath.Glob(filepath.Join(os.TempDir(), homePrefix+"*")) // the pattern is well formed
	for _, home := range homes {
		info, err := os.Stat(home)
		if err != nil || time.Since(info.ModTime()) < forgotten {
			continue
		}
		if _, err := cluster.Attach(home); err != nil { // none runs there, or it isn't ours to remove
			os.RemoveAll(home)
		}
	}
}
