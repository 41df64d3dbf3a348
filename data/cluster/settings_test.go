package cluster

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestMemoryOf(t *testing.T) {
	const info = "MemTotal:       16777216 kB\nMemFree:  1 kB\n"
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  int64
	}{
		{"nothing to read", nil, gb},
		{"no control groups", map[string]string{"proc/meminfo": info}, 16 * gb},
		{"version 2 without a limit", map[string]string{
			"proc/meminfo": info, "proc/self/cgroup": "0::/user.slice\n", "sys/fs/cgroup/user.slice/memory.max": "max\n",
		}, 16 * gb},
		{"version 2, a parent's limit", map[string]string{
			"proc/meminfo": info, "proc/self/cgroup": "0::/a/b\n",
			"sys/fs/cgroup/a/memory.max": "2147483648\n", "sys/fs/cgroup/a/b/memory.max": "4294967296\n",
		}, 2 * gb},
		{"version 2 in a container", map[string]string{
			"proc/meminfo": info, "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "1073741824\n",
		}, gb},
		{"version 1, seen from a container", map[string]string{
			"proc/meminfo": info, "proc/self/cgroup": "9:cpu:/x\n4:memory:/docker/1f\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "3221225472\n",
		}, 3 * gb},
		{"version 1 without a limit", map[string]string{
			"proc/meminfo": info, "proc/self/cgroup": "4:hugetlb,memory:/\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
		}, 16 * gb},
		{"a limit above what there is", map[string]string{
			"proc/meminfo": info, "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "99999999999999\n",
		}, 16 * gb},
	} {
		t.Run(tc.name, func(t *testing.T) {
			root := fstest.MapFS{}
			for name, text := range tc.files {
				root[name] = &fstest.MapFile{Data: []byte(text)}
			}
			if got := memoryOf(root); got != tc.want {
				t.Errorf("memoryOf = %d MB, want %d MB", got/mb, tc.want/mb)
			}
		})
	}
}

func TestSettings(t *testing.T) {
	p := place{Dir: "/d", Socket: `/s/it's "x"`}
	for _, tc := range []struct {
		name  string
		m     machine
		test  bool
		want  []string
		never []string
	}{
		{
			"a large server",
			machine{memory: 64 * gb, shared: 32 * gb, disk: 500 * gb},
			false,
			[]string{
				"shared_buffers = '4096MB'", "effective_cache_size = '32768MB'", "maintenance_work_mem = '1024MB'",
				"work_mem = '64MB'", "max_wal_size = '4096MB'", "listen_addresses = ''",
				`unix_socket_directories = '"/s/it''s ""x"""'`,
			},
			[]string{"fsync", "full_page_writes", "synchronous_commit", "dynamic_shared_memory_type"},
		},
		{
			"a small container",
			machine{memory: gb, shared: 64 * mb, disk: 5 * gb},
			false,
			[]string{
				"shared_buffers = '256MB'", "maintenance_work_mem = '64MB'", "work_mem = '4MB'", "max_wal_size = '512MB'",
				"dynamic_shared_memory_type = 'mmap'",
			},
			[]string{"fsync"},
		},
		{
			"a test",
			machine{memory: 64 * gb, shared: 32 * gb, disk: 500 * gb},
			true,
			[]string{"shared_buffers = '64MB'", "fsync = 'off'", "full_page_writes = 'off'", "synchronous_commit = 'off'"},
			[]string{"effective_cache_size"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := settings(p, tc.m, tc.test)
			for _, line := range tc.want {
				if !strings.Contains(got, "\n"+line+"\n") {
					t.Errorf("the line %s is missing in\n%s", line, got)
				}
			}
			for _, word := range tc.never {
				if strings.Contains(got, word) {
					t.Errorf("%s is set in\n%s", word, got)
				}
			}
		})
	}
}
