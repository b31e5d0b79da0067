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

/** @file Calls that fail when they are told to. */

#include "inject.h"

#include <dirent.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#define MOST_CALLS  (1 << 18)
#define MOST_BLOCKS (1 << 18)   ///< a power of two
#define DEPTH       14
#define PLACE       3           ///< functions that make a place: what calls, and its callers

const char *const inject_names[INJECT_NB] = { "memory", "file", "thread", "device" };

/** A block that is held, and the call that it came from. */
typedef struct Block {
    void *address;              ///< NULL: never used; GONE: free again
    long call;
} Block;

#define GONE ((void *)1)

/** What a recording leaves, in memory that processes share. */
typedef struct Record {
    long calls;
    uint8_t kind[MOST_CALLS];
    uint64_t place[MOST_CALLS];
    long distinct[MOST_CALLS];
} Record;

static Record *record;

static struct {
    pthread_mutex_t lock;
    int counting, recording, done;
    long calls, fail;
    Block blocks[MOST_BLOCKS];
    size_t nb_blocks;
    void *fault[DEPTH];
    int fault_depth;
} state = { .lock = PTHREAD_MUTEX_INITIALIZER, .fail = -1 };

/* The functions as they are, and those that the library calls in their place. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t nb, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *block);
int __real_open(const char *path, int flags, ...);
int __real_stat(const char *path, struct stat *info);
int __real_fstat(int fd, struct stat *info);
ssize_t __real_pread(int fd, void *to, size_t size, off_t offset);
ssize_t __real_write(int fd, const void *from, size_t size);
int __real_rename(const char *from, const char *to);
DIR *__real_opendir(const char *path);
struct dirent *__real_readdir(DIR *dir);
locale_t __real_newlocale(int mask, const char *name, locale_t base);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t nb, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *block);
int __wrap_open(const char *path, int flags, ...);
int __wrap_stat(const char *path, struct stat *info);
int __wrap_fstat(int fd, struct stat *info);
ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset);
ssize_t __wrap_write(int fd, const void *from, size_t size);
int __wrap_rename(const char *from, const char *to);
DIR *__wrap_opendir(const char *path);
struct dirent *__wrap_readdir(DIR *dir);
locale_t __wrap_newlocale(int mask, const char *name, locale_t base);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);

/*
 * The functions above @p own, a place in what stands in for the function that is called.
 * Sanitizers have frames of their own below it.
 */
static uint64_t place_of(void *const *frames, int depth, const void *own)
{
    uint64_t hash = 1469598103934665603u;
    int first = 0;

    while (first < depth && frames[first] != own)
        first++;
    for (int i = first + 1; i < depth && i <= first + PLACE; i++)
        hash = (hash ^ (uint64_t)(uintptr_t)frames[i]) * 1099511628211u;
    return hash;
}

/* Not inlined: where it returns to tells whose call is counted. */
__attribute__((noinline))
int inject_must_fail(enum InjectKind kind)
{
    const void *own = __builtin_return_address(0);
    void *frames[DEPTH];
    int fails = 0, depth = 0;

    pthread_mutex_lock(&state.lock);
    if (state.counting) {
        const long call = state.calls++;
        const int maybe = state.fail >= 0 && !state.done &&
                          kind == (enum InjectKind)record->kind[state.fail];

        if (state.recording || maybe)
            depth = backtrace(frames, DEPTH);
        if (state.recording && call < MOST_CALLS) {
            record->kind[call]  = (uint8_t)kind;
            record->calls       = call + 1;
            record->place[call] = place_of(frames, depth, own);
        }
        if (maybe && place_of(frames, depth, own) == record->place[state.fail]) {
            state.done        = fails = 1;
            state.fault_depth = backtrace(state.fault, DEPTH);
        }
    }
    pthread_mutex_unlock(&state.lock);
    return fails;
}

static Block *find_block(void *address, int to_add)
{
    size_t at = (uintptr_t)address / 16 * 2654435761u % MOST_BLOCKS;

    while (state.blocks[at].address && state.blocks[at].address != address &&
           !(to_add && state.blocks[at].address == GONE))
        at = (at + 1) % MOST_BLOCKS;
    return &state.blocks[at];
}

static void *keep(void *address)
{
    if (!address)
        return NULL;
    pthread_mutex_lock(&state.lock);
    if (state.nb_blocks == MOST_BLOCKS / 2) {
        puts("too many blocks of memory");
        abort();
    }
    *find_block(address, 1) = (Block){ address, state.calls - 1 };
    state.nb_blocks++;
    pthread_mutex_unlock(&state.lock);
    return address;
}

static void forget(void *address)
{
    Block *block;

    if (!address)
        return;
    pthread_mutex_lock(&state.lock);
    block = find_block(address, 0);
    if (block->address) {       /* else another library's */
        block->address = GONE;
        state.nb_blocks--;
    }
    pthread_mutex_unlock(&state.lock);
}

void *__wrap_malloc(size_t size)
{
    if (inject_must_fail(INJECT_MEMORY)) {
        errno = ENOMEM;
        return NULL;
    }
    return keep(__real_malloc(size));
}

void *__wrap_calloc(size_t nb, size_t size)
{
    if (inject_must_fail(INJECT_MEMORY)) {
        errno = ENOMEM;
        return NULL;
    }
    return keep(__real_calloc(nb, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    void *grown;

    if (inject_must_fail(INJECT_MEMORY)) {
        errno = ENOMEM;
        return NULL;
    }
    forget(old);
    grown = __real_realloc(old, size);
    if (!grown)
        keep(old);
    return keep(grown);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    if (inject_must_fail(INJECT_MEMORY)) {
        errno = ENOMEM;
        return NULL;
    }
    return keep(__real_aligned_alloc(alignment, size));
}

void __wrap_free(void *block)
{
    forget(block);
    __real_free(block);
}

/* An input or output error where the call is to fail. */
static inline __attribute__((always_inline)) int is_broken(void)
{
    const int broken = inject_must_fail(INJECT_FILE);

    if (broken)
        errno = EIO;
    return broken;
}

int __wrap_open(const char *path, int flags, ...)
{
    va_list list;
    mode_t mode;

    va_start(list, flags);
    mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
    va_end(list);
    return is_broken() ? -1 : __real_open(path, flags, mode);
}

int __wrap_stat(const char *path, struct stat *info)
{
    return is_broken() ? -1 : __real_stat(path, info);
}

int __wrap_fstat(int fd, struct stat *info)
{
    return is_broken() ? -1 : __real_fstat(fd, info);
}

ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset)
{
    return is_broken() ? -1 : __real_pread(fd, to, size, offset);
}

ssize_t __wrap_write(int fd, const void *from, size_t size)
{
    return is_broken() ? -1 : __real_write(fd, from, size);
}

int __wrap_rename(const char *from, const char *to)
{
    return is_broken() ? -1 : __real_rename(from, to);
}

DIR *__wrap_opendir(const char *path)
{
    return is_broken() ? NULL : __real_opendir(path);
}

struct dirent *__wrap_readdir(DIR *dir)
{
    return is_broken() ? NULL : __real_readdir(dir);
}

locale_t __wrap_newlocale(int mask, const char *name, locale_t base)
{
    if (inject_must_fail(INJECT_MEMORY)) {
        errno = ENOMEM;
        return (locale_t)0;
    }
    return __real_newlocale(mask, name, base);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument)
{
    return inject_must_fail(INJECT_THREAD) ? EAGAIN :
           __real_pthread_create(thread, attributes, start, argument);
}

void inject_start(void)
{
    cJSON_Hooks hooks = { __wrap_malloc, __wrap_free };
    void *frames[2];

    backtrace(frames, 2);       /* it loads a library at its first call */
    record = mmap(NULL, sizeof(*record), PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (record == MAP_FAILED)
        abort();
    cJSON_InitHooks(&hooks);
}

void inject_begin(int recorded)
{
    state.calls     = 0;
    state.fail      = -1;
    state.done      = 0;
    state.recording = recorded;
    if (recorded)
        record->calls = 0;
    state.counting  = 1;
}

void inject_fail(long index)
{
    state.fail = index;
}

long inject_calls(void)
{
    return record->calls;
}

int inject_done(void)
{
    return state.done;
}

enum InjectKind inject_kind(long index)
{
    return (enum InjectKind)record->kind[index];
}

static int compare_places(const void *a, const void *b)
{
    const long x = *(const long *)a, y = *(const long *)b;

    if (record->place[x] != record->place[y])
        return record->place[x] < record->place[y] ? -1 : 1;
    return x < y ? -1 : x > y;
}

static int compare_numbers(const void *a, const void *b)
{
    const long x = *(const long *)a, y = *(const long *)b;

    return x < y ? -1 : x > y;
}

size_t inject_distinct(const long **list)
{
    long *distinct = record->distinct;
    size_t nb = 0;

    for (long i = 0; i < record->calls; i++)
        distinct[i] = i;
    qsort(distinct, (size_t)record->calls, sizeof(long), compare_places);
    for (long i = 0; i < record->calls; i++)
        if (!nb || record->place[distinct[i]] != record->place[distinct[nb - 1]])
            distinct[nb++] = distinct[i];
    qsort(distinct, nb, sizeof(long), compare_numbers);
    *list = distinct;
    return nb;
}

size_t inject_blocks(void)
{
    return state.nb_blocks;
}

void inject_print_blocks(int most)
{
    for (size_t i = 0; i < MOST_BLOCKS && most > 0; i++)
        if (state.blocks[i].address && state.blocks[i].address != GONE) {
            printf("    held: a block of call %ld\n", state.blocks[i].call);
            most--;
        }
}

void inject_print_fault(void)
{
    fflush(stdout);
    backtrace_symbols_fd(state.fault, state.fault_depth, STDOUT_FILENO);
}

void inject_print_crash(int number)
{
    void *frames[24];

    backtrace_symbols_fd(frames, backtrace(frames, 24), STDOUT_FILENO);
    inject_print_fault();
    signal(number, SIG_DFL);
    raise(number);
}
