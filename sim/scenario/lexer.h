/* The lexer: one statement's line at a time, as tokens.
 *
 * A line runs to its newline; `\` at the end of a line joins the next one to it; `#` starts a
 * comment. Wrong characters, units and strings are reported here, once each, and stand in the
 * line as SCN_TOKEN_BAD so that the parser goes on without a word.
 */
#ifndef SIM_SCENARIO_LEXER_H
#define SIM_SCENARIO_LEXER_H

#include "sim/scenario/diagnostic.h"
#include "sim/scenario/quantity.h"

typedef enum {
    SCN_TOKEN_END, /* of the line */
    SCN_TOKEN_WORD,
    SCN_TOKEN_QUANTITY,
    SCN_TOKEN_HEX, /* its value in quantity */
    SCN_TOKEN_STRING,
    SCN_TOKEN_PARAM, /* $name */
    SCN_TOKEN_MARK,  /* punctuation, in mark */
    SCN_TOKEN_BAD,
} ScnTokenKind;

typedef struct {
    ScnTokenKind kind;
    ScnSpan span;
    bool blank_before, blank_after;
    bool bare; /* a quantity without a unit */
    char mark[4];
    char *text; /* of words, strings (escapes undone) and params (without $) */
    ScnQuantity quantity;
} ScnToken;

typedef struct {
    const GPtrArray *sources;
    ScnErrors *errors;
    guint32 source; /* the one being read */
    gsize at;
} ScnLexer;

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* An empty array that frees the texts of its tokens. */
GArray *scn_tokens_new(void);

/* Reads the next line that has tokens into `tokens`, which it empties first; the last one is
 * SCN_TOKEN_END. False at the end of the source. */
bool scn_lexer_line(ScnLexer *lexer, GArray *tokens);

/* Reports the first byte that is no UTF-8, or is a NUL. True if there is none. */
bool scn_lexer_check_encoding(const GPtrArray *sources, guint32 source, ScnErrors *errors);
/* Likewise, and reports the first character that does not show: what is read is what runs. A byte
 * order mark may begin the text. */
bool scn_lexer_check_text(const GPtrArray *sources, guint32 source, ScnErrors *errors);

/* Tokens from..to (exclusive) as written, with one blank where there were any. */
char *scn_tokens_text(const GArray *tokens, guint from, guint to, const GPtrArray *sources);

#endif
