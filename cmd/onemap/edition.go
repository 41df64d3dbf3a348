package main

import (
	"context"
	"fmt"
	"time"

	"onemap/data"
	"onemap/layers/fault"
)

// editionCommand holds the verbs on what has been published.
type editionCommand struct {
	List    editionList    `cmd:"" help:"List the newest editions."`
	Diff    editionDiff    `cmd:"" help:"List what an edition did; with --batch, what a checked batch would do."`
	Publish editionPublish `cmd:"" help:"Publish an accepted batch as an edition."`
	Revert  editionRevert  `cmd:"" help:"Take an edition back; this is an edition of its own."`
}

func (editionCommand) Help() string {
	return `An edition is one publication, all or nothing. It comes from a batch that has been accepted
(onemap batch approve), or from taking another edition back.

Examples:
  onemap edition diff --batch 12
  onemap edition publish 12
  onemap edition diff 31
  onemap edition revert 31`
}

type editionList struct {
	Layer string `arg:"" optional:"" help:"Only of this layer."`
	Limit int    `default:"20" help:"How many."`
}

// Run prints a line an edition.
func (c editionList) Run(ctx context.Context, p *program) error {
	return p.batch(ctx, "", func(w *way) error {
		editions, err := w.db.Editions(ctx, c.Layer, c.Limit)
		if err != nil {
			return err
		}
		for _, e := range editions {
			note := ""
			if e.Reverts != nil {
				note = fmt.Sprintf("  takes back %d", *e.Reverts)
			}
			if e.RevertedBy != nil {
				note += fmt.Sprintf("  taken back by %d", *e.RevertedBy)
			}
			fmt.Fprintf(p.out, "%5d  %-20s %-30s +%d ~%d -%d =%d  %s by %s%s\n", e.ID, e.Layer, e.Scope, e.Added, e.Changed, e.Gone, e.Unchanged,
				e.PublishedAt.Local().Format(time.DateTime), e.PublishedBy, note)
		}
		return nil
	})
}

type editionRevert struct {
	ID int64  `arg:"" help:"Number of the edition."`
	As string `help:"Who takes it back, for the trail." default:"admin"`
}

// Run takes the edition back.
func (c editionRevert) Run(ctx context.Context, p *program) error {
	return p.batch(ctx, c.As, func(w *way) error {
		e, err := w.db.Revert(ctx, c.ID, c.As)
		if err == nil {
			fmt.Fprintf(p.out, "Edition %d takes it back: %d restored, %d as before, %d gone\n", e.ID, e.Added, e.Changed, e.Gone)
		}
		return err
	})
}

type editionDiff struct {
	ID    int64  `arg:"" optional:"" help:"Number of the edition."`
	Batch int64  `help:"Number of a checked batch, to see what it would do."`
	Kind  string `help:"Only new, changed or gone records." enum:",new,changed,gone" default:""`
	Limit int    `default:"50" help:"How many records to list."`
}

// Run prints what the edition did, or what the batch would do.
func (c editionDiff) Run(ctx context.Context, p *program) error {
	if (c.ID == 0) == (c.Batch == 0) {
		return fault.In("edition", "Name an edition by its number, or a batch with --batch NUMBER.")
	}
	if c.Batch != 0 {
		return batchDiff{ID: c.Batch, Kind: c.Kind, Limit: c.Limit}.Run(ctx, p)
	}
	return p.batch(ctx, "", func(w *way) error {
		e, list, err := w.db.EditionDifferences(ctx, c.ID, c.Kind, "", c.Limit)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, "Edition %d of %s, %s: %d new, %d changed, %d gone, %d unchanged\n", e.ID, e.Layer, e.Scope, e.Added, e.Changed, e.Gone, e.Unchanged)
		printDifferences(p, list)
		return nil
	})
}

type editionPublish struct {
	ID int64  `arg:"" help:"Number of the batch, which has been accepted."`
	As string `help:"Who publishes, for the trail." default:"admin"`
}

// Run publishes the batch.
func (c editionPublish) Run(ctx context.Context, p *program) error {
	return batchApprove{ID: c.ID, To: string(data.BatchPublished), As: c.As}.Run(ctx, p)
}
