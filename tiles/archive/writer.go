package archive

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/paulmach/orb"

	"onemap/layers/fault"
)

// Names of what stands beside a file in the making.
const (
	spoolEnd   = ".part"
	journalEnd = ".journal"
)

// A baking is made safe after so many tiles, or so long.
const (
	safeTiles = 4096
	safeTime  = 5 * time.Second
)

// Writer makes an archive. The tiles' bytes go to a spool beside the file: the archive
// itself, whose first 16 KiB are filled in at the end. What stays in memory are its
// directories and the hashes of contents, some 100 bytes a tile. A Writer is for one
// goroutine, and ends with Finish, Suspend or Discard.
type Writer struct {
	name    string
	start   Start
	resumed int

	spool   *os.File
	out     *bufio.Writer
	journal *os.File
	pending []byte // records whose tiles are not safe yet
	waiting int
	safe    time.Time

	length   uint64 // of all contents
	entries  []entry
	contents map[digest]section // offset among the contents, length
	tiles    uint64
}

// Create begins an archive that is to be at name, or goes on with one of the same key
// that was broken off: Start then tells how that one began. A spool of another key is
// thrown away. The error is Conflict while another process bakes the same file.
func Create(name string, start Start) (*Writer, error) {
	w := &Writer{name: name, start: start, contents: map[digest]section{}, safe: time.Now()}
	err := w.open()
	if err == nil {
		return w, nil
	}
	w.close()
	if fault.CodeOf(err) == fault.Internal {
		err = fault.Wrap(err, fault.Unavailable, "The archive can't be written")
	}
	return nil, err
}

func (w *Writer) open() (err error) {
	if w.spool, err = os.OpenFile(w.name+spoolEnd, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return err
	}
	if err := syscall.Flock(int(w.spool.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fault.New(fault.Conflict, "Another process is baking %s; wait for it to end.", w.name)
	}
	info, err := w.spool.Stat()
	if err != nil {
		return err
	}
	if there, err := os.Stat(w.name + spoolEnd); err != nil || !os.SameFile(info, there) {
		return fault.New(fault.Conflict, "Another process has just finished %s; bake again if need be.", w.name)
	}
	var began Start
	w.journal, began, err = readJournal(w.name+journalEnd, w.start.Key, func(r record) bool {
		if r.Offset > uint64(info.Size()) || rootEnd+r.Offset+uint64(r.Length) > uint64(info.Size()) || r.Length == 0 || len(w.entries) > 0 && r.ID <= w.Last() || r.ID >= firstID(MaxZoom+1) {
			return false
		}
		w.note(r)
		w.length = max(w.length, r.Offset+uint64(r.Length))
		return true
	})
	if err != nil {
		return err
	}
	if w.journal != nil && w.tiles == 0 { // nothing to go on with
		w.journal.Close()
		w.journal = nil
	}
	if w.journal != nil {
		w.start, w.resumed = began, int(w.tiles)
	} else if w.journal, err = beginJournal(w.name+journalEnd, w.start); err != nil {
		return err
	}
	end := int64(rootEnd + w.length)
	if err := w.spool.Truncate(end); err != nil {
		return err
	}
	if _, err := w.spool.Seek(end, io.SeekStart); err != nil {
		return err
	}
	w.out = bufio.NewWriterSize(w.spool, 1<<20)
	return nil
}

// Start is how this baking began.
func (w *Writer) Start() Start { return w.start }

// Resumed is the number of tiles that an earlier run has left.
func (w *Writer) Resumed() int { return w.resumed }

// Tiles is the number of tiles so far.
func (w *Writer) Tiles() uint64 { return w.tiles }

// Contents is the number of different contents so far.
func (w *Writer) Contents() int { return len(w.contents) }

// Size is the length of all contents so far, bytes.
func (w *Writer) Size() uint64 { return w.length }

// Last is the id of the last tile; 0 where there is none yet.
func (w *Writer) Last() uint64 {
	if len(w.entries) == 0 {
		return 0
	}
	e := w.entries[len(w.entries)-1]
	return e.ID + uint64(e.Run) - 1
}

// filled are the ids of a zoom that have been added, in their order.
func (w *Writer) filled(zoom int) []uint64 {
	var ids []uint64
	for _, e := range w.entries {
		for i := range uint64(e.Run) {
			if id := e.ID + i; id >= firstID(zoom) && id < firstID(zoom+1) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// Add adds the tile of an id, which is greater than all before, as Pack has compressed it.
func (w *Writer) Add(id uint64, packed []byte) error {
	if len(w.entries) > 0 && id <= w.Last() || id >= firstID(MaxZoom+1) || len(packed) == 0 || len(packed) > tileLimit {
		return fault.New(fault.Internal, "The tile %d of %d bytes can't come after tile %d.", id, len(packed), w.Last())
	}
	r := record{ID: id, Hash: hashOf(packed), Offset: w.length, Length: uint32(len(packed))}
	if known, ok := w.contents[r.Hash]; ok {
		r.Offset, r.Length = known.Offset, uint32(known.Length)
	} else {
		if _, err := w.out.Write(packed); err != nil {
			return unwritable(err)
		}
		w.length += uint64(len(packed))
	}
	w.note(r)
	w.pending = r.append(w.pending)
	if w.waiting++; w.waiting >= safeTiles || time.Since(w.safe) >= safeTime {
		return w.secure()
	}
	return nil
}

func hashOf(b []byte) digest {
	sum := sha256.Sum256(b)
	return digest(sum[:16])
}

// note puts a tile into the directories.
func (w *Writer) note(r record) {
	w.tiles++
	w.contents[r.Hash] = section{r.Offset, uint64(r.Length)}
	if n := len(w.entries); n > 0 {
		if e := &w.entries[n-1]; e.Offset == r.Offset && r.ID == w.Last()+1 {
			e.Run++
			return
		}
	}
	w.entries = append(w.entries, entry{ID: r.ID, Offset: r.Offset, Length: r.Length, Run: 1})
}

// secure has everything so far on the disk: first the tiles, then the journal that names them.
func (w *Writer) secure() error {
	err := w.out.Flush()
	if err == nil {
		err = w.spool.Sync()
	}
	if err == nil {
		_, err = w.journal.Write(w.pending)
	}
	if err == nil {
		err = w.journal.Sync()
	}
	w.pending, w.waiting, w.safe = w.pending[:0], 0, time.Now()
	return unwritable(err)
}

func unwritable(err error) error {
	return fault.Wrap(err, fault.Unavailable, "The archive can't be written")
}

// About says what Finish puts into the header.
type About struct {
	MinZoom, MaxZoom int
	Bound            orb.Bound
	CenterZoom       int
	Metadata         any // becomes JSON
}

// Finish completes the archive and puts it in place of whatever had its name.
func (w *Writer) Finish(about About) error {
	defer w.close()
	if len(w.entries) == 0 {
		return fault.New(fault.NotFound, "No tile holds anything there, so no archive is written.")
	}
	metadata, err := json.Marshal(about.Metadata)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "The archive's metadata can't be written.")
	}
	metadata = Pack(metadata)
	root, leaves := directories(w.entries, rootEnd-headerSize)
	h := Header{
		root: section{headerSize, uint64(len(root))}, data: section{rootEnd, w.length},
		metadata: section{rootEnd + w.length, uint64(len(metadata))}, leaves: section{rootEnd + w.length + uint64(len(metadata)), uint64(len(leaves))},
		Addressed: w.tiles, Entries: uint64(len(w.entries)), Contents: uint64(len(w.contents)),
		Clustered: true, Internal: Gzip, Tiles: Gzip, Type: MVT, MinZoom: about.MinZoom, MaxZoom: about.MaxZoom,
		Bound: about.Bound, Center: about.Bound.Center(), CenterZoom: about.CenterZoom,
	}
	err = cmp.Or(w.write(metadata), w.write(leaves), w.out.Flush())
	if err == nil {
		_, err = w.spool.WriteAt(append(h.bytes(), root...), 0)
	}
	if err == nil {
		err = w.spool.Sync()
	}
	if err == nil {
		err = os.Rename(w.name+spoolEnd, w.name)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(w.name))
	}
	if err == nil {
		err = os.Remove(w.name + journalEnd)
	}
	return unwritable(err)
}

func (w *Writer) write(b []byte) error {
	_, err := w.out.Write(b)
	return err
}

// syncFolder has a renaming on the disk.
func syncFolder(name string) error {
	folder, err := os.Open(name)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// Suspend makes what there is safe and leaves it for a later Create.
func (w *Writer) Suspend() error {
	defer w.close()
	return w.secure()
}

// Discard throws away what there is.
func (w *Writer) Discard() error {
	defer w.close()
	return unwritable(errors.Join(os.Remove(w.name+journalEnd), os.Remove(w.name+spoolEnd)))
}

func (w *Writer) close() {
	if w.journal != nil {
		w.journal.Close()
	}
	if w.spool != nil {
		w.spool.Close()
	}
}
