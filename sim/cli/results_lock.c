/* A lock of the process on a file of its own; see results_lock.h. */
#include "sim/cli/results_lock.h"

#include "sim/run/results.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Beside what a link leads to. NULL beside what is no file: that is refused later on. */
static char *
lock_path(const char *results)
{
    char *real = realpath(results, NULL);
    char *path = NULL;

    if (real == NULL || g_file_test(real, G_FILE_TEST_IS_REGULAR))
        path = g_strconcat(real != NULL ? real : results, ".lock", NULL);
    free(real);
    return path;
}

/* The one before may have taken its file away between our opening and our lock. */
static bool
is_still_there(const ResultsLock *lock)
{
    struct stat ours, there;

    return fstat(lock->fd, &ours) == 0 && stat(lock->path, &there) == 0 &&
           ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

static void
drop(ResultsLock *lock)
{
    if (lock->fd >= 0)
        close(lock->fd);
    g_free(lock->path);
    *lock = (ResultsLock){.fd = -1};
}

static bool
refuse(const ResultsLock *lock, const char *results, GError **error)
{
    struct flock other = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    g_autofree char *who = NULL;

    if (fcntl(lock->fd, F_GETLK, &other) == 0 && other.l_type != F_UNLCK && other.l_pid > 0)
        who = g_strdup_printf(" (process %d)", (int)other.l_pid);
    g_set_error(
        error, SIM_RUN_ERROR, SIM_RUN_ERROR_OUTPUT,
        "another kettensim%s is writing '%s': wait until it has ended, or name another file",
        who != NULL ? who : "", results);
    return false;
}

/* 0, or why not. fcntl's lock and not flock's: workers, which are forks, have no part in it. */
static int
take(ResultsLock *ret_lock, const char *results)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    *ret_lock = (ResultsLock){.path = lock_path(results), .fd = -1};
    if (ret_lock->path == NULL)
        return ENOENT;
    ret_lock->fd = g_open(ret_lock->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (ret_lock->fd < 0)
        return ENOENT;
    return fcntl(ret_lock->fd, F_SETLK, &whole) == 0 ? 0 : errno;
}

bool
results_lock_take(ResultsLock *ret_lock, const char *results, GError **error)
{
    int why = take(ret_lock, results);
    bool ok = true;

    while (why == 0 && !is_still_there(ret_lock)) {
        drop(ret_lock);
        why = take(ret_lock, results);
    }
    if (why == EAGAIN || why == EACCES)
        ok = refuse(ret_lock, results, error);
    if (why != 0)
        drop(ret_lock);
    return ok;
}

void
results_lock_clear(ResultsLock *lock)
{
    if (lock->path != NULL)
        g_unlink(lock->path);
    drop(lock);
}
