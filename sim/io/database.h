/* Opens SQLite databases, which may be hostile, by their exact name, with everything off that would
 * let a file act.
 *
 * A name is never read as a URI, however SQLite was built: "file:x?mode=ro" and ":memory:" are
 * files of these names. Triggers and views do not run, extensions are not loaded, the schema is not
 * trusted (https://sqlite.org/security.html), and no value exceeds 32 MiB.
 */
#ifndef IO_DATABASE_H
#define IO_DATABASE_H

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)

#define IO_VALUE_BYTES_MAX (32 << 20)

typedef enum {
    IO_DATABASE_READ,  /* an existing file; never written */
    IO_DATABASE_PEEK,  /* the same without locks and journals, while another process writes it */
    IO_DATABASE_WRITE, /* an existing file */
    IO_DATABASE_MAKE,  /* an empty file of this process; may have no journal */
} IoDatabaseMode;

/* Returns an SQLite result code. The caller closes the handle, also after a failure. */
int io_database_open(const char *path, IoDatabaseMode mode, sqlite3 **ret_db);

/* Opens a regular file that is there, for reading. Returns false with why not, to be freed. */
bool io_database_open_file(const char *path, sqlite3 **ret_db, char **ret_why);

/* Reads application_id and user_version. False: the reason is the handle's error. */
bool io_database_read_kind(sqlite3 *db, gint64 *ret_application, gint64 *ret_version);

/* Returns NULL when a file of schema `version` can be read as one of `known`, else why not and what
 * to do, to be freed. */
char *io_database_check_version(gint64 version, gint64 known);

/* Returns whether the database has the tables, indexes, views and triggers that these statements
 * make, from the same texts, and no other. `texts` ends with NULL. */
bool io_database_has_schema(sqlite3 *db, const char *const *texts);

#endif
