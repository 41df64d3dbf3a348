package cluster

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"onemap/layers/fault"
)

// How long a server may take.
const (
	readyPoll    = 10 * time.Millisecond // between two looks whether it is ready
	readyReport  = 10 * time.Second      // between two log lines while it recovers
	gracePeriod  = 10 * time.Second      // for an immediate shutdown, before it is killed
	fastPatience = 60 * time.Second      // for a fast shutdown without a deadline of the caller's
)

// server is one postmaster process, from its start to its end.
type server struct {
	c     *Cluster
	cmd   *exec.Cmd
	since int64         // where its part of the log begins
	done  chan struct{} // closed when it has ended and was waited for
}

// launch starts a postmaster. It is started from, and waited for on, an operating system
// thread of its own: the kernel sends the death signal when that thread ends, so the
// thread must live as long as the server. SIGINT is PostgreSQL's fast shutdown, so the
// death of the program, even by SIGKILL, stops the server cleanly.
func (c *Cluster) launch() (*server, error) {
	s := &server{c: c, since: c.out.size(), done: make(chan struct{})}
	s.cmd = c.who.command(c.tools, c.place.Dir, "postgres", "-D", c.place.data())
	s.cmd.Stdout, s.cmd.Stderr = c.out.f, c.out.f
	s.cmd.SysProcAttr.Setsid = true // a Ctrl-C at the terminal is for the program alone
	s.cmd.SysProcAttr.Pdeathsig = syscall.SIGINT
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		err := s.cmd.Start()
		started <- err
		if err == nil {
			s.cmd.Wait() // the state is read from s.cmd
		}
		close(s.done)
	}()
	if err := <-started; err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "The program %s can't be started.", s.cmd.Path)
	}
	return s, nil
}

func (s *server) pid() int { return s.cmd.Process.Pid }

// ready waits until the server takes connections, as its postmaster.pid says.
func (s *server) ready(ctx context.Context) error {
	tick := time.NewTicker(readyPoll)
	defer tick.Stop()
	report := time.NewTicker(readyReport)
	defer report.Stop()
	for {
		select {
		case <-s.done:
			return said("PostgreSQL did not start", s.c.place.Dir, s.c.out.tail(s.since))
		case <-ctx.Done():
			return fault.Wrap(ctx.Err(), fault.Cancelled, "Starting the database was cancelled.")
		case <-report.C:
			s.c.log.Info("PostgreSQL is recovering, please wait", "dir", s.c.place.Dir)
		case <-tick.C:
			if s.status() == "ready" {
				return nil
			}
		}
	}
}

// status returns what the server says of itself in line 8 of postmaster.pid (starting,
// ready, stopping); "" while the file is not this server's.
func (s *server) status() string {
	b, err := os.ReadFile(filepath.Join(s.c.place.data(), "postmaster.pid"))
	if err != nil {
		return ""
	}
	lines := strings.Split(string(b), "\n")
	if len(lines) < 8 || lines[0] != strconv.Itoa(s.pid()) {
		return ""
	}
	return strings.TrimSpace(lines[7])
}

// stop ends the server and waits until it is gone: fast shutdown; when ctx ends (or a
// minute has passed), immediate shutdown; after that SIGKILL. It returns whether the
// fast shutdown was enough.
func (s *server) stop(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, fastPatience)
	defer cancel()
	s.cmd.Process.Signal(syscall.SIGINT)
	select {
	case <-s.done:
		return true
	case <-ctx.Done():
	}
	s.cmd.Process.Signal(syscall.SIGQUIT)
	select {
	case <-s.done:
	case <-time.After(gracePeriod):
		s.cmd.Process.Kill()
		<-s.done
		s.c.sweep(context.Background())
	}
	return false
}
