/* Writes a file without a name, then names it; see output.h. */
#define _GNU_SOURCE /* O_TMPFILE */

#include "sim/io/output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMED_MAX 16   /* named files at a time that a signal handler can remove */
#define NAME_TRIES 100 /* tries until a free name is found */
#define ID_OFFSET 68   /* offset of application_id in a database's header (fileformat.html, 1.3) */
#define PROBE_BYTES 8192                 /* more than the free block that a full file may have */
#define PART ".part-"                    /* followed by mkstemp's six characters */
#define MODE 0666                        /* before umask */
#define DATABASE_MAGIC "SQLite format 3" /* with its NUL, the first bytes of the file */

static char *volatile named[NAMED_MAX];
static const char *const journals[] = {"-journal", "-wal"}; /* beside a database */

G_DEFINE_QUARK(io - error, io_error)

/* --- errors ------------------------------------------------------------------------------- */

bool
io_errno_is_full(int saved_errno)
{
    return saved_errno == ENOSPC || saved_errno == EDQUOT || saved_errno == EFBIG;
}

bool
io_set_error(GError **error, const char *path, bool full, const char *why)
{
    g_set_error(error, IO_ERROR, full ? IO_ERROR_FULL : IO_ERROR_OUTPUT,
                "cannot write '%s': %s: %s", path != NULL ? path : "standard output", why,
                full ? "make room, or name another file" : "name another file");
    return false;
}

bool
io_set_errno(GError **error, const char *path, int saved_errno)
{
    return io_set_error(error, path, io_errno_is_full(saved_errno), g_strerror(saved_errno));
}

/* --- what may be written over ------------------------------------------------------------- */

/* Returns whether the name is /dev/stdout, or the file that standard output goes to: other writers
 * of that file would not see a renamed one. */
static bool
is_standard_output(const struct stat *there)
{
    struct stat here;

    return fstat(STDOUT_FILENO, &here) == 0 && there->st_dev == here.st_dev &&
           there->st_ino == here.st_ino;
}

static bool
is_input(const struct stat *there, const char *const *inputs)
{
    struct stat input;

    for (; inputs != NULL && *inputs != NULL; inputs++) {
        if (stat(*inputs, &input) == 0 && S_ISREG(input.st_mode) && input.st_dev == there->st_dev &&
            input.st_ino == there->st_ino)
            return true;
    }
    return false;
}

enum { NO_DATABASE, OWN_DATABASE, FOREIGN_DATABASE };

/* Reads only the header. */
static int
kind_of(const char *path, uint32_t own)
{
    guint8 head[ID_OFFSET + 4];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = fd >= 0 ? pread(fd, head, sizeof head, 0) : -1;
    uint32_t id;

    if (fd >= 0)
        close(fd);
    if (got < (ssize_t)sizeof head || memcmp(head, DATABASE_MAGIC, sizeof DATABASE_MAGIC) != 0)
        return NO_DATABASE;
    memcpy(&id, head + ID_OFFSET, sizeof id);
    return own != 0 && GUINT32_FROM_BE(id) == own ? OWN_DATABASE : FOREIGN_DATABASE;
}

/* Returns whether the file may be replaced; `st` describes it and is a regular file. */
static bool
may_replace(const char *path, const struct stat *st, uint32_t own, const char *const *inputs,
            GError **error)
{
    if (is_input(st, inputs))
        return io_set_error(error, path, false, "this command reads it");
    if (kind_of(path, own) == FOREIGN_DATABASE)
        return io_set_error(error, path, false, "it is a database that another program made");
    return true;
}

/* Returns false with an error if there is a journal beside the name, which SQLite would play back
 * into our database. */
static bool
has_no_journal(const char *target, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(journals); i++) {
        g_autofree char *journal = g_strconcat(target, journals[i], NULL);
        g_autofree char *why = NULL;

        if (!g_file_test(journal, G_FILE_TEST_EXISTS))
            continue;
        why = g_strdup_printf("SQLite would take '%s' for a part of it: move that away", journal);
        return io_set_error(error, target, false, why);
    }
    return true;
}

/* --- opening ------------------------------------------------------------------------------ */

/* Returns the path that the name leads to. A symbolic link stays; its target is replaced. */
static char *
follow_links(const char *path)
{
    char *real = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? realpath(path, NULL) : NULL;
    char *copy = g_strdup(real != NULL ? real : path);

    free(real);
    return copy;
}

static void
remember_name(char *name)
{
    for (int i = 0; i < NAMED_MAX; i++) {
        if (g_atomic_pointer_compare_and_exchange(&named[i], NULL, name))
            return;
    }
}

static void
forget_name(const char *name)
{
    for (int i = 0; i < NAMED_MAX; i++) {
        if (g_atomic_pointer_compare_and_exchange(&named[i], (char *)name, NULL))
            return;
    }
}

void
io_output_unlink_all(void)
{
    for (int i = 0; i < NAMED_MAX; i++) {
        if (named[i] != NULL)
            unlink(named[i]);
    }
}

/* Returns whether the open file can be reached without a name: /proc may be missing. */
static bool
has_way(int fd, const char *way)
{
    struct stat here, there;

    return fstat(fd, &here) == 0 && stat(way, &there) == 0 && here.st_dev == there.st_dev &&
           here.st_ino == there.st_ino;
}

/* Returns whether the file system supports files without names. */
static bool
make_nameless(IoOutput *output)
{
    g_autofree char *folder = g_path_get_dirname(output->target);

    output->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, MODE);
    if (output->fd < 0)
        return false;
    output->temporary = g_strdup_printf("/proc/self/fd/%d", output->fd);
    if (has_way(output->fd, output->temporary))
        return true;
    close(output->fd);
    g_free(output->temporary);
    return false;
}

/* Returns 0 or an errno. The lock tells a later process that this one is alive. */
static int
make_named(IoOutput *output)
{
    output->temporary = g_strconcat(output->target, PART "XXXXXX", NULL);
    output->fd = g_mkstemp_full(output->temporary, O_RDWR | O_CLOEXEC, MODE);
    if (output->fd < 0) {
        g_clear_pointer(&output->temporary, g_free);
        return errno;
    }
    output->is_named = true;
    remember_name(output->temporary);
    (void)flock(output->fd, LOCK_EX | LOCK_NB);
    return 0;
}

/* Removes a half-written database of a killed process. */
static void
remove_if_left(const char *path, uint32_t own)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd >= 0 && kind_of(path, own) == OWN_DATABASE && flock(fd, LOCK_EX | LOCK_NB) == 0)
        g_unlink(path);
    if (fd >= 0)
        close(fd);
}

static void
remove_left(const char *target, uint32_t own)
{
    g_autofree char *folder = g_path_get_dirname(target), *base = g_path_get_basename(target);
    g_autofree char *begin = g_strconcat(base, PART, NULL);
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_str_has_prefix(name, begin) && strlen(name) == strlen(begin) + strlen("XXXXXX"))
            remove_if_left(path, own);
    }
    if (dir != NULL)
        g_dir_close(dir);
}

static bool
open_temporary(IoOutput *output, bool is_database, GError **error)
{
    g_autofree char *folder = NULL;
    int failed = !is_database && make_nameless(output) ? 0 : make_named(output);

    if (failed == 0)
        return true;
    folder = g_path_get_dirname(output->target);
    if (failed != ENOENT || g_file_test(folder, G_FILE_TEST_EXISTS))
        return io_set_errno(error, output->path, failed);
    g_set_error(error, IO_ERROR, IO_ERROR_OUTPUT,
                "cannot write '%s': no folder '%s': make it, or name another file", output->path,
                folder);
    return false;
}

bool
io_output_open(IoOutput *ret_output, const char *path, const char *const *inputs, GError **error)
{
    g_auto(IoOutput) output = {.file = stdout, .fd = -1};
    struct stat st;
    bool exists = path != NULL && strcmp(path, "-") != 0 && stat(path, &st) == 0;

    if (path == NULL || strcmp(path, "-") == 0 || (exists && is_standard_output(&st))) {
        *ret_output = output;
        return true;
    }
    output.path = g_strdup(path);
    output.file = NULL;
    if (exists && !S_ISREG(st.st_mode)) {
        output.fd = S_ISDIR(st.st_mode) ? -1 : open(path, O_WRONLY | O_CLOEXEC);
        if (output.fd < 0)
            return io_set_errno(error, path, S_ISDIR(st.st_mode) ? EISDIR : errno);
    } else {
        output.target = follow_links(path);
        if ((exists && !may_replace(path, &st, 0, inputs, error)) ||
            !open_temporary(&output, false, error))
            return false;
    }
    output.file = fdopen(output.fd, "w");
    if (output.file == NULL)
        return io_set_errno(error, path, errno);
    output.fd = -1;
    *ret_output = output;
    output = (IoOutput){.file = stdout, .fd = -1};
    return true;
}

bool
io_output_open_database(IoOutput *ret_output, const char *path, uint32_t application_id,
                        const char *const *inputs, GError **error)
{
    g_auto(IoOutput) output = {.path = g_strdup(path), .fd = -1};
    struct stat st;
    bool exists = stat(path, &st) == 0;

    if (exists && !S_ISREG(st.st_mode))
        return io_set_error(error, path, false,
                            S_ISDIR(st.st_mode) ? "it is a folder" : "it is not a regular file");
    output.target = follow_links(path);
    output.has_before = exists && kind_of(path, application_id) == OWN_DATABASE;
    if ((exists && !may_replace(path, &st, application_id, inputs, error)) ||
        (!output.has_before && !has_no_journal(output.target, error)))
        return false;
    remove_left(output.target, application_id);
    if (!open_temporary(&output, true, error))
        return false;
    *ret_output = output;
    output = (IoOutput){.file = stdout, .fd = -1};
    return true;
}

/* --- the end ------------------------------------------------------------------------------ */

/* After a temporary failure errno is lost; writing one more byte fails for the same reason. */
static int
flush(FILE *file)
{
    errno = 0;
    if (ferror(file))
        putc('\n', file);
    if (fflush(file) == 0 && !ferror(file))
        return 0;
    return errno != 0 ? errno : EIO;
}

/* Links a file without a name to a new name beside its final one. Returns 0 or an errno. */
static int
give_name(IoOutput *output)
{
    static gint number;

    for (int i = 0; i < NAME_TRIES; i++) {
        char *name = g_strdup_printf("%s" PART "%d-%d", output->target, (int)getpid(),
                                     g_atomic_int_add(&number, 1));

        if (linkat(AT_FDCWD, output->temporary, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0) {
            g_free(output->temporary);
            output->temporary = name;
            output->is_named = true;
            remember_name(name);
            return 0;
        }
        g_free(name);
        if (errno != EEXIST)
            break;
    }
    return errno;
}

static void
remove_journals(const char *target)
{
    for (size_t i = 0; i < G_N_ELEMENTS(journals); i++) {
        g_autofree char *journal = g_strconcat(target, journals[i], NULL);

        g_unlink(journal);
    }
}

/* Names the file. A link works only if the name is free; a rename replaces an existing file.
 * Returns 0 or an errno. */
static int
take_name(IoOutput *output)
{
    if (!output->is_named) {
        int failed;

        if (linkat(AT_FDCWD, output->temporary, AT_FDCWD, output->target, AT_SYMLINK_FOLLOW) == 0)
            return 0;
        failed = errno == EEXIST ? give_name(output) : errno;
        if (failed != 0)
            return failed;
    }
    if (output->has_before)
        remove_journals(output->target);
    if (g_rename(output->temporary, output->target) != 0)
        return errno;
    forget_name(output->temporary);
    output->is_named = false;
    return 0;
}

static int
sync_fd(int fd)
{
    while (fsync(fd) != 0) {
        if (errno != EINTR)
            return errno;
    }
    return 0;
}

/* Syncs the folder, so that a new name survives a power cut. Ignores failures: some file systems
 * cannot sync a folder, and the file itself is complete either way. */
static void
sync_folder(const char *target)
{
    g_autofree char *folder = g_path_get_dirname(target);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0) {
        (void)sync_fd(fd);
        close(fd);
    }
}

bool
io_output_commit(IoOutput *output, GError **error)
{
    int failed = output->file != NULL ? flush(output->file) : 0;

    /* A closed pipe (as by head) is no error: the reader has seen enough. */
    if (failed == EPIPE && output->target == NULL)
        failed = 0;
    if (failed == 0 && output->target != NULL)
        failed = take_name(output);
    return failed == 0 || io_set_errno(error, output->path, failed);
}

bool
io_output_publish(IoOutput *output, GError **error)
{
    int failed = sync_fd(output->fd);

    if (failed != 0)
        return io_set_errno(error, output->path, failed);
    if (!io_output_commit(output, error))
        return false;
    sync_folder(output->target);
    return true;
}

void
io_output_clear(IoOutput *output)
{
    if (output->is_named) {
        unlink(output->temporary);
        forget_name(output->temporary);
    }
    if (output->path != NULL && output->file != NULL)
        fclose(output->file);
    if (output->fd >= 0)
        close(output->fd);
    g_free(output->temporary);
    g_free(output->target);
    g_free(output->path);
    *output = (IoOutput){.file = NULL, .fd = -1};
}

bool
io_output_write(const char *path, const char *text, const char *const *inputs, GError **error)
{
    g_auto(IoOutput) output = IO_OUTPUT_INIT;

    if (!io_output_open(&output, path, inputs, error))
        return false;
    fputs(text, output.file);
    return io_output_commit(&output, error);
}

int
io_output_probe(const char *temporary)
{
    static const char bytes[PROBE_BYTES];
    int fd = open(temporary, O_WRONLY | O_APPEND | O_CLOEXEC), failed = 0;
    ssize_t written;

    if (fd < 0)
        return errno;
    /* After a short write, the next one returns the reason */
    do {
        written = write(fd, bytes, sizeof bytes);
    } while (written > 0 && written < (ssize_t)sizeof bytes);
    if (written < 0)
        failed = errno;
    if (close(fd) != 0 && failed == 0)
        failed = errno;
    return failed;
}
