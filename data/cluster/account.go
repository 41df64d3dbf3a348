package cluster

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"onemap/layers/fault"
)

// serverUser is the account that PostgreSQL runs as when the program runs as root,
// which PostgreSQL itself refuses. Debian's package makes it.
const serverUser = "postgres"

// account is the operating system user that the server runs as.
type account struct {
	uid, gid   int
	name       string
	home       string
	credential *syscall.Credential // nil: the program's own user
}

// runner returns the user to run as: the program's own, or, when that is root, the owner
// of the cluster in home if there is one that isn't root, else the user "postgres".
func runner(home string) (account, error) {
	if uid := os.Geteuid(); uid != 0 {
		return account{uid: uid, gid: os.Getegid(), name: strconv.Itoa(uid), home: home}, nil
	}
	u, err := user.Lookup(serverUser)
	if p, rerr := readRecord(home); rerr == nil {
		var st syscall.Stat_t
		if syscall.Stat(p.data(), &st) == nil && st.Uid != 0 {
			if owner, oerr := user.LookupId(strconv.Itoa(int(st.Uid))); oerr == nil {
				u, err = owner, nil
			}
		}
	}
	if err != nil {
		return account{}, fault.New(fault.Unavailable,
			"PostgreSQL does not run as root, and this machine has no user %q to run it as. %s, or start as an ordinary user.", serverUser, installHint)
	}
	a := account{name: u.Username, home: u.HomeDir}
	a.uid, _ = strconv.Atoi(u.Uid) // numbers on Linux
	a.gid, _ = strconv.Atoi(u.Gid)
	a.credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	if ids, err := u.GroupIds(); err == nil {
		for _, id := range ids {
			if n, err := strconv.Atoi(id); err == nil {
				a.credential.Groups = append(a.credential.Groups, uint32(n))
			}
		}
	}
	return a, nil
}

// command makes a command of the installation that runs as the account, in dir, with an
// environment of its own: no PG… variable and no locale of the caller gets through.
func (a account) command(t tools, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(t.bin, name), args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + t.bin + ":/usr/local/bin:/usr/bin:/bin", "HOME=" + a.home, "LANG=C", "TZ=UTC"}
	if v := os.Getenv("LD_LIBRARY_PATH"); v != "" {
		cmd.Env = append(cmd.Env, "LD_LIBRARY_PATH="+v)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: a.credential}
	return cmd
}

// reaches reports whether the account may go into dir. It tries, as that user, so that
// access lists, groups and network folders count too.
func (a account) reaches(t tools, dir string) bool {
	return !errors.Is(a.command(t, dir, "postgres", "--version").Run(), os.ErrPermission)
}

// barrier returns the topmost folder on the way to dir that the account may not enter.
func (a account) barrier(t tools, dir string) string {
	if parent := filepath.Dir(dir); parent != dir {
		if up := a.barrier(t, parent); up != "" {
			return up
		}
	}
	if a.reaches(t, dir) {
		return ""
	}
	return dir
}

// own makes the folder dir, private to the account. It goes through its parent as a root
// folder, so that a link planted there leads nowhere else.
func (a account) own(dir string) error {
	parent, err := os.OpenRoot(filepath.Dir(dir))
	if err != nil {
		return err
	}
	defer parent.Close()
	name := filepath.Base(dir)
	if err := parent.Mkdir(name, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	if a.credential != nil {
		if err := parent.Lchown(name, a.uid, a.gid); err != nil {
			return err
		}
	}
	return parent.Chmod(name, 0o700)
}

// give hands a file to the account, when the program runs as root.
func (a account) give(f *os.File) error {
	if a.credential == nil {
		return nil
	}
	return f.Chown(a.uid, a.gid)
}
