package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"strings"

	"onemap/data"
	"onemap/data/report"
	"onemap/data/survey"
	"onemap/layers"
	"onemap/layers/fault"
)

type importCommand struct {
	Layer string `arg:"" help:"Layer id, such as shelter."`
	File  string `arg:"" help:"Survey file or folder (see docs/formats.md)." type:"existingpath"`

	Source string `help:"Name of the source; records of the same source are replaced. Default: the file's name."`
	Whole  bool   `help:"The file stands for the whole layer: records of all sources that it does not have are gone."`
	Area   string `help:"The file stands for one county's part of the layer: its administrative code." placeholder:"CODE"`
	Check  bool   `help:"Check and report; publish nothing. The batch waits to be approved."`
	As     string `help:"Who brings it, for the trail." default:"admin"`

	Report   string  `help:"Write the report into this folder: the table with its faults marked, error rates, a page to sign, places." type:"path" placeholder:"FOLDER"`
	PassLine float64 `help:"Share of wrong indicators up to which a county's table passes." default:"0.05"`

	readingFlags `embed:""`
}

func (importCommand) Help() string {
	return `Reads, checks and publishes a file as one edition: all of it or nothing. Every fault is named.
Without --check the one who imports answers for the county's and the city's check too.

Examples:
  onemap import shelter shelters.geojson --check --report found
  onemap import building survey.zip --encoding GBK --crs EPSG:4549 --map code=房屋编号`
}

// Run imports the file.
func (i importCommand) Run(ctx context.Context, p *program) error {
	// Most of what a large file keeps in memory is one table without pointers, of the keys
	// that have been seen: clearing up around it often costs little.
	debug.SetGCPercent(25)
	d, err := p.prepared(ctx, false)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	in, err := p.intake(d)
	if err != nil {
		return err
	}
	scope := data.Scope("")
	switch {
	case i.Whole:
		scope = data.ScopeLayer
	case i.Area != "":
		scope = data.ScopeArea(i.Area)
	}
	kept, err := in.KeepPath(i.File)
	if err != nil {
		return err
	}
	w := way{program: p, db: d, in: in, who: i.As}
	b, err := in.Bring(ctx, kept, i.Layer, i.Source, scope, i.options(), i.As)
	switch {
	case err == nil:
		err = w.check(ctx, b.ID)
	case fault.CodeOf(err) == fault.Conflict && (b.State == data.BatchParsed || b.State == data.BatchChecked):
		// The file waits already: what is said now counts.
		if _, err = in.Answer(ctx, b.ID, i.options(), i.As); err == nil || fault.CodeOf(err) == fault.Conflict || fault.CodeOf(err) == fault.Invalid {
			err = w.check(ctx, b.ID)
		}
	default:
		return err
	}
	if i.Report != "" && w.checked {
		err = errors.Join(err, w.write(ctx, b.ID, i.Report, i.PassLine))
	}
	if err == nil && !i.Check {
		err = w.publish(ctx, b.ID)
	}
	if err != nil && !w.checked {
		// A file that was never understood leaves no batch waiting.
		if e := d.Advance(ctx, b.ID, data.BatchRejected, i.As, firstSentence(err)); e != nil {
			p.log.Warn("batch not rejected", "batch", b.ID, "error", e)
		}
	}
	return err
}

// intake opens the folder of survey files in the program's home.
func (p *program) intake(d *database) (*survey.Intake, error) {
	return survey.NewIntake(d.Store, filepath.Join(p.Home, "uploads"))
}

// way takes a batch along on the command line.
type way struct {
	*program
	db      *database
	in      *survey.Intake
	who     string
	checked bool
}

// check parses and checks a batch, and prints what was understood and found.
func (w *way) check(ctx context.Context, id int64) error {
	b, err := w.db.Batch(ctx, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.out, "Batch %d: %s for %s\n", id, b.FileName, b.Layer)
	r, err := w.in.Parse(ctx, id, w.who)
	printReading(w.program, r)
	if err != nil {
		return err
	}
	bar := newProgress(w.err, b.Layer, int(b.FileSize))
	var last int64
	tally, err := w.in.Check(ctx, id, w.who, func(s survey.Stage, done, total int64) {
		if s == survey.StageRows && done > last {
			bar.add(int(done - last))
			last = done
		}
	})
	bar.finish()
	if err != nil {
		return err
	}
	w.checked = true
	return w.report(ctx, id, tally)
}

// publish takes a checked batch through all approvals to an edition.
func (w *way) publish(ctx context.Context, id int64) error {
	for _, to := range []data.BatchState{data.BatchSelfChecked, data.BatchCityChecked, data.BatchAccepted} {
		if err := w.in.Approve(ctx, id, to, w.who, "command line"); err != nil {
			return err
		}
	}
	e, err := w.in.Publish(ctx, id, w.who)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.out, "Edition %d: %d new, %d changed, %d gone, %d unchanged\n", e.ID, e.Added, e.Changed, e.Gone, e.Unchanged)
	b, err := w.db.Batch(ctx, id)
	if err == nil && e.Changed+e.Unchanged > 0 {
		printKept(w.program, b.Kept)
	}
	return err
}

// printKept names what a file leaves as it is.
func printKept(p *program, kept []string) {
	if len(kept) > 0 {
		fmt.Fprintf(p.out, "  left as they are, since the file has no column for them 文件没有的列保持不变: %s\n", strings.Join(kept, ", "))
	}
}

// write writes the report of a checked batch into a folder.
func (w *way) write(ctx context.Context, id int64, folder string, pass float64) error {
	m := report.New(w.db.Store, w.in, "")
	m.Pass = pass
	paths, err := m.Folder(ctx, id, folder)
	for _, path := range paths {
		fmt.Fprintln(w.out, "Report:", path)
	}
	return err
}

// report prints the tally and what was found, one line for each rule and field.
func (w *way) report(ctx context.Context, id int64, t survey.Tally) error {
	fmt.Fprintf(w.out, "%d records: %d good (%d without a position), %d with faults; %d errors, %d warnings, %d notices\n",
		t.Rows, t.Good, t.Unplaced, t.Bad, t.Errors, t.Warnings, t.Notices)
	groups, err := w.db.FindingGroups(ctx, id)
	if err != nil {
		return err
	}
	for _, g := range groups {
		fmt.Fprintf(w.out, "  %s %s %s ×%d: %s %s\n", g.Severity, g.Rule, g.Field, g.Count, g.Example.Zh, g.Example.En)
		if g.Severity == layers.SeverityError && g.Hint.En != "" {
			fmt.Fprintf(w.out, "    → %s %s\n", g.Hint.Zh, g.Hint.En)
		}
	}
	since, err := w.db.FindingsSince(ctx, id)
	if err != nil || since == nil {
		return err
	}
	fmt.Fprintf(w.out, "Since batch %d: %d findings are mended, %d remain, %d are new\n", since.Before, since.Mended, since.Remain, since.Appears)
	return nil
}

func firstSentence(err error) string {
	message, _ := fault.MessageOf(err)
	return message
}
