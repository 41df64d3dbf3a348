package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/data"
)

// firstRows are so many that keys and indexes are made while the rows are being checked.
const firstRows = 12_000

// ask answers a question to the database by a text, as soon as the server is there.
func (w *world) ask(t *testing.T, sql string) (answer string) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		var conn *pgx.Conn
		if conn, err = pgx.Connect(t.Context(), w.cluster.URL()); err != nil {
			continue
		}
		err = conn.QueryRow(t.Context(), sql).Scan(&answer)
		conn.Close(context.WithoutCancel(t.Context()))
		if err == nil {
			return answer
		}
	}
	t.Fatalf("%s: %v", sql, err)
	return ""
}

// empty takes all shelters away.
func (w *world) empty(t *testing.T) {
	t.Helper()
	w.ask(t, "WITH old AS (DELETE FROM history.shelter), gone AS (DELETE FROM layer.shelter RETURNING 1) SELECT count(*)::text FROM gone")
}

// first looks that the layer has no record or all of one edition, that its table is as
// declared, and that a staging table has all of its keys and indexes or none. It reports
// whether there are records.
func (w *world) first(t *testing.T) bool {
	t.Helper()
	counts := w.ask(t, "SELECT count(*) || ' records of ' || count(DISTINCT edition) || ' editions' FROM layer.shelter")
	if counts != "0 records of 0 editions" && counts != fmt.Sprintf("%d records of 1 editions", firstRows) {
		t.Fatalf("the layer has %s", counts)
	}
	if steps, err := w.store.Migrate(t.Context(), true); err != nil || len(steps) > 0 {
		t.Fatalf("the table is not as declared: %v, %v", steps, err)
	}
	all := w.ask(t, "SELECT count(*)::text FROM pg_index WHERE indrelid = 'layer.shelter'::regclass")
	for _, line := range strings.Fields(w.ask(t, `SELECT coalesce(string_agg(c.relname || ':' || (SELECT count(*) FROM pg_index AS i WHERE i.indrelid = c.oid), ' '), '')
		FROM pg_class AS c WHERE c.relnamespace = 'staging'::regnamespace AND c.relkind = 'r'`)) {
		if name, n, _ := strings.Cut(line, ":"); n != "0" && n != all {
			t.Fatalf("the staging table %s has %s of %s keys and indexes", name, n, all)
		}
	}
	return !strings.HasPrefix(counts, "0 ")
}

// strikeFirst has an import of a layer's first edition struck at random moments of its
// time. After each the layer is empty or whole, and the same file can be brought to the end.
func (w *world) strikeFirst(t *testing.T, seed uint64, times int, strike func(*exec.Cmd)) {
	rnd := rand.New(rand.NewPCG(seed, 8))
	w.empty(t)
	start := time.Now()
	if out, err := w.program("import", "shelter", shelters(t, "f.geojson", firstRows, 1), "--source", "census", "--whole").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	whole := time.Since(start)
	published, ready := 0, 0
	for i := range times {
		w.empty(t)
		file := shelters(t, "f.geojson", firstRows, i+2)
		cmd := w.program("import", "shelter", file, "--source", "census", "--whole")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration((0.2 + 0.9*rnd.Float64()) * float64(whole))) // not while the program starts
		strike(cmd)
		_ = cmd.Wait()
		if w.ask(t, "SELECT (EXISTS (SELECT FROM pg_class AS c JOIN pg_index AS i ON i.indrelid = c.oid WHERE c.relnamespace = 'staging'::regnamespace))::text") == "true" {
			ready++
		}
		if w.first(t) {
			published++
			continue
		}
		again := w.program("import", "shelter", file, "--source", "census", "--whole")
		if i%2 == 0 {
			// A batch that had been approved when it was struck is rejected and brought again, or goes on.
			w.settled(t)
		} else if waits := w.waiting(t); waits > 0 {
			again = w.program("edition", "publish", fmt.Sprint(waits))
		}
		if out, err := again.CombinedOutput(); err != nil || !w.first(t) {
			t.Fatalf("after a strike: %v: %s", err, out)
		}
	}
	t.Logf("%d of %d imports had been published, %d were ready for it", published, times, ready)
}

// waiting is the batch that has been accepted, or 0.
func (w *world) waiting(t *testing.T) int64 {
	t.Helper()
	batches, err := w.store.Batches(t.Context(), "shelter", 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(batches) == 0 || batches[0].State != data.BatchAccepted {
		w.settled(t)
		return 0
	}
	return batches[0].ID
}

// TestKillingTheProgramInAFirstEdition kills the program while a staging table is being made
// the layer's table.
func TestKillingTheProgramInAFirstEdition(t *testing.T) {
	newWorld(t, false).strikeFirst(t, 1, kills(6), func(cmd *exec.Cmd) { _ = cmd.Process.Kill() })
}

// TestKillingPostgreSQLInAFirstEdition kills the server instead.
func TestKillingPostgreSQLInAFirstEdition(t *testing.T) {
	w := newWorld(t, false)
	w.strikeFirst(t, 2, kills(3), func(*exec.Cmd) { w.killPostgreSQL() })
}
