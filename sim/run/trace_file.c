/* Temporary name, sync, rename; see trace_file.h. */
#include "sim/run/trace_file.h"

#include "sim/run/build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct SimTraceFile {
    char *path;
    char *folder;
    char *temporary; /* NULL until the file is made */
    bool gone;       /* renamed or removed */
};

/* EFBIG is the limit of `ulimit -f`: to who waits for the trace, no room is no room. */
bool
sim_trace_file_errno_is_full(int saved_errno)
{
    return saved_errno == ENOSPC || saved_errno == EDQUOT || saved_errno == EFBIG;
}

void
sim_trace_file_error(GError **error, const char *path, bool full, const char *why)
{
    if (full)
        g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_FULL,
                    "cannot write trace '%s': %s: make room, trace less, or name another file",
                    path, why);
    else
        g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_OUTPUT,
                    "cannot write trace '%s': %s: name another file", path, why);
}

int
sim_trace_file_probe(const char *path)
{
    static const char bytes[8192];
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC), failed = 0;
    ssize_t written;

    if (fd < 0)
        return errno;
    /* A short write is followed by one that says why. */
    do {
        written = write(fd, bytes, sizeof bytes);
    } while (written > 0 && written < (ssize_t)sizeof bytes);
    if (written < 0)
        failed = errno;
    if (close(fd) != 0 && failed == 0)
        failed = errno;
    return failed;
}

static void
set_errno(GError **error, const SimTraceFile *file, int saved_errno)
{
    sim_trace_file_error(error, file->path, sim_trace_file_errno_is_full(saved_errno),
                         g_strerror(saved_errno));
}

/* Renaming over a device or a folder would destroy it or fail after the whole run: refuse first. */
static bool
may_stand_at(const SimTraceFile *file, GError **error)
{
    struct stat st;

    if (stat(file->folder, &st) != 0 && errno == ENOENT) {
        g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_OUTPUT,
                    "cannot write trace '%s': no folder '%s': make it, or name another file",
                    file->path, file->folder);
        return false;
    }
    if (stat(file->path, &st) == 0 && !S_ISREG(st.st_mode)) {
        sim_trace_file_error(error, file->path, false,
                             S_ISDIR(st.st_mode) ? "it is a folder" : "it is not a regular file");
        return false;
    }
    return true;
}

SimTraceFile *
sim_trace_file_new(const char *path, GError **error)
{
    g_autoptr(SimTraceFile) file = g_new0(SimTraceFile, 1);
    g_autofree char *name = NULL;
    int fd;

    file->path = g_strdup(path);
    file->folder = g_path_get_dirname(path);
    if (!may_stand_at(file, error))
        return NULL;
    name = g_strdup_printf("%s.part-XXXXXX", path);
    fd = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0666);
    if (fd < 0) {
        set_errno(error, file, errno);
        return NULL;
    }
    file->temporary = g_steal_pointer(&name);
    if (close(fd) != 0) {
        set_errno(error, file, errno);
        return NULL;
    }
    return g_steal_pointer(&file);
}

void
sim_trace_file_remove(SimTraceFile *file)
{
    if (file->temporary != NULL && !file->gone)
        unlink(file->temporary);
    file->gone = true;
}

void
sim_trace_file_free(SimTraceFile *file)
{
    if (file == NULL)
        return;
    sim_trace_file_remove(file);
    g_free(file->path);
    g_free(file->folder);
    g_free(file->temporary);
    g_free(file);
}

const char *
sim_trace_file_temporary(const SimTraceFile *file)
{
    return file->temporary;
}

/* 0, or an errno. */
static int
sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC), failed = 0;

    if (fd < 0)
        return errno;
    while (fsync(fd) != 0) {
        if (errno == EINTR)
            continue;
        failed = errno;
        break;
    }
    if (close(fd) != 0 && failed == 0)
        failed = errno;
    return failed;
}

bool
sim_trace_file_publish(SimTraceFile *file, GError **error)
{
    int failed = sync_path(file->temporary, O_RDWR);

    if (failed == 0 && rename(file->temporary, file->path) != 0)
        failed = errno;
    if (failed != 0) {
        set_errno(error, file, failed);
        return false;
    }
    file->gone = true;
    /* Makes the name itself last. Some file systems cannot sync a folder, and whether the name
     * survives a power cut or not, the file under it is whole: so a failure is none of ours. */
    (void)sync_path(file->folder, O_RDONLY | O_DIRECTORY);
    return true;
}
