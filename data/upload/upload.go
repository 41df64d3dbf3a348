// Package upload takes files in parts, in the way of tus 1.0.0: a file is announced with its
// length, its bytes are added where the last part ended, and what has been acknowledged is
// on disk and still there after the program was killed. It knows no HTTP.
package upload

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"onemap/layers/fault"
)

// Limits bound what lies in the folder. Zeros stand for the defaults.
type Limits struct {
	Size  int64         // of one file in bytes, 2 GiB
	Count int           // of files at a time, 64
	Total int64         // announced bytes of all files, 16 GiB
	Age   time.Duration // since the last byte came, 24 hours; older ones are swept
}

func (l *Limits) fill() {
	if l.Size == 0 {
		l.Size = 2 << 30
	}
	if l.Count == 0 {
		l.Count = 64
	}
	if l.Total == 0 {
		l.Total = 16 << 30
	}
	if l.Age == 0 {
		l.Age = 24 * time.Hour
	}
}

// Uploads are the files that are on their way, in one folder: ID.part holds the bytes and
// ID.json what was announced. Its methods may be called at once by several goroutines; the
// folder belongs to one process.
type Uploads struct {
	folder string
	limits Limits

	mu     sync.Mutex
	active map[string]*turn
}

// Upload is one file on its way.
type Upload struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"` // as the one who brings it calls it; may be empty
	Length   int64     `json:"length"`
	Metadata string    `json:"metadata,omitempty"` // as announced, given back as it came
	Offset   int64     `json:"-"`                  // bytes that are on disk
	Expires  time.Time `json:"-"`                  // when it is swept unless more comes
	Hash     string    `json:"hash,omitempty"`     // SHA-256 in hex, once Keep has taken it over
}

// Complete reports whether all bytes are there.
func (u Upload) Complete() bool { return u.Offset == u.Length }

// Open opens a folder, which is made when it is missing. What an earlier process left
// there can be gone on with.
func Open(folder string, limits Limits) (*Uploads, error) {
	limits.fill()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "The folder for uploads can't be made")
	}
	return &Uploads{folder: folder, limits: limits, active: map[string]*turn{}}, nil
}

// Limits are those in force.
func (s *Uploads) Limits() Limits { return s.limits }

// Create announces a file. The error is Invalid for a length below zero and TooLarge when
// the file, or all files together, would be over the limits.
func (s *Uploads) Create(name, metadata string, length int64) (Upload, error) {
	switch {
	case length < 0:
		return Upload{}, fault.In("Upload-Length", "The length of a file is a whole number, 0 or more.")
	case length > s.limits.Size:
		return Upload{}, tooLarge(s.limits.Size)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	count, total, err := s.announced()
	if err != nil {
		return Upload{}, err
	}
	if count >= s.limits.Count || total+length > s.limits.Total {
		return Upload{}, fault.New(fault.TooLarge, "%d files of %d MiB are being brought already; finish or delete some of them first.", count, total>>20)
	}
	u := Upload{ID: strings.ToLower(rand.Text()), Name: name, Length: length, Metadata: metadata}
	f, err := os.OpenFile(s.part(u.ID), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return Upload{}, onDisk(err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return Upload{}, onDisk(err)
	}
	if err := s.save(u); err != nil {
		os.Remove(s.part(u.ID))
		return Upload{}, err
	}
	return s.Upload(u.ID)
}

func tooLarge(most int64) error {
	return fault.New(fault.TooLarge, "The file is larger than the %d MiB that are taken.", most>>20)
}

// announced counts the files and their lengths; the lock is held.
func (s *Uploads) announced() (count int, total int64, err error) {
	ids, err := s.ids()
	if err != nil {
		return 0, 0, err
	}
	for _, id := range ids {
		if u, err := s.Upload(id); err == nil && u.Hash == "" {
			count++
			total += u.Length
		}
	}
	return count, total, nil
}

var idForm = regexp.MustCompile(`^[a-z2-7]{26}$`)

// Upload returns what is known of one file. The error is NotFound when there is none.
func (s *Uploads) Upload(id string) (u Upload, err error) {
	if !idForm.MatchString(id) {
		return u, missing(id)
	}
	text, err := os.ReadFile(s.info(id))
	if errors.Is(err, os.ErrNotExist) {
		return u, missing(id)
	}
	if err != nil {
		return u, onDisk(err)
	}
	if err := json.Unmarshal(text, &u); err != nil {
		return u, fault.Wrap(err, fault.Internal, "what was announced of upload %s", id)
	}
	at := s.part(id)
	if u.Hash != "" { // the bytes are kept elsewhere
		u.Offset, at = u.Length, s.info(id)
	}
	info, err := os.Stat(at)
	if errors.Is(err, os.ErrNotExist) {
		return u, missing(id)
	}
	if err != nil {
		return u, onDisk(err)
	}
	if u.Hash == "" {
		u.Offset = info.Size()
	}
	u.Expires = info.ModTime().Add(s.limits.Age)
	return u, nil
}

func missing(id string) error {
	return fault.New(fault.NotFound, "There is no upload %.40q; it may have been given up or swept.", id)
}

// save writes down what is known of a file, in place of what was.
func (s *Uploads) save(u Upload) error {
	text, err := json.Marshal(u)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "what was announced of upload %s", u.ID)
	}
	f, err := os.CreateTemp(s.folder, "info-*")
	if err != nil {
		return onDisk(err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return onDisk(err)
	}
	if err := os.Rename(f.Name(), s.info(u.ID)); err != nil {
		return onDisk(err)
	}
	return s.syncFolder()
}

// syncFolder puts the names in the folder on disk.
func (s *Uploads) syncFolder() error {
	f, err := os.Open(s.folder)
	if err != nil {
		return onDisk(err)
	}
	defer f.Close()
	return onDisk(f.Sync())
}

func (s *Uploads) part(id string) string { return filepath.Join(s.folder, id+".part") }
func (s *Uploads) info(id string) string { return filepath.Join(s.folder, id+".json") }

func onDisk(err error) error {
	return fault.Wrap(err, fault.Unavailable, "The file can't be kept; the disk may be full")
}
