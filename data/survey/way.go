package survey

import (
	"context"
	"encoding/json"

	"onemap/data"
	"onemap/layers"
	"onemap/layers/fault"
)

// Parse finds out how the file of a batch is to be understood and keeps it with the batch,
// which is then parsed. What is still open, if anything, is in the reading and in the
// error, which is Conflict for a question to the person and Invalid for a file that can't
// be understood; the reading is kept either way.
func (in *Intake) Parse(ctx context.Context, id int64, who string) (Reading, error) {
	b, err := in.store.Batch(ctx, id)
	if err != nil {
		return Reading{}, err
	}
	o, _, err := decode(b)
	if err != nil {
		return Reading{}, err
	}
	path, err := in.Path(b)
	if err != nil {
		return Reading{}, err
	}
	l := in.store.Catalogue().Layer(b.Layer)
	if l == nil {
		return Reading{}, fault.New(fault.NotFound, "There is no layer %q any more.", b.Layer)
	}
	r, o, open := in.look(ctx, path, l, o, len(b.Reading) == 0)
	if open != nil && len(r.Parts) == 0 {
		return r, open
	}
	options, reading, err := encode(o, r)
	if err != nil {
		return r, err
	}
	if err := in.store.SetBatch(ctx, id, options, reading, nil); err != nil {
		return r, err
	}
	if err := in.store.Advance(ctx, id, data.BatchParsed, who, ""); err != nil {
		return r, err
	}
	if open != nil {
		return r, open
	}
	return r, r.err()
}

// Answer takes what a person says of the file of a batch, all of it, and parses it anew.
func (in *Intake) Answer(ctx context.Context, id int64, o Options, who string) (Reading, error) {
	b, err := in.store.Batch(ctx, id)
	if err != nil {
		return Reading{}, err
	}
	o.Source = b.Source
	text, _, err := encode(o, Reading{})
	if err != nil {
		return Reading{}, err
	}
	if err := in.store.SetBatch(ctx, id, text, nil, nil); err != nil {
		return Reading{}, err
	}
	return in.Parse(ctx, id, who)
}

// Stage of a check, for a progress bar.
type Stage string

// The stages of a check.
const (
	StageRows     Stage = "rows"     // reading, checking and staging; done and total are bytes
	StageDatabase Stage = "database" // rules that need the other rows or layers
	StageKeep     Stage = "findings"
)

// Check reads every row of a parsed batch, checks it, stages what is good and keeps all
// findings. The batch is then checked. It can be run again at any time before publishing;
// broken off at any moment it leaves the batch as it was.
func (in *Intake) Check(ctx context.Context, id int64, who string, progress func(s Stage, done, total int64)) (Tally, error) {
	if progress == nil {
		progress = func(Stage, int64, int64) {}
	}
	b, err := in.store.Batch(ctx, id)
	if err != nil {
		return Tally{}, err
	}
	o, reading, err := decode(b)
	if err != nil {
		return Tally{}, err
	}
	if reading == nil {
		return Tally{}, fault.New(fault.Conflict, "Batch %d has not been parsed yet.", id)
	}
	if err := reading.err(); err != nil {
		return Tally{}, err
	}
	path, err := in.Path(b)
	if err != nil {
		return Tally{}, err
	}
	r, err := openRows(path, b.FileName, in.store.Catalogue(), in.store.Catalogue().Layer(b.Layer), o, reading.Position.Taken)
	if err != nil {
		return Tally{}, err
	}
	defer r.close()
	if o.Columns != nil { // what the file is checked with is kept for the next one like it
		if err := in.store.SaveMapping(ctx, b.Layer, layers.Headings(headings(reading.Columns)), o.Columns, who); err != nil {
			return Tally{}, err
		}
	}
	for _, w := range reading.Position.Warnings {
		r.found(layers.Finding{Rule: "F3", Severity: layers.SeverityWarning, Layer: b.Layer, Field: "geom", Message: w})
	}
	if _, err := in.store.Stage(ctx, id, r.records(func(done, total int64) { progress(StageRows, done, total) })); err != nil {
		return r.tally, err
	}
	if err := in.store.SetKept(ctx, id, r.kept()); err != nil {
		return r.tally, err
	}
	progress(StageDatabase, 0, 1)
	n, err := in.store.CheckStaged(ctx, id, func(f layers.Finding) error {
		r.found(f)
		r.rates.Found(f)
		return nil
	})
	if err != nil {
		return r.tally, err
	}
	r.tally.Good, r.tally.Bad, r.tally.Unplaced = n.Good, n.Bad, n.Unplaced
	progress(StageKeep, 0, 1)
	if err := in.store.SaveFindings(ctx, id, r.findings); err != nil {
		return r.tally, err
	}
	r.tally.Rates = r.rates.List(0)
	text, err := json.Marshal(r.tally)
	if err != nil {
		return r.tally, fault.Wrap(err, fault.Internal, "tally of batch %d", id)
	}
	if err := in.store.SetBatch(ctx, id, nil, nil, text); err != nil {
		return r.tally, err
	}
	return r.tally, in.store.Advance(ctx, id, data.BatchChecked, who, "")
}

// Approve takes a checked batch a step further: self_checked by the county, city_checked
// and accepted by the city. A batch with errors goes on only when it was said that the
// faulty records are left out, and one without a good record does not go on at all.
func (in *Intake) Approve(ctx context.Context, id int64, to data.BatchState, who, note string) error {
	b, err := in.store.Batch(ctx, id)
	if err != nil {
		return err
	}
	o, _, err := decode(b)
	if err != nil {
		return err
	}
	var t Tally
	if len(b.Tally) > 0 {
		if err := json.Unmarshal(b.Tally, &t); err != nil {
			return fault.Wrap(err, fault.Internal, "tally of batch %d", id)
		}
	}
	switch {
	case t.Errors > 0 && !o.SkipBad:
		return refused(b.FileName, t)
	case t.Good == 0:
		return nothing(b.FileName, t)
	}
	return in.store.Advance(ctx, id, to, who, note)
}

// Publish makes an accepted batch an edition.
func (in *Intake) Publish(ctx context.Context, id int64, who string) (data.Edition, error) {
	return in.store.PublishBatch(ctx, id, who)
}
