/* The functions that expressions can call: one table of names, shapes and arguments.
 *
 * SCENARIO's table of functions. A function of a set is each (one answer a node), sum, max or
 * whole; the rest reduce a list. Functions that the language has and this version cannot answer
 * yet are in the table too, so that a file that uses one is refused by name.
 */
#ifndef SIM_SCENARIO_FUNCTION_H
#define SIM_SCENARIO_FUNCTION_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
    SCN_FN_NONE, /* known to the language, not to this version */
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
    SCN_FN_ORPHANS,
    SCN_FN_CONNECTED,
    SCN_FN_REORGS,
    SCN_FN_MAX_REORG,
    SCN_FN_MINED,
    SCN_FN_STALE,
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
    SCN_FN_WIRE_SIZE,
    SCN_FN_ANY,
    SCN_FN_MIN,
    SCN_FN_MAX,
    SCN_FN_SUM,
    SCN_FN_COUNT,
} ScnFunctionId;

typedef enum {
    SCN_SHAPE_EACH,
    SCN_SHAPE_SUM,
    SCN_SHAPE_MAX,
    SCN_SHAPE_WHOLE,
    SCN_SHAPE_REDUCE,
    SCN_SHAPE_SET,   /* all, role(…): gives nodes */
    SCN_SHAPE_ALONE, /* of no set: its one argument is of type `second` */
} ScnShape;

/* What a value is, as far as the text tells; SCN_TYPE_ANY where only the run knows. */
typedef enum {
    SCN_TYPE_ANY,
    SCN_TYPE_BOOL,
    SCN_TYPE_NUMBER,
    SCN_TYPE_TIME,
    SCN_TYPE_SIZE,
    SCN_TYPE_RATE,
    SCN_TYPE_FREQUENCY,
    SCN_TYPE_WORK,
    SCN_TYPE_BLOCK,
    SCN_TYPE_STATUS,
    SCN_TYPE_HASH,
    SCN_TYPE_NODES,
    SCN_TYPE_WALLET,
    SCN_TYPE_TX,
    SCN_TYPE_TEXT,
    /* words that stand for a number; it is in the expression's index */
    SCN_TYPE_KIND,    /* new-block: of a message, into scn_message_names */
    SCN_TYPE_VERDICT, /* bad-nonce: into scn_verdict_names */
    SCN_TYPE_SHARE,   /* p50: 500 permille */
} ScnType;

typedef struct {
    const char *name;
    ScnFunctionId id;
    ScnShape shape;
    ScnType result;
    ScnType second;     /* of the second argument; SCN_TYPE_ANY: there is none */
    const char *option; /* the one named argument, or NULL */
    ScnType option_type;
    const char *usage; /* "height(S)" */
    const char *text;  /* what it gives, in one line of Markdown */
} ScnFunction;

/* What is asked of many runs: in tables, and in checks over seeds or over the sweep. */
typedef enum {
    SCN_STAT_N,
    SCN_STAT_NULLS,
    SCN_STAT_MEAN,
    SCN_STAT_SD,
    SCN_STAT_SE,
    SCN_STAT_MIN,
    SCN_STAT_MAX,
    SCN_STAT_SHARE,    /* of the runs in which a condition holds */
    SCN_STAT_QUANTILE, /* p1 .. p100 */
    SCN_STAT_NEAR,     /* whether a value lies in the t-interval of the mean */
} ScnStatKind;

typedef struct {
    ScnStatKind kind;
    guint percent; /* of a quantile */
} ScnStat;

/* False for a word that is none. */
bool scn_stat_parse(ScnStat *ret_stat, const char *word);
char *scn_stat_name(ScnStat stat); /* "p95"; free with g_free */
void scn_stat_names(GPtrArray *names);

/* NULL: there is none of that name; none of that index, when all have been seen. */
const ScnFunction *scn_function_find(const char *name);
const ScnFunction *scn_function_get(guint index);

/* Adds the names of all functions, owned by the table: for the nearest word. */
void scn_function_names(GPtrArray *names);

const char *scn_type_name(ScnType type); /* "a time", "a block", … */

#endif
