package read

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"onemap/layers/fault"
)

// converter runs GDAL's programs on one file: as children of their own process group, with limits on
// processor time, memory, files and output, an environment of a few words, one driver for
// reading, and, where the system allows it, no network.
type converter struct {
	name     string // of the file, for a person
	driver   string
	source   string // absolute path
	ogr2ogr  string
	ogrinfo  string
	dir      string // its own
	size     int64
	opts     Options
	skip     string // the drivers that are left out
	isolated bool
}

// driverWords name the formats in the sentence about a converter that is missing.
var driverWords = map[string]string{driverGDB: "A file geodatabase", driverMIF: "A MapInfo table", driverDXF: "A DXF drawing", driverXLS: "An XLS workbook (of Office 97 to 2003)", driverODS: "An ODS workbook"}

func newConverter(p *probe, driver string, opts Options) (*converter, error) {
	c := &converter{name: path.Base(p.main.name), driver: driver, size: p.main.size, opts: opts, isolated: true}
	if p.main.name == "" {
		c.name = p.name
		for _, f := range p.gdb {
			c.size += f.size
		}
	}
	program := opts.Converter
	if program == "" {
		program = "ogr2ogr"
	}
	var err error
	if c.ogr2ogr, err = exec.LookPath(program); err != nil {
		return nil, missing(driverWords[driver])
	}
	if c.ogr2ogr, err = filepath.Abs(c.ogr2ogr); err != nil {
		return nil, missing(driverWords[driver])
	}
	c.ogrinfo = filepath.Join(filepath.Dir(c.ogr2ogr), "ogrinfo")
	if _, err := os.Stat(c.ogrinfo); err != nil {
		return nil, missing(driverWords[driver])
	}
	if err := c.refused(p); err != nil {
		return nil, err
	}
	if err := c.ready(p); err != nil {
		return nil, err
	}
	if c.dir, err = p.temp.path(); err != nil {
		return nil, err
	}
	return c, c.leaveOut()
}

// leaveOut lists the drivers that the programs have, all but the one that reads and the one that writes, so that no
// file can be taken for anything else.
func (c *converter) leaveOut() error {
	text, err := c.say("--formats")
	if err != nil {
		return err
	}
	var skip []string
	found := false
	for line := range strings.Lines(text) {
		name, _, ok := strings.Cut(strings.TrimSpace(line), " -")
		switch {
		case !ok:
		case name == c.driver:
			found = true
		case name != "GeoJSONSeq":
			skip = append(skip, name)
		}
	}
	if !found {
		return fault.New(fault.Unsupported, "the ogr2ogr that is installed here cannot read %s: it lacks the driver %s", c.name, c.driver)
	}
	c.skip = strings.Join(skip, ",")
	return nil
}

// command makes a child that the shell limits before it becomes the program.
func (c *converter) command(program string, args ...string) *exec.Cmd {
	limits := fmt.Sprintf(`ulimit -c 0; ulimit -n 256; ulimit -t %d; ulimit -v %d; ulimit -f %d; exec "$0" "$@"`,
		max(1, int64(c.opts.Limits.ConverterTime/time.Second)), c.opts.Limits.ConverterBytes>>10, c.opts.Limits.ArchiveBytes>>9)
	cmd := exec.Command("/bin/sh", append([]string{"-c", limits, program}, args...)...)
	cmd.Dir = c.dir
	cmd.Env = []string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + c.dir, "TMPDIR=" + c.dir, "CPL_TMPDIR=" + c.dir, "LC_ALL=C.UTF-8",
		"GDAL_SKIP=" + c.skip, "GDAL_DRIVER_PATH=disable", "GDAL_NUM_THREADS=1", "PROJ_NETWORK=OFF",
		"CPL_VSIL_CURL_ALLOWED_EXTENSIONS={none}", "GDAL_DISABLE_READDIR_ON_OPEN=FALSE",
		"OGR_XLS_HEADERS=DISABLE", "OGR_XLS_FIELD_TYPES=STRING", "OGR_ODS_HEADERS=DISABLE", "OGR_ODS_FIELD_TYPES=STRING",
	}
	if c.opts.Encoding != "" && c.driver == driverDXF {
		cmd.Env = append(cmd.Env, "DXF_ENCODING="+c.opts.Encoding)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if c.isolated {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWNET
		if uid := os.Getuid(); uid != 0 {
			cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
		}
	}
	return cmd
}

// start starts a child; without a network of its own where the system does not grant that.
func (c *converter) start(program string, wire func(*exec.Cmd) error, args ...string) (*exec.Cmd, error) {
	for {
		cmd := c.command(program, args...)
		if err := wire(cmd); err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "%s cannot be read: the converter cannot be started", c.name)
		}
		err := cmd.Start()
		if err == nil {
			return cmd, nil
		}
		if !c.isolated {
			return nil, fault.Wrap(err, fault.Unavailable, "%s cannot be read: the converter cannot be started", c.name)
		}
		c.isolated = false
	}
}

func kill(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// describeTime is what finding out a file's layers may take.
const describeTime = 2 * time.Minute

// say runs ogrinfo and gives what it says.
func (c *converter) say(args ...string) (string, error) {
	out, complaints := &bounded{limit: 32 << 20}, &bounded{limit: 64 << 10}
	cmd, err := c.start(c.ogrinfo, func(cmd *exec.Cmd) error {
		cmd.Stdout, cmd.Stderr = out, complaints
		return nil
	}, args...)
	if err != nil {
		return "", err
	}
	timer := time.AfterFunc(describeTime, func() { kill(cmd) })
	err = cmd.Wait()
	if !timer.Stop() {
		return "", fault.New(fault.TooLarge, "%s took longer than %v to look into", c.name, describeTime)
	}
	if err != nil || out.cut {
		return "", c.complaint(err, complaints.String())
	}
	return out.String(), nil
}

// complaint makes an error of what a program said on its way out, without the paths in it.
func (c *converter) complaint(err error, said string) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			switch status.Signal() {
			case syscall.SIGXCPU, syscall.SIGKILL:
				return fault.New(fault.TooLarge, "%s took more processor time than the %v that are allowed", c.name, c.opts.Limits.ConverterTime)
			}
		}
	}
	line := "no reason given"
	for l := range strings.Lines(said) {
		if l = strings.TrimSpace(l); strings.HasPrefix(l, "ERROR") || strings.HasPrefix(l, "FAILURE") || line == "no reason given" && l != "" {
			line = l
			if strings.HasPrefix(l, "ERROR") {
				break
			}
		}
	}
	return fault.Wrap(err, fault.Invalid, "%s cannot be read by ogr2ogr: %s", c.name, c.withoutPaths(line))
}

func (c *converter) withoutPaths(s string) string {
	s = strings.ReplaceAll(s, c.source, c.name)
	return clip(strings.ReplaceAll(s, c.dir, ""), 300)
}

// bounded keeps the first bytes that are written to it.
type bounded struct {
	mu    sync.Mutex
	b     bytes.Buffer
	limit int
	cut   bool
}

func (w *bounded) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	room := w.limit - w.b.Len()
	w.cut = w.cut || room < len(p)
	w.b.Write(p[:min(room, len(p))])
	return len(p), nil
}

func (w *bounded) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return validText(w.b.String())
}

// ogrLayer is a layer as ogrinfo describes it.
type ogrLayer struct {
	Layer
	wkt    string
	shaped bool
}

// list asks for the layers, by ogrinfo's words: its JSON is of newer versions only.
func (c *converter) list() ([]ogrLayer, error) {
	text, err := c.say("-ro", "-so", "-al", "-nomd", c.source)
	if err != nil {
		return nil, err
	}
	return parseInfo(text), nil
}

func parseInfo(text string) []ogrLayer {
	var layers []ogrLayer
	var wkt strings.Builder
	depth, system := 0, false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if system {
			wkt.WriteString(line)
			depth += strings.Count(line, "[") - strings.Count(line, "]")
			if depth <= 0 {
				if system = false; strings.Contains(wkt.String(), "[") {
					layers[len(layers)-1].wkt = wkt.String()
				}
			}
			continue
		}
		key, value, _ := strings.Cut(line, ": ")
		switch {
		case key == "Layer name":
			layers = append(layers, ogrLayer{Layer: Layer{Name: value, Rows: -1}})
		case len(layers) == 0:
		case key == "Geometry":
			l := &layers[len(layers)-1]
			if l.shaped = value != "None"; !l.shaped {
				l.Note = "no geometry"
			}
		case key == "Feature Count":
			if n, err := strconv.ParseInt(value, 10, 64); err == nil {
				layers[len(layers)-1].Rows = n
			}
		case line == "Layer SRS WKT:":
			wkt.Reset()
			depth, system = 0, true
		}
	}
	return layers
}

// stall is how long the converter may be silent while it is waited for.
const stall = 2 * time.Minute

// convert starts writing a layer as a GeoJSON text sequence, with its coordinates as they are.
func (c *converter) convert(layer string) (*converted, error) {
	if strings.HasPrefix(layer, "-") {
		return nil, fault.New(fault.Unsupported, "the layer %q has a name that cannot be handed on", layer)
	}
	o := &converted{c: c, complaints: &bounded{limit: 64 << 10}, left: c.opts.Limits.ArchiveBytes}
	var err error
	o.cmd, err = c.start(c.ogr2ogr, func(cmd *exec.Cmd) (err error) {
		cmd.Stderr = o.complaints
		o.out, err = cmd.StdoutPipe()
		return err
	}, "-f", "GeoJSONSeq", "/vsistdout/", c.source, layer, "-a_srs", "EPSG:4326", "-lco", "RS=YES", "-lco", "COORDINATE_PRECISION=15")
	return o, err
}

// converted is the output of a running conversion.
type converted struct {
	c          *converter
	cmd        *exec.Cmd
	out        io.ReadCloser
	complaints *bounded
	left       int64 // bytes that may still come
	waited     bool
	err        error // of the child
}

func (o *converted) Read(b []byte) (int, error) {
	if o.waited {
		if o.err != nil {
			return 0, o.err
		}
		return 0, io.EOF
	}
	if o.left <= 0 {
		o.end(fault.New(fault.TooLarge, "%s becomes more than %d bytes of text", o.c.name, o.c.opts.Limits.ArchiveBytes))
		return 0, o.err
	}
	timer := time.AfterFunc(stall, func() { kill(o.cmd) })
	n, err := o.out.Read(b)
	o.left -= int64(n)
	if !timer.Stop() {
		o.end(fault.New(fault.TooLarge, "%s cannot be read: ogr2ogr has given nothing for %v", o.c.name, stall))
		return n, o.err
	}
	if err != nil {
		o.end(nil)
		if o.err != nil {
			err = o.err
		}
	}
	return n, err
}

// end waits for the child, which is killed if there is a reason to.
func (o *converted) end(reason error) {
	if o.waited {
		return
	}
	o.waited = true
	if reason != nil {
		kill(o.cmd)
	}
	o.out.Close()
	err := o.cmd.Wait()
	switch {
	case reason != nil:
		o.err = reason
	case err != nil:
		o.err = o.c.complaint(err, o.complaints.String())
	}
}

// failure is the error of a conversion that has ended badly, nil otherwise.
func (o *converted) failure() error { return o.err }

// Close ends the child, whether or not it is at its end. That is no failure of the conversion.
func (o *converted) Close() error {
	if !o.waited {
		o.end(io.ErrClosedPipe)
		o.err = nil
	}
	return nil
}

// problems passes on what the converter warned of.
func (o *converted) problems() []Problem {
	if !o.waited {
		return nil
	}
	var out []Problem
	seen := map[string]bool{}
	for line := range strings.Lines(o.complaints.String()) {
		line = o.c.withoutPaths(strings.TrimSpace(line))
		if line == "" || strings.Contains(line, "GDAL_SKIP") || strings.Contains(line, "output driver does not natively support") || seen[line] || len(out) >= 20 {
			continue
		}
		seen[line] = true
		out = append(out, about(ConverterSays, Warning, "转换程序 ogr2ogr 提示：%s", "ogr2ogr says: %s", line))
	}
	return out
}
