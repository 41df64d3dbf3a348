package pgtest_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"onemap/data/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func connect(tb testing.TB, dsn string) *pgx.Conn {
	tb.Helper()
	conn, err := pgx.Connect(tb.Context(), dsn)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func TestDatabaseClonesTheTemplate(t *testing.T) {
	var prepared atomic.Int64
	prepare := func(ctx context.Context, url string) error {
		prepared.Add(1)
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, "create extension postgis; create table place (geom geometry(Point, 4490)); insert into place values (ST_Point(120.9, 32.0, 4490))")
		return err
	}
	for i := range 3 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			conn := connect(t, pgtest.Database(t, prepare, "place"))
			var n int
			if err := conn.QueryRow(t.Context(), "select count(*) from place where ST_X(geom) = 120.9").Scan(&n); err != nil {
				t.Fatal(err)
			}
			if n != 1 {
				t.Errorf("the clone has %d places, want the template's 1", n)
			}
			if _, err := conn.Exec(t.Context(), "delete from place"); err != nil {
				t.Fatal(err)
			}
			if got := prepared.Load(); got != 1 {
				t.Errorf("the template was prepared %d times, want once", got)
			}
		})
	}
}

func TestDatabaseIsDroppedAfterTheTest(t *testing.T) {
	var name string
	t.Run("inner", func(t *testing.T) {
		conn := connect(t, pgtest.Database(t, nil, "empty"))
		if err := conn.QueryRow(t.Context(), "select current_database()").Scan(&name); err != nil {
			t.Fatal(err)
		}
	})
	var there bool
	err := connect(t, pgtest.URL(t)).QueryRow(t.Context(),
		"select exists (select from pg_database where datname = $1)", name).Scan(&there)
	if err != nil {
		t.Fatal(err)
	}
	if there {
		t.Errorf("the database %s is still there after its test", name)
	}
}
