package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"onemap/data"
	"onemap/data/survey"
	"onemap/layers/fault"
)

// batchCommand holds the verbs on a survey's way.
type batchCommand struct {
	List    batchList    `cmd:"" help:"List the newest batches."`
	Show    batchShow    `cmd:"" help:"Show a batch: its way, how it was understood, what was found."`
	Check   batchCheck   `cmd:"" help:"Say how the file is to be read, over what was said before, and check it again."`
	Approve batchApprove `cmd:"" help:"Take a checked batch a step further, or publish it."`
	Reject  batchReject  `cmd:"" help:"Send a batch back with the reason."`
	Diff    batchDiff    `cmd:"" help:"List how a checked batch differs from the layer."`
}

func (batchCommand) Help() string {
	return `A batch is one file on its way: uploaded, parsed, checked, self_checked (county), city_checked,
accepted, published; or rejected, superseded, withdrawn.

Example: onemap batch check 12 --crs EPSG:4549`
}

type batchList struct {
	Layer string `arg:"" optional:"" help:"Only of this layer."`
	Limit int    `default:"20" help:"How many."`
}

// Run prints a line a batch.
func (c batchList) Run(ctx context.Context, p *program) error {
	d, err := p.prepared(ctx, false)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	batches, err := d.Batches(ctx, c.Layer, c.Limit)
	if err != nil {
		return err
	}
	for _, b := range batches {
		fmt.Fprintf(p.out, "%5d  %-20s %-13s %-30s %s by %s  %s\n", b.ID, b.Layer, b.State, b.FileName, b.CreatedAt.Local().Format(time.DateTime), b.CreatedBy, b.Tally)
	}
	return nil
}

type batchShow struct {
	ID int64 `arg:"" help:"Number of the batch."`
}

// Run prints everything that is known of a batch.
func (c batchShow) Run(ctx context.Context, p *program) error {
	d, err := p.prepared(ctx, false)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	b, err := d.Batch(ctx, c.ID)
	if err != nil {
		return err
	}
	way, err := d.BatchSteps(ctx, c.ID)
	if err != nil {
		return err
	}
	groups, err := d.FindingGroups(ctx, c.ID)
	if err != nil {
		return err
	}
	e := json.NewEncoder(p.out)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		data.Batch
		Way      []data.BatchStep    `json:"way"`
		Findings []data.FindingGroup `json:"findings"`
	}{b, way, groups})
}

type batchCheck struct {
	ID int64  `arg:"" help:"Number of the batch."`
	As string `help:"Who checks, for the trail." default:"admin"`

	readingFlags `embed:""`
}

// Run answers what was open and checks the batch.
func (c batchCheck) Run(ctx context.Context, p *program) error {
	return p.batch(ctx, c.As, func(w *way) error {
		b, err := w.db.Batch(ctx, c.ID)
		if err != nil {
			return err
		}
		var said survey.Options
		if err := json.Unmarshal(b.Options, &said); err != nil {
			return fault.Wrap(err, fault.Internal, "options of batch %d", c.ID)
		}
		if _, err := w.in.Answer(ctx, c.ID, c.over(said), c.As); err != nil {
			return err
		}
		return w.check(ctx, c.ID)
	})
}

type batchApprove struct {
	ID   int64  `arg:"" help:"Number of the batch."`
	To   string `arg:"" help:"self_checked, city_checked, accepted or published." enum:"self_checked,city_checked,accepted,published"`
	As   string `help:"Who approves, for the trail." default:"admin"`
	Note string `help:"A note for the trail."`
}

// Run takes the batch a step further.
func (c batchApprove) Run(ctx context.Context, p *program) error {
	return p.batch(ctx, c.As, func(w *way) error {
		if to := data.BatchState(c.To); to != data.BatchPublished {
			return w.in.Approve(ctx, c.ID, to, c.As, c.Note)
		}
		e, err := w.in.Publish(ctx, c.ID, c.As)
		if err == nil {
			fmt.Fprintf(p.out, "Edition %d: %d new, %d changed, %d gone, %d unchanged\n", e.ID, e.Added, e.Changed, e.Gone, e.Unchanged)
		}
		return err
	})
}

type batchReject struct {
	ID     int64  `arg:"" help:"Number of the batch."`
	Reason string `arg:"" help:"Why, for the one who brought it."`
	As     string `help:"Who rejects, for the trail." default:"admin"`
}

// Run sends the batch back.
func (c batchReject) Run(ctx context.Context, p *program) error {
	return p.batch(ctx, c.As, func(w *way) error { return w.db.Advance(ctx, c.ID, data.BatchRejected, c.As, c.Reason) })
}

type batchDiff struct {
	ID    int64  `arg:"" help:"Number of the batch."`
	Kind  string `help:"Only new, changed or gone records." enum:",new,changed,gone" default:""`
	Limit int    `default:"50" help:"How many records to list."`
}

// Run prints the sums and the first records.
func (c batchDiff) Run(ctx context.Context, p *program) error {
	return p.batch(ctx, "admin", func(w *way) error {
		sum, err := w.db.Compare(ctx, c.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%d there now, %d staged: %d new, %d changed (%d of them moved), %d gone, %d unchanged\n",
			sum.Present, sum.Staged, sum.New, sum.Changed, sum.Moved, sum.Gone, sum.Unchanged)
		if sum.Changed+sum.Unchanged > 0 {
			printKept(p, sum.Kept)
		}
		list, err := w.db.Differences(ctx, c.ID, c.Kind, "", c.Limit)
		if err == nil {
			printDifferences(p, list)
		}
		return err
	})
}

// printDifferences prints a line a record.
func printDifferences(p *program, list []data.Difference) {
	for _, d := range list {
		fmt.Fprintf(p.out, "%-8s %s", d.Kind, d.Key)
		for _, f := range d.Fields {
			fmt.Fprintf(p.out, "  %s: %s → %s", f.Field, f.Old, f.New)
		}
		if d.Moved > 0 {
			fmt.Fprintf(p.out, "  moved %.1f m", d.Moved)
		}
		fmt.Fprintln(p.out)
	}
}

// batch opens what a verb on batches needs.
func (p *program) batch(ctx context.Context, who string, f func(*way) error) error {
	d, err := p.prepared(ctx, false)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	in, err := p.intake(d)
	if err != nil {
		return err
	}
	return f(&way{program: p, db: d, in: in, who: who})
}
