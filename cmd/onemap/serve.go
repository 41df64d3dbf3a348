package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/goccy/go-yaml"

	"onemap/layers"
	"onemap/layers/fault"
	"onemap/web"
)

type serveCommand struct {
	Listen    string   `help:"Address to answer on; port 0 takes any free one." default:"127.0.0.1:8080"`
	PublicURL string   `help:"Address that links in answers begin with, where a proxy stands before the program." placeholder:"URL"`
	CORS      []string `name:"cors" help:"Web origins whose pages may read the answers, or *." placeholder:"ORIGIN"`
	BaseMaps  string   `name:"basemaps" help:"YAML file with base maps for the page (see docs/configuration.md)." type:"existingfile" placeholder:"FILE"`
	Sample    bool     `help:"Fill an empty database with the sample city first."`

	City sampleFlags `embed:"" prefix:"sample-"`
}

func (serveCommand) Help() string {
	return `Serves on 127.0.0.1:8080 out of a database of its own in ./var, which it makes at the first start.

Examples:
  onemap serve --sample
  onemap serve --listen 127.0.0.1:9000 --database-url postgres://onemap@db.example.cn/onemap`
}

// Run serves until it is told to stop.
func (s serveCommand) Run(ctx context.Context, p *program) error {
	config := web.Config{Version: version, Revision: sourceRevision(), PublicURL: s.PublicURL, Origins: s.CORS, City: nantong}
	if s.BaseMaps != "" {
		maps, err := readBaseMaps(s.BaseMaps)
		if err != nil {
			return err
		}
		config.BaseMaps = maps
	}
	// The port first: a taken one is known before a database is started.
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "Can't answer on %s; choose another address with --listen", s.Listen)
	}
	defer listener.Close()
	d, err := p.prepared(ctx, true)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	server, err := web.New(config, d.Catalogue(), d.Store, p.log)
	if err != nil {
		return err
	}
	if s.Sample {
		if err := s.City.fillEmpty(ctx, p, d); err != nil {
			return err
		}
	}
	if d.cluster != nil {
		fmt.Fprintf(p.out, "Database: %s\n", d.cluster.Dir())
	}
	fmt.Fprintf(p.out, "One Map 一张图: http://%s\n", listener.Addr())
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if d.cluster != nil {
		go func() {
			select {
			case err := <-d.cluster.Failed():
				stop(err)
			case <-ctx.Done():
			}
		}()
	}
	err = server.Serve(ctx, listener)
	if cause := context.Cause(ctx); cause != nil && cause != context.Canceled {
		return cause
	}
	return err
}

// nantong is the city that the page opens with.
var nantong = web.City{
	Title:  layers.Text{Zh: "南通市", En: "Nantong"},
	Center: [2]float64{121.06, 32.14},
	Bounds: [4]float64{120.15, 31.55, 122.4, 32.95},
	Zoom:   8.6,
}

func readBaseMaps(name string) ([]web.BaseMap, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The file of base maps can't be read")
	}
	var maps []web.BaseMap
	if err := yaml.UnmarshalWithOptions(text, &maps, yaml.Strict()); err != nil {
		return nil, fault.New(fault.Invalid, "%s: %s", name, strings.TrimSpace(err.Error()))
	}
	return maps, nil
}

func printSteps(w io.Writer, steps []string, dry bool) error {
	if len(steps) == 0 {
		_, err := fmt.Fprintln(w, "The database follows the declarations already.")
		return err
	}
	for _, s := range steps {
		if _, err := fmt.Fprintln(w, s); err != nil {
			return err
		}
	}
	done := "done"
	if dry {
		done = "not done: dry run"
	}
	_, err := fmt.Fprintf(w, "%d steps, %s\n", len(steps), done)
	return err
}
