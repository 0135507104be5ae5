/* The functions that expressions can call: one table of names, shapes and arguments.
 *
 * A function of a set has the shape each (one answer a node), sum, max or whole; reductions work on
 * a list. The table also lists functions that the language defines and this version cannot answer,
 * so that a file using one is refused by name.
 */
#ifndef SIM_SCENARIO_FUNCTION_H
#define SIM_SCENARIO_FUNCTION_H

#include "sim/scenario/type.h"

typedef enum {
    SCN_FN_NONE, /* in the language, not in this version */
    SCN_FN_TIP,
    SCN_FN_HEIGHT,
    SCN_FN_WORK,
    SCN_FN_STATUS,
    SCN_FN_ARRIVED,
    SCN_FN_IN_MEMPOOL,
    SCN_FN_CONFIRMATIONS,
    SCN_FN_BALANCE,
    SCN_FN_NONCE,
    SCN_FN_STATE_ROOT,
    SCN_FN_SUPPLY_OK,
    SCN_FN_UPGRADE_NEEDED,
    SCN_FN_ORPHANS,
    SCN_FN_CONNECTED,
    SCN_FN_REORGS,
    SCN_FN_MAX_REORG,
    SCN_FN_MINED,
    SCN_FN_STALE,
    SCN_FN_BLAMED,
    SCN_FN_BEST_TIP,
    SCN_FN_SAME_TIP,
    SCN_FN_TIME_TO_AGREE,
    SCN_FN_BITS,
    SCN_FN_DIFFICULTY,
    SCN_FN_FINAL,
    SCN_FN_PEERS,
    SCN_FN_CHAIN_QUALITY,
    SCN_FN_CHAIN_GROWTH,
    SCN_FN_REVENUE,
    SCN_FN_MESSAGES,
    SCN_FN_BYTES,
    SCN_FN_REFUSED,
    SCN_FN_COMMON_PREFIX,
    SCN_FN_PROPAGATION,
    SCN_FN_ARRIVAL_DELAY,
    SCN_FN_WIRE_SIZE,
    SCN_FN_NOW,
    SCN_FN_UNDONE,
    SCN_FN_WITHHELD,
    SCN_FN_STRATEGY_SHARE,
    SCN_FN_MEMPOOL,
    SCN_FN_WAITING,
    SCN_FN_ANY,
    SCN_FN_MIN,
    SCN_FN_MAX,
    SCN_FN_SUM,
    SCN_FN_COUNT,
    SCN_FN_QUANTILE,
} ScnFunctionId;

typedef enum {
    SCN_SHAPE_EACH,
    SCN_SHAPE_SUM,
    SCN_SHAPE_MAX,
    SCN_SHAPE_WHOLE,
    SCN_SHAPE_REDUCE,
    SCN_SHAPE_SET,   /* all, role(…): returns nodes */
    SCN_SHAPE_ALONE, /* reads no set; its one argument has the type `second`; ANY: it has none */
} ScnShape;

typedef struct {
    const char *name;
    ScnFunctionId id;
    ScnShape shape;
    ScnType result;
    ScnType second;     /* type of the second argument; SCN_TYPE_ANY: no such argument */
    const char *option; /* name of the one named argument, or NULL */
    ScnType option_type;
    const char *usage; /* "height(S)" */
    const char *text;  /* what the function returns, in one line of Markdown */
} ScnFunction;

/* _find returns NULL for an unknown name, _get when index is past the last row. */
const ScnFunction *scn_function_find(const char *name);
const ScnFunction *scn_function_get(guint index);

/* Adds the names of all functions, owned by the table, to look up the nearest word. */
void scn_function_names(GPtrArray *names);

#endif
