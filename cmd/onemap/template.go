package main

import (
	"fmt"
	"os"
	"path/filepath"

	"onemap/data/write"
	"onemap/layers/fault"
)

type templateCommand struct {
	Layer string `arg:"" help:"Layer id, such as shelter."`
	Out   string `help:"File to write." short:"o" placeholder:"FILE" default:""`
}

func (templateCommand) Help() string {
	return "Example: onemap template shelter -o shelter.xlsx"
}

// Run writes the workbook beside and then in place, so that a failure leaves no half file.
func (t templateCommand) Run(p *program) error {
	cat, err := p.catalogue()
	if err != nil {
		return err
	}
	l := cat.Layer(t.Layer)
	if l == nil {
		return fault.New(fault.NotFound, "There is no layer %q.", t.Layer)
	}
	name := t.Out
	if name == "" {
		name = l.ID + ".xlsx"
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".onemap-*.xlsx")
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "The template can't be written")
	}
	defer os.Remove(f.Name())
	if err := write.Template(f, l); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return fault.Wrap(err, fault.Unavailable, "The template can't be written")
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return fault.Wrap(err, fault.Unavailable, "The template can't be written")
	}
	_, err = fmt.Fprintln(p.out, name)
	return err
}
