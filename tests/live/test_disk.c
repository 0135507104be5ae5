/* The log of a live node on its disk. */
#include "sim/live/disk.h"
#include "tests/harness/harness.h"
#include "tests/cli/command.h"

#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

static void
appended_and_read(void)
{
    char *folder = folder_new();
    g_autoptr(GError) error = NULL;

    for (int i = 0; i < 2; i++) {
        g_autoptr(LiveDisk) disk = live_disk_open(folder, &error);
        g_autoptr(GByteArray) log = live_disk_read(disk, &error);

        CU_ASSERT_EQUAL(log->len, 3u * (unsigned)i);
        CU_ASSERT(log->len == 0 || memcmp(log->data, "abc", 3) == 0);
        if (i > 0)
            break;
        CU_ASSERT(live_disk_append(disk, (const uint8_t *)"abc", 3, &error));
        CU_ASSERT(live_disk_append(disk, (const uint8_t *)"defg", 4, &error));
        CU_ASSERT(live_disk_sync(disk, &error));
        CU_ASSERT_EQUAL(live_disk_bytes(disk), 7);
        CU_ASSERT(live_disk_cut(disk, 3, &error));
    }
    folder_remove(folder);
}

static void
one_process_a_folder(void)
{
    char *folder = folder_new();
    g_autoptr(LiveDisk) disk = live_disk_open(folder, NULL);
    g_autoptr(GError) error = NULL;

    CU_ASSERT_PTR_NULL(live_disk_open(folder, &error));
    CU_ASSERT(strstr(error->message, "another process runs a node in '") != NULL);
    g_clear_pointer(&disk, live_disk_close);
    disk = live_disk_open(folder, NULL);
    CU_ASSERT_PTR_NOT_NULL(disk);
    folder_remove(folder);
}

/* A record that does not fit leaves nothing behind. */
static void
full_disk(void)
{
    char *folder = folder_new();
    g_autoptr(LiveDisk) disk = live_disk_open(folder, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) log = NULL;
    struct rlimit before, limit;
    uint8_t record[100] = {7};

    CU_ASSERT(live_disk_append(disk, record, 60, NULL));
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    limit = before;
    limit.rlim_cur = 100;
    setrlimit(RLIMIT_FSIZE, &limit);
    CU_ASSERT_FALSE(live_disk_append(disk, record, 100, &error));
    setrlimit(RLIMIT_FSIZE, &before);
    CU_ASSERT(strstr(error->message, "cannot write '") != NULL);
    CU_ASSERT_EQUAL(live_disk_bytes(disk), 60);
    g_clear_pointer(&disk, live_disk_close);
    disk = live_disk_open(folder, NULL);
    log = live_disk_read(disk, NULL);
    CU_ASSERT_EQUAL(log->len, 60);
    folder_remove(folder);
}

TEST_SUITE(disk, {"appended_and_read", appended_and_read},
           {"one_process_a_folder", one_process_a_folder}, {"full_disk", full_disk})
