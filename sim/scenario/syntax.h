/* Statements as the parser leaves them: the whole grammar, nothing resolved.
 *
 * A line that does not parse is reported once and left out; the words in it are remembered as
 * doubtful, so that what it would have declared is not reported missing later.
 */
#ifndef SIM_SCENARIO_SYNTAX_H
#define SIM_SCENARIO_SYNTAX_H

#include "sim/scenario/expression.h"
#include "sim/scenario/lexer.h"

typedef enum {
    SCN_STMT_PARAM,    /* name, exprs: default [low high], word: help */
    SCN_STMT_LET,      /* name, exprs: value */
    SCN_STMT_SEED,     /* exprs: value */
    SCN_STMT_SEEDS,    /* exprs: first, last */
    SCN_STMT_SWEEP,    /* name, exprs: values; with word "lin" or "log": low, high, count */
    SCN_STMT_ZIP,      /* names */
    SCN_STMT_DURATION, /* exprs: value */
    SCN_STMT_STOP,
    SCN_STMT_CHAIN, /* options, as in all the following */
    SCN_STMT_PROTOCOL,
    SCN_STMT_LIMIT,
    SCN_STMT_LOAD,
    SCN_STMT_NODES,    /* exprs: refs */
    SCN_STMT_TOPOLOGY, /* word: its kind */
    SCN_STMT_EDGE,     /* exprs: two sets; word: "->" or NULL */
    SCN_STMT_LINK,     /* exprs: one set, or two with word: "->" or "<->" */
    SCN_STMT_WALLET,   /* name */
    SCN_STMT_TX,
    SCN_STMT_BLOCK,
    SCN_STMT_TREE,
    SCN_STMT_SCRIPT, /* items */
    SCN_STMT_AT,     /* exprs: time; items */
    SCN_STMT_EVERY,
    SCN_STMT_WHEN,
    SCN_STMT_MEASURE,  /* name, exprs: value */
    SCN_STMT_TABLE,    /* names: measures, then params from by_at on */
    SCN_STMT_CHECK,    /* name: expect, always, …; exprs: condition; the clauses below */
    SCN_STMT_MARK,     /* name, exprs: value */
    SCN_STMT_ACTION,   /* name: its word; exprs: what its form says */
    SCN_STMT_PATH,     /* a line of a tree; exprs: names */
    SCN_STMT_DELIVERY, /* a line of a script; name: the block; replies */
} ScnStmtKind;

typedef struct {
    char *name;
    ScnSpan name_span;
    GPtrArray *values; /* ScnExpr, one at least */
} ScnOption;

typedef struct {
    char *name;
    ScnSpan span;
} ScnNamed;

/* What a script line expects: the place of `kind` is that of its word in scn_reply_words. */
typedef struct {
    guint kind;
    char *verdict; /* of reject; NULL: any */
    ScnSpan verdict_span;
    char *at; /* the block that carries the fault; NULL: the one delivered */
    ScnSpan at_span;
} ScnReplySyntax;

extern const char *const scn_reply_words[]; /* tip side orphan dup parked reject; NULL at the end */

typedef enum {
    SCN_CLAUSE_WITHIN,
    SCN_CLAUSE_FROM,
    SCN_CLAUSE_UNTIL,
    SCN_CLAUSE_IF,
    SCN_CLAUSE_UNLESS,
    SCN_CLAUSE_FOR,
    SCN_CLAUSE_AS,
    SCN_CLAUSES,
} ScnClause;

typedef struct ScnAction ScnAction; /* action.h */

typedef struct {
    ScnStmtKind kind;
    ScnSpan keyword; /* the first word */
    ScnSpan span;    /* the line, joins included */
    guint32 order;
    char *text;
    char *name;
    ScnSpan name_span;
    char *word;
    ScnSpan word_span;
    GPtrArray *exprs; /* ScnExpr */
    GArray *options;  /* ScnOption */
    GPtrArray *items; /* ScnStmt */
    GArray *replies;  /* ScnReplySyntax; NULL for most */
    GArray *names;    /* ScnNamed; NULL for most */
    guint by_at;
    ScnExpr *clauses[SCN_CLAUSES];
    ScnSpan clause_spans[SCN_CLAUSES]; /* of the clause's word */
    bool maybe;
    ScnOver over; /* word_span points at it */
    bool each;    /* when */
    const ScnAction *action;
    guint flags; /* of an action: a bit for each of its words that stands there */
} ScnStmt;

void scn_stmt_free(ScnStmt *stmt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScnStmt, scn_stmt_free)

/* A file that was read to its end, and what it includes. Nothing changes it from then on: scenarios
 * with other params and seeds are made of the same one. */
typedef struct ScnSyntax {
    guint source_count;   /* of the sources, those that it was read from */
    GPtrArray *stmts;     /* ScnStmt, after includes */
    GHashTable *doubtful; /* words of lines that were not understood */
    char *title;
} ScnSyntax;

ScnSyntax *scn_syntax_new(void);
void scn_syntax_free(ScnSyntax *syntax);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScnSyntax, scn_syntax_free)

typedef struct {
    GPtrArray *sources; /* ScnSource; not owned */
    ScnErrors *errors;  /* not owned */
    ScnSyntax *syntax;  /* not owned: what is being read */
    guint32 order;
    /* the line being parsed */
    ScnLexer lexer;
    GArray *tokens;
    guint at;
    bool pending;      /* the line is to be read again */
    guint depth, size; /* of the expression being parsed */
    bool line_done;    /* its end has been seen to */
    bool after_bad;    /* a line that may have opened a block was not understood */
} ScnParser;

/* Parses sources[0] and what it includes. */
ScnSyntax *scn_parse_sources(GPtrArray *sources, ScnErrors *errors);
/* Parses a source as statements without a head. */
ScnSyntax *scn_parse_lines(GPtrArray *sources, ScnErrors *errors, guint32 source);
/* Parses one value, as of -P, from offset on; NULL: reported. */
ScnExpr *scn_parse_value(GPtrArray *sources, ScnErrors *errors, guint32 source, gsize offset);
/* Parses the last source, options alone, into a statement of that kind; NULL: reported. */
ScnStmt *scn_parse_option_line(GPtrArray *sources, ScnErrors *errors, ScnStmtKind kind);

/* ---- between the parser's files ---- */

static inline const ScnToken *
scn_peek(const ScnParser *parser, guint ahead)
{
    guint last = parser->tokens->len - 1;
    return &g_array_index(parser->tokens, ScnToken, MIN(parser->at + ahead, last));
}

bool scn_is_word(const ScnParser *parser, guint ahead, const char *word);
bool scn_is_mark(const ScnParser *parser, guint ahead, const char *mark);
bool scn_accept_word(ScnParser *parser, const char *word);
bool scn_accept_mark(ScnParser *parser, const char *mark);
bool scn_expect_word(ScnParser *parser, const char *word);
bool scn_expect_mark(ScnParser *parser, const char *mark);
bool scn_at_end(const ScnParser *parser);

/* Reports at the token in front, unless the lexer has said what is wrong with it. */
void scn_fail(ScnParser *parser, const char *message, const char *help);

/* A declared name: letters, digits and _, and no word of the grammar. */
bool scn_parse_name(ScnParser *parser, const char *what, char **ret_name, ScnSpan *ret_span);

ScnExpr *scn_parse_expr(ScnParser *parser);
ScnExpr *scn_parse_val(ScnParser *parser);
ScnExpr *scn_parse_ref(ScnParser *parser);
ScnExpr *scn_parse_set(ScnParser *parser);
bool scn_parse_options(ScnParser *parser, ScnStmt *stmt);

/* Reads the next line of the source into the parser; false at its end. */
bool scn_next_line(ScnParser *parser);
/* The words of a line that means nothing here: what they stand for is not looked into again. */
void scn_doubt_line(ScnParser *parser);
/* Reports what is left of the line. */
bool scn_finish_line(ScnParser *parser);
bool scn_parse_declared(ScnParser *parser, ScnStmt *stmt, const char *what);
bool scn_is_statement(const char *word);

typedef enum {
    SCN_STANDS_ALONE,    /* outside of blocks */
    SCN_OPENS_BLOCK,     /* there, too; what stands below it may be its own */
    SCN_STANDS_IN_BLOCK, /* in a timed block or a script */
    SCN_STANDS_ANYWHERE, /* in either */
} ScnStands;

/* The row of a statement; those of actions are in action.h. */
typedef struct {
    const char *word;
    ScnStmtKind kind;
    bool (*parse)(ScnParser *parser, ScnStmt *stmt); /* NULL: not by a function of its own */
    ScnStands stands;
    const char *usage; /* "let NAME = V" */
    const char *text;  /* what it is for, in one line of Markdown */
} ScnStatement;

/* NULL: there is none of that word; none of that index, when all have been seen. */
const ScnStatement *scn_statement_find(const char *word);
const ScnStatement *scn_statement_get(guint index);

bool scn_parse_at(ScnParser *parser, ScnStmt *stmt);
bool scn_parse_every(ScnParser *parser, ScnStmt *stmt);
bool scn_parse_when(ScnParser *parser, ScnStmt *stmt);
bool scn_parse_tree(ScnParser *parser, ScnStmt *stmt);
bool scn_parse_script(ScnParser *parser, ScnStmt *stmt);

ScnStmt *scn_stmt_new(ScnParser *parser, ScnStmtKind kind);
bool scn_is_item(const char *word);
bool scn_is_check(const char *word);
/* An action, a mark or a check in one line, up to its end. NULL: reported. */
ScnStmt *scn_parse_item(ScnParser *parser);
void scn_item_words(GPtrArray *words);

#endif
