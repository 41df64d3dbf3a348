package read

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
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
