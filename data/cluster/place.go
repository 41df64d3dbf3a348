package cluster

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"onemap/layers/fault"
)

// place says where a cluster is.
type place struct {
	Dir    string `json:"dir"`    // private folder of the server's user; in the record relative to the home when inside
	Socket string `json:"socket"` // folder of the unix socket
}

// data returns the folder that PostgreSQL calls the data directory.
func (p place) data() string { return filepath.Join(p.Dir, "data") }

// making returns the folder in which a data directory is being made.
func (p place) making() string { return filepath.Join(p.Dir, "data.making") }

// mark is a short name for a folder, the same at every start.
func mark(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return hex.EncodeToString(sum[:6])
}

// readRecord returns where the home's cluster is, or would be by default.
func readRecord(home string) (place, error) {
	p := place{Dir: "postgres"}
	path := filepath.Join(home, recordFile)
	b, err := os.ReadFile(path)
	if err == nil {
		if err := json.Unmarshal(b, &p); err != nil || p.Dir == "" {
			return p, fault.Wrap(errors.Join(err), fault.Unavailable, "The file %s, which says where the database is, can't be read.", path)
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return p, onDisk(err, path, "The file %s can't be read.", path)
	}
	if !filepath.IsAbs(p.Dir) {
		p.Dir = filepath.Join(home, p.Dir)
	}
	return p, nil
}

// writeRecord remembers where the home's cluster is, for the next start and for Attach.
func writeRecord(home string, p place) error {
	if rel, err := filepath.Rel(home, p.Dir); err == nil && filepath.IsLocal(rel) {
		p.Dir = rel
	}
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(home, recordFile)
	return replace(path, append(b, '\n'), 0o644, asOwnerOf(home))
}

// madeBy returns the major version of PostgreSQL that made the home's cluster; 0 when
// there is none yet.
func madeBy(home string) (int, error) {
	p, err := readRecord(home)
	if err != nil {
		return 0, err
	}
	b, err := os.ReadFile(filepath.Join(p.data(), "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, onDisk(err, p.Dir, "The database in %s can't be read.", p.Dir)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0, fault.New(fault.Unavailable, "The folder %s holds no database of PostgreSQL %d or newer.", p.data(), oldest)
	}
	return major, nil
}

// settle decides where the cluster lives, makes that folder and the socket's.
func settle(home string, who account, t tools, log *slog.Logger) (place, error) {
	p, err := readRecord(home)
	if err != nil {
		return p, err
	}
	_, missing := os.Stat(filepath.Join(p.data(), "PG_VERSION"))
	err = who.own(p.Dir)
	reached := err == nil && who.reaches(t, p.Dir)
	switch {
	case reached:
	case missing != nil && who.credential != nil:
		os.Remove(p.Dir) // as made above: empty
		dir, err := moved(home, who, t)
		if err != nil {
			return p, err
		}
		log.Info("The database is kept outside the home folder, which the server's user may not enter",
			"dir", dir, "home", home, "user", who.name, "closed", who.barrier(t, home))
		p.Dir = dir
	case err != nil:
		return p, onDisk(err, p.Dir, "The folder %s can't be used for the database.", p.Dir)
	default:
		return p, fault.New(fault.Forbidden, "The database in %s can't be used: the user %q that PostgreSQL runs as may not enter %s. Let others pass through that folder (chmod o+x), or move the home folder.",
			p.Dir, who.name, who.barrier(t, p.Dir))
	}
	p.Socket, err = socketFolder(p, who, t)
	return p, err
}

// moved makes a folder for the home's cluster where the account can reach it.
func moved(home string, who account, t tools) (string, error) {
	var last error
	for _, base := range []string{"/var/lib/onemap", filepath.Join(who.home, "onemap")} {
		dir := filepath.Join(base, mark(home))
		if last = os.MkdirAll(base, 0o755); last != nil {
			continue
		}
		if last = who.own(dir); last == nil && who.reaches(t, dir) {
			return dir, nil
		}
	}
	return "", onDisk(last, home, "The user %q that PostgreSQL runs as may not enter %s, and there is no other folder for the database.", who.name, who.barrier(t, home))
}

// The kernel allows 107 bytes for a socket's path; some room is left for PostgreSQL's lock file.
const longestSocket = 100

// socketFolder makes the private folder for the unix socket: in the cluster's folder, or
// in a temporary folder when that path is too long for a socket, or has a comma in it,
// which connection strings read as the end of one host.
func socketFolder(p place, who account, t tools) (string, error) {
	fits := func(dir string) bool {
		return len(filepath.Join(dir, ".s.PGSQL."+strconv.Itoa(port))) < longestSocket && !strings.Contains(dir, ",")
	}
	if dir := filepath.Join(p.Dir, "socket"); fits(dir) {
		return dir, onDiskOrNil(who.own(dir), dir)
	}
	var last error
	for _, tmp := range []string{os.TempDir(), "/tmp", "/run"} {
		dir := filepath.Join(tmp, "onemap-"+mark(p.Dir))
		if !fits(dir) || !ours(dir, who) {
			continue
		}
		if last = who.own(dir); last == nil && who.reaches(t, dir) {
			return dir, nil
		}
	}
	dir, err := os.MkdirTemp("/tmp", "onemap-")
	if err == nil {
		err = who.own(dir)
	}
	return dir, onDiskOrNil(errors.Join(last, err), dir)
}

// ours reports whether dir is free to be made, or a folder of the account's already.
func ours(dir string, who account) bool {
	var st syscall.Stat_t
	if err := syscall.Lstat(dir, &st); err != nil {
		return errors.Is(err, os.ErrNotExist)
	}
	return st.Mode&syscall.S_IFMT == syscall.S_IFDIR && int(st.Uid) == who.uid
}

func onDiskOrNil(err error, dir string) error {
	if err == nil {
		return nil
	}
	return onDisk(err, dir, "The folder %s for the database's socket can't be made.", dir)
}
