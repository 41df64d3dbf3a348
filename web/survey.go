package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"onemap/data"
	"onemap/data/report"
	"onemap/data/survey"
	"onemap/data/upload"
	"onemap/layers/fault"
)

// Access says who may import and change records over HTTP. Until accounts exist it is all or nothing.
type Access string

// The kinds of access.
const (
	AccessNone  Access = ""      // nobody
	AccessLocal Access = "local" // programs of this machine, asking it by a loopback name
	AccessAll   Access = "all"   // everyone who can reach the server
)

// Survey is what the import over HTTP works with; without it there are no such routes.
type Survey struct {
	Intake  *survey.Intake
	Store   *data.Store
	Uploads *upload.Uploads
	Temp    string // folder for temporary files; empty: the system's
	Access  Access
	Checks  int // that run at once, default 2; others wait

	PassLine float64 // share of wrong indicators up to which a county's table passes; default layers.PassLine
}

// importer is who the trail names: without accounts all that is known is that it came
// from here.
const importer = "local"

// workLimit is the longest time for an answer that reads a whole file or layer.
const workLimit = 15 * time.Minute

// desk is the import over HTTP while the server runs.
type desk struct {
	Survey
	report *report.Maker
	jobs   *jobs
	turns  turns
	origin *http.CrossOriginProtection
	making chan struct{} // a place for each report that is made at once

	ctx     context.Context // of work that goes on when its client leaves; ends with the server
	stop    context.CancelFunc
	working sync.WaitGroup
}

func newDesk(c Config, s Survey, log *slog.Logger) (*desk, error) {
	d := &desk{Survey: s, report: report.New(s.Store, s.Intake, s.Temp), origin: http.NewCrossOriginProtection(), making: make(chan struct{}, 2)}
	if u, err := url.Parse(c.PublicURL); err == nil && u.Host != "" {
		if err := d.origin.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, fault.In("public-url", "%q is not an address such as https://map.example.cn.", c.PublicURL)
		}
	}
	d.report.Pass = s.PassLine
	d.ctx, d.stop = context.WithCancel(context.Background())
	d.jobs = newJobs(d.ctx, s, &d.working, log)
	d.working.Go(func() { s.Uploads.SweepEvery(d.ctx, time.Hour) })
	return d, nil
}

// Stop ends checks, uploads and other work of the import, and questions, and waits until they have let go
// of files and database. Serve calls it; who uses Handler alone calls it himself.
func (s *Server) Stop() {
	s.release()
	if s.questions != nil {
		s.questions.stop()
		s.questions.working.Wait()
	}
	if s.desk == nil {
		return
	}
	s.desk.end()
	s.desk.working.Wait()
}

// end tells all work of the import to end.
func (d *desk) end() {
	d.stop()
	d.Uploads.Interrupt()
}

// work is a context for work that is carried to its end though the client leaves. done has
// to be called.
func (d *desk) work() (ctx context.Context, done context.CancelFunc) {
	d.working.Add(1)
	ctx, cancel := context.WithTimeout(d.ctx, workLimit)
	return ctx, func() { cancel(); d.working.Done() }
}

// guarded answers only those who may import, and no page of another origin.
func (s *Server) guarded(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", cacheNever)
		if err := s.desk.admits(r); err != nil {
			return err
		}
		return h(w, r)
	}
}

// admits checks who asks. A page of another origin is refused for every method: what is
// read here is not for it either, and it may have reached a loopback address by a name of
// its own.
func (d *desk) admits(r *http.Request) error {
	switch d.Access {
	case AccessAll:
	case AccessLocal:
		if !loopback(r.Host) {
			return fault.New(fault.Forbidden, "Records are imported and changed on this machine only, by the address localhost or 127.0.0.1; start the program with --allow-import to allow others.")
		}
		for _, name := range []string{"Forwarded", "X-Forwarded-For", "Via"} {
			if r.Header.Get(name) != "" {
				return fault.New(fault.Forbidden, "This request came through a proxy, and records are imported and changed on this machine only; start the program with --allow-import to allow others.")
			}
		}
	default:
		return fault.New(fault.Forbidden, "Nobody may import or change records here: the program answers to other machines and has no accounts. That is open when it listens on a loopback address, or was started with --allow-import.")
	}
	as := *r
	as.Method = http.MethodPost // the check lets reading pass otherwise
	if d.origin.Check(&as) != nil {
		return fault.New(fault.Forbidden, "This request comes from a page of another origin; only pages of this server may import and change records.")
	}
	return nil
}

// loopback reports whether a request's host is this machine by a name that no one else can have.
func loopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	if name == "localhost" {
		return true
	}
	if n := len(name); n > 2 && name[0] == '[' {
		name = name[1 : n-1]
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}

// turns lets one request at a time work on a batch; the others wait.
type turns struct {
	mu    sync.Mutex
	taken map[int64]chan struct{}
}

func (t *turns) take(ctx context.Context, batch int64) (release func(), err error) {
	for {
		t.mu.Lock()
		if t.taken == nil {
			t.taken = map[int64]chan struct{}{}
		}
		before := t.taken[batch]
		if before == nil {
			mine := make(chan struct{})
			t.taken[batch] = mine
			t.mu.Unlock()
			return func() {
				t.mu.Lock()
				delete(t.taken, batch)
				t.mu.Unlock()
				close(mine)
			}, nil
		}
		t.mu.Unlock()
		select {
		case <-before:
		case <-ctx.Done():
			return nil, fault.Wrap(ctx.Err(), fault.Unavailable, "Batch %d is being worked on; try again shortly.", batch)
		}
	}
}
