// Command onemap is the one program of One Map: it serves the map, keeps its database,
// makes the sample city, imports surveys and measures itself. Each verb is a file here
// and only wires the other packages together.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"onemap/layers/fault"
)

// version and revision are set by the linker (see Makefile); a plain go build says dev.
var version, revision = "dev", ""

// command is the whole command line. Every flag can be given as a variable: ONEMAP_ and
// the flag's name in capitals, such as ONEMAP_DATABASE_URL for --database-url.
type command struct {
	Home        string `help:"Folder for everything the program keeps, its own database among it." default:"./var" type:"path"`
	DatabaseURL string `help:"PostGIS to use in place of a database of the program's own: postgres://user@host/name." placeholder:"URL"`
	Layers      string `help:"Folder with further layer declarations (*.yaml)." type:"existingdir" placeholder:"FOLDER"`
	LogLevel    string `help:"Least level that is logged: debug, info, warn or error." enum:"debug,info,warn,error" default:"info"`

	Serve    serveCommand    `cmd:"" help:"Serve the map page, tiles and queries over HTTP."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database to the declarations."`
	Sample   sampleCommand   `cmd:"" help:"Fill the database with the synthetic sample city."`
	Import   importCommand   `cmd:"" help:"Import a survey file into a layer as one edition."`
	Batch    batchCommand    `cmd:"" help:"Survey files on their way: list, check, approve, compare, reject."`
	Ask      askCommand      `cmd:"" help:"Ask a planner's question: who is near, who is left out, who is exposed."`
	Edition  editionCommand  `cmd:"" help:"What has been published: list, take back."`
	Export   exportCommand   `cmd:"" help:"Write a layer as a file: XLSX, CSV, GeoPackage, shapefile, GeoJSON, KML, GeoParquet."`
	Template templateCommand `cmd:"" help:"Write the empty workbook (XLSX) that survey staff fill for a layer."`
	Bake     bakeCommand     `cmd:"" help:"Write the tiles of layers into one file: PMTiles or MBTiles."`
	Bench    benchCommand    `cmd:"" help:"Measure the program and print a table."`
	Verify   verifyCommand   `cmd:"" help:"Check that the tiles of every zoom add up to the records."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// program is what every verb gets: where to write, the log, the parsed command line.
type program struct {
	*command
	out, err io.Writer
	log      *slog.Logger
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run carries out a command line and returns the exit status: 0 done, 1 failed, 2 not understood.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c command
	exit := -1
	parser, err := kong.New(
		&c,
		kong.Name("onemap"),
		kong.Description("One Map (一张图): a city's risks on one map, from PostGIS to the browser.\nEvery flag can be given as a variable too: --database-url is ONEMAP_DATABASE_URL."),
		kong.DefaultEnvars("ONEMAP"),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
	if err != nil {
		fmt.Fprintln(stderr, "onemap:", err)
		return 2
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // help has been printed
		return exit
	}
	if err != nil {
		fmt.Fprintf(stderr, "onemap: %v\nType onemap --help to see what there is.\n", err)
		return 2
	}
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel))
	p := &program{command: &c, out: stdout, err: stderr, log: slog.New(slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: level}))}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(p); err != nil {
		if ctx.Err() != nil && (fault.CodeOf(err) == fault.Cancelled || errors.Is(err, context.Canceled)) {
			fmt.Fprintln(stderr, "onemap: stopped")
			return 1
		}
		fmt.Fprintln(stderr, "onemap:", sentence(err))
		return 1
	}
	return 0
}

// sentence is what a person at a terminal reads of an error: unlike a client over HTTP,
// the one who runs the program may see the cause.
func sentence(err error) string { return err.Error() }

type versionCommand struct{}

func (versionCommand) Help() string { return "Example: onemap version" }

// Run prints version and source revision.
func (versionCommand) Run(p *program) error {
	_, err := fmt.Fprintln(p.out, "onemap", version, sourceRevision())
	return err
}

// sourceRevision is the revision given by the linker, or the one that Go has recorded.
func sourceRevision() string {
	if revision != "" {
		return revision
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return ""
}
