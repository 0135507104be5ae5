/* Written beside its name, then renamed; see output.h. */
#include "analysis/output.h"

#include "analysis/database.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
fail(const AnaOutput *output, int saved_errno, GError **error)
{
    g_set_error(error, ANA_ERROR, saved_errno == ENOSPC ? ANA_ERROR_FULL : ANA_ERROR_OUTPUT,
                "cannot write '%s': %s", output->path ? output->path : "standard output",
                g_strerror(saved_errno));
    return false;
}

/* No file and no folder. */
static bool
is_device(const char *path)
{
    GStatBuf st;

    return g_stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

/* /dev/stdout, or the file that the shell has sent standard output to: what a rename put there
 * would not be seen by whoever writes on. */
static bool
is_standard_output(const char *path)
{
    struct stat there, here;

    return stat(path, &there) == 0 && fstat(STDOUT_FILENO, &here) == 0 &&
           there.st_dev == here.st_dev && there.st_ino == here.st_ino;
}

/* A symbolic link stays: the file it leads to is replaced. */
static char *
follow_links(const char *path)
{
    char *real = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? realpath(path, NULL) : NULL;
    char *copy = g_strdup(real != NULL ? real : path);

    free(real);
    return copy;
}

bool
ana_output_open(AnaOutput *ret_output, const char *path, GError **error)
{
    AnaOutput output = {.file = stdout};
    int fd;

    if (path == NULL || strcmp(path, "-") == 0 || is_standard_output(path)) {
        *ret_output = output;
        return true;
    }
    output.path = g_strdup(path);
    output.target = follow_links(path);
    if (is_device(path)) {
        fd = g_open(path, O_WRONLY | O_CLOEXEC, 0);
    } else {
        output.temporary = g_strconcat(output.target, ".part-XXXXXX", NULL);
        fd = g_mkstemp_full(output.temporary, O_WRONLY | O_CLOEXEC, 0666);
    }
    output.file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (output.file == NULL) {
        fail(&output, errno, error);
        if (fd >= 0)
            close(fd);
        g_free(output.path);
        g_free(output.target);
        g_free(output.temporary);
        return false;
    }
    *ret_output = output;
    return true;
}

/* A write that failed in passing has left no reason by now: one byte more is refused for the same.
 */
static bool
flush(FILE *file)
{
    errno = 0;
    if (ferror(file))
        putc('\n', file);
    return fflush(file) == 0 && !ferror(file);
}

bool
ana_output_commit(AnaOutput *output, GError **error)
{
    bool written = flush(output->file);

    if (output->path == NULL)
        return written || errno == EPIPE || fail(output, errno != 0 ? errno : EIO, error);
    if (!written)
        return fail(output, errno != 0 ? errno : EIO, error);
    written = fclose(output->file) == 0;
    output->file = NULL;
    if (!written || (output->temporary != NULL && g_rename(output->temporary, output->target) != 0))
        return fail(output, errno, error);
    g_clear_pointer(&output->temporary, g_free);
    return true;
}

void
ana_output_clear(AnaOutput *output)
{
    if (output->path != NULL && output->file != NULL)
        fclose(output->file);
    if (output->temporary != NULL)
        g_unlink(output->temporary);
    g_free(output->temporary);
    g_free(output->target);
    g_free(output->path);
    *output = (AnaOutput){.file = NULL};
}
