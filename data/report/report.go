// Package report writes what checking a batch has found, for those who mend it and those
// who sign it off: as JSON, as places on the map, as a table of error rates, as a page to
// print, and in the very workbook or table that was brought.
package report

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"

	"onemap/data"
	"onemap/data/survey"
	"onemap/layers"
	"onemap/layers/fault"
)

// Maker writes reports. It is safe for use by several goroutines at once.
type Maker struct {
	store  *data.Store
	intake *survey.Intake
	temp   string

	// Pass is the share of wrong indicators up to which a county's table passes; 0 stands
	// for layers.PassLine.
	Pass float64
}

// New makes a Maker. temp is the folder for temporary files; empty: the system's.
func New(store *data.Store, intake *survey.Intake, temp string) *Maker {
	return &Maker{store: store, intake: intake, temp: temp}
}

// File is one file of a report.
type File struct {
	Name      string      `json:"name"` // within the report
	Title     layers.Text `json:"title"`
	MediaType string      `json:"media_type"`
	Download  string      `json:"download"` // a name that tells it from other reports'
	Page      bool        `json:"page"`     // to be looked at, not kept
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// Files are the files of a batch's report.
func (m *Maker) Files(b data.Batch) []File {
	list := []File{
		{Name: "marked.xlsx", MediaType: xlsxType, Title: layers.Text{Zh: "原表，已标出问题", En: "The table as brought, with its faults marked"}},
		{Name: "summary.xlsx", MediaType: xlsxType, Title: layers.Text{Zh: "差错率汇总：区县 × 调查表 × 规则", En: "Error rates by county, census table and rule"}},
		{Name: "signoff.html", MediaType: "text/html; charset=utf-8", Title: layers.Text{Zh: "质检签认单（可打印）", En: "Sign-off page, to print"}, Page: true},
		{Name: "findings.gpkg", MediaType: "application/geopackage+sqlite3", Title: layers.Text{Zh: "问题位置（GeoPackage）", En: "Places of the faults (GeoPackage)"}},
		{Name: "findings.json", MediaType: "application/json", Title: layers.Text{Zh: "全部问题（JSON）", En: "All findings (JSON)"}},
	}
	base := strings.TrimSuffix(filepath.Base(b.FileName), filepath.Ext(b.FileName))
	for i := range list {
		list[i].Download = base + "-" + list[i].Name
	}
	return list
}

// File returns a file of the report by its name.
func (m *Maker) File(b data.Batch, name string) (File, bool) {
	for _, f := range m.Files(b) {
		if f.Name == name {
			return f, true
		}
	}
	return File{}, false
}

// Write writes one file of the report of a batch. The error is NotFound for another name
// and where the file that was brought is not kept any more, and Conflict for a batch that
// has not been checked.
func (m *Maker) Write(ctx context.Context, b data.Batch, name string, w io.Writer) error {
	s, err := m.subject(ctx, b)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	switch name {
	case "findings.json":
		err = s.json(ctx, out)
	case "findings.gpkg":
		err = s.geoPackage(ctx, out)
	case "summary.xlsx":
		err = s.summary(out)
	case "signoff.html":
		err = s.signOff(out)
	case "marked.xlsx":
		err = s.marked(ctx, out)
	default:
		return fault.New(fault.NotFound, "The report of batch %d has no file %.60q.", b.ID, name)
	}
	if err != nil {
		return err
	}
	return fault.Wrap(out.Flush(), fault.Unavailable, "The report can't be written; the disk may be full")
}

// Folder writes all files of the report of a batch into a folder, which is made when it is
// missing, and returns their paths.
func (m *Maker) Folder(ctx context.Context, batch int64, folder string) (paths []string, err error) {
	b, err := m.store.Batch(ctx, batch)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "The folder for the report can't be made")
	}
	for _, f := range m.Files(b) {
		path := filepath.Join(folder, f.Name)
		out, err := os.Create(path)
		if err != nil {
			return paths, fault.Wrap(err, fault.Unavailable, "The report can't be written")
		}
		err = m.Write(ctx, b, f.Name, out)
		if e := out.Close(); err == nil {
			err = fault.Wrap(e, fault.Unavailable, "The report can't be written; the disk may be full")
		}
		if err != nil {
			return paths, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// subject is a batch with what all files of its report need.
type subject struct {
	*Maker
	batch   data.Batch
	layer   *layers.Layer
	options survey.Options
	reading survey.Reading
	tally   survey.Tally
	way     []data.BatchStep
	groups  []data.FindingGroup
	since   *data.FindingChange
	rates   []layers.ErrorRate
	pass    float64
}

func (m *Maker) subject(ctx context.Context, b data.Batch) (*subject, error) {
	s := &subject{Maker: m, batch: b, layer: m.store.Catalogue().Layer(b.Layer), pass: m.Pass}
	if s.layer == nil {
		return nil, fault.New(fault.NotFound, "There is no layer %q any more.", b.Layer)
	}
	if len(b.Tally) == 0 || b.State == data.BatchUploaded || b.State == data.BatchParsed {
		return nil, fault.New(fault.Conflict, "Batch %d has not been checked yet; there is nothing to report.", b.ID)
	}
	for _, part := range []struct {
		text []byte
		into any
	}{{b.Options, &s.options}, {b.Reading, &s.reading}, {b.Tally, &s.tally}} {
		if len(part.text) == 0 {
			continue
		}
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "what is known of batch %d", b.ID)
		}
	}
	var err error
	if s.way, err = m.store.BatchSteps(ctx, b.ID); err != nil {
		return nil, err
	}
	if s.groups, err = m.store.FindingGroups(ctx, b.ID); err != nil {
		return nil, err
	}
	if s.since, err = m.store.FindingsSince(ctx, b.ID); err != nil {
		return nil, err
	}
	if s.pass == 0 {
		s.pass = layers.PassLine
	}
	for _, r := range s.tally.Rates {
		r.Passed = r.Rate <= s.pass
		s.rates = append(s.rates, r)
	}
	return s, nil
}

// findings calls each with all findings that are kept, in their order.
func (s *subject) findings(ctx context.Context, each func(data.NumberedFinding) error) error {
	const page = 5000
	for after := int64(0); ; {
		list, err := s.store.Findings(ctx, s.batch.ID, data.FindingFilter{After: after, Limit: page})
		if err != nil {
			return err
		}
		for _, f := range list {
			if err := each(f); err != nil {
				return err
			}
			after = f.Number
		}
		if len(list) < page {
			return nil
		}
	}
}

func unwritable(err error) error {
	return fault.Wrap(err, fault.Unavailable, "The report can't be written; the disk may be full")
}
