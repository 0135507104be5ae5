/* A lock of the process on a file of its own; see results_lock.h. */
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
        error, IO_ERROR, IO_ERROR_OUTPUT,
        "another kettensim%s is writing '%s': wait until it has ended, or name another file",
        who != NULL ? who : "", results);
    return false;
}

/* fcntl's lock and not flock's: workers, which are forks, have no part in it. 0, or an errno. */
static int
lock_file(int fd)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    return fcntl(fd, F_SETLK, &whole) == 0 ? 0 : errno;
}

/* Makes a file that has its text and its lock before it has its name, so that nobody sees one that
 * is neither locked nor ours. 0, or an errno. */
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

/* 0, or an errno: EEXIST when somebody else's file has the name. */
static int
take(ResultsLock *ret_lock, const char *results)
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
        return errno == ENOENT ? 0 : EEXIST; /* gone since: is_still_there() sees it */
    return is_ours(ret_lock->fd) ? lock_file(ret_lock->fd) : EEXIST;
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
    if (why == EEXIST)
        ok = io_set_error(error, ret_lock->path, false,
                          "it is a file of yours, and the results need the name for a lock");
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
