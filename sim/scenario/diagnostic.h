/* Sources and diagnostics: find the place of a character, and report errors that point at it.
 *
 * A source is a file, an include or one -P argument. A span is a run of bytes of one source.
 * Messages are sorted by place: arguments first, then the files in order of reading. The first
 * SCN_ERRORS_MAX in that order are kept, in whatever order they were found. Each is printed as
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
#define SCN_ERRORS_HOPELESS 1000 /* errors after which reading ends and nothing is resolved */

typedef struct {
    guint32 source;
    guint32 offset;
    guint32 length;
} ScnSpan;

typedef struct {
    char *name; /* as given by the caller, or as written in the include */
    char *text; /* ends with an added NUL; may contain others */
    gsize length;
    bool is_argument;    /* a -P argument: shown alone, without line and column */
    bool is_unnamed;     /* a text of a program, not a file: messages show its lines alone */
    gsize head_length;   /* bytes at its start that its author did not write, never shown */
    gint32 included_by;  /* index of the including source; -1: none */
    ScnSpan included_at; /* the name of this file in that source */
    GArray *lines;       /* gsize: where each line starts */
    char *local_name;    /* path relative to the folder of the first source, or absolute */
    /* The texts (ScnSource, found by local_name) that includes are read from; NULL: includes are
     * files. Set in the first source only, borrowed while it is parsed. */
    const GPtrArray *library;
} ScnSource;

typedef struct {
    gint64 rank; /* of the source, for sorting */
    guint32 offset;
    char *place; /* "file:line:col" or "-P text"; empty for no place, and in an unnamed source */
    char *message;
    char *line;       /* the line shown, or NULL */
    char *caret;      /* blanks, then ^ under the span */
    char *help;       /* may be NULL */
    ScnSpan span;     /* in the first source: in place of an included file the name of that file */
    bool is_included; /* the error is in an included file */
} ScnError;

typedef struct {
    GPtrArray *items; /* ScnError */
    guint found;      /* number of all errors, also of those not kept */
} ScnErrors;

ScnErrors *scn_errors_new(void);
void scn_errors_free(ScnErrors *errors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScnErrors, scn_errors_free)

/* Adds a message at a span. Copies its arguments; help may be NULL. */
void scn_errors_add(ScnErrors *errors, const GPtrArray *sources, ScnSpan span, const char *message,
                    const char *help);

/* Adds a message without a place, such as for a file that cannot be read. */
void scn_errors_add_bare(ScnErrors *errors, const char *message);

void scn_errors_format(const ScnErrors *errors, GString *out, bool colour);
void scn_errors_print(const ScnErrors *errors, FILE *out, bool colour);

ScnSource *scn_source_new(const char *name, const char *text, gsize length);
void scn_source_free(ScnSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScnSource, scn_source_free)
GPtrArray *scn_sources_new(void); /* empty; owns the ScnSource that are added */

/* Converts an offset to a line and column, both from 1. */
void scn_source_locate(const ScnSource *source, gsize offset, guint32 *ret_line,
                       guint32 *ret_column);

/* Returns the text of a line without its newline; no NUL ends it. */
const char *scn_source_line(const ScnSource *source, guint32 line, gsize *ret_length);

#endif
