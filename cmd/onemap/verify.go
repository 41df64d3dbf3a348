package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles"
	"onemap/tiles/mirror"
)

type verifyCommand struct {
	Only []string `arg:"" optional:"" help:"Layers to look at, default all; or one archive (.pmtiles) to hold against the database." name:"layer"`
	Zoom int      `help:"Last zoom to look at." default:"16"`
}

func (verifyCommand) Help() string {
	return `Makes every tile that is not empty and adds up what it shows. At each zoom that must be the number
of records with a position that are valid now: nothing vanishes, nothing is counted twice.

Of an archive every tile is held against the one that the database gives now: the same records, the
same counts. What differs is printed.

Examples:
  onemap verify enterprise shelter --zoom 12
  onemap verify city.pmtiles`
}

// Run prints a line for each layer and zoom and fails when a sum is off.
func (v verifyCommand) Run(ctx context.Context, p *program) error {
	d, err := p.prepared(ctx, false)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	if len(v.Only) == 1 && strings.HasSuffix(v.Only[0], ".pmtiles") {
		return verifyArchive(ctx, p, d, v.Only[0])
	}
	views, err := viewsOf(d.Catalogue(), layers.Reader{Role: layers.RoleAdmin}, v.Only)
	if err != nil {
		return err
	}
	m, stop, err := p.mirrored(ctx, d)
	if err != nil {
		return err
	}
	defer stop()
	source := m.Source
	off := 0
	for _, view := range views {
		q := layers.Query{View: view, Datetime: layers.Now()}
		counts, err := d.Counts(ctx, q, nil)
		if err != nil {
			return err
		}
		tallies, err := tiles.Tallies(ctx, source, q, v.Zoom, 4)
		if err != nil {
			return err
		}
		for z, t := range tallies {
			verdict := "ok"
			if t.Shown() != counts.Placed {
				verdict = fmt.Sprintf("WRONG: %d are placed", counts.Placed)
				off++
			}
			fmt.Fprintf(p.out, "%-20s z %2d: %6d tiles, %7d drawn + %7d gathered = %7d, largest %7d bytes  %s\n",
				view.ID, z, t.Tiles, t.Drawn, t.Gathered, t.Shown(), t.Largest, verdict)
		}
	}
	if off > 0 {
		return fault.New(fault.Internal, "%d sums are off.", off)
	}
	return nil
}

// verifyMemory is the memory for the layers while tiles are verified.
const verifyMemory = 8 << 30

// mirrored brings the layers into memory, as serve does, and returns when they are there.
func (p *program) mirrored(ctx context.Context, d *database) (*mirror.Mirror, func(), error) {
	// Its progress is of no interest here, and would come between that of the command.
	log := slog.New(slog.NewJSONHandler(p.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	m := mirror.New(d.Catalogue(), d.Store, mirror.Options{Memory: verifyMemory, Log: log})
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = m.Run(ctx) // it ends with ctx only
	}()
	stop := func() {
		cancel()
		<-ended
	}
	for !m.Settled() {
		select {
		case <-ctx.Done():
			stop()
			return nil, nil, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
	return m, stop, nil
}
