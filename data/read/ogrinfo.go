package read

import (
	"bytes"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"onemap/layers/fault"
)

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
