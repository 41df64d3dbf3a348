package web

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"

	"github.com/klauspost/compress/gzip"

	"onemap/layers/fault"
	"onemap/tiles"
)

const (
	// heldBack is how much of a streamed answer is kept before any of it is sent: an
	// error until then still becomes a problem, and most answers let go of the database
	// before a slow client has read them.
	heldBack = 1 << 20
	// chunk is how much is gathered before it is written on after that.
	chunk = 32 << 10
)

// buffers are the streams' of before: to make a megabyte and let it go for every answer
// costs as much as half of what is written into it.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// stream sends an answer whose end is not known at its start.
type stream struct {
	w    http.ResponseWriter
	kind string
	zip  bool
	out  io.Writer // nil until the head has been sent
	gzip *gzip.Writer
	buf  []byte // what has not been sent
}

func newStream(w http.ResponseWriter, r *http.Request, mediaType string) *stream {
	return &stream{
		w: w, kind: mediaType, zip: codings(r.Header.Get("Accept-Encoding"))&tiles.Gzip != 0,
		buf: (*buffers.Get().(*[]byte))[:0],
	}
}

// pending is what has not been sent, to append to and to hand to push.
func (st *stream) pending() []byte { return st.buf }

// push takes pending with more behind it, sends it once it is much, and returns the slice
// to go on appending to.
func (st *stream) push(buf []byte) ([]byte, error) {
	st.buf = buf
	if st.out == nil && len(buf) < heldBack || len(buf) < chunk {
		return buf, nil
	}
	err := st.flush()
	return st.buf, err
}

// Write sends bytes, or holds them back until there are many.
func (st *stream) Write(p []byte) (int, error) {
	_, err := st.push(append(st.buf, p...))
	return len(p), err
}

// flush sends the head, the first time, and what is pending.
func (st *stream) flush() error {
	if st.out == nil {
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
	}
	_, err := st.out.Write(st.buf)
	st.buf = st.buf[:0]
	return err
}

// finish sends what is left.
func (st *stream) finish(r *http.Request) error {
	err := st.flush()
	if st.gzip != nil && err == nil {
		err = st.gzip.Close()
	}
	if err != nil {
		return st.fail(r, fault.Wrap(err, fault.Cancelled, "The client took no more."))
	}
	if cap(st.buf) <= 2*heldBack {
		buffers.Put(&st.buf)
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
