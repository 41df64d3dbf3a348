package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"onemap/data"
	"onemap/data/survey"
	"onemap/layers/fault"
)

// still refuses to change a batch while it is being checked.
func (s *Server) still(id int64) error {
	if j := s.desk.jobs.of(id); j != nil && j.running() {
		return fault.New(fault.Conflict, "Batch %d is being checked; wait for the end or cancel the check.", id)
	}
	return nil
}

// putOptions takes what a person says of the file, all of it, and parses it anew.
func (s *Server) putOptions(w http.ResponseWriter, r *http.Request) error {
	r, cancel := longer(w, r, workLimit)
	defer cancel()
	b, err := s.batchIn(r)
	if err != nil {
		return err
	}
	var o survey.Options
	if err := s.readBody(w, r, &o); err != nil {
		return err
	}
	release, err := s.desk.turns.take(r.Context(), b.ID)
	if err != nil {
		return err
	}
	defer release()
	if err := s.still(b.ID); err != nil {
		return err
	}
	if b, err = s.batchIn(r); err != nil { // it may have gone on in the meantime
		return err
	}
	switch b.State {
	case data.BatchUploaded, data.BatchParsed, data.BatchChecked, data.BatchRejected:
	default:
		return fault.New(fault.Conflict, "Batch %d is %s; its file can't be read in another way from there. Reject it first.", b.ID, b.State)
	}
	_, err = s.desk.Intake.Answer(r.Context(), b.ID, o, importer)
	if err := s.understood(r.Context(), b.ID, err); err != nil {
		return err
	}
	return s.replyBatch(r.Context(), w, r, http.StatusOK, b.ID, nil)
}

// postCheck starts a check, or joins the one that runs.
func (s *Server) postCheck(w http.ResponseWriter, r *http.Request) error {
	b, err := s.batchIn(r)
	if err != nil {
		return err
	}
	release, err := s.desk.turns.take(r.Context(), b.ID)
	if err != nil {
		return err
	}
	defer release()
	if err := s.checkable(r, b.ID); err != nil {
		return err
	}
	j, err := s.desk.jobs.start(b.ID, importer)
	if err != nil {
		return err
	}
	now, _, _ := j.look()
	w.Header().Set("Location", s.base(r)+strings.TrimSuffix(r.URL.Path, "/check")+"/events")
	return reply(w, http.StatusAccepted, jsonType, now)
}

// checkable refuses at once what a check would refuse.
func (s *Server) checkable(r *http.Request, id int64) error {
	b, err := s.desk.Store.Batch(r.Context(), id)
	if err != nil {
		return err
	}
	switch b.State {
	case data.BatchUploaded:
		return fault.New(fault.Conflict, "Batch %d has not been understood yet; say how its file is to be read.", id)
	case data.BatchAccepted, data.BatchPublished, data.BatchSuperseded, data.BatchWithdrawn:
		return fault.New(fault.Conflict, "Batch %d is %s; it is not checked again from there.", id, b.State)
	}
	var reading survey.Reading
	if err := json.Unmarshal(b.Reading, &reading); err != nil {
		return fault.Wrap(err, fault.Internal, "reading of batch %d", id)
	}
	return reading.Open()
}

// deleteCheck cancels a check and waits until it has let go of the batch.
func (s *Server) deleteCheck(w http.ResponseWriter, r *http.Request) error {
	b, err := s.batchIn(r)
	if err != nil {
		return err
	}
	j := s.desk.jobs.of(b.ID)
	if j == nil {
		return fault.New(fault.NotFound, "No check of batch %d is running.", b.ID)
	}
	j.cancel()
	select {
	case <-j.ended:
	case <-r.Context().Done():
		return fault.Wrap(r.Context().Err(), fault.Unavailable, "The check has been told to end and has not ended yet.")
	}
	now, _, _ := j.look()
	return reply(w, http.StatusOK, jsonType, now)
}

// decision is where a person takes a batch.
type decision struct {
	To   data.BatchState `json:"to"`
	Note string          `json:"note"`
}

// postState takes a batch a step further, back with a reason, or publishes it. Once begun,
// publishing does not depend on the client any more.
func (s *Server) postState(w http.ResponseWriter, r *http.Request) error {
	r, cancel := longer(w, r, workLimit)
	defer cancel()
	b, err := s.batchIn(r)
	if err != nil {
		return err
	}
	var d decision
	if err := s.readBody(w, r, &d); err != nil {
		return err
	}
	release, err := s.desk.turns.take(r.Context(), b.ID)
	if err != nil {
		return err
	}
	defer release()
	if err := s.still(b.ID); err != nil {
		return err
	}
	ctx, done := s.desk.work()
	defer done()
	var published *data.Edition
	switch d.To {
	case data.BatchSelfChecked, data.BatchCityChecked, data.BatchAccepted:
		err = s.desk.Intake.Approve(ctx, b.ID, d.To, importer, d.Note)
	case data.BatchRejected:
		if strings.TrimSpace(d.Note) == "" {
			return fault.In("note", "Say why the batch is rejected, for the one who brought it.")
		}
		err = s.desk.Store.Advance(ctx, b.ID, data.BatchRejected, importer, d.Note)
	case data.BatchPublished:
		var e data.Edition
		e, err = s.desk.Intake.Publish(ctx, b.ID, importer)
		published = &e
	default:
		return fault.In("to", "A batch is taken to self_checked, city_checked, accepted, published or rejected, not to %.40q.", d.To)
	}
	if err != nil {
		return err
	}
	return s.replyBatch(ctx, w, r, http.StatusOK, b.ID, published)
}

// getEditions lists what has been published, the newest first.
func (s *Server) getEditions(w http.ResponseWriter, r *http.Request) error {
	params, err := s.only(r, "layer", "limit")
	if err != nil {
		return err
	}
	layer, err := s.layerParam(params)
	if err != nil {
		return err
	}
	limit, err := limitParam(params, 50, 1000)
	if err != nil {
		return err
	}
	list, err := s.desk.Store.Editions(r.Context(), layer, limit)
	if err != nil {
		return err
	}
	if list == nil {
		list = []data.EditionRecord{}
	}
	return reply(w, http.StatusOK, jsonType, struct {
		Editions []data.EditionRecord `json:"editions"`
	}{list})
}

// postRevert takes an edition back.
func (s *Server) postRevert(w http.ResponseWriter, r *http.Request) error {
	_, cancel := longer(w, r, workLimit)
	defer cancel()
	id, err := idIn(r, "edition")
	if err != nil {
		return err
	}
	ctx, done := s.desk.work()
	defer done()
	e, err := s.desk.Store.Revert(ctx, id, importer)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, jsonType, struct {
		Edition data.Edition `json:"edition"`
		Reverts int64        `json:"reverts"`
	}{e, id})
}
