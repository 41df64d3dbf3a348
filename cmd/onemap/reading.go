package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"onemap/data/survey"
	"onemap/geo/detect"
	"onemap/layers"
)

// readingFlags are what a person says of a survey file.
type readingFlags struct {
	Encoding    string            `help:"Character set of the text, such as GBK; default: found out."`
	CRS         string            `name:"crs" help:"Coordinate system, such as EPSG:4549; default: what the file says and the evidence shows."`
	Axis        string            `help:"Order of the two numbers of a position: xy (longitude or easting first) or yx." enum:",xy,yx" default:""`
	Shift       string            `help:"Shift of a map vendor on the positions: none, GCJ02 or BD09." enum:",none,GCJ02,BD09" default:""`
	Approximate bool              `help:"Take Xian 80 or Beijing 54 without local parameters, marked as approximate."`
	Part        string            `help:"Which of several sets, sheets or layers in the file."`
	Positions   []string          `help:"Columns of a table that hold the positions." placeholder:"COLUMN"`
	Geometry    string            `help:"Another set, sheet or layer in the file: its geometries are joined to the forms of --part by the layer's key." placeholder:"PART"`
	Map         map[string]string `help:"Column of a field, where it is not recognised: field=column. field= leaves the field without a column. It is kept for the next file with the same headings." placeholder:"FIELD=COLUMN"`
	ForgetMap   bool              `help:"Forget what was said before of columns with these headings."`
	Set         map[string]string `help:"Value of a field where the file has none: field=value." placeholder:"FIELD=VALUE"`
	Number      bool              `help:"Number the records: the key is made from source and row."`
	SkipBad     bool              `help:"Leave out records with faults and import the rest."`
}

func (f readingFlags) options() survey.Options {
	columns := f.Map
	if f.ForgetMap && columns == nil {
		columns = map[string]string{}
	}
	return survey.Options{
		Encoding: f.Encoding, Part: f.Part, Geometry: f.Geometry, Positions: f.Positions, Columns: columns, Values: f.Set, Number: f.Number, SkipBad: f.SkipBad,
		Placing: survey.Placing{CRS: f.CRS, Axis: f.Axis, Shift: f.Shift, Approximate: f.Approximate},
	}
}

// over is what is said now over what was said before: a flag that is not given changes nothing.
func (f readingFlags) over(o survey.Options) survey.Options {
	now := f.options()
	for _, s := range []struct{ to, from *string }{
		{&o.Encoding, &now.Encoding},
		{&o.Part, &now.Part},
		{&o.Geometry, &now.Geometry},
		{&o.Placing.CRS, &now.Placing.CRS},
		{&o.Placing.Axis, &now.Placing.Axis},
		{&o.Placing.Shift, &now.Placing.Shift},
	} {
		if *s.from != "" {
			*s.to = *s.from
		}
	}
	if now.Placing.Shift != "" {
		o.Placing.Times = 0
	}
	if now.Positions != nil {
		o.Positions = now.Positions
	}
	if f.ForgetMap {
		o.Columns = now.Columns
	} else {
		o.Columns = with(o.Columns, now.Columns)
	}
	o.Values = with(o.Values, now.Values)
	o.Number, o.SkipBad, o.Placing.Approximate = o.Number || now.Number, o.SkipBad || now.SkipBad, o.Placing.Approximate || now.Placing.Approximate
	return o
}

// with is a map with the entries of another over its own; nil where both are.
func with(a, b map[string]string) map[string]string {
	if a == nil {
		return b
	}
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// matches says how a column was found to hold a field.
var matches = map[string]string{
	"hand": "by hand 指定", "saved": "saved mapping 已保存的对应", string(layers.GuessAlias): "by an alias 别名",
	string(layers.GuessCut): "by a cut name 截断", string(layers.GuessTail): "by the last row of its heading 末级表头",
}

func printReading(p *program, r survey.Reading) {
	if r.Format != "" {
		fmt.Fprintf(p.out, "  %s, %s, %d rows looked at\n", r.Format, r.Encoding, r.Rows)
	}
	for _, part := range r.Parts {
		rows := ""
		if part.Rows >= 0 {
			rows = fmt.Sprintf(" (%d rows)", part.Rows)
		}
		fmt.Fprintf(p.out, "  part %s%s %s\n", part.Name, rows, part.Note)
	}
	if j := r.Joined; j != nil {
		fmt.Fprintf(p.out, "  forms of %s joined with the geometries of %s by %s\n", j.Forms, j.Geometry, j.By)
	}
	for _, c := range r.Columns {
		field := "–"
		if c.Field != "" {
			field = c.Field
		}
		if c.Match != "" {
			field += " (" + matches[c.Match] + ")"
		}
		fmt.Fprintf(p.out, "  %s → %s   %s\n", c.Name, field, strings.Join(c.Samples, " | "))
	}
	if s := r.Saved; s != nil {
		fmt.Fprintf(p.out, "  columns matched as %s said on %s 沿用已保存的列对应; --forget-map forgets it\n", s.By, s.At.Local().Format(time.DateOnly))
	}
	at := r.Position
	if at.Outcome == "" {
		return
	}
	if at.Title.En == "" {
		fmt.Fprintf(p.out, "  positions: %s\n", at.Outcome)
	} else {
		fmt.Fprintf(p.out, "  positions %s (%.2f): %s %s\n", at.Outcome, at.Confidence, at.Title.Zh, at.Title.En)
	}
	for _, e := range append(at.Evidence, at.Warnings...) {
		fmt.Fprintf(p.out, "    %s %s\n", e.Zh, e.En)
	}
	if at.Outcome == detect.Ask {
		for _, c := range at.Candidates {
			choice, _ := json.Marshal(c.Choose)
			fmt.Fprintf(p.out, "    %.2f %s  %s\n", c.Confidence, c.Title.En, choice)
		}
	}
}
