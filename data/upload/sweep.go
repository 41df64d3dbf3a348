package upload

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"onemap/layers/fault"
)

// Keep hands a complete file to keep, which puts it where it stays and returns its hash;
// what keep has done, it must be able to do again after a crash. A file that has been kept
// before is not handed over again. The error is Conflict while bytes are missing.
func (s *Uploads) Keep(ctx context.Context, id string, keep func(path string, u Upload) (hash string, err error)) (Upload, error) {
	release, err := s.take(ctx, id, func() {})
	if err != nil {
		return Upload{}, err
	}
	defer release()
	u, err := s.Upload(id)
	if err != nil || u.Hash != "" {
		return u, err
	}
	if !u.Complete() {
		return u, &fault.Error{Code: fault.Conflict, Field: "upload", Message: "The file has not been brought completely yet; go on with it first."}
	}
	if u.Hash, err = keep(s.part(id), u); err != nil {
		return u, err
	}
	if err := s.save(u); err != nil {
		return u, err
	}
	if err := os.Remove(s.part(id)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return u, onDisk(err)
	}
	return u, nil
}

// Delete gives a file up. The error is NotFound when there is none.
func (s *Uploads) Delete(ctx context.Context, id string) error {
	release, err := s.take(ctx, id, func() {})
	if err != nil {
		return err
	}
	defer release()
	if _, err := s.Upload(id); err != nil {
		return err
	}
	return s.remove(id)
}

func (s *Uploads) remove(id string) error {
	err := errors.Join(os.Remove(s.info(id)), os.Remove(s.part(id)))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return onDisk(err)
	}
	return nil
}

// ids lists the uploads by what was announced.
func (s *Uploads) ids() ([]string, error) {
	names, err := filepath.Glob(filepath.Join(s.folder, "*.json"))
	if err != nil {
		return nil, onDisk(err)
	}
	for i, name := range names {
		names[i] = strings.TrimSuffix(filepath.Base(name), ".json")
	}
	return names, nil
}

// Sweep removes what has not grown for longer than the age that is allowed, and what a
// crash left half made. Those that are being added to stay.
func (s *Uploads) Sweep(now time.Time) (swept int, err error) {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return 0, onDisk(err)
	}
	newest := map[string]time.Time{}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue
		}
		id := strings.TrimSuffix(strings.TrimSuffix(e.Name(), ".json"), ".part")
		if info.ModTime().After(newest[id]) {
			newest[id] = info.ModTime()
		}
	}
	for id, at := range newest {
		if now.Sub(at) <= s.limits.Age {
			continue
		}
		if !idForm.MatchString(id) {
			os.Remove(filepath.Join(s.folder, id))
			continue
		}
		s.mu.Lock()
		busy := s.active[id] != nil
		if !busy {
			err = errors.Join(err, s.remove(id))
			swept++
		}
		s.mu.Unlock()
	}
	return swept, err
}

// SweepEvery sweeps now and then until ctx ends.
func (s *Uploads) SweepEvery(ctx context.Context, pause time.Duration) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		_, _ = s.Sweep(time.Now()) // what could not be removed now is next time
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
