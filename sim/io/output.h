/* Output files: each appears under its name when complete, or not at all.
 *
 * While a stream is written, its file has no name (O_TMPFILE), so that a killed process leaves
 * nothing. A database, which SQLite opens by name, is NAME.part-XXXXXX; so is a stream if the file
 * system needs a name. The .part file is removed with the output, by io_output_unlink_all() in a
 * signal handler, or, after a kill, by the next output that writes a database under NAME: that
 * removes every .part file of NAME with our application_id that no process has locked.
 *
 * Opening fails if the name is that of one of the inputs, by whatever path, or of a database of
 * another kind: no output destroys what the command reads, or a database that it did not make.
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
    IO_ERROR_FULL,   /* … because there is no room: exit 4 */
} IoError;
GQuark io_error_quark(void);

/* Returns whether the errno means lack of room: a full disk, a quota, `ulimit -f`. */
bool io_errno_is_full(int saved_errno);
/* Sets "cannot write 'PATH': WHY: what to do"; returns false. */
bool io_set_error(GError **error, const char *path, bool full, const char *why);
bool io_set_errno(GError **error, const char *path, int saved_errno);

typedef struct {
    FILE *file;      /* NULL for a database */
    char *path;      /* as given; NULL: standard output */
    char *target;    /* target of a link; NULL: nothing to rename */
    char *temporary; /* path that opens the file before it has its final name */
    bool is_named;   /* `temporary` is a name in a folder */
    bool has_before; /* `target` is a database of this kind; its journal is removed with it */
    int fd;          /* -1: only that of `file` */
} IoOutput;

#define IO_OUTPUT_INIT                                                                             \
    {                                                                                              \
        .fd = -1                                                                                   \
    }

/* Opens a stream; NULL or "-" is standard output. A name that is neither a file nor a folder (a
 * terminal, a pipe, /dev/null) is written to, never replaced. `inputs` are the files that the
 * command reads; it ends with NULL or is NULL. Returns false with an error. */
bool io_output_open(IoOutput *ret_output, const char *path, const char *const *inputs,
                    GError **error);
/* Creates an empty file for a database. SQLite opens it as `temporary` (see database.h) and sets
 * its PRAGMA application_id first. An existing file is replaced if it has this id. */
bool io_output_open_database(IoOutput *ret_output, const char *path, uint32_t application_id,
                             const char *const *inputs, GError **error);
/* Gives the file its name. Returns false with an error; then nothing is left. */
bool io_output_commit(IoOutput *output, GError **error);
/* The same after a sync, so that the named file is complete even after a power cut. */
bool io_output_publish(IoOutput *output, GError **error);
/* Removes what is not committed. */
void io_output_clear(IoOutput *output);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IoOutput, io_output_clear)

/* Writes a text as a file, or to standard output. */
bool io_output_write(const char *path, const char *text, const char *const *inputs, GError **error);

/* Returns 0, or the errno that explains why a file to be discarded cannot grow. */
int io_output_probe(const char *temporary);

/* Removes every file being written that has a name. Safe in a signal handler. */
void io_output_unlink_all(void);

#endif
