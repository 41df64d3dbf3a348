package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestServerOutlivesItsDatabase kills the managed PostgreSQL under requests: while it is
// away the answer is 200 or 503 with Retry-After, and from the first 200 after the outage
// on there is no failure any more.
func TestServerOutlivesItsDatabase(t *testing.T) {
	durable = true
	t.Cleanup(func() { durable = false })
	home := newHome(t)
	base := serve(t, "--home", home, "--sample", "--sample-small")
	master := func() int {
		text, err := os.ReadFile(filepath.Join(home, "postgres", "data", "postmaster.pid"))
		if err != nil {
			t.Fatal(err)
		}
		line, _, _ := strings.Cut(string(text), "\n")
		pid, err := strconv.Atoi(line)
		if err != nil {
			t.Fatal(err)
		}
		return pid
	}
	ask := func() (int, string) {
		resp, err := http.Get(base + "/tiles/enterprise/9/428/207.mvt")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode, resp.Header.Get("Retry-After")
	}
	if status, _ := ask(); status != http.StatusOK {
		t.Fatalf("status %d before the outage", status)
	}
	if code, out, errs := onemap(t, "verify", "--zoom", "9", "--home", home); code != 0 || strings.Count(out, " ok\n") < 200 {
		t.Errorf("the tiles of the sample city do not add up: %s%s", out, errs)
	}
	if err := syscall.Kill(master(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(time.Minute)
	for {
		status, retry := ask()
		if status == http.StatusOK {
			break
		}
		if status != http.StatusServiceUnavailable || retry == "" {
			t.Fatalf("status %d, Retry-After %q during the outage", status, retry)
		}
		if time.Now().After(deadline) {
			t.Fatal("the database does not come back")
		}
		time.Sleep(20 * time.Millisecond)
	}
	for i := range 100 {
		if status, _ := ask(); status != http.StatusOK {
			t.Fatalf("request %d after the outage: status %d", i, status)
		}
	}
	// Tiles come from memory; the database may take longer.
	for {
		status, _ := get(t, base+"/readyz")
		if status == http.StatusOK {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("readyz %d after the outage", status)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
