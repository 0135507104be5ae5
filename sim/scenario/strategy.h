/* The strategies of the language: one row for each word.
 *
 * A row says which options a strategy takes and what it does. sim/world/strategy/ has a strategy of
 * the same name for each but `honest`.
 */
#ifndef SIM_SCENARIO_STRATEGY_H
#define SIM_SCENARIO_STRATEGY_H

#include "sim/scenario/resolve.h"

#define SCN_STRATEGY_TAKES 7

typedef struct {
    const char *word;
    const char *takes[SCN_STRATEGY_TAKES]; /* its words of scn_strategy_options; NULL at the end */
    guint needs;                           /* how many of the first of them must be given */
    /* Checks what the options must be together; NULL: nothing. */
    void (*check)(ScnResolver *resolver, const ScnStmt *stmt, const ScnStrategy *strategy);
    const char *usage;
    const char *text; /* what it does, in one line of Markdown */
} ScnStrategyRow;

/* Returns NULL past the last. The first is `honest`. */
const ScnStrategyRow *scn_strategy_row(guint index);

/* Resolves what follows strategy= in a line of nodes, and its options. Returns the index into the
 * scenario's strategies; SCN_NONE for honest nodes, and after an error. */
guint32 scn_resolve_strategy_of_nodes(ScnResolver *resolver, const ScnStmt *stmt);
/* The same for the action, whose strategy is `value`. */
guint32 scn_resolve_strategy(ScnResolver *resolver, const ScnStmt *stmt, const ScnExpr *value);

/* Adds the strategy of that word without options. */
guint32 scn_add_strategy(ScnResolver *resolver, const ScnStmt *stmt, const char *word);

#endif
