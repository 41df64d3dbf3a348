package cluster

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/layers/fault"
)

// childHome names the home that the test binary keeps a cluster in when it is started
// again as a program of its own, to be killed.
const childHome = "ONEMAP_CLUSTER_TEST_HOME"

func TestMain(m *testing.M) {
	if home := os.Getenv(childHome); home != "" {
		c, err := Open(context.Background(), Options{Home: home, Test: true})
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		fmt.Println(c.current().pid())
		select {}
	}
	os.Exit(m.Run())
}

// newHome returns a home folder that the server's user can reach.
func newHome(t *testing.T) string {
	t.Helper()
	home, err := os.MkdirTemp("", "onemap-cluster-")
	if err == nil {
		err = os.Chmod(home, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	return home
}

// open opens a cluster that is closed when the test ends; without durability unless said.
func open(t *testing.T, o Options) *Cluster {
	t.Helper()
	o.Test = true
	return openAsSaid(t, o)
}

func openAsSaid(t *testing.T, o Options) *Cluster {
	t.Helper()
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	c, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, c) })
	return c
}

func shut(t *testing.T, c *Cluster) {
	t.Helper()
	if err := c.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

// execute runs a statement on a new connection.
func execute(dsn, sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

func mustExecute(t *testing.T, dsn, sql string) {
	t.Helper()
	if err := execute(dsn, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// eventually tries until f succeeds, for as long as a slow machine may need.
func eventually(t *testing.T, f func() error) {
	t.Helper()
	var err error
	for range 600 {
		if err = f(); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal(err)
}

func wantCode(t *testing.T, err error, code fault.Code, words ...string) {
	t.Helper()
	if err == nil || fault.CodeOf(err) != code {
		t.Fatalf("got error %v (%s), want one with code %s", err, fault.CodeOf(err), code)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the error %q does not say %q", err, w)
		}
	}
}

func alive(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(b), ") Z ")
}

func TestRestartKeepsData(t *testing.T) {
	home := newHome(t)
	half := filepath.Join(home, "postgres", "data.making", "base") // as a crash in initdb leaves it
	if err := os.MkdirAll(half, 0o700); err != nil {
		t.Fatal(err)
	}
	c := open(t, Options{Home: home})
	mustExecute(t, c.URL(), "create table kept as select 42 as n")
	pid := c.current().pid()
	shut(t, c)
	if alive(pid) {
		t.Errorf("the server %d is still there after Close", pid)
	}
	if _, err := os.Stat(half); err == nil {
		t.Error("the half-made folder of an earlier crash is still there")
	}

	c = open(t, Options{Home: home})
	mustExecute(t, c.URL(), "select n / 1 from kept")
	if got, want := c.Dir(), filepath.Join(home, "postgres"); got != want {
		t.Errorf("Dir() = %s, want %s", got, want)
	}
	conn, err := pgx.Connect(t.Context(), c.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for name, want := range map[string]string{
		"data_checksums": "on", "server_encoding": "UTF8", "lc_collate": "C", "lc_ctype": "C.UTF-8",
		"listen_addresses": "", "TimeZone": "UTC", "fsync": "off", "jit": "off",
	} {
		var got string
		if err := conn.QueryRow(t.Context(), "select current_setting($1)", name).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("setting %s = %q, want %q", name, got, want)
		}
	}
}

func TestSecondOpenIsRefused(t *testing.T) {
	c := open(t, Options{Home: newHome(t)})
	_, err := Open(t.Context(), Options{Home: filepath.Dir(c.place.Dir)})
	wantCode(t, err, fault.Conflict, "process "+strconv.Itoa(os.Getpid()), "--home")
	mustExecute(t, c.URL(), "select 1") // the first one is unharmed
}

func TestAttach(t *testing.T) {
	home := newHome(t)
	_, err := Attach(home)
	wantCode(t, err, fault.NotFound)
	c := open(t, Options{Home: home})
	url, err := Attach(home)
	if err != nil {
		t.Fatal(err)
	}
	if url != c.URL() {
		t.Errorf("Attach gives %s, want %s", url, c.URL())
	}
	mustExecute(t, url, "select 1")
	shut(t, c)
	_, err = Attach(home)
	wantCode(t, err, fault.NotFound)
	_, err = Attach(filepath.Join(home, "nothing"))
	wantCode(t, err, fault.NotFound)
}

func TestServerKilledIsStartedAgain(t *testing.T) {
	c := openAsSaid(t, Options{Home: newHome(t)})
	mustExecute(t, c.URL(), "create table kept as select 42 as n")
	// A session that is computing does not notice that its postmaster is gone, and keeps a new one from starting.
	go execute(c.URL(), "select count(*) from generate_series(1, 1e12) as busy")
	eventually(t, func() error {
		return execute(c.URL(), "select 1 / count(*) from pg_stat_activity where state = 'active' and query like '%as busy'  and pid <> pg_backend_pid()")
	})
	for range 2 {
		pid := c.current().pid()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() error {
			if c.current().pid() == pid {
				return fmt.Errorf("no new server has been started in place of %d", pid)
			}
			return execute(c.URL(), "select n from kept")
		})
	}
	select {
	case err := <-c.Failed():
		t.Errorf("the cluster has failed: %v", err)
	default:
	}
}

func TestServerThatCannotStartFails(t *testing.T) {
	c := open(t, Options{Home: newHome(t), retry: retry{first: time.Millisecond, last: time.Millisecond, tries: 2}})
	control := filepath.Join(c.place.data(), "global", "pg_control")
	if err := os.Rename(control, control+".away"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(c.current().pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	wantCode(t, <-c.Failed(), fault.Unavailable, "2 tries", "pg_control")
}

func TestProgramKilledLeavesNoServer(t *testing.T) {
	home := newHome(t)
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childHome+"="+home)
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("the program did not start its server: %s", line)
	}
	_, err = Open(t.Context(), Options{Home: home})
	wantCode(t, err, fault.Conflict, fmt.Sprintf("process %d)", child.Process.Pid))
	url, err := Attach(home)
	if err != nil {
		t.Fatal(err)
	}
	mustExecute(t, url, "create table kept as select 42 as n")
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	child.Wait()

	c := open(t, Options{Home: home}) // at once, while the old server is still stopping
	mustExecute(t, c.URL(), "select n from kept")
	if alive(pid) {
		t.Errorf("the killed program's server %d is still there", pid)
	}
}

func TestStrayServerIsEnded(t *testing.T) {
	home := newHome(t)
	c := open(t, Options{Home: home})
	mustExecute(t, c.URL(), "create table kept as select 42 as n")
	shut(t, c)
	stray := c.who.command(c.tools, c.place.Dir, "postgres", "-D", c.place.data())
	if err := stray.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { stray.Wait(); close(ended) }()
	eventually(t, func() error { return execute(c.URL(), "select 1") })
	c = open(t, Options{Home: home})
	<-ended
	mustExecute(t, c.URL(), "select n from kept")
}

func TestPidFileOfAnotherProcess(t *testing.T) {
	home := newHome(t)
	c := open(t, Options{Home: home})
	shut(t, c)
	// After a restart of a container the old server's number may be anyone's: here, the test's parent.
	stale := fmt.Sprintf("%d\n%s\n1\n%d\n%s\n\n  1 1\nready   \n", os.Getppid(), c.place.data(), port, c.place.Socket)
	path := filepath.Join(c.place.data(), "postmaster.pid")
	if err := os.WriteFile(path, []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(path, c.who.uid, c.who.gid); err != nil {
		t.Fatal(err)
	}
	mustExecute(t, open(t, Options{Home: home}).URL(), "select 1")
}

func TestHomeThatOnlyItsOwnerMayEnter(t *testing.T) {
	outer := newHome(t)
	if err := os.Chmod(outer, 0o700); err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(outer, "clone", "var")
	var log strings.Builder
	c := open(t, Options{Home: home, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if c.who.credential == nil { // not root: the owner is the server's user
		if want := filepath.Join(home, "postgres"); c.Dir() != want {
			t.Errorf("Dir() = %s, want %s", c.Dir(), want)
		}
		return
	}
	t.Cleanup(func() { os.RemoveAll(c.Dir()) })
	if strings.HasPrefix(c.Dir(), outer) {
		t.Fatalf("Dir() = %s, where the user %s can't go", c.Dir(), c.who.name)
	}
	if !strings.Contains(log.String(), c.Dir()) || !strings.Contains(log.String(), "closed="+outer) {
		t.Errorf("the log does not say where the database went, and why:\n%s", &log)
	}
	mustExecute(t, c.URL(), "create table kept as select 42 as n")
	if url, err := Attach(home); err != nil || url != c.URL() {
		t.Errorf("Attach gives %s, %v; want %s", url, err, c.URL())
	}
	shut(t, c)

	// The place is remembered, even when the home could be entered later.
	if err := os.Chmod(outer, 0o755); err != nil {
		t.Fatal(err)
	}
	mustExecute(t, open(t, Options{Home: home}).URL(), "select n from kept")
}

func TestDatabaseBehindAClosedFolder(t *testing.T) {
	outer := newHome(t)
	home := filepath.Join(outer, "var")
	c := open(t, Options{Home: home})
	shut(t, c)
	if err := os.Chmod(outer, 0o700); err != nil {
		t.Fatal(err)
	}
	if c.who.credential == nil {
		mustExecute(t, open(t, Options{Home: home}).URL(), "select 1")
		return
	}
	_, err := Open(t.Context(), Options{Home: home, Test: true})
	wantCode(t, err, fault.Forbidden, "may not enter "+outer+".", "chmod")
}

func TestLongPath(t *testing.T) {
	home := filepath.Join(newHome(t), strings.Repeat("long/", 20), "home with 'quotes', commas and 中文")
	c := open(t, Options{Home: home})
	if len(c.place.Socket) >= longestSocket || strings.HasPrefix(c.place.Socket, home) {
		t.Errorf("the socket's folder is %s", c.place.Socket)
	}
	info, err := os.Stat(c.place.Socket)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the socket's folder has mode %v, error %v; want 0700", info.Mode(), err)
	}
	mustExecute(t, c.URL(), "select 1")
	shut(t, c)
	if _, err := os.Stat(c.place.Socket); err == nil {
		t.Errorf("the temporary folder %s is still there after Close", c.place.Socket)
	}
	t.Run("short but odd", func(t *testing.T) {
		mustExecute(t, open(t, Options{Home: filepath.Join(newHome(t), `a "b", c&d ü`)}).URL(), "select 1")
	})
}

func TestOpenErrors(t *testing.T) {
	home := newHome(t)
	file := filepath.Join(home, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(home, "foreign")
	if err := os.MkdirAll(filepath.Join(foreign, "postgres", "data", "photos"), 0o755); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(home, "old")
	if err := os.MkdirAll(filepath.Join(old, "postgres", "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(old, "postgres", "data", "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tc := range []struct {
		name string
		ctx  context.Context
		home string
		code fault.Code
		says string
	}{
		{"no home", t.Context(), "", fault.Invalid, "home"},
		{"home under a file", t.Context(), filepath.Join(file, "home"), fault.Unavailable, file},
		{"a data folder that is none", t.Context(), foreign, fault.Unavailable, "in the way"},
		{"a database of a version not installed", t.Context(), old, fault.Unavailable, "made by PostgreSQL 9"},
		{"cancelled", gone, filepath.Join(home, "cancelled"), fault.Cancelled, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Open(tc.ctx, Options{Home: tc.home, Test: true})
			wantCode(t, err, tc.code, tc.says)
		})
	}
}
