/*
 * This file is part of ttm.
 *
 * ttm is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * ttm is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with ttm; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

/** @file What limits leave of the machine's memory, as a folder of files says it. */

#include "unit.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "util/hostmem.h"

#define MIB ((size_t)1 << 20)

static void write_text(const char *folder, const char *path, const char *text)
{
    char name[600];
    FILE *file;

    snprintf(name, sizeof(name), "%s%s", folder, path);
    for (char *at = name + strlen(folder) + 1; (at = strchr(at, '/')); at++) {
        *at = 0;
        mkdir(name, 0777);
        *at = '/';
    }
    file = fopen(name, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* Files are added one after the other; each step says what is left then. */
static void test_files(void **state)
{
    static const struct {
        const char *path, *text;
        size_t bytes;
    } steps[] = {
        { "/proc/version", "x", 0 },
        { "/proc/meminfo", "MemTotal: 9 kB\nMemAvailable: 4194304 kB\n", 4096 * MIB },
        /* version 2, seen from inside a container */
        { "/proc/self/cgroup", "0::/\n", 4096 * MIB },
        { "/sys/fs/cgroup/memory.max", "max\n", 4096 * MIB },
        { "/sys/fs/cgroup/memory.max", "1073741824\n", 1024 * MIB },
        { "/sys/fs/cgroup/memory.current", "805306368\n", 256 * MIB },
        { "/sys/fs/cgroup/memory.stat",
          "anon 1\ninactive_file 268435456\nactive_file 2\n", 512 * MIB },
        /* a group below, one above it, and one that is not there */
        { "/proc/self/cgroup", "0::/a/b/c\n", 512 * MIB },
        { "/sys/fs/cgroup/a/b/memory.max", "209715200\n", 200 * MIB },
        { "/sys/fs/cgroup/a/memory.max", "104857600\n", 100 * MIB },
        { "/sys/fs/cgroup/a/memory.current", "104857601\n", 1 },
        { "/sys/fs/cgroup/a/memory.current", "0\n", 100 * MIB },
        /* version 1 beside it */
        { "/proc/self/cgroup", "0::/\n5:cpu,memory:/x\n", 512 * MIB },
        { "/sys/fs/cgroup/memory/x/memory.limit_in_bytes", "9223372036854771712\n",
          512 * MIB },
        { "/sys/fs/cgroup/memory/x/memory.limit_in_bytes", "314572800\n", 300 * MIB },
        { "/sys/fs/cgroup/memory/x/memory.usage_in_bytes", "209715200\n", 100 * MIB },
        { "/sys/fs/cgroup/memory/x/memory.stat",
          "inactive_file 0\ntotal_inactive_file 104857600\n", 200 * MIB },
        /* damaged */
        { "/proc/self/cgroup", "\n:\n5:memoryless:/x\n", 4096 * MIB },
        { "/proc/self/limits", "Max address space         unlimited\n", 4096 * MIB },
        { "/proc/self/limits", "Max address space         1073741824  2 bytes\n",
          1024 * MIB },
        { "/proc/self/statm", "0 1 2 3\n", 1024 * MIB },
        { "/proc/self/cgroup", "0::/\n", 512 * MIB },
        { "/sys/fs/cgroup/memory.max", "999999999999999999999999\n", 1024 * MIB },
        { "/sys/fs/cgroup/memory.max", "-1\n", 1024 * MIB },
        { "/sys/fs/cgroup/memory.max", "\n", 1024 * MIB },
    };
    char *folder = test_make_folder();

    (void)state;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        write_text(folder, steps[i].path, steps[i].text);
        if (ttm_host_memory_of(folder) != steps[i].bytes)
            print_message("step %zu, %s\n", i, steps[i].path);
        assert_int_equal(ttm_host_memory_of(folder), steps[i].bytes);
    }
    test_remove_folder(folder);
}

/* RLIMIT_AS of a process of its own. */
static void test_limit(void **state)
{
    const size_t before = ttm_host_memory();
    pid_t child;
    int status;

    (void)state;
    assert_true(before > 0);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip();                     /* their shadow memory is address space, too */
#endif
    child = fork();
    assert_true(child >= 0);
    if (!child) {
        const struct rlimit limit = { 512 * MIB, 512 * MIB };

        setrlimit(RLIMIT_AS, &limit);
        _exit(ttm_host_memory() > 0 && ttm_host_memory() < 512 * MIB ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_limit),
    };

    return cmocka_run_group_tests_name("hostmem", tests, NULL, NULL);
}
