/* Output files: each appears under its name when it is whole, or not at all.
 *
 * A stream has no name while it is written (O_TMPFILE), so that a process that is killed leaves
 * nothing. A database, which SQLite opens by name, is NAME.part-XXXXXX, and so is a stream where
 * the file system has no other way. The .part file is removed with the output, by
 * io_output_unlink_all() in a signal handler, and after a kill when a database is next written
 * under NAME: then every .part file of that NAME is removed that has our application_id and that no
 * process holds.
 *
 * Refused are a name that one of the inputs has, by whatever path, and a name that a database of
 * another kind has: no output destroys what the command reads, or a database that it did not make.
 */
#ifndef IO_OUTPUT_H
#define IO_OUTPUT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define IO_ERROR io_error_quark()
typedef enum {
    IO_ERROR_OUTPUT, /* a file cannot be written: exit 2 */
    IO_ERROR_FULL,   /* … for want of room: exit 4 */
} IoError;
GQuark io_error_quark(void);

/* Returns whether the errno says that there is no room: a full disk, a quota, `ulimit -f`. */
bool io_errno_is_full(int saved_errno);
/* Sets "cannot write 'PATH': WHY: what to do"; returns false. */
bool io_set_error(GError **error, const char *path, bool full, const char *why);
bool io_set_errno(GError **error, const char *path, int saved_errno);

typedef struct {
    FILE *file;      /* NULL of a database */
    char *path;      /* as it was given; NULL: standard output */
    char *target;    /* what a link leads to; NULL when there is nothing to rename */
    char *temporary; /* opens the file that has not its name yet */
    bool is_named;   /* `temporary` is a name in a folder */
    bool has_before; /* `target` is a database of this kind, which goes with its journal */
    int fd;          /* -1: none but that of `file` */
} IoOutput;

#define IO_OUTPUT_INIT                                                                             \
    {                                                                                              \
        .fd = -1                                                                                   \
    }

/* Opens a stream. NULL or "-" is standard output. What is neither a file nor a folder (a terminal,
 * a pipe, /dev/null) is written to, never replaced. `inputs`: what the command reads; ends with
 * NULL, or is NULL. False with an error. */
bool io_output_open(IoOutput *ret_output, const char *path, const char *const *inputs,
                    GError **error);
/* Makes an empty file for a database, which SQLite opens as `temporary` (see database.h) and gives
 * its PRAGMA application_id before all else. One that has the name already is replaced if it has
 * this id. */
bool io_output_open_database(IoOutput *ret_output, const char *path, uint32_t application_id,
                             const char *const *inputs, GError **error);
/* Gives the file its name. False with an error: nothing is left. */
bool io_output_commit(IoOutput *output, GError **error);
/* Likewise after a sync, so that the file under the name is whole even after a power cut. */
bool io_output_publish(IoOutput *output, GError **error);
/* Drops what is not committed. */
void io_output_clear(IoOutput *output);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IoOutput, io_output_clear)

/* Writes a text as a file, or to standard output. */
bool io_output_write(const char *path, const char *text, const char *const *inputs, GError **error);

/* Returns 0, or the errno that tells why a file that is given up cannot grow. */
int io_output_probe(const char *temporary);

/* Removes every file that is being written under a name. Safe in a signal handler. */
void io_output_unlink_all(void);

#endif
