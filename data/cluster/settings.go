package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	mb = int64(1) << 20
	gb = int64(1) << 30
)

// machine is what the settings depend on.
type machine struct {
	memory int64 // bytes that processes may use
	shared int64 // bytes of /dev/shm, small in containers
	disk   int64 // bytes free where the cluster is
}

// configure writes the server's settings into onemap.conf, which postgresql.conf includes.
func (c *Cluster) configure(test bool) error {
	m := machine{memory: memoryOf(os.DirFS("/")), shared: size("/dev/shm", false), disk: size(c.place.Dir, true)}
	path := filepath.Join(c.place.data(), "onemap.conf")
	return replace(path, []byte(settings(c.place, m, test)), 0o600, c.who.give)
}

// size returns the size or the free space in bytes of the file system with path; 0 if unknown.
func size(path string, free bool) int64 {
	var st syscall.Statfs_t
	if syscall.Statfs(path, &st) != nil {
		return 0
	}
	if free {
		return int64(st.Bavail) * st.Bsize
	}
	return int64(st.Blocks) * st.Bsize
}

// settings returns the text of onemap.conf. The program itself, the page cache and the
// server share the machine: the server's own buffers get a quarter.
func settings(p place, m machine, test bool) string {
	var b strings.Builder
	b.WriteString("# Written by onemap at every start. Put settings of your own into local.conf.\n")
	set := func(name, value string) {
		fmt.Fprintf(&b, "%s = '%s'\n", name, strings.ReplaceAll(value, "'", "''"))
	}
	set("listen_addresses", "")
	set("port", fmt.Sprint(port))
	set("unix_socket_directories", escapeList(p.Socket))
	set("unix_socket_permissions", "0700")
	set("cluster_name", p.title())
	set("update_process_title", "on")
	set("max_connections", "100")
	set("timezone", "UTC")
	set("log_timezone", "UTC")
	set("lc_messages", "C")
	set("log_destination", "stderr")
	set("logging_collector", "off")
	set("log_line_prefix", "%m [%p] %a ")
	set("log_lock_waits", "on")
	set("jit", "off")
	set("random_page_cost", "1.1")
	set("effective_io_concurrency", "100")
	// Nobody copies the server's log: rows that go into a new table need not be in it.
	set("wal_level", "minimal")
	set("max_wal_senders", "0")
	if m.shared < gb {
		set("dynamic_shared_memory_type", "mmap")
	}
	if test {
		set("shared_buffers", "64MB")
		set("maintenance_work_mem", "64MB")
		set("work_mem", "16MB")
		set("max_wal_size", "1GB")
		set("fsync", "off")
		set("full_page_writes", "off")
		set("synchronous_commit", "off")
		return b.String()
	}
	set("shared_buffers", megabytes(m.memory/4, 32*mb, 4*gb))
	set("effective_cache_size", megabytes(m.memory/2, 64*mb, 1<<40))
	set("maintenance_work_mem", megabytes(m.memory/16, 32*mb, gb))
	set("work_mem", megabytes(m.memory/256, 4*mb, 64*mb))
	set("max_wal_size", megabytes(m.disk/10, 256*mb, 4*gb))
	set("checkpoint_timeout", "15min")
	set("wal_compression", "on")
	set("log_min_duration_statement", "5s")
	return b.String()
}

// megabytes writes n, held between low and high, in PostgreSQL's unit MB.
func megabytes(n, low, high int64) string {
	return fmt.Sprintf("%dMB", min(max(n, low), high)/mb)
}

// escapeList writes one path as an element of a comma-separated list of names.
func escapeList(path string) string {
	return `"` + strings.ReplaceAll(path, `"`, `""`) + `"`
}
