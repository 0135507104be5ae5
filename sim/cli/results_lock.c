/* A lock of the process on a separate file; see results_lock.h. */
#include "sim/cli/results_lock.h"

#include "sim/io/output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_TEXT "kettensim's lock\n"

/* Returns the path of the lock, beside the target of a link. NULL if the target is not a file,
 * which is refused later. */
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

/* Returns whether the locked file still has its name: its last holder may have removed it between
 * our opening and our lock. */
static bool
is_still_there(const ResultsLock *lock)
{
    struct stat ours, there;

    return fstat(lock->fd, &ours) == 0 && stat(lock->path, &there) == 0 &&
           ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

static void
close_lock(ResultsLock *lock)
{
    if (lock->fd >= 0)
        close(lock->fd);
    g_free(lock->path);
    *lock = (ResultsLock){.fd = -1};
}

static bool
report_locked(const ResultsLock *lock, const char *results, GError **error)
{
    struct flock other = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    g_autofree char *who = NULL;

    if (fcntl(lock->fd, F_GETLK, &other) == 0 && other.l_type != F_UNLCK && other.l_pid > 0)
        who = g_strdup_printf(" (process %d)", (int)other.l_pid);
    g_set_error(
        error, IO_ERROR, IO_ERROR_OUTPUT,
        "another kettensim%s is writing '%s': wait until it has ended, or name another file",
        who != NULL ? who : "", results);
    return false;
}

/* Locks the file; returns 0 or an errno. Uses fcntl and not flock, because forked workers must not
 * share the lock. */
static int
lock_file(int fd)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    return fcntl(fd, F_SETLK, &whole) == 0 ? 0 : errno;
}

/* Creates the lock file: writes and locks it under a temporary name and then links it, so that
 * nobody sees it unlocked or empty. Returns 0 or an errno. */
static int
make_lock(ResultsLock *lock)
{
    g_autofree char *temporary = g_strconcat(lock->path, "-XXXXXX", NULL);
    int failed = 0;

    lock->fd = g_mkstemp_full(temporary, O_RDWR | O_CLOEXEC, 0666);
    if (lock->fd < 0)
        return errno;
    if (write(lock->fd, LOCK_TEXT, strlen(LOCK_TEXT)) != (ssize_t)strlen(LOCK_TEXT))
        failed = EIO;
    if (failed == 0)
        failed = lock_file(lock->fd);
    if (failed == 0 && link(temporary, lock->path) != 0)
        failed = errno;
    g_unlink(temporary);
    return failed;
}

static bool
is_ours(int fd)
{
    char text[sizeof LOCK_TEXT];

    return pread(fd, text, sizeof text, 0) == (ssize_t)strlen(LOCK_TEXT) &&
           memcmp(text, LOCK_TEXT, strlen(LOCK_TEXT)) == 0;
}

/* Returns 0 or an errno: EEXIST if another file has the name. */
static int
try_lock(ResultsLock *ret_lock, const char *results)
{
    int failed;

    *ret_lock = (ResultsLock){.path = lock_path(results), .fd = -1};
    if (ret_lock->path == NULL)
        return ENOENT;
    failed = make_lock(ret_lock);
    if (failed != EEXIST)
        return failed;
    close(ret_lock->fd);
    ret_lock->fd = g_open(ret_lock->path, O_RDWR | O_CLOEXEC | O_NONBLOCK, 0);
    if (ret_lock->fd < 0)
        return errno == ENOENT ? 0 : EEXIST; /* removed meanwhile: is_still_there() notices */
    return is_ours(ret_lock->fd) ? lock_file(ret_lock->fd) : EEXIST;
}

bool
results_lock_take(ResultsLock *ret_lock, const char *results, GError **error)
{
    int why = try_lock(ret_lock, results);
    bool ok = true;

    while (why == 0 && !is_still_there(ret_lock)) {
        close_lock(ret_lock);
        why = try_lock(ret_lock, results);
    }
    if (why == EAGAIN || why == EACCES)
        ok = report_locked(ret_lock, results, error);
    if (why == EEXIST)
        ok = io_set_error(error, ret_lock->path, false,
                          "it is a file of yours, and the results need the name for a lock");
    if (why != 0)
        close_lock(ret_lock);
    return ok;
}

void
results_lock_clear(ResultsLock *lock)
{
    if (lock->path != NULL)
        g_unlink(lock->path);
    close_lock(lock);
}
