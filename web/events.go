package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"onemap/layers/fault"
)

const (
	eventsType  = "text/event-stream"
	eventsPause = 250 * time.Millisecond // at least, between two events
	heartbeat   = 15 * time.Second
)

// getEvents tells how a check goes, as server-sent events: the state as it is at once, then
// each change as an event progress, at last an event end. The number of an event is that
// of the state it tells, so one who comes back with Last-Event-ID misses nothing that still
// counts; after the end he gets 204, which tells a browser to stop asking.
func (s *Server) getEvents(w http.ResponseWriter, r *http.Request) error {
	b, err := s.batchIn(r)
	if err != nil {
		return err
	}
	out := &events{w: w, conn: http.NewResponseController(w), last: r.Header.Get("Last-Event-ID")}
	j := s.desk.jobs.of(b.ID)
	if j == nil {
		now, err := s.checkOf(r.Context(), b, nil)
		if err != nil {
			return err
		}
		if now == nil {
			now = &checkState{Batch: b.ID, State: checkIdle}
		}
		return out.end(*now, fmt.Sprintf("%d.%s.%d", b.ID, now.State, b.UpdatedAt.UnixMilli()))
	}
	for {
		now, id, changed := j.look()
		if now.State != checkQueued && now.State != checkRunning {
			return out.end(now, id)
		}
		if id != out.last {
			if err := out.send("progress", id, now); err != nil {
				return err
			}
			select { // several changes at once become one event
			case <-time.After(eventsPause):
			case <-r.Context().Done():
				return nil
			}
		}
		select {
		case <-changed:
		case <-time.After(heartbeat):
			if err := out.write(": still here\n\n"); err != nil {
				return err
			}
		case <-r.Context().Done():
			return nil
		}
	}
}

// events writes server-sent events (HTML standard, section 9.2).
type events struct {
	w     http.ResponseWriter
	conn  *http.ResponseController
	last  string // number of the event that the client knows
	begun bool
}

func (e *events) send(name, id string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "An event could not be written.")
	}
	e.last = id
	return e.write(fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", id, name, text))
}

// end sends the last event, or 204 to one who knows it.
func (e *events) end(now any, id string) error {
	if !e.begun && id == e.last {
		e.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return e.send("end", id, now)
}

// write sends text at once. Nothing can be told to a client that has left, so no error
// comes back once something has been sent.
func (e *events) write(text string) error {
	if !e.begun {
		e.begun = true
		e.w.Header().Set("Content-Type", eventsType)
		e.w.Header().Set("X-Accel-Buffering", "no") // for a proxy that would hold the events back
		e.w.WriteHeader(http.StatusOK)
	}
	_ = e.conn.SetWriteDeadline(time.Now().Add(2 * heartbeat))
	if _, err := e.w.Write([]byte(text)); err == nil {
		_ = e.conn.Flush()
	}
	return nil
}
