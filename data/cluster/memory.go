package cluster

import (
	"bufio"
	"bytes"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// memoryOf returns the bytes of memory that processes may use on the machine whose file
// system is root: what it has, or less where a control group (version 1 or 2) of this
// process sets a limit. 1 GiB when it can't be told.
func memoryOf(root fs.FS) int64 {
	memory := int64(1 << 30)
	if b, err := fs.ReadFile(root, "proc/meminfo"); err == nil {
		for sc := bufio.NewScanner(bytes.NewReader(b)); sc.Scan(); {
			f := strings.Fields(sc.Text())
			if len(f) == 3 && f[0] == "MemTotal:" && f[2] == "kB" {
				if kb, err := strconv.ParseInt(f[1], 10, 64); err == nil {
					memory = kb << 10
				}
			}
		}
	}
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return memory
	}
	for sc := bufio.NewScanner(bytes.NewReader(groups)); sc.Scan(); {
		parts := strings.SplitN(sc.Text(), ":", 3) // number:controllers:path
		if len(parts) != 3 {
			continue
		}
		switch {
		case parts[1] == "":
			memory = min(memory, limit(root, "sys/fs/cgroup", parts[2], "memory.max"))
		case strings.Contains(","+parts[1]+",", ",memory,"):
			memory = min(memory, limit(root, "sys/fs/cgroup/memory", parts[2], "memory.limit_in_bytes"))
		}
	}
	return memory
}

// limit returns the smallest limit that a control group or one of its parents sets; a
// path of another name space, as inside a container, is looked for as far as it exists.
func limit(root fs.FS, mount, group, file string) int64 {
	least := int64(1) << 62
	for dir := path.Join("/", group); ; dir = path.Dir(dir) {
		if b, err := fs.ReadFile(root, path.Join(mount, dir, file)); err == nil {
			if n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64); err == nil && n > 0 {
				least = min(least, n)
			}
		}
		if dir == "/" {
			return least
		}
	}
}
