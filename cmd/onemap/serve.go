package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"

	"onemap/data/ask"
	"onemap/data/upload"
	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles/mirror"
	"onemap/web"
)

type serveCommand struct {
	Listen    string   `help:"Address to answer on; port 0 takes any free one." default:"127.0.0.1:8080"`
	PublicURL string   `help:"Address that links in answers begin with, where a proxy stands before the program." placeholder:"URL"`
	CORS      []string `name:"cors" help:"Web origins whose pages may read the answers, or *." placeholder:"ORIGIN"`
	BaseMaps  string   `name:"basemaps" help:"YAML file with base maps for the page (see docs/configuration.md)." type:"existingfile" placeholder:"FILE"`

	AllowImport bool    `help:"Let everyone who can reach the server import surveys; without it only this machine may."`
	PassLine    float64 `help:"Share of wrong indicators up to which a county's table passes a check." default:"0.05"`

	MirrorMemory amount `name:"mirror-memory" help:"Memory for layers from which tiles are made; a layer beyond it is left to PostGIS. 0 keeps none." default:"2GiB"`
	TileCache    amount `name:"tile-cache" help:"Memory for finished tiles that are kept until something in them changes." default:"256MiB"`

	Archive string `help:"Serve the map out of an archive made by onemap bake, without a database." type:"existingfile" placeholder:"FILE"`

	Sample bool `help:"Fill an empty database with the sample city first."`

	City sampleFlags `embed:"" prefix:"sample-"`
}

func (serveCommand) Help() string {
	return `Serves on 127.0.0.1:8080 out of a database of its own in ./var, which it makes at the first start.

Examples:
  onemap serve --sample
  onemap serve --archive city.pmtiles
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
	if s.Archive != "" {
		return p.serveArchive(ctx, s.Archive, config, listener)
	}
	d, err := p.prepared(ctx, true)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	if config.Survey, err = p.surveys(d, s, listener.Addr()); err != nil {
		return err
	}
	config.Keep = int64(s.TileCache)
	config.Mirror = mirror.New(d.Catalogue(), d.Store, mirror.Options{
		Memory: int64(s.MirrorMemory), Dir: filepath.Join(p.Home, "mirror"), Log: p.log,
	})
	config.Questions = &web.Questions{Asker: ask.New(d.Store, config.Mirror), Store: d.Store}
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
	following := make(chan struct{})
	go func() {
		defer close(following)
		_ = config.Mirror.Run(ctx) // it ends with ctx only
	}()
	defer func() {
		stop(nil)
		<-following
	}()
	err = server.Serve(ctx, listener)
	if cause := context.Cause(ctx); cause != nil && cause != context.Canceled {
		return cause
	}
	return err
}

// surveys is what the import over HTTP works with. Without accounts it is for this machine
// only, unless others are let in by a word: not where the server answers to others, and not
// where a proxy stands before it.
func (p *program) surveys(d *database, s serveCommand, at net.Addr) (*web.Survey, error) {
	in, err := p.intake(d)
	if err != nil {
		return nil, err
	}
	parts, err := upload.Open(filepath.Join(p.Home, "uploads", "parts"), upload.Limits{})
	if err != nil {
		return nil, err
	}
	access := web.AccessNone
	tcp, ok := at.(*net.TCPAddr)
	switch {
	case s.AllowImport:
		access = web.AccessAll
	case ok && tcp.IP.IsLoopback() && s.PublicURL == "":
		access = web.AccessLocal
	}
	return &web.Survey{Intake: in, Store: d.Store, Uploads: parts, Access: access, PassLine: s.PassLine}, nil
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
