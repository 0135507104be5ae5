/* What an expression is worth in a run: one value, or a list of them that carry their nodes along.
 *
 * Operators work element by element; a single value goes with every element. Lists pair by place in
 * their sets: an element of a node that is down is absent, and so is what becomes of it. null
 * compares false, and arithmetic with it gives null. A condition remembers that a null made it what
 * it is: one that is true for that reason alone decides nothing. An error is a value, too.
 */
#ifndef SIM_RUN_VALUE_H
#define SIM_RUN_VALUE_H

#include "sim/scenario/expression.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_REF_NONE UINT32_MAX
#define SIM_TIME_NULL INT64_MIN /* never happened; compares false, prints as null */

typedef struct {
    uint64_t limb[4]; /* 256-bit unsigned, least significant limb first */
} SimWork;

typedef enum {
    SIM_STATUS_UNKNOWN,
    SIM_STATUS_ACTIVE,
    SIM_STATUS_SIDE,
    SIM_STATUS_ORPHAN,
    SIM_STATUS_INVALID,
    SIM_STATUS_INVALID_ANCESTOR,
    SIM_STATUS_PARKED,
} SimBlockStatus;

typedef enum {
    SIM_VALUE_NULL,
    SIM_VALUE_ABSENT, /* the place in a list of a node that is down */
    SIM_VALUE_BOOL,
    SIM_VALUE_QUANTITY,
    SIM_VALUE_WORK,
    SIM_VALUE_BLOCK,
    SIM_VALUE_STATUS,
    SIM_VALUE_HASH,
    SIM_VALUE_LIST,
    SIM_VALUE_ERROR,
    SIM_VALUE_UNSET, /* a mark that no one has set */
} SimValueKind;

/* One value, and the node that it is of (SIM_REF_NONE: of none). */
typedef struct {
    SimValueKind kind;
    uint32_t node;
    bool by_null; /* of a condition: another value in place of a null might turn it round */
    union {
        bool flag;
        ScnQuantity quantity;
        SimWork work;
        uint32_t block;
        SimBlockStatus status;
        uint8_t hash[32];
    };
} SimScalar;

typedef struct {
    SimScalar scalar; /* its kind is the value's kind, LIST and ERROR too */
    GArray *list;     /* SimScalar; of a LIST */
    char *error;      /* of an ERROR */
} SimValue;

/* ---- one value ---- */

static inline SimScalar
sim_scalar(SimValueKind kind, uint32_t node)
{
    return (SimScalar){.kind = kind, .node = node};
}

static inline SimScalar
sim_scalar_null(uint32_t node)
{
    return sim_scalar(SIM_VALUE_NULL, node);
}

static inline SimScalar
sim_scalar_bool(bool flag, uint32_t node)
{
    SimScalar scalar = sim_scalar(SIM_VALUE_BOOL, node);
    scalar.flag = flag;
    return scalar;
}

static inline SimScalar
sim_scalar_quantity(ScnDim dim, ScnNumber value, uint32_t node)
{
    SimScalar scalar = sim_scalar(SIM_VALUE_QUANTITY, node);
    scalar.quantity = (ScnQuantity){dim, value};
    return scalar;
}

static inline SimScalar
sim_scalar_count(int64_t count, uint32_t node)
{
    return sim_scalar_quantity(SCN_DIM_NUMBER, (ScnNumber)count * SCN_ONE, node);
}

/* In 10^-8 tokens; shown as tokens. */
static inline SimScalar
sim_scalar_amount(__int128 amount, uint32_t node)
{
    return sim_scalar_quantity(SCN_DIM_NUMBER, amount * (SCN_ONE / SCN_TOKEN), node);
}

/* SIM_TIME_NULL gives null. */
static inline SimScalar
sim_scalar_time(int64_t time_ns, uint32_t node)
{
    if (time_ns == SIM_TIME_NULL)
        return sim_scalar_null(node);
    return sim_scalar_quantity(SCN_DIM_TIME, time_ns, node);
}

/* SIM_REF_NONE gives null. */
static inline SimScalar
sim_scalar_block(uint32_t block, uint32_t node)
{
    SimScalar scalar = sim_scalar(block == SIM_REF_NONE ? SIM_VALUE_NULL : SIM_VALUE_BLOCK, node);
    scalar.block = block;
    return scalar;
}

bool sim_scalar_is_true(const SimScalar *scalar);          /* and not by a null */
bool sim_scalar_is_false(const SimScalar *scalar);         /* by a null or not; null is false too */
bool sim_scalar_is_condition(const SimScalar *scalar);     /* null is one */
bool sim_scalar_is_plain(const SimScalar *scalar);         /* a quantity or a work */
const char *sim_scalar_kind_name(const SimScalar *scalar); /* "a condition", for messages */
SimScalar sim_scalar_not(const SimScalar *scalar);         /* of a condition */
int sim_work_compare(const SimWork *a, const SimWork *b);

/* -1, 0, 1 for what has an order; 0 and 1 (not equal) for the rest. False if they do not go. */
bool sim_scalar_compare(const SimScalar *a, const SimScalar *b, int *ret_order);
/* op: SCN_EXPR_ADD to SCN_EXPR_POW. `result` comes with its node. False with a message, to be
 * freed, when the two do not go together. */
bool sim_scalar_arithmetic(ScnExprKind op, const SimScalar *a, const SimScalar *b,
                           SimScalar *result, char **ret_error);

/* ---- one or many ---- */

static inline SimValue
sim_value_single(SimScalar scalar)
{
    return (SimValue){.scalar = scalar};
}

static inline SimValueKind
sim_value_kind(const SimValue *value)
{
    return value->scalar.kind;
}

static inline bool
sim_value_is_error(const SimValue *value)
{
    return value->scalar.kind == SIM_VALUE_ERROR;
}

static inline bool
sim_value_is_list(const SimValue *value)
{
    return value->scalar.kind == SIM_VALUE_LIST;
}

SimValue sim_value_list(guint size); /* empty, with room for so many */
SimValue sim_value_error(const char *format, ...) G_GNUC_PRINTF(1, 2);
SimValue sim_value_from_error(char *message); /* taken over */
SimValue sim_value_copy(const SimValue *value);
void sim_value_clear(SimValue *value);

/* A single value is its own one element. Elements may be absent. */
guint sim_value_length(const SimValue *value);
const SimScalar *sim_value_element(const SimValue *value, guint i);
bool sim_value_is_empty(const SimValue *value); /* a list with no element, or absent ones alone */

/* A binary operator. Neither is an error, which is passed on by the caller. */
SimValue sim_value_apply(ScnExprKind op, const SimValue *a, const SimValue *b);

typedef enum {
    SIM_TRUTH_FALSE,
    SIM_TRUTH_TRUE,
    SIM_TRUTH_NULL,  /* true, but by a null alone */
    SIM_TRUTH_EMPTY, /* the set had no node */
    SIM_TRUTH_ERROR,
} SimTruth;

/* A list is true if every element is. */
SimTruth sim_value_truth(const SimValue *value);

#endif
