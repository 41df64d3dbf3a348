package main

import (
	"bufio"
	"context"
	"io"
	"iter"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"onemap/data"
	"onemap/data/sample"
	"onemap/layers"
	"onemap/layers/fault"
	"onemap/web/load"
)

// copied is the largest number of records that publishing is measured with.
const copied = 200_000

// loadTarget is the longest that the default city may take to load, in seconds.
const loadTarget = 60

// measureLoad publishes the buildings alone, copies the same rows into a bare table,
// then fills the database with the whole city.
func (m *benchmark) measureLoad(ctx context.Context) error {
	records, err := first(m.plan, "building", copied)
	if err != nil {
		return err
	}
	m.say("publishing %d buildings, then copying them", len(records))
	building := m.d.Catalogue().Layer("building")
	begun := time.Now()
	_, err = m.d.Publish(ctx, data.Publication{
		Layer: "building", Scope: data.ScopeSource(layers.SourceSynthetic), Name: layers.SourceSynthetic, By: string(layers.RoleAdmin), Quiet: true,
	}, each(records))
	if err != nil {
		return err
	}
	published := time.Since(begun)
	if err := m.floor.Clear(ctx, building); err != nil {
		return err
	}
	copying, err := m.floor.Copy(ctx, building, records)
	if err != nil {
		return err
	}
	n := float64(len(records))
	m.add(newFigure("publish buildings", n/published.Seconds(), "records/s").beside("bare binary COPY", n/copying.Seconds()))

	m.say("loading the sample city")
	begun = time.Now()
	if err := m.city.fill(ctx, m.p, m.d, true); err != nil {
		return err
	}
	took := newFigure("load the sample city", time.Since(begun).Seconds(), "s")
	if !m.Quick && m.Buildings == sample.DefaultBuildings {
		took = took.under(loadTarget)
	}
	m.add(took)
	return nil
}

// first gives the first records of a layer of the plan.
func first(plan *sample.Plan, id string, most int) ([]layers.Record, error) {
	var records []layers.Record
	for r, err := range plan.Records(id) {
		if err != nil {
			return nil, err
		}
		if len(records) == most {
			break
		}
		records = append(records, r)
	}
	return records, nil
}

func each(records []layers.Record) iter.Seq2[layers.Record, error] {
	return func(yield func(layers.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// startLimit is the longest that a start may take.
const startLimit = 2 * time.Minute

// measureStart starts the program anew on the filled database, as a process of its own,
// and waits until it says that it is ready. The database's files may still be in the
// machine's memory.
func (m *benchmark) measureStart(ctx context.Context) error {
	m.say("starting the program anew")
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "The program does not find itself")
	}
	args := []string{"serve", "--listen", "127.0.0.1:0", "--home", m.p.Home}
	if m.p.DatabaseURL != "" {
		args = append(args, "--database-url", m.p.DatabaseURL)
	}
	if m.p.Layers != "" {
		args = append(args, "--layers", m.p.Layers)
	}
	child := exec.CommandContext(ctx, self, args...)
	child.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "ONEMAP_") })
	child.Cancel = func() error { return child.Process.Signal(syscall.SIGTERM) }
	child.WaitDelay = 30 * time.Second
	said, err := child.StdoutPipe()
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "The program can't be started anew")
	}
	begun := time.Now()
	if err := child.Start(); err != nil {
		return fault.Wrap(err, fault.Unavailable, "The program can't be started anew")
	}
	took, err := ready(ctx, said, begun)
	cancel() // stops the child
	_ = child.Wait()
	if err != nil {
		return err
	}
	m.add(newFigure("cold start until /readyz", took.Seconds(), "s"))
	return nil
}

// ready waits until the program that says its address on said is ready.
func ready(ctx context.Context, said io.Reader, begun time.Time) (time.Duration, error) {
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		_, address, ok := strings.Cut(lines.Text(), "http://")
		if !ok {
			continue
		}
		go io.Copy(io.Discard, said) //nolint:errcheck // only so that the program is never held up
		client, err := load.NewClient("http://"+strings.TrimSpace(address), 1)
		if err != nil {
			return 0, err
		}
		defer client.Close()
		for {
			if _, err = client.Get(ctx, "/readyz", false); err == nil {
				return time.Since(begun), nil
			}
			select {
			case <-ctx.Done():
				return 0, fault.Wrap(err, fault.Unavailable, "The program was not ready in time")
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
	return 0, fault.New(fault.Unavailable, "The program that was started anew ended before it was ready.")
}
