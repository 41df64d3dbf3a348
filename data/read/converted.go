package read

import (
	"io"
	"os/exec"
	"strings"
	"time"

	"onemap/layers/fault"
)

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
