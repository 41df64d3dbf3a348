package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"onemap/data"
	"onemap/data/cluster"
	"onemap/layers"
)

// kills is how many moments are struck: fifty with ONEMAP_SOAK=1, fewer in the usual
// tests, as a server takes seconds to come back.
func kills(usual int) int {
	if os.Getenv("ONEMAP_SOAK") != "" {
		return 50
	}
	return usual
}

// shelters is a survey file of n shelters whose names carry the edition.
func shelters(t *testing.T, name string, n, edition int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"type":"Feature","properties":{"shelter_code":"S%05d","name":"第%d版%d号"},"geometry":{"type":"Point","coordinates":[%.5f,%.5f]}}`,
			i, edition, i, 120.5+float64(i%100)/100, 31.9+float64(i/100)/100)
	}
	b.WriteString("]}")
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// world is a cluster of the test's own with a layer of shelters in its first edition.
type world struct {
	cluster *cluster.Cluster
	store   *data.Store
	home    string
}

const sheltersInFile = 2000

// newWorld makes a world. Without durable what was committed last may be gone after
// PostgreSQL was killed, whole transactions of it.
func newWorld(t *testing.T, durable bool) *world {
	t.Helper()
	ctx := context.Background()
	c, err := cluster.Open(ctx, cluster.Options{Home: newHome(t), Log: slog.New(slog.DiscardHandler), Test: !durable})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(ctx) })
	cat, err := layers.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	s, err := data.Open(ctx, c.URL(), cat, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	w := &world{cluster: c, store: s, home: t.TempDir()}
	if out, err := w.program("import", "shelter", shelters(t, "0.geojson", sheltersInFile, 0), "--source", "census").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return w
}

// program is the program as a process of its own, on the world's database: TestMain makes
// the test binary the program when it is given a verb.
func (w *world) program(args ...string) *exec.Cmd {
	return exec.Command(os.Args[0], append(args, "--database-url", w.cluster.URL(), "--home", w.home)...)
}

// killPostgreSQL kills the server, if it is there just now.
func (w *world) killPostgreSQL() {
	text, err := os.ReadFile(filepath.Join(w.cluster.Dir(), "data", "postmaster.pid"))
	if err != nil {
		return
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if pid, err := strconv.Atoi(line); err == nil {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// edition reads which edition the shelters are of, and fails when they are of two.
func (w *world) edition(t *testing.T) string {
	t.Helper()
	v, err := w.store.Catalogue().View(layers.Reader{Role: layers.RoleAdmin}, "shelter")
	if err != nil {
		t.Fatal(err)
	}
	editions := map[string]int{}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		clear(editions)
		err = w.store.Items(context.Background(), layers.Query{View: v}, func(it layers.Item) error {
			name, _ := it.Value("name")
			edition, _, _ := strings.Cut(strings.TrimPrefix(name.(string), "第"), "版")
			editions[edition]++
			return nil
		})
		if err == nil || time.Now().After(deadline) {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(editions) != 1 {
		t.Fatalf("readers see a mix: %v", editions)
	}
	for e, n := range editions {
		if n != sheltersInFile {
			t.Fatalf("edition %s has %d records", e, n)
		}
		return e
	}
	return ""
}

// settled looks that no batch is stuck: each is published, superseded, or can be rejected
// and brought again.
func (w *world) settled(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	batches, err := w.store.Batches(ctx, "shelter", 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		switch b.State {
		case data.BatchPublished, data.BatchSuperseded, data.BatchRejected:
			continue
		}
		if err := w.store.Advance(ctx, b.ID, data.BatchRejected, "test", "broken off"); err != nil {
			t.Errorf("batch %d is stuck as %s: %v", b.ID, b.State, err)
		}
	}
}

// TestKillingTheProgramLeavesAnEditionWhole kills the program at random moments of import
// and publish.
func TestKillingTheProgramLeavesAnEditionWhole(t *testing.T) {
	w := newWorld(t, false)
	rnd := rand.New(rand.NewPCG(1, 2))
	start := time.Now()
	if out, err := w.program("import", "shelter", shelters(t, "1.geojson", sheltersInFile, 1), "--source", "census").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	whole := time.Since(start)
	published, times := 0, kills(12)
	for i := range times {
		before := w.edition(t)
		cmd := w.program("import", "shelter", shelters(t, "n.geojson", sheltersInFile, i+2), "--source", "census")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rnd.Float64() * 1.1 * float64(whole)))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		after := w.edition(t)
		if after != before && after != strconv.Itoa(i+2) {
			t.Fatalf("edition %s, then %s after an import of %d was killed", before, after, i+2)
		}
		if after != before {
			published++
		}
		w.settled(t)
	}
	t.Logf("%d of %d imports had been published when they were killed", published, times)
}

// TestKillingPostgreSQLLeavesAnEditionWhole kills the server at random moments instead.
func TestKillingPostgreSQLLeavesAnEditionWhole(t *testing.T) {
	w := newWorld(t, false)
	rnd := rand.New(rand.NewPCG(3, 4))
	published, times := 0, kills(4)
	for i := range times {
		before := w.edition(t)
		cmd := w.program("import", "shelter", shelters(t, "n.geojson", sheltersInFile, i+2), "--source", "census")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rnd.Float64() * float64(700*time.Millisecond)))
		w.killPostgreSQL()
		_ = cmd.Wait()
		after := w.edition(t)
		if after != before && after != strconv.Itoa(i+2) {
			t.Fatalf("edition %s, then %s after the server was killed under an import of %d", before, after, i+2)
		}
		if after != before {
			published++
		}
		w.settled(t)
	}
	t.Logf("%d of %d imports were published", published, times)
}
