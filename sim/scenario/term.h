/* Terms: what expressions mean. bind.c makes them from syntax trees: every name has become the
 * node, wallet, transaction, mark or cut it stands for, every set its members, and every term has a
 * type.
 *
 * Leaves are constants, or values that only a world or the results can supply: facts, marks,
 * blocks, cuts and statistics. evaluate.c computes the rest.
 */
#ifndef SIM_SCENARIO_TERM_H
#define SIM_SCENARIO_TERM_H

#include "sim/scenario/diagnostic.h"
#include "sim/scenario/function.h"
#include "sim/scenario/stat.h"

typedef enum {
    SCN_TERM_QUANTITY,
    SCN_TERM_TEXT,   /* name */
    SCN_TERM_WORD,   /* name: the word of a param or let */
    SCN_TERM_STATUS, /* index: a ScnBlockStatus */
    SCN_TERM_NODES,  /* members */
    SCN_TERM_PLACE, /* index: a message kind, a verdict or a share in permille, depending on type */
    SCN_TERM_WALLET, /* index, as in all the following */
    SCN_TERM_TX,
    SCN_TERM_MARK,
    SCN_TERM_BLOCK, /* a named block */
    SCN_TERM_CUT_START,
    SCN_TERM_CUT_END,
    SCN_TERM_FACT,      /* function, args: a question to the world */
    SCN_TERM_REDUCE,    /* function, args: any, min, max, sum, count, quantile */
    SCN_TERM_STATISTIC, /* stat, index: into the scenario's samples; near: the value is in args */
    SCN_TERM_OPERATOR,  /* op, args: one or two */
} ScnTermKind;

/* A node named alone is read even when down; one from a set only while up. */
typedef struct {
    guint32 node;
    bool even_down;
} ScnMember;

typedef struct ScnTerm ScnTerm;

struct ScnTerm {
    ScnTermKind kind;
    ScnOp op;
    ScnType type; /* SCN_TYPE_ANY if only the run can tell */
    ScnSpan span;
    ScnQuantity quantity;
    guint32 index;
    ScnStat stat;
    const ScnFunction *function;
    const char *name; /* of a text or word; owned by the syntax tree */
    GArray *members;  /* ScnMember, in order of declaration, no duplicates; may be NULL */
    GPtrArray *args;  /* ScnTerm; may be NULL */
    ScnTerm *option;  /* named argument of a fact or statistic; may be NULL */
};

ScnTerm *scn_term_new(ScnTermKind kind, ScnType type, ScnSpan span);
ScnTerm *scn_term_quantity(ScnQuantity quantity, ScnSpan span);
void scn_term_free(ScnTerm *term);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScnTerm, scn_term_free)

/* Takes ownership of `arg`. */
void scn_term_add(ScnTerm *term, ScnTerm *arg);

static inline guint
scn_term_count(const ScnTerm *term)
{
    return term->args ? term->args->len : 0;
}

static inline ScnTerm *
scn_term_at(const ScnTerm *term, guint i)
{
    return term->args->pdata[i];
}

static inline bool
scn_term_is_operator(const ScnTerm *term, ScnOp op)
{
    return term->kind == SCN_TERM_OPERATOR && term->op == op;
}

/* Returns whether the term contains a statistic. */
bool scn_term_has_statistic(const ScnTerm *term);

#endif
