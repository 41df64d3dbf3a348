package report

import (
	"context"
	"embed"
	"encoding/binary"
	"encoding/json"
	"io"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"onemap/data"
	"onemap/data/write"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// json writes all findings with what is known of the batch.
func (s *subject) json(ctx context.Context, w io.Writer) error {
	head, err := json.Marshal(struct {
		Batch  data.Batch          `json:"batch"`
		Way    []data.BatchStep    `json:"way"`
		Groups []data.FindingGroup `json:"groups"`
		Since  *data.FindingChange `json:"since"`
		Pass   float64             `json:"pass_line"`
	}{s.batch, s.way, s.groups, s.since, s.pass})
	if err != nil {
		return fault.Wrap(err, fault.Internal, "report of batch %d", s.batch.ID)
	}
	if _, err := w.Write(append(head[:len(head)-1], `,"findings":[`...)); err != nil {
		return unwritable(err)
	}
	first := true
	err = s.findings(ctx, func(f data.NumberedFinding) error {
		text, err := json.Marshal(f)
		if err != nil {
			return fault.Wrap(err, fault.Internal, "finding %d of batch %d", f.Number, s.batch.ID)
		}
		if first {
			text = append([]byte("\n"), text...)
		} else {
			text = append([]byte(",\n"), text...)
		}
		first = false
		_, err = w.Write(text)
		return unwritable(err)
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n]}\n")
	return unwritable(err)
}

//go:embed finding.yaml
var declaration embed.FS

// findingView is the declaration of findings as a layer, for the writer of files.
func findingView() (*layers.View, error) {
	cat, err := layers.Load(declaration)
	if err != nil {
		return nil, err
	}
	v, err := cat.View(layers.Reader{Role: layers.RoleAdmin}, "finding")
	if err != nil {
		return nil, err
	}
	return v.Declared(), nil // a finding is no record
}

// geoPackage writes the findings with the places of the faults. Those without a place have
// an empty geometry.
func (s *subject) geoPackage(ctx context.Context, w io.Writer) error {
	v, err := findingView()
	if err != nil {
		return err
	}
	out, err := write.New("gpkg", w, v, write.Options{CRS: geo.EPSG4490, About: "batch " + s.batch.FileName, Temp: s.temp})
	if err != nil {
		return err
	}
	defer out.Discard()
	err = s.findings(ctx, func(f data.NumberedFinding) error {
		texts := map[string]string{
			"rule": f.Rule, "title": layers.RuleOf(f.Rule).Title.Zh, "severity": string(f.Severity), "survey_layer": f.Layer, "file": f.File,
			"field_name": f.Field, "value": f.Value, "allowed": f.Allowed, "message_zh": f.Message.Zh, "message_en": f.Message.En,
			"hint_zh": f.Hint.Zh, "hint_en": f.Hint.En, "repair": f.Repair, "object": f.Object, "area": f.Area, "survey_table": f.Table,
		}
		it := layers.Item{View: v, ID: f.Number}
		for _, c := range v.Columns() {
			var raw []byte
			switch text := texts[c.Name]; {
			case c.Name == "row_number":
				raw = binary.BigEndian.AppendUint64(nil, uint64(f.Row))
			case text != "":
				raw = []byte(text)
			}
			it.Raw = append(it.Raw, raw)
		}
		if f.Place != nil {
			if it.WKB, err = wkb.Marshal(orb.Point(*f.Place), binary.LittleEndian); err != nil {
				return fault.Wrap(err, fault.Internal, "finding %d of batch %d", f.Number, s.batch.ID)
			}
		}
		return out.Add(it)
	})
	if err != nil {
		return err
	}
	return out.Close()
}
