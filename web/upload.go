package web

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"hash"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"onemap/data/upload"
	"onemap/layers/fault"
)

// The protocol of resumable uploads (tus 1.0.0): core, and the extensions creation,
// creation-with-upload, termination, checksum and expiration.
const (
	tusVersion    = "1.0.0"
	tusExtensions = "creation,creation-with-upload,termination,checksum,expiration"
	tusChecksums  = "sha1,sha256,md5"
	tusType       = "application/offset+octet-stream"

	statusChecksum = 460 // Checksum Mismatch, of the extension
)

// uploadIdle is how long an upload may bring nothing before its connection is given up.
const uploadIdle = time.Minute

// tus puts the protocol's version on an answer and refuses other versions.
func (s *Server) tus(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Tus-Resumable", tusVersion)
		if v := r.Header.Get("Tus-Resumable"); v != tusVersion && r.Method != http.MethodOptions {
			w.Header().Set("Tus-Version", tusVersion)
			s.writeProblem(w, r, problem{
				Status: http.StatusPreconditionFailed, Code: fault.Invalid, Field: "Tus-Resumable",
				Detail: "Files are brought by the tus protocol, version " + tusVersion + "; say so in the header Tus-Resumable.",
			})
			return nil
		}
		return h(w, r)
	}
}

// optionsUploads says what the server can do.
func (s *Server) optionsUploads(w http.ResponseWriter, _ *http.Request) error {
	h := w.Header()
	h.Set("Allow", "POST, HEAD, PATCH, DELETE, OPTIONS")
	h.Set("Tus-Version", tusVersion)
	h.Set("Tus-Extension", tusExtensions)
	h.Set("Tus-Checksum-Algorithm", tusChecksums)
	h.Set("Tus-Max-Size", strconv.FormatInt(s.desk.Uploads.Limits().Size, 10))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// postUpload announces a file, and takes its first bytes where they come along.
func (s *Server) postUpload(w http.ResponseWriter, r *http.Request) error {
	length, err := strconv.ParseInt(r.Header.Get("Upload-Length"), 10, 64)
	if err != nil {
		return fault.In("Upload-Length", "The length of the file in bytes has to be said in the header Upload-Length.")
	}
	metadata := r.Header.Get("Upload-Metadata")
	name, err := fileNameIn(metadata)
	if err != nil {
		return err
	}
	u, err := s.desk.Uploads.Create(name, metadata, length)
	if err != nil {
		return err
	}
	w.Header().Set("Location", s.base(r)+"/uploads/"+u.ID)
	if r.Header.Get("Content-Type") == tusType {
		return s.appendUpload(w, r, u.ID, 0, http.StatusCreated)
	}
	putProgress(w, u)
	w.WriteHeader(http.StatusCreated)
	return nil
}

// fileNameIn reads the file's name in an Upload-Metadata header: keys with values in
// base64, separated by commas.
func fileNameIn(header string) (string, error) {
	name := ""
	if len(header) > 4096 {
		return "", fault.In("Upload-Metadata", "What is said of the file is longer than 4096 bytes.")
	}
	for pair := range strings.SplitSeq(header, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(pair), " ")
		text, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return "", fault.In("Upload-Metadata", "The value of %.30q is not in base64.", key)
		}
		if key == "filename" || key == "name" && name == "" {
			name = strings.ToValidUTF8(string(text), "_")
		}
	}
	return name, nil
}

func putProgress(w http.ResponseWriter, u upload.Upload) {
	h := w.Header()
	h.Set("Upload-Offset", strconv.FormatInt(u.Offset, 10))
	h.Set("Upload-Expires", u.Expires.UTC().Format(http.TimeFormat))
}

// headUpload says how far a file has come.
func (s *Server) headUpload(w http.ResponseWriter, r *http.Request) error {
	u, err := s.desk.Uploads.Upload(pathValue(r, "id"))
	if err != nil {
		return err
	}
	putProgress(w, u)
	w.Header().Set("Upload-Length", strconv.FormatInt(u.Length, 10))
	if u.Metadata != "" {
		w.Header().Set("Upload-Metadata", u.Metadata)
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// overrideUpload is for clients that can send POST only.
func (s *Server) overrideUpload(w http.ResponseWriter, r *http.Request) error {
	switch r.Header.Get("X-HTTP-Method-Override") {
	case http.MethodPatch:
		return s.patchUpload(w, r)
	case http.MethodDelete:
		return s.deleteUpload(w, r)
	case http.MethodHead:
		return s.headUpload(w, r)
	}
	return fault.In("X-HTTP-Method-Override", "A part of a file is sent with PATCH.")
}

// patchUpload adds bytes to a file.
func (s *Server) patchUpload(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("Content-Type") != tusType {
		s.writeProblem(w, r, problem{
			Status: http.StatusUnsupportedMediaType, Code: fault.Invalid, Field: "Content-Type", Detail: "A part of a file comes with the content type " + tusType + ".",
		})
		return nil
	}
	offset, err := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || offset < 0 {
		return fault.In("Upload-Offset", "Where the part belongs has to be said in the header Upload-Offset.")
	}
	return s.appendUpload(w, r, pathValue(r, "id"), offset, http.StatusNoContent)
}

func (s *Server) appendUpload(w http.ResponseWriter, r *http.Request, id string, offset int64, status int) error {
	sum, err := checksumIn(r.Header.Get("Upload-Checksum"))
	if err != nil {
		return err
	}
	in := &patientBody{Reader: r.Body, conn: http.NewResponseController(w)}
	_, err = s.desk.Uploads.Append(r.Context(), id, offset, in, in.interrupt, sum)
	_ = in.conn.SetWriteDeadline(time.Now().Add(uploadIdle))
	switch {
	case errors.Is(err, upload.ErrChecksum):
		message, _ := fault.MessageOf(err)
		s.writeProblem(w, r, problem{Title: "Checksum Mismatch", Status: statusChecksum, Code: fault.Invalid, Field: "Upload-Checksum", Detail: message})
		return nil
	case fault.CodeOf(err) == fault.Cancelled: // the connection was lost, or a newer one took over
		s.writeProblem(w, r, problem{Status: http.StatusServiceUnavailable, Code: fault.Unavailable, Detail: "The upload broke off; ask with HEAD how far it came and go on from there."})
		if n := noteOf(r.Context()); n != nil {
			n.err, n.status = err, statusClientGone
		}
		return nil
	case err != nil:
		return err
	}
	u, err := s.desk.Uploads.Upload(id)
	if err != nil {
		return err
	}
	putProgress(w, u)
	w.WriteHeader(status)
	return nil
}

// checksumIn reads an Upload-Checksum header: algorithm and value in base64; nil where
// there is none.
func checksumIn(header string) (*upload.Checksum, error) {
	if header == "" {
		return nil, nil
	}
	algorithm, value, _ := strings.Cut(header, " ")
	h := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "md5": md5.New}[algorithm]
	sum, err := base64.StdEncoding.DecodeString(value)
	if h == nil || err != nil {
		return nil, fault.In("Upload-Checksum", "A checksum is one of %s and its value in base64.", tusChecksums)
	}
	return &upload.Checksum{Hash: h(), Sum: sum}, nil
}

// patientBody is a request's body that may take as long as it likes while bytes come.
type patientBody struct {
	io.Reader
	conn *http.ResponseController
	over atomic.Bool
}

// Read waits for bytes for uploadIdle at most.
func (b *patientBody) Read(p []byte) (int, error) {
	_ = b.conn.SetReadDeadline(time.Now().Add(uploadIdle)) // not every connection has deadlines
	if b.over.Load() {
		return 0, os.ErrDeadlineExceeded
	}
	return b.Reader.Read(p)
}

// interrupt makes the present and later readings give up.
func (b *patientBody) interrupt() {
	b.over.Store(true)
	_ = b.conn.SetReadDeadline(time.Now())
}

// deleteUpload gives a file up.
func (s *Server) deleteUpload(w http.ResponseWriter, r *http.Request) error {
	if err := s.desk.Uploads.Delete(r.Context(), pathValue(r, "id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
