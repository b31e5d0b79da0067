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


/**
 * @file
 * Opening a Vulkan device where something is missing: the loader, devices, features,
 * limits; and pipeline caches that are stale, foreign, cut or written by several
 * processes at once. Linked so that the library's dlopen() and dlsym() are those below.
 */

#include "config.h"
#include "vulkan_device.h"

#if HAVE_VULKAN

#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/vulkan/program.h"
#include "util/hash.h"

/** What is missing. */
enum Missing {
    NOTHING,
    LOADER,
    LOADER_FUNCTION,            ///< vkGetInstanceProcAddr
    GLOBAL_FUNCTION,            ///< vkEnumerateInstanceVersion, as before Vulkan 1.1
    INSTANCE_MEMORY,
    DEVICES,
    VERSION,                    ///< Vulkan 1.2
    BINDINGS, THREADS, SHARED_MEMORY,
    COMPUTE_QUEUE,
    TIMELINE,
    DEVICE,                     ///< it cannot be created
    DEVICE_FUNCTION,
    STORAGE_16,                 ///< 16-bit storage, which f32 does without
    CACHE,                      ///< nothing, but what a pipeline cache begins with is seen
    CACHE_TAKEN,                ///< a driver that fails where it is given one
};

static struct {
    enum Missing missing;
    PFN_vkGetInstanceProcAddr get;
    TTMVkFunctions real;
    PFN_vkCreatePipelineCache create_cache;
    int caches;                 ///< calls of it since the caller set this to 0
    size_t bytes[4];            ///< what each was given
} fake;

void *__real_dlopen(const char *name, int flags);
void *__real_dlsym(void *handle, const char *name);
void *__wrap_dlopen(const char *name, int flags);
void *__wrap_dlsym(void *handle, const char *name);

void *__wrap_dlopen(const char *name, int flags)
{
    return fake.missing == LOADER && name && strstr(name, "vulkan") ? NULL :
           __real_dlopen(name, flags);
}

static VkResult VKAPI_CALL create_instance(const VkInstanceCreateInfo *info,
                                           const VkAllocationCallbacks *allocator,
                                           VkInstance *instance)
{
    (void)info, (void)allocator, (void)instance;
    return VK_ERROR_OUT_OF_HOST_MEMORY;
}

static VkResult VKAPI_CALL list_none(VkInstance instance, uint32_t *nb,
                                     VkPhysicalDevice *devices)
{
    (void)instance, (void)devices;
    *nb = 0;
    return VK_SUCCESS;
}

static void VKAPI_CALL properties(VkPhysicalDevice device,
                                  VkPhysicalDeviceProperties2 *p)
{
    VkPhysicalDeviceLimits *limits = &p->properties.limits;

    fake.real.GetPhysicalDeviceProperties2(device, p);
    if (fake.missing == VERSION)
        p->properties.apiVersion = VK_API_VERSION_1_1;
    if (fake.missing == BINDINGS)
        limits->maxPerStageDescriptorStorageBuffers = TTM_VK_MAX_BINDINGS - 1;
    if (fake.missing == THREADS)
        limits->maxComputeWorkGroupInvocations = 128;
    if (fake.missing == SHARED_MEMORY)
        limits->maxComputeSharedMemorySize = 8192;
}

static void VKAPI_CALL queues(VkPhysicalDevice device, uint32_t *nb,
                              VkQueueFamilyProperties *families)
{
    fake.real.GetPhysicalDeviceQueueFamilyProperties(device, nb, families);
    for (uint32_t i = 0; families && i < *nb; i++)
        families[i].queueFlags = VK_QUEUE_TRANSFER_BIT;
}

static void VKAPI_CALL features(VkPhysicalDevice device, VkPhysicalDeviceFeatures2 *f)
{
    fake.real.GetPhysicalDeviceFeatures2(device, f);
    for (VkBaseOutStructure *s = f->pNext; s; s = s->pNext) {
        if (s->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES &&
            fake.missing == TIMELINE)
            ((VkPhysicalDeviceVulkan12Features *)(void *)s)->timelineSemaphore = 0;
        if (s->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES &&
            fake.missing == STORAGE_16)
            ((VkPhysicalDeviceVulkan11Features *)(void *)s)->storageBuffer16BitAccess = 0;
    }
}

static VkResult VKAPI_CALL create_device(VkPhysicalDevice physical,
                                         const VkDeviceCreateInfo *info,
                                         const VkAllocationCallbacks *allocator,
                                         VkDevice *device)
{
    (void)physical, (void)info, (void)allocator, (void)device;
    return VK_ERROR_INITIALIZATION_FAILED;
}

static VkResult VKAPI_CALL create_cache(VkDevice device,
                                        const VkPipelineCacheCreateInfo *info,
                                        const VkAllocationCallbacks *allocator,
                                        VkPipelineCache *cache)
{
    if (fake.caches < 4)
        fake.bytes[fake.caches++] = info->initialDataSize;
    return fake.missing == CACHE_TAKEN && info->initialDataSize ?
           VK_ERROR_INITIALIZATION_FAILED :
           fake.create_cache(device, info, allocator, cache);
}

static PFN_vkVoidFunction VKAPI_CALL get_device(VkDevice device, const char *name)
{
    PFN_vkVoidFunction function = fake.real.GetDeviceProcAddr(device, name);

    if (fake.missing == DEVICE_FUNCTION)
        return strcmp(name, "vkCmdDispatch") ? function : NULL;
    if (strcmp(name, "vkCreatePipelineCache"))
        return function;
    fake.create_cache = (PFN_vkCreatePipelineCache)function;
    return (PFN_vkVoidFunction)create_cache;
}

/** Functions as the loader gives them, but for what is missing. */
static PFN_vkVoidFunction VKAPI_CALL get_instance(VkInstance instance, const char *name)
{
    PFN_vkVoidFunction function = fake.get(instance, name);

#define REPLACE(which, member, by)                          \
    if (fake.missing == (which) && !strcmp(name, "vk" #member)) { \
        fake.real.member = (PFN_vk##member)function;        \
        return (PFN_vkVoidFunction)(by);                    \
    }
    REPLACE(GLOBAL_FUNCTION, EnumerateInstanceVersion, NULL)
    REPLACE(INSTANCE_MEMORY, CreateInstance, create_instance)
    REPLACE(DEVICES, EnumeratePhysicalDevices, list_none)
    REPLACE(VERSION, GetPhysicalDeviceProperties2, properties)
    REPLACE(BINDINGS, GetPhysicalDeviceProperties2, properties)
    REPLACE(THREADS, GetPhysicalDeviceProperties2, properties)
    REPLACE(SHARED_MEMORY, GetPhysicalDeviceProperties2, properties)
    REPLACE(COMPUTE_QUEUE, GetPhysicalDeviceQueueFamilyProperties, queues)
    REPLACE(TIMELINE, GetPhysicalDeviceFeatures2, features)
    REPLACE(STORAGE_16, GetPhysicalDeviceFeatures2, features)
    REPLACE(DEVICE, CreateDevice, create_device)
    REPLACE(DEVICE_FUNCTION, GetDeviceProcAddr, get_device)
    REPLACE(CACHE, GetDeviceProcAddr, get_device)
    REPLACE(CACHE_TAKEN, GetDeviceProcAddr, get_device)
#undef REPLACE
    return function;
}

void *__wrap_dlsym(void *handle, const char *name)
{
    void *symbol = __real_dlsym(handle, name);
    PFN_vkGetInstanceProcAddr ours = get_instance;

    if (strcmp(name, "vkGetInstanceProcAddr"))
        return symbol;
    if (fake.missing == LOADER_FUNCTION)
        return NULL;
    memcpy(&fake.get, &symbol, sizeof(symbol));
    memcpy(&symbol, &ours, sizeof(symbol));
    return symbol;
}

/** Each is an error with its cause and a remedy; device=auto goes to the CPU silently. */
static void test_missing(void **state)
{
    static const struct {
        enum Missing missing;
        int ret;
        const char *cause, *remedy;
    } cases[] = {
        { LOADER, TTM_ERR_DEVICE, "libvulkan.so.1 is not there", "device=cpu" },
        { LOADER_FUNCTION, TTM_ERR_DEVICE, "no vkGetInstanceProcAddr", "not the Vulkan loader" },
        { GLOBAL_FUNCTION, TTM_ERR_DEVICE, "older than 1.2", "update it" },
        { INSTANCE_MEMORY, TTM_ERR_MEMORY, "creating an instance", "OUT_OF_HOST_MEMORY" },
        { DEVICES, TTM_ERR_DEVICE, "no Vulkan device found", "device=cpu" },
        { VERSION, TTM_ERR_UNSUPPORTED, "has Vulkan 1.1, 1.2 is needed", "update its driver" },
        { BINDINGS, TTM_ERR_UNSUPPORTED, "limits", "device=cpu" },
        { THREADS, TTM_ERR_UNSUPPORTED, "limits", "device=cpu" },
        { SHARED_MEMORY, TTM_ERR_UNSUPPORTED, "limits", "device=cpu" },
        { COMPUTE_QUEUE, TTM_ERR_UNSUPPORTED, "cannot compute", "device=cpu" },
        { TIMELINE, TTM_ERR_UNSUPPORTED, "no timeline semaphores", "update its driver" },
        { DEVICE, TTM_ERR_DEVICE, "opening the device", "INITIALIZATION_FAILED" },
        { DEVICE_FUNCTION, TTM_ERR_DEVICE, "functions of", "update its driver" },
    };
    TTMBackend *backend;

    (void)state;
    ttm_backend_close(&(TTMBackend *){ test_device_first() });
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fake.missing = cases[i].missing;
        assert_int_equal(test_device_open(&backend, "vulkan:0", TTM_DTYPE_F32),
                         cases[i].ret);
        assert_null(backend);
        assert_contains(test_device_messages.error, cases[i].cause);
        assert_contains(test_device_messages.error, cases[i].remedy);
        assert_int_equal(test_device_open(&backend, "auto", TTM_DTYPE_F32), 0);
        assert_string_equal(backend->functions->name, "cpu");
        assert_string_equal(test_device_messages.error, "");
        ttm_backend_close(&backend);
    }
    fake.missing = NOTHING;
    ttm_backend_close(&(TTMBackend *){ test_device_first() });
}

/** A driver without 16-bit storage works in f32, by choice or by itself. */
static void test_storage(void **state)
{
    TTMBackend *backend;
    TTMNetwork *network;
    float weight[16];

    (void)state;
    fake.missing = STORAGE_16;
    backend = test_device_first();
    assert_int_equal(ttm_network_create(&network, backend, test_double_graph(2, weight)), 0);
    test_double_check(network, 2 * 4096);
    ttm_network_free(&network);
    ttm_backend_close(&backend);
    assert_int_equal(test_device_open(&backend, "vulkan:0", TTM_DTYPE_F16),
                     TTM_ERR_UNSUPPORTED);
    assert_contains(test_device_messages.error, "use f32");
    assert_int_equal(test_device_open(&backend, "vulkan:0", TTM_DTYPE_NB), 0);
    assert_int_equal(backend->precision, TTM_DTYPE_F32);
    ttm_backend_close(&backend);
    fake.missing = NOTHING;
}

/** Run a network with the cache below @p folder, which must be silent; -1: no device. */
static int run_with_cache(const char *folder)
{
    TTMBackend *backend;
    TTMNetwork *network;
    float weight[16];

    setenv("XDG_CACHE_HOME", folder, 1);
    setenv("MESA_SHADER_CACHE_DISABLE", "true", 1);     /* it lies there too */
    if (test_device_open(&backend, "vulkan:0", TTM_DTYPE_F32) < 0)
        return -1;
    assert_int_equal(ttm_network_create(&network, backend, test_double_graph(1, weight)), 0);
    test_double_check(network, 4096);
    ttm_network_free(&network);
    ttm_backend_close(&backend);
    unsetenv("XDG_CACHE_HOME");
    assert_string_equal(test_device_messages.error, "");
    assert_string_equal(test_device_messages.warning, "");
    return 0;
}

/** The files of the cache below @p folder; the path of one. */
static int list(const char *folder, char *path, size_t size)
{
    char ttm[64];
    struct dirent *entry;
    DIR *dir;
    int nb = 0;

    snprintf(ttm, sizeof(ttm), "%s/ttm", folder);
    dir = opendir(ttm);
    assert_non_null(dir);
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.') {
            snprintf(path, size, "%s/%s", ttm, entry->d_name);
            nb++;
        }
    closedir(dir);
    return nb;
}

static void clear(const char *folder)
{
    char path[400];

    while (list(folder, path, sizeof(path)))
        assert_int_equal(unlink(path), 0);
    snprintf(path, sizeof(path), "%s/ttm", folder);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

/** Give the cache the content @p data, with the hash that belongs to it. */
static void replace(const char *path, const uint8_t *data, size_t size)
{
    const uint64_t hash = ttm_hash64(data, size, 0);
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    fwrite(&hash, sizeof(hash), 1, file);
    fwrite(data, 1, size, file);
    assert_int_equal(fclose(file), 0);
}

/* A new folder with a cache in it, whose path it is; skips where there is no device. */
static void make_cache(char *folder, char path[400])
{
    assert_non_null(mkdtemp(folder));
    if (run_with_cache(folder) < 0) {
        rmdir(folder);
        skip();
    }
    assert_int_equal(list(folder, path, 400), 1);
}

/*
 * What passes for whole and is not this driver's: another one's, an older header, cut
 * behind the header or within, and nothing but a hash. The results are right, and the
 * next cache is good again.
 */
static void test_stale(void **state)
{
    char folder[] = "/tmp/ttm-stale.XXXXXX", path[400];
    static uint8_t good[1 << 20], bad[1 << 20];
    size_t size;
    FILE *file;

    (void)state;
    make_cache(folder, path);
    file = fopen(path, "rb");
    assert_non_null(file);
    size = fread(good, 1, sizeof(good), file);
    fclose(file);
    assert_in_range(size, 8 + 32, sizeof(good) - 1);
    size -= 8;
    memmove(good, good + 8, size);
    for (int i = 0; i < 6; i++) {
        size_t used = size;

        memcpy(bad, good, size);
        switch (i) {
        case 0: memset(bad + 16, 0x5a, 16); break;          /* pipelineCacheUUID */
        case 1: memset(bad + 8, 0xff, 8); break;            /* vendor and device */
        case 2: bad[4] = 77; break;                         /* version of the header */
        case 3: used = 32; break;
        case 4: used = size / 2; break;
        case 5: used = 1; break;
        }
        replace(path, bad, used);
        assert_int_equal(run_with_cache(folder), 0);
        assert_int_equal(list(folder, path, sizeof(path)), 1);
    }
    clear(folder);
}

/*
 * What the driver is given: a cache that is whole, not a damaged one, and nothing the second
 * time where it fails with one.
 */
static void test_given(void **state)
{
    char folder[] = "/tmp/ttm-given.XXXXXX", path[400];
    FILE *file;
    int byte;

    (void)state;
    make_cache(folder, path);
    fake.missing = CACHE;
    fake.caches  = 0;
    assert_int_equal(run_with_cache(folder), 0);
    assert_int_equal(fake.caches, 1);
    assert_true(fake.bytes[0] >= 32);

    fake.missing = CACHE_TAKEN;
    fake.caches  = 0;
    assert_int_equal(run_with_cache(folder), 0);
    assert_int_equal(fake.caches, 2);
    assert_true(fake.bytes[0] >= 32);
    assert_int_equal(fake.bytes[1], 0);

    file = fopen(path, "rb+");          /* its last byte */
    assert_non_null(file);
    assert_int_equal(fseek(file, -1, SEEK_END), 0);
    byte = fgetc(file);
    assert_int_equal(fseek(file, -1, SEEK_END), 0);
    fputc(byte ^ 0x40, file);
    assert_int_equal(fclose(file), 0);
    fake.missing = CACHE;
    fake.caches  = 0;
    assert_int_equal(run_with_cache(folder), 0);
    assert_int_equal(fake.caches, 1);
    assert_int_equal(fake.bytes[0], 0);
    fake.missing = NOTHING;
    clear(folder);
}

/** Several processes fill one cache at once: there is one file, whole, and no other. */
static void test_processes(void **state)
{
    enum { NB = 4 };
    char folder[] = "/tmp/ttm-many.XXXXXX", path[400], self[400];
    char *const arguments[] = { self, (char *)"--cache", folder, NULL };
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    pid_t children[NB];
    uint64_t hash;
    struct stat info;
    uint8_t *data;
    FILE *file;

    (void)state;
    ttm_backend_close(&(TTMBackend *){ test_device_first() });
    assert_true(length > 0);
    self[length] = 0;
    assert_non_null(mkdtemp(folder));
    for (int i = 0; i < NB; i++)
        assert_int_equal(posix_spawn(&children[i], self, NULL, NULL, arguments,
                                     environ), 0);
    for (int i = 0; i < NB; i++) {
        int status;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(list(folder, path, sizeof(path)), 1);
    assert_int_equal(stat(path, &info), 0);
    assert_true(info.st_size > 8);
    data = malloc(info.st_size);
    file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(data, 1, info.st_size, file), info.st_size);
    fclose(file);
    memcpy(&hash, data, sizeof(hash));
    assert_true(hash == ttm_hash64(data + 8, info.st_size - 8, 0));
    free(data);
    clear(folder);
}

static void *close_backend(void *backend)
{
    ttm_backend_close(&(TTMBackend *){ backend });
    return NULL;
}

/** Devices of one process that are closed at once write files of their own, too. */
static void test_threads(void **state)
{
    enum { NB = 4, TURNS = 5 };
    char folder[] = "/tmp/ttm-two.XXXXXX", path[400];
    TTMBackend *backends[NB];
    pthread_t threads[NB];
    TTMNetwork *network;
    float weight[16];

    (void)state;
    ttm_backend_close(&(TTMBackend *){ test_device_first() });
    assert_non_null(mkdtemp(folder));
    setenv("XDG_CACHE_HOME", folder, 1);
    for (int n = 0; n < TURNS; n++) {
        for (int i = 0; i < NB; i++) {
            assert_int_equal(test_device_open(&backends[i], "vulkan:0",
                                              TTM_DTYPE_F32), 0);
            assert_int_equal(ttm_network_create(&network, backends[i],
                                                test_double_graph(1, weight)), 0);
            ttm_network_free(&network);
        }
        memset(&test_device_messages, 0, sizeof(test_device_messages));
        for (int i = 0; i < NB; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, close_backend,
                                            backends[i]), 0);
        for (int i = 0; i < NB; i++)
            assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_string_equal(test_device_messages.verbose, "");
        assert_int_equal(list(folder, path, sizeof(path)), 1);
        assert_int_equal(unlink(path), 0);
    }
    unsetenv("XDG_CACHE_HOME");
    clear(folder);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_storage),
        cmocka_unit_test(test_stale),
        cmocka_unit_test(test_given),
        cmocka_unit_test(test_processes),
        cmocka_unit_test(test_threads),
    };

    if (argc == 3 && !strcmp(argv[1], "--cache"))
        return run_with_cache(argv[2]) < 0;
    return cmocka_run_group_tests_name("opening Vulkan", tests, NULL, NULL);
}

#else

int main(void)
{
    printf("ok 1 # SKIP opening Vulkan: not in this build\n1..1\n");
    return 0;
}

#endif
