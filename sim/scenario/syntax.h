/* Statements as parsed: the whole grammar, nothing resolved.
 *
 * The parser reports a wrong line once and leaves it out. It remembers the words of such a line as
 * doubtful, so that a name which the line would have declared is not also reported missing.
 */
#ifndef SIM_SCENARIO_SYNTAX_H
#define SIM_SCENARIO_SYNTAX_H

#include "sim/scenario/expression.h"
#include "sim/scenario/lexer.h"

typedef enum {
    SCN_STMT_PARAM,    /* name, exprs: default [low high], word: help text */
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
    SCN_STMT_UPGRADE,  /* name */
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
    SCN_STMT_EXPLORE,  /* names: kinds of faults; clauses: from, until, settle; options */
    SCN_STMT_CHECK,    /* name: expect, always, …; exprs: condition; the clauses below */
    SCN_STMT_MARK,     /* name, exprs: value */
    SCN_STMT_ACTION,   /* name: its word; exprs: what its form says */
    SCN_STMT_PATH,     /* a line of a tree; exprs: names */
    SCN_STMT_DELIVERY, /* a line of a script; name: the block; replies */
} ScnStmtKind;

typedef struct {
    char *name;
    ScnSpan name_span;
    GPtrArray *values; /* ScnExpr, at least one */
} ScnOption;

typedef struct {
    char *name;
    ScnSpan span;
} ScnNamed;

/* What a line of a script expects. `kind` is an index into scn_reply_words. */
typedef struct {
    guint kind;
    char *verdict; /* of reject; NULL: any verdict */
    ScnSpan verdict_span;
    char *at; /* block with the fault; NULL: the one delivered */
    ScnSpan at_span;
} ScnReplySyntax;

extern const char *const scn_reply_words[]; /* tip side orphan dup parked reject; NULL at the end */

/* Words that are no names, because they stand between values; NULL at the end. */
extern const char *const scn_grammar_words[];

typedef enum {
    SCN_CLAUSE_WITHIN,
    SCN_CLAUSE_FROM,
    SCN_CLAUSE_UNTIL,
    SCN_CLAUSE_SETTLE,
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
    ScnSpan span;    /* of the line, with joined lines */
    guint32 order;
    char *text;
    char *name;
    ScnSpan name_span;
    char *word;
    ScnSpan word_span;
    GPtrArray *exprs; /* ScnExpr */
    GArray *options;  /* ScnOption */
    GPtrArray *items; /* ScnStmt */
    GArray *replies;  /* ScnReplySyntax; usually NULL */
    GArray *names;    /* ScnNamed; usually NULL */
    guint by_at;
    ScnExpr *clauses[SCN_CLAUSES];
    ScnSpan clause_spans[SCN_CLAUSES]; /* of the word that begins the clause */
    bool maybe;
    ScnOver over; /* at word_span */
    bool each;    /* of `when` */
    const ScnAction *action;
    guint flags; /* of an action: one bit for each flag word present */
} ScnStmt;

void scn_stmt_free(ScnStmt *stmt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScnStmt, scn_stmt_free)

/* A file parsed to its end, with its includes. It never changes afterwards, so scenarios with other
 * params and seeds are made from the same syntax. */
typedef struct ScnSyntax {
    guint source_count;   /* number of sources it was read from */
    GPtrArray *stmts;     /* ScnStmt, with includes in place */
    GHashTable *doubtful; /* words of lines that did not parse */
    char *title;
} ScnSyntax;

ScnSyntax *scn_syntax_new(void);
void scn_syntax_free(ScnSyntax *syntax);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScnSyntax, scn_syntax_free)

typedef struct {
    GPtrArray *sources; /* ScnSource; not owned */
    ScnErrors *errors;  /* not owned */
    ScnSyntax *syntax;  /* not owned: the result under construction */
    guint32 order;
    /* the line being parsed */
    ScnLexer lexer;
    GArray *tokens;
    guint at;
    bool pending;      /* read the current line again */
    guint depth, size; /* of the expression being parsed */
    guint value_at;    /* where the last value began */
    bool in_options;   /* the rest of the line may be options */
    bool line_done;    /* nothing more to report about this line */
    bool after_bad;    /* a line that did not parse may have opened a block */
    bool alone;        /* includes are not read, and a file to be included needs no title */
} ScnParser;

/* Parses sources[0] and what it includes. */
ScnSyntax *scn_parse_sources(GPtrArray *sources, ScnErrors *errors);
/* Parses sources[0] without what it includes; it may be a file to be included, without a title. */
ScnSyntax *scn_parse_alone(GPtrArray *sources, ScnErrors *errors);
/* Parses a source of statements without the head line. */
ScnSyntax *scn_parse_lines(GPtrArray *sources, ScnErrors *errors, guint32 source);
/* Parses one value, such as that of -P, from offset on. Returns NULL after reporting an error. */
ScnExpr *scn_parse_value(GPtrArray *sources, ScnErrors *errors, guint32 source, gsize offset);
/* Parses the last source, options only, into a statement of that kind. Returns NULL after reporting
 * an error. */
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

/* Reports an error at the next token, unless the lexer has already reported that token. */
void scn_report_at_token(ScnParser *parser, const char *message, const char *help);

/* Parses a name to declare: letters, digits and _, not a word of the grammar. */
bool scn_parse_name(ScnParser *parser, const char *what, char **ret_name, ScnSpan *ret_span);

ScnExpr *scn_parse_expr(ScnParser *parser);
ScnExpr *scn_parse_sum(ScnParser *parser);
ScnExpr *scn_parse_val(ScnParser *parser);
ScnExpr *scn_parse_ref(ScnParser *parser);
ScnExpr *scn_parse_set(ScnParser *parser);
bool scn_parse_options(ScnParser *parser, ScnStmt *stmt);

/* Reads the next line of the source into the parser. Returns false at the end. */
bool scn_next_line(ScnParser *parser);
/* Marks all words of a line that did not parse as doubtful. */
void scn_doubt_line(ScnParser *parser);
/* Returns what was probably meant where the next token has no place, or NULL; free with g_free
 * (parse_leftover.c). */
char *scn_leftover_help(ScnParser *parser);
/* Reports the next token as one after the end of its line. */
void scn_report_leftover(ScnParser *parser);
/* Reports anything left of the line. */
bool scn_finish_line(ScnParser *parser);
bool scn_parse_declared(ScnParser *parser, ScnStmt *stmt, const char *what);
bool scn_is_statement(const char *word);

typedef enum {
    SCN_STANDS_ALONE,    /* only outside of blocks */
    SCN_OPENS_BLOCK,     /* outside of blocks; may open one */
    SCN_STANDS_IN_BLOCK, /* only in a timed block or a script */
    SCN_STANDS_ANYWHERE, /* inside and outside of blocks */
} ScnStands;

/* A row of the table of statements; action.h has those of actions. */
typedef struct {
    const char *word;
    ScnStmtKind kind;
    bool (*parse)(ScnParser *parser, ScnStmt *stmt); /* NULL: parsed with the others of its kind */
    ScnStands stands;
    const char *usage; /* "let NAME = V" */
    const char *text;  /* what the statement is for, in one line of Markdown */
} ScnStatement;

/* _find returns NULL for an unknown word, _get when index is past the last row. */
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
/* Parses an action, mark or check to the end of its line. Returns NULL after reporting an error. */
ScnStmt *scn_parse_item(ScnParser *parser);
void scn_item_words(GPtrArray *words);

#endif
