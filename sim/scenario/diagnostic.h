/* Sources and diagnostics: where a character of a scenario stands, and messages that point at it.
 *
 * A source is a file, an include or one -P argument. A span is a run of bytes of one source.
 * Messages stand in the order of their places: arguments, then the files in order of reading. Of
 * many the first SCN_ERRORS_MAX are kept, whatever the order in which they were found. Each is
 * printed as
 *
 *     split.scn:6:18: error: 'latency' needs a time with a unit
 *       link all latency=80 loss=0.1%
 *                        ^^
 *       help: write 80ms
 *
 * Lines and columns count from 1; a column is a character, not a byte.
 */
#ifndef SIM_SCENARIO_DIAGNOSTIC_H
#define SIM_SCENARIO_DIAGNOSTIC_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

#define SCN_ERRORS_MAX 20
#define SCN_ERRORS_HOPELESS 1000 /* found: reading ends, what was not read is not judged */

typedef struct {
    char *name; /* as given by the caller, or as written in the include */
    char *text; /* ends with a NUL of its own; may hold others */
    gsize length;
    bool is_argument;   /* a -P argument: shown by itself, without line and column */
    gint32 included_by; /* -1: nobody */
    GArray *lines;      /* gsize: where each line starts */
    char *local_name;   /* seen from the folder of the first source; or absolute */
    /* Of the first source alone and borrowed while it is parsed: ScnSource, by local_name, that
     * includes are found in. NULL: they are files. */
    const GPtrArray *library;
} ScnSource;

typedef struct {
    guint32 source;
    guint32 offset;
    guint32 length;
} ScnSpan;

typedef struct {
    gint64 rank; /* of its source, for sorting */
    guint32 offset;
    char *place; /* "file:line:col", or "-P text"; empty when there is none */
    char *message;
    char *line;  /* the line shown, or NULL */
    char *caret; /* blanks and ^ under it */
    char *help;  /* or NULL */
} ScnError;

typedef struct {
    GPtrArray *items; /* ScnError */
    guint found;      /* all, also those not kept */
} ScnErrors;

ScnErrors *scn_errors_new(void);
void scn_errors_free(ScnErrors *errors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScnErrors, scn_errors_free)

/* Adds a message at a span; help may be NULL. Takes nothing over. */
void scn_errors_add(ScnErrors *errors, const GPtrArray *sources, ScnSpan span, const char *message,
                    const char *help);

/* Adds a message with no place in a text: a file that cannot be read. */
void scn_errors_add_bare(ScnErrors *errors, const char *message);

void scn_errors_format(const ScnErrors *errors, GString *out, bool colour);
void scn_errors_print(const ScnErrors *errors, FILE *out, bool colour);

ScnSource *scn_source_new(const char *name, const char *text, gsize length);
void scn_source_free(ScnSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScnSource, scn_source_free)

/* Line and column, from 1, of an offset. */
void scn_source_locate(const ScnSource *source, gsize offset, guint32 *ret_line,
                       guint32 *ret_column);

/* The text of a line without its newline; not ended by a NUL. */
const char *scn_source_line(const ScnSource *source, guint32 line, gsize *ret_length);

#endif
