package cluster

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"onemap/layers/fault"
)

// How long what is left of an earlier server may take to go.
const (
	leftoverFast = 30 * time.Second // after a fast shutdown of its postmaster
	leftoverQuit = 5 * time.Second  // after an immediate one
	leftoverKill = 10 * time.Second // after SIGKILL
)

// title is how the server's child processes call themselves: PostgreSQL shows its
// cluster_name, which configure sets to this.
func (p place) title() string { return "onemap-" + mark(p.Dir) }

// clear ends what an earlier server of this cluster left running: a postmaster whose
// program was killed, or children whose postmaster was. We hold the lock, so nobody else
// needs them. It also removes a postmaster.pid that names an unrelated process, for
// which PostgreSQL would refuse to start.
func (c *Cluster) clear(ctx context.Context) error {
	if err := c.sweep(ctx); err != nil {
		return err
	}
	for _, path := range []string{
		filepath.Join(c.place.data(), "postmaster.pid"),
		filepath.Join(c.place.Socket, ".s.PGSQL."+strconv.Itoa(port)+".lock"),
	} {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		line, _, _ := strings.Cut(string(b), "\n")
		pid, err := strconv.Atoi(strings.TrimLeft(strings.TrimSpace(line), "-"))
		if err != nil || syscall.Kill(pid, 0) == syscall.ESRCH {
			continue // PostgreSQL sees for itself that it is stale
		}
		c.log.Warn("A lock file of an earlier server names a process that is not it and is removed", "file", path, "process", pid)
		if err := os.Remove(path); err != nil {
			return onDisk(err, path, "The stale file %s can't be removed.", path)
		}
	}
	return nil
}

// sweep ends this cluster's processes, ever harder, and waits until they are gone.
func (c *Cluster) sweep(ctx context.Context) error {
	for _, step := range []struct {
		signal  syscall.Signal // to the postmaster
		orphans syscall.Signal // to children without one
		wait    time.Duration
	}{
		{syscall.SIGINT, syscall.SIGTERM, leftoverFast},
		{syscall.SIGQUIT, syscall.SIGQUIT, leftoverQuit},
		{syscall.SIGKILL, syscall.SIGKILL, leftoverKill},
	} {
		told := map[int]bool{}
		for deadline := time.Now().Add(step.wait); time.Now().Before(deadline); time.Sleep(readyPoll) {
			master, children := c.processes()
			if len(master)+len(children) == 0 {
				return nil
			}
			if err := ctx.Err(); err != nil {
				return fault.Wrap(err, fault.Cancelled, "Waiting for an earlier database server to end was cancelled.")
			}
			signal, pids := step.signal, master
			if len(master) == 0 {
				signal, pids = step.orphans, children
				deadline = earlier(deadline, time.Now().Add(leftoverQuit))
			}
			for _, pid := range pids {
				if !told[pid] {
					told[pid] = true
					c.log.Info("An earlier database server is still there and is ended", "process", pid, "signal", signal.String())
					syscall.Kill(pid, signal)
				}
			}
		}
	}
	return fault.New(fault.Unavailable, "An earlier database server of %s does not end. See what keeps its processes (ps -C postgres).", c.place.Dir)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// processes lists this cluster's postmasters, by their -D argument, and their children,
// by their title, among the processes of the account. A process's command line may be
// read by everyone, its folder and program only by a root with all its rights.
func (c *Cluster) processes() (masters, children []int) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, nil
	}
	child := []byte("postgres: " + c.place.title() + ": ")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		line, err := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		if err != nil || len(line) == 0 { // gone, or a zombie
			continue
		}
		var st syscall.Stat_t
		if syscall.Stat(filepath.Join("/proc", e.Name()), &st) != nil || int(st.Uid) != c.who.uid {
			continue
		}
		args := strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")
		switch {
		case bytes.HasPrefix(line, child):
			children = append(children, pid)
		case filepath.Base(args[0]) == "postgres" && slices.Contains(args, c.place.data()):
			masters = append(masters, pid)
		}
	}
	return masters, children
}
