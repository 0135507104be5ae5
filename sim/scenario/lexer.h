/* The lexer turns one statement's line at a time into tokens.
 *
 * A line runs to its newline; `\` at its end joins the next line; `#` starts a comment. The lexer
 * reports wrong characters, units and strings once and puts SCN_TOKEN_BAD in their place; the
 * parser stays silent about those.
 */
#ifndef SIM_SCENARIO_LEXER_H
#define SIM_SCENARIO_LEXER_H

#include "sim/scenario/diagnostic.h"
#include "sim/scenario/quantity.h"

typedef enum {
    SCN_TOKEN_END, /* end of the line */
    SCN_TOKEN_WORD,
    SCN_TOKEN_QUANTITY,
    SCN_TOKEN_HEX, /* value in quantity */
    SCN_TOKEN_STRING,
    SCN_TOKEN_PARAM, /* $name */
    SCN_TOKEN_MARK,  /* punctuation; the text is in mark */
    SCN_TOKEN_BAD,
} ScnTokenKind;

typedef struct {
    ScnTokenKind kind;
    ScnSpan span;
    bool blank_before, blank_after;
    bool bare; /* a quantity without a unit */
    char mark[4];
    char *text; /* text of words, of strings (escapes resolved) and of params (without $) */
    ScnQuantity quantity;
} ScnToken;

typedef struct {
    const GPtrArray *sources;
    ScnErrors *errors;
    guint32 source; /* index of the source being read */
    gsize at;
} ScnLexer;

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* Returns an empty array that frees the texts of its tokens. */
GArray *scn_tokens_new(void);

/* Replaces `tokens` by those of the next line that has any; SCN_TOKEN_END is the last. Returns
 * false at the end of the source. */
bool scn_lexer_line(ScnLexer *lexer, GArray *tokens);

/* Reports the first byte that is NUL or not UTF-8. Returns true if there is none. */
bool scn_lexer_check_encoding(const GPtrArray *sources, guint32 source, ScnErrors *errors);
/* Also reports the first invisible character, so that a reader sees everything that runs. A byte
 * order mark may begin the text. */
bool scn_lexer_check_text(const GPtrArray *sources, guint32 source, ScnErrors *errors);

/* Returns tokens from..to (exclusive) as written, each run of blanks as one blank. */
char *scn_tokens_text(const GArray *tokens, guint from, guint to, const GPtrArray *sources);

#endif
