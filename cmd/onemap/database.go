package main

import (
	"context"
	"io/fs"
	"os"
	"time"

	"onemap/data"
	"onemap/data/cluster"
	"onemap/layers"
	"onemap/layers/fault"
)

// database is an open store and, where the program keeps the server itself, the cluster
// beneath it.
type database struct {
	*data.Store
	cluster *cluster.Cluster // nil: someone else's server
}

// catalogue loads the declarations, with those of --layers.
func (p *program) catalogue() (*layers.Catalogue, error) {
	var folders []fs.FS
	if p.Layers != "" {
		folders = append(folders, os.DirFS(p.Layers))
	}
	return layers.Load(folders...)
}

// durable says that a database of the program's own keeps what is committed when the
// machine fails. Tests of other things do without, for speed.
var durable = true

// open opens the database: the one of --database-url, or the program's own in --home. If
// another onemap keeps that one running, a verb other than serve works on it through it.
func (p *program) open(ctx context.Context, cat *layers.Catalogue, alone bool) (*database, error) {
	var d database
	url := p.DatabaseURL
	if url == "" && !alone {
		running, err := cluster.Attach(p.Home)
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			return nil, err
		}
		url = running
	}
	if url == "" {
		c, err := cluster.Open(ctx, cluster.Options{Home: p.Home, Log: p.log, Test: !durable})
		if err != nil {
			return nil, err
		}
		d.cluster, url = c, c.URL()
	}
	var err error
	if d.Store, err = data.Open(ctx, url, cat, data.Options{Log: p.log}); err != nil {
		d.close(ctx)
		return nil, err
	}
	return &d, nil
}

// prepared opens the database and brings it to the declarations.
func (p *program) prepared(ctx context.Context, alone bool) (*database, error) {
	cat, err := p.catalogue()
	if err != nil {
		return nil, err
	}
	d, err := p.open(ctx, cat, alone)
	if err != nil {
		return nil, err
	}
	if _, err := d.Migrate(ctx, false); err != nil {
		d.close(ctx)
		return nil, err
	}
	return d, nil
}

// close ends the connections and stops a server of the program's own.
func (d *database) close(ctx context.Context) {
	if d.Store != nil {
		d.Store.Close()
	}
	if d.cluster != nil {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		_ = d.cluster.Close(stop)
	}
}

type migrateCommand struct {
	DryRun bool `help:"Print the steps and take none."`
}

func (migrateCommand) Help() string {
	return `Makes the base tables, then a table for each declared layer: a new layer, a new field, a changed
check or a new index is carried out; what could lose data is refused and printed.

Example: onemap migrate --dry-run`
}

// Run brings the database to the declarations and prints each step.
func (m migrateCommand) Run(ctx context.Context, p *program) error {
	cat, err := p.catalogue()
	if err != nil {
		return err
	}
	d, err := p.open(ctx, cat, false)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	steps, err := d.Migrate(ctx, m.DryRun)
	if err != nil {
		return err
	}
	return printSteps(p.out, steps, m.DryRun)
}
