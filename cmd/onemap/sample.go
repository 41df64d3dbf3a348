package main

import (
	"context"
	"fmt"
	"iter"
	"time"

	"golang.org/x/sync/errgroup"

	"onemap/data"
	"onemap/data/sample"
	"onemap/layers"
	"onemap/layers/fault"
)

// sampleFlags say which sample city.
type sampleFlags struct {
	Seed      uint64 `help:"Number that the city follows from: the same number, the same city." default:"2021"`
	Buildings int    `help:"How many buildings." default:"200000"`
	Scale     int    `help:"How many cities' worth of records." default:"1"`
	Small     bool   `help:"A fiftieth of everything, for tests."`
}

func (f sampleFlags) plan() (*sample.Plan, error) {
	return sample.City(sample.Options{Seed: f.Seed, Buildings: f.Buildings, Scale: f.Scale, Small: f.Small})
}

type sampleCommand struct {
	sampleFlags
	Replace bool `help:"Replace a sample city that is there already; other records stay."`
}

func (sampleCommand) Help() string {
	return `Makes a synthetic city on Nantong's extent with the figures of the report on 2021. Every record
says that it is synthetic.

Examples:
  onemap sample
  onemap sample --buildings 1000000 --replace`
}

// Run fills the database with the city.
func (s sampleCommand) Run(ctx context.Context, p *program) error {
	d, err := p.prepared(ctx, false)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	empty, err := d.Empty(ctx)
	if err != nil {
		return err
	}
	if !empty && !s.Replace {
		return fault.New(fault.Conflict, "The database has records already. Say --replace to put a new sample city in the place of the old one.")
	}
	return s.fill(ctx, p, d, empty)
}

// fillEmpty fills a database that has no records, and leaves any other alone.
func (f sampleFlags) fillEmpty(ctx context.Context, p *program, d *database) error {
	empty, err := d.Empty(ctx)
	if err != nil || !empty {
		return err
	}
	return f.fill(ctx, p, d, true)
}

func (f sampleFlags) fill(ctx context.Context, p *program, d *database, empty bool) error {
	start := time.Now()
	plan, err := f.plan()
	if err != nil {
		return err
	}
	total := 0
	for _, id := range plan.Layers() {
		total += plan.Count(id)
	}
	bar := newProgress(p.err, "sample city 合成样例城市", total)
	group, loading := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for _, id := range plan.Layers() {
		group.Go(func() error {
			_, err := d.Publish(loading, data.Publication{
				Layer: id, Scope: data.ScopeSource(layers.SourceSynthetic), Name: layers.SourceSynthetic, By: string(layers.RoleAdmin), Quiet: empty,
			}, counted(plan.Records(id), bar))
			if err != nil {
				return fmt.Errorf("layer %s: %w", id, err)
			}
			bar.done(id, plan.Count(id))
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	bar.finish()
	if err := d.Analyse(ctx); err != nil {
		return err
	}
	fmt.Fprintf(p.err, "%d synthetic records in %.1f s\n", total, time.Since(start).Seconds())
	return nil
}

// counted tells the progress bar of every record that passes.
func counted(records iter.Seq2[layers.Record, error], bar *progress) iter.Seq2[layers.Record, error] {
	return func(yield func(layers.Record, error) bool) {
		n := 0
		for r, err := range records {
			if n++; n%500 == 0 {
				bar.add(500)
			}
			if !yield(r, err) {
				return
			}
		}
		bar.add(n % 500)
	}
}
