/* The log of a live node; see disk.h. */
#include "sim/live/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct LiveDisk {
    char *path; /* of the log, for messages */
    int fd;
    int64_t bytes;
    bool is_dirty; /* since the last sync */
};

static bool
set_errno(GError **error, const char *what, const char *path)
{
    int saved = errno;
    bool is_full = saved == ENOSPC || saved == EDQUOT || saved == EFBIG;

    g_set_error(error, G_IO_ERROR, is_full ? G_IO_ERROR_NO_SPACE : G_IO_ERROR_FAILED,
                "cannot %s '%s': %s", what, path, g_strerror(saved));
    return false;
}

/* Syncs the folder, so that the name of a new log is there after a crash, too. */
static bool
sync_folder(const char *folder, GError **error)
{
    int fd = g_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    bool ok = fd >= 0 && fsync(fd) == 0;

    if (!ok)
        (void)set_errno(error, "sync the folder", folder);
    if (fd >= 0)
        g_close(fd, NULL);
    return ok;
}

LiveDisk *
live_disk_open(const char *folder, GError **error)
{
    g_autoptr(LiveDisk) disk = g_new0(LiveDisk, 1);
    struct stat state;

    disk->fd = -1;
    disk->path = g_build_filename(folder, LIVE_DISK_LOG, NULL);
    if (g_mkdir_with_parents(folder, 0777) != 0) {
        (void)set_errno(error, "make the folder", folder);
        return NULL;
    }
    disk->fd = g_open(disk->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (disk->fd < 0) {
        (void)set_errno(error, "open", disk->path);
        return NULL;
    }
    if (flock(disk->fd, LOCK_EX | LOCK_NB) != 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY,
                    "another process runs a node in '%s': give each node a folder of its own",
                    folder);
        return NULL;
    }
    if (fstat(disk->fd, &state) != 0 || !S_ISREG(state.st_mode)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "'%s' is no regular file",
                    disk->path);
        return NULL;
    }
    disk->bytes = state.st_size;
    if (!sync_folder(folder, error))
        return NULL;
    return g_steal_pointer(&disk);
}

void
live_disk_close(LiveDisk *disk)
{
    if (disk == NULL)
        return;
    if (disk->fd >= 0)
        g_close(disk->fd, NULL);
    g_free(disk->path);
    g_free(disk);
}

GByteArray *
live_disk_read(LiveDisk *disk, GError **error)
{
    g_autoptr(GByteArray) log = g_byte_array_sized_new((guint)disk->bytes);

    if (disk->bytes > G_MAXINT) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                    "'%s' has more than 2 GiB: this version reads no longer log", disk->path);
        return NULL;
    }
    g_byte_array_set_size(log, (guint)disk->bytes);
    for (int64_t at = 0; at < disk->bytes;) {
        ssize_t got = pread(disk->fd, log->data + at, (size_t)(disk->bytes - at), at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            (void)set_errno(error, "read", disk->path);
            return NULL;
        }
        at += got;
    }
    return g_steal_pointer(&log);
}

bool
live_disk_cut(LiveDisk *disk, size_t sound, GError **error)
{
    if ((int64_t)sound == disk->bytes)
        return true;
    if (ftruncate(disk->fd, (off_t)sound) != 0 || fsync(disk->fd) != 0)
        return set_errno(error, "cut", disk->path);
    disk->bytes = (int64_t)sound;
    return true;
}

bool
live_disk_append(LiveDisk *disk, const uint8_t *record, size_t len, GError **error)
{
    for (size_t done = 0; done < len;) {
        ssize_t put =
            pwrite(disk->fd, record + done, len - done, (off_t)(disk->bytes + (int64_t)done));

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0) {
            (void)set_errno(error, "write", disk->path);
            /* If this fails, the next start cuts the partial record off. */
            if (ftruncate(disk->fd, (off_t)disk->bytes) != 0)
                g_prefix_error(error, "a part of a record is left: ");
            return false;
        }
        done += (size_t)put;
    }
    disk->bytes += (int64_t)len;
    disk->is_dirty = true;
    return true;
}

bool
live_disk_sync(LiveDisk *disk, GError **error)
{
    if (!disk->is_dirty)
        return true;
    if (fdatasync(disk->fd) != 0)
        return set_errno(error, "sync", disk->path);
    disk->is_dirty = false;
    return true;
}

int64_t
live_disk_bytes(const LiveDisk *disk)
{
    return disk->bytes;
}
