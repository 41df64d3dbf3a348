package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"slices"

	"onemap/data"
	"onemap/data/survey"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

type importCommand struct {
	Layer string `arg:"" help:"Layer id, such as shelter."`
	File  string `arg:"" help:"GeoJSON, or a shapefile as .shp, folder or zip." type:"existingpath"`

	Source   string            `help:"Name of the source; records of the same source are replaced. Default: the file's name."`
	Whole    bool              `help:"The file stands for the whole layer: records of all sources that it does not have are gone."`
	Encoding string            `help:"Character set of the text, such as GBK; default: found out."`
	CRS      string            `name:"crs" help:"Coordinate system, such as EPSG:4549; default: what the file says."`
	Shift    string            `help:"The positions are shifted by a map vendor: GCJ02 or BD09." enum:",GCJ02,BD09" default:""`
	Part     string            `help:"Which of several sets in a folder or archive."`
	Map      map[string]string `help:"Column of a field, where it is not recognised: field=column." placeholder:"FIELD=COLUMN"`
	Set      map[string]string `help:"Value of a field where the file has none: field=value." placeholder:"FIELD=VALUE"`
	Number   bool              `help:"Number the records: the key is made from source and row."`
	SkipBad  bool              `help:"Leave out records with faults and import the rest."`
	DryRun   bool              `help:"Check and report, import nothing."`
	Findings string            `help:"File to write all findings to, as JSON." placeholder:"FILE"`
}

func (importCommand) Help() string {
	return `Reads, checks and publishes a file as one edition: all of it or nothing. Every fault is named.

Examples:
  onemap import shelter shelters.geojson --dry-run
  onemap import building survey.zip --encoding GBK --crs EPSG:4549 --map code=房屋编号`
}

// Run imports the file.
func (i importCommand) Run(ctx context.Context, p *program) error {
	cat, err := p.catalogue()
	if err != nil {
		return err
	}
	l := cat.Layer(i.Layer)
	if l == nil {
		return fault.New(fault.NotFound, "There is no layer %q.", i.Layer)
	}
	o := survey.Options{Source: i.Source, Encoding: i.Encoding, Part: i.Part, Shift: geo.Datum(i.Shift), Columns: i.Map, Values: i.Set, Number: i.Number, SkipBad: i.SkipBad}
	if i.CRS != "" {
		if o.CRS, err = geo.ParseCRS(i.CRS); err != nil {
			return &fault.Error{Code: fault.Invalid, Field: "crs", Message: err.Error()}
		}
	}
	s, err := survey.Open(i.File, l, o)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Fprintf(p.out, "%s: %s, %s, %s\n", i.File, s.Format, s.Encoding, s.CRS)
	for _, f := range l.Fields {
		if c, ok := s.Mapping.Of[f.Name]; ok {
			fmt.Fprintf(p.out, "  %s (%s) ← %s\n", f.Name, f.Title.Zh, s.Mapping.Columns[c])
		}
	}
	err = i.publish(ctx, p, s)
	report(p, s)
	if i.Findings != "" {
		if err := writeFindings(i.Findings, s.Findings()); err != nil {
			return err
		}
	}
	return err
}

func (i importCommand) publish(ctx context.Context, p *program, s *survey.Survey) error {
	_, total := s.Progress()
	bar := newProgress(p.err, i.Layer, int(total))
	records := measured(s, bar)
	defer bar.finish()
	if i.DryRun {
		for _, err := range records {
			if err != nil {
				return err
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		return nil
	}
	d, err := p.prepared(ctx, false)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	scope := data.ScopeSource(s.Source())
	if i.Whole {
		scope = data.ScopeLayer
	}
	e, err := d.Publish(ctx, data.Publication{Layer: i.Layer, Scope: scope, Name: s.Source(), Hash: s.Hash, By: string(layers.RoleCensus)}, records)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "Edition %d of %s: %d new, %d changed, %d gone, %d unchanged\n", e.ID, i.Layer, e.Added, e.Changed, e.Gone, e.Unchanged)
	return nil
}

// measured tells the progress bar of the bytes that have been read.
func measured(s *survey.Survey, bar *progress) iter.Seq2[layers.Record, error] {
	return func(yield func(layers.Record, error) bool) {
		var last int64
		for r, err := range s.Records() {
			if done, _ := s.Progress(); done-last > 1<<16 {
				bar.add(int(done - last))
				last = done
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// report prints the tally and the findings, one line for each rule and field with the
// first rows it was found in.
func report(p *program, s *survey.Survey) {
	t := s.Tally()
	fmt.Fprintf(p.out, "%d records read: %d good (%d without a position), %d with faults\n", t.Rows, t.Good, t.Unplaced, t.Bad)
	type group struct {
		first layers.Finding
		n     int
		rows  []int64
	}
	groups := map[string]*group{}
	var order []string
	for _, f := range s.Findings() {
		key := string(f.Severity) + f.Rule + f.Field
		g := groups[key]
		if g == nil {
			g = &group{first: f}
			groups[key] = g
			order = append(order, key)
		}
		if g.n++; len(g.rows) < 5 && f.Row > 0 && !slices.Contains(g.rows, f.Row) {
			g.rows = append(g.rows, f.Row)
		}
	}
	for _, key := range order {
		g := groups[key]
		rows := ""
		if len(g.rows) > 0 {
			rows = fmt.Sprintf(", rows %v", g.rows)
		}
		fmt.Fprintf(p.out, "  %s %s ×%d%s: %s。%s\n", g.first.Severity, g.first.Rule, g.n, rows, g.first.Message.Zh, g.first.Message.En)
	}
	if kept := int64(len(s.Findings())); t.Errors+t.Warnings+t.Notices > kept {
		fmt.Fprintf(p.out, "  … %d findings in all\n", t.Errors+t.Warnings+t.Notices)
	}
}

func writeFindings(name string, findings []layers.Finding) error {
	f, err := os.Create(name)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "The findings can't be written")
	}
	e := json.NewEncoder(f)
	e.SetIndent("", "  ")
	if err := e.Encode(findings); err != nil {
		f.Close()
		return fault.Wrap(err, fault.Unavailable, "The findings can't be written")
	}
	return f.Close()
}
