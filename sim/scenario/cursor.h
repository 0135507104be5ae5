/* What stands around a place in a text that is being written, for editors.
 *
 * It looks at tokens alone, because the line under the cursor seldom parses.
 */
#ifndef SIM_SCENARIO_CURSOR_H
#define SIM_SCENARIO_CURSOR_H

#include "sim/scenario/option.h"

typedef struct {
    GPtrArray *sources;   /* one: the text */
    GArray *tokens;       /* of the statement, up to the word at the cursor; no end token */
    guint32 from, to;     /* the word at the cursor, as offsets; equal if there is none */
    char *word;           /* its text; "" if there is none */
    bool is_text;         /* in a comment or a string */
    ScnStmtKind block;    /* tree, script or at; CHECK: in none */
    const char *timed;    /* the word at, every or when that begins the statement, or NULL */
    const char *head;     /* the statement or action that the cursor is in; NULL: none yet */
    const char *option;   /* the option whose value is due here, or NULL */
    const ScnOptRow *row; /* its row, or NULL */
} ScnCursor;

/* `whole`: the word goes on behind the cursor, as for a question about it; else it ends there, as
 * when it is being written. */
void scn_cursor_init(ScnCursor *cursor, const char *text, gsize length, gsize offset, bool whole);
void scn_cursor_clear(ScnCursor *cursor);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScnCursor, scn_cursor_clear)

/* Calls a function with each row of the options that the statement or action may have. */
typedef void (*ScnCursorRow)(const ScnOptRow *row, gpointer user);
void scn_cursor_each_option(const char *head, ScnCursorRow func, gpointer user);

/* Appends what the language says about the word at the cursor, as Markdown; that of its statement
 * before all others. Returns false if it is no word of the language. */
bool scn_cursor_explain(const ScnCursor *cursor, GString *out);

#endif
