package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// patience is how long one step (making a template, a clone, a drop) may take.
const patience = 5 * time.Minute

// template is a prepared database that clones are made of.
type template struct {
	once sync.Once
	name string
	err  error
}

var (
	templates sync.Map // key → *template
	counter   atomic.Int64
	mine      = sync.OnceValue(func() string { return strings.ToLower(rand.Text()[:8]) }) // tells processes on one server apart
)

// Database makes a database for the test and returns its connection string. It is a clone
// of the template for key, on which prepare was run, once a process, when the first test
// asked for that key. Equal keys must mean equal prepare functions. Prepare gets the
// template's connection string and must close its connections; nil leaves the template
// empty. The database is dropped when the test ends, with whatever is connected to it.
func Database(tb testing.TB, prepare func(ctx context.Context, url string) error, key string) string {
	tb.Helper()
	base := URL(tb)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	v, _ := templates.LoadOrStore(key, &template{name: newName("template")})
	t := v.(*template)
	t.once.Do(func() { t.err = t.make(ctx, base, prepare) })
	if t.err != nil {
		tb.Fatalf("the template database %q can't be made: %v", key, t.err)
	}
	name := newName("test")
	if err := run(ctx, base, "create database "+name+" template "+t.name); err != nil {
		tb.Fatalf("the template database %q can't be cloned: %v", key, err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := run(ctx, base, "drop database if exists "+name+" with (force)"); err != nil {
			tb.Errorf("the test's database can't be dropped: %v", err)
		}
	})
	dsn, err := withDatabase(base, name)
	if err != nil {
		tb.Fatal(err)
	}
	return dsn
}

// make creates the template's database, prepares it and closes it to connections, since
// a database that someone is connected to can't be cloned.
func (t *template) make(ctx context.Context, base string, prepare func(context.Context, string) error) error {
	if err := run(ctx, base, "create database "+t.name); err != nil {
		return err
	}
	if prepare != nil {
		dsn, err := withDatabase(base, t.name)
		if err == nil {
			err = prepare(ctx, dsn)
		}
		if err != nil {
			return err
		}
	}
	return run(ctx, base,
		"alter database "+t.name+" with allow_connections false",
		"select pg_terminate_backend(pid) from pg_stat_activity where datname = '"+t.name+"'")
}

// dropTemplates drops this process's templates; a private cluster goes as a whole.
func dropTemplates() {
	if server.cluster != nil || server.url == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	templates.Range(func(_, v any) bool {
		run(ctx, server.url, "drop database if exists "+v.(*template).name+" with (force)")
		return true
	})
}

// newName returns a database name that no other test, process or run uses.
func newName(kind string) string {
	return fmt.Sprintf("onemap_%s_%s_%d", kind, mine(), counter.Add(1))
}

// run executes statements one after the other on a connection of its own.
func run(ctx context.Context, dsn string, statements ...string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// withDatabase returns the connection string dsn, a URL or key=value words, for another
// database of the same server.
func withDatabase(dsn, name string) (string, error) {
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return dsn + " dbname=" + name, nil // the last word counts
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}
