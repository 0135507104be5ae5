/* Remedies: what to write instead of the words and marks that people bring from elsewhere.
 *
 * A row of a table names one mistake. A word without a row gets the nearest known word, unless that
 * has nothing in common with it.
 */
#ifndef SIM_SCENARIO_REMEDY_H
#define SIM_SCENARIO_REMEDY_H

#include <glib.h>
#include <stdbool.h>

/* Returns what to write instead of `wrong`: one of `words`; or NULL with *ret_help (static) set if
 * a row answers with a sentence; or NULL. `what` is what the message calls the word: "unit",
 * "statistic". */
const char *scn_remedy_find(const char *what, const char *wrong, const GPtrArray *words,
                            const char **ret_help);

/* Returns whether the table has a row for the word. */
bool scn_remedy_has(const char *what, const char *wrong);

/* Returns the help of a message about an unknown word, for the caller to free; NULL if there is
 * none. A NULL ends the array of the second. */
char *scn_remedy_text(const char *what, const char *wrong, const GPtrArray *words);
char *scn_remedy_text_of(const char *what, const char *wrong, const char *const *words);

/* How reading goes on after a mark that the language does not have. */
typedef enum {
    SCN_REMEDY_MARK,    /* as if `right` stood there, a mark of the language */
    SCN_REMEDY_WORD,    /* the same, a word */
    SCN_REMEDY_COMMENT, /* at the end of the line */
    SCN_REMEDY_TEXT,    /* the same, with a bad token for the rest of the line */
    SCN_REMEDY_LINE,    /* as if a new line began */
    SCN_REMEDY_BAD,     /* after the mark, for which there is a bad token */
} ScnRemedyThen;

typedef struct {
    const char *wrong;
    ScnRemedyThen then;
    const char *right; /* for MARK and WORD */
    const char *help;  /* NULL: "write RIGHT" */
} ScnRemedyMark;

/* Returns the row of the longest such mark that the text begins with, or NULL. The text ends with a
 * NUL. */
const ScnRemedyMark *scn_remedy_mark(const char *text);

#endif
