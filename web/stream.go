package web

import (
	"encoding/json"
	"io"
	"net/http"

	"github.com/klauspost/compress/gzip"

	"onemap/layers/fault"
	"onemap/tiles"
)

const (
	// heldBack is how much of a streamed answer is kept before any of it is sent: an
	// error until then still becomes a problem, and most answers let go of the database
	// before a slow client has read them.
	heldBack = 1 << 20
	// chunk is how much is gathered before it is written on.
	chunk = 32 << 10
)

// stream sends an answer whose end is not known at its start.
type stream struct {
	w    http.ResponseWriter
	kind string
	zip  bool
	held []byte
	out  io.Writer // nil until the head has been sent
	gzip *gzip.Writer
	buf  []byte
}

func newStream(w http.ResponseWriter, r *http.Request, mediaType string) *stream {
	return &stream{w: w, kind: mediaType, zip: codings(r.Header.Get("Accept-Encoding"))&tiles.Gzip != 0}
}

// free returns an empty slice to append to.
func (st *stream) free() []byte { return st.buf[:0] }

// push writes buf on once it is large, and returns the slice to go on appending to.
func (st *stream) push(buf []byte) ([]byte, error) {
	st.buf = buf
	if len(buf) < chunk {
		return buf, nil
	}
	_, err := st.Write(buf)
	return buf[:0], err
}

// Write holds bytes back, or sends them once there are many.
func (st *stream) Write(p []byte) (int, error) {
	if st.out != nil {
		return st.out.Write(p)
	}
	st.held = append(st.held, p...)
	if len(st.held) < heldBack {
		return len(p), nil
	}
	return len(p), st.commit()
}

// commit sends the head and what was held back.
func (st *stream) commit() error {
	h := st.w.Header()
	h.Set("Content-Type", st.kind)
	h.Set("Cache-Control", cacheAsk)
	h.Add("Vary", "Accept-Encoding")
	st.out = st.w
	if st.zip {
		h.Set("Content-Encoding", "gzip")
		st.gzip, _ = gzip.NewWriterLevel(st.w, gzip.BestSpeed) // the level is a valid one
		st.out = st.gzip
	}
	st.w.WriteHeader(http.StatusOK)
	_, err := st.out.Write(st.held)
	st.held = nil
	return err
}

// finish sends what is left.
func (st *stream) finish(r *http.Request) error {
	var err error
	if st.out == nil {
		err = st.commit()
	}
	if st.gzip != nil && err == nil {
		err = st.gzip.Close()
	}
	if err != nil {
		return st.fail(r, fault.Wrap(err, fault.Cancelled, "The client took no more."))
	}
	return nil
}

// fail returns the error to answer with as long as nothing has been sent. Afterwards it
// breaks the connection off, since half a document must not pass for a whole one.
func (st *stream) fail(r *http.Request, err error) error {
	if st.out == nil {
		return err
	}
	if n := noteOf(r.Context()); n != nil {
		n.err, n.status = err, statusOf(fault.CodeOf(err))
		if r.Context().Err() != nil {
			n.status = statusClientGone
		}
	}
	panic(http.ErrAbortHandler)
}

// appendJSON appends a value as JSON.
func appendJSON(dst []byte, value any) ([]byte, error) {
	bytes, err := json.Marshal(value)
	if err != nil {
		return dst, fault.Wrap(err, fault.Internal, "An answer could not be written.")
	}
	return append(dst, bytes...), nil
}
