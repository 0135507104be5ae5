/* The value of an expression: one scalar, or a list of scalars that remember their nodes.
 *
 * Operators work element by element; a single value combines with every element. Two lists pair by
 * place in their sets: the element of a node that is down is absent, and so is the result of an
 * operator on an absent element. null compares false, and arithmetic with null returns null. A
 * condition remembers whether a null decided it; a condition true for that reason alone decides
 * nothing. An error is a value too and passes through every operator.
 */
#ifndef SIM_SCENARIO_VALUE_H
#define SIM_SCENARIO_VALUE_H

#include "sim/scenario/type.h"

#include <stdint.h>

#define SCN_NONE UINT32_MAX
#define SCN_TIME_NULL INT64_MIN /* never happened; compares false, prints as null */

typedef struct {
    uint64_t limb[4]; /* 256-bit unsigned, least significant limb first */
} ScnWork;

typedef enum {
    SCN_STATUS_UNKNOWN,
    SCN_STATUS_ACTIVE,
    SCN_STATUS_SIDE,
    SCN_STATUS_ORPHAN,
    SCN_STATUS_INVALID,
    SCN_STATUS_INVALID_ANCESTOR,
    SCN_STATUS_PARKED,
} ScnBlockStatus;

extern const char *const scn_status_names[]; /* index: ScnBlockStatus; NULL at the end */

/* In the unit of result files: ns, bytes, bits a second, events a second, or plain. */
typedef struct {
    ScnDim dim;
    double value; /* may be infinite, never NaN */
} ScnReal;

typedef enum {
    SCN_VALUE_NULL,
    SCN_VALUE_ABSENT, /* list element of a node that is down */
    SCN_VALUE_BOOL,
    SCN_VALUE_QUANTITY,
    SCN_VALUE_REAL, /* a statistic, or the result of arithmetic with one */
    SCN_VALUE_WORK,
    SCN_VALUE_BLOCK,
    SCN_VALUE_STATUS,
    SCN_VALUE_HASH,
    SCN_VALUE_LIST,
    SCN_VALUE_ERROR,
    SCN_VALUE_UNSET, /* a mark not set yet */
} ScnValueKind;

/* One value and its node (SCN_NONE if it has none). */
typedef struct {
    ScnValueKind kind;
    uint32_t node;
    bool by_null; /* of a condition: another value in place of a null could change it */
    union {
        bool flag;
        ScnQuantity quantity;
        ScnReal real;
        ScnWork work;
        uint32_t block;
        ScnBlockStatus status;
        uint8_t hash[32];
    };
} ScnScalar;

typedef struct {
    ScnScalar scalar; /* its kind is the value's kind, also for LIST and ERROR */
    GArray *list;     /* ScnScalar; for a LIST */
    char *error;      /* for an ERROR */
} ScnValue;

/* ---- one value ---- */

static inline ScnScalar
scn_scalar(ScnValueKind kind, uint32_t node)
{
    return (ScnScalar){.kind = kind, .node = node};
}

static inline ScnScalar
scn_scalar_null(uint32_t node)
{
    return scn_scalar(SCN_VALUE_NULL, node);
}

static inline ScnScalar
scn_scalar_bool(bool flag, uint32_t node)
{
    ScnScalar scalar = scn_scalar(SCN_VALUE_BOOL, node);
    scalar.flag = flag;
    return scalar;
}

static inline ScnScalar
scn_scalar_quantity(ScnDim dim, ScnNumber value, uint32_t node)
{
    ScnScalar scalar = scn_scalar(SCN_VALUE_QUANTITY, node);
    scalar.quantity = (ScnQuantity){dim, value};
    return scalar;
}

/* Converts NaN to null. */
static inline ScnScalar
scn_scalar_real(ScnDim dim, double value)
{
    ScnScalar scalar = scn_scalar(value != value ? SCN_VALUE_NULL : SCN_VALUE_REAL, SCN_NONE);
    scalar.real = (ScnReal){dim, value};
    return scalar;
}

static inline ScnScalar
scn_scalar_count(int64_t count, uint32_t node)
{
    return scn_scalar_quantity(SCN_DIM_NUMBER, (ScnNumber)count * SCN_ONE, node);
}

/* In 10^-8 tokens; printed as tokens. */
static inline ScnScalar
scn_scalar_amount(__int128 amount, uint32_t node)
{
    return scn_scalar_quantity(SCN_DIM_NUMBER, amount * (SCN_ONE / SCN_TOKEN), node);
}

/* Converts SCN_TIME_NULL to null. */
static inline ScnScalar
scn_scalar_time(int64_t time_ns, uint32_t node)
{
    if (time_ns == SCN_TIME_NULL)
        return scn_scalar_null(node);
    return scn_scalar_quantity(SCN_DIM_TIME, time_ns, node);
}

/* Converts SCN_NONE to null. */
static inline ScnScalar
scn_scalar_block(uint32_t block, uint32_t node)
{
    ScnScalar scalar = scn_scalar(block == SCN_NONE ? SCN_VALUE_NULL : SCN_VALUE_BLOCK, node);
    scalar.block = block;
    return scalar;
}

bool scn_scalar_is_true(const ScnScalar *scalar);  /* true, and not by a null */
bool scn_scalar_is_false(const ScnScalar *scalar); /* false, by a null or not; null is false too */
bool scn_scalar_is_condition(const ScnScalar *scalar); /* null counts as one */
bool scn_scalar_is_plain(const ScnScalar *scalar);     /* can be ordered: a quantity or a work */
const char *scn_scalar_kind_name(const ScnScalar *scalar); /* "a condition", for messages */
ScnScalar scn_scalar_not(const ScnScalar *scalar);         /* of a condition */
int scn_work_compare(const ScnWork *a, const ScnWork *b);

/* Sets *ret_order to -1, 0 or 1 if values of the kind have an order; to 0 or 1 (not equal) else.
 * Returns false if the two do not compare. */
bool scn_scalar_compare(const ScnScalar *a, const ScnScalar *b, int *ret_order);
/* Computes a OP b; op: SCN_OP_ADD to SCN_OP_POW. The caller has set the node of `result`. Returns
 * false with a message, which the caller frees, if the two do not combine. */
bool scn_scalar_arithmetic(ScnOp op, const ScnScalar *a, const ScnScalar *b, ScnScalar *result,
                           char **ret_error);

/* ---- one or many ---- */

static inline ScnValue
scn_value_single(ScnScalar scalar)
{
    return (ScnValue){.scalar = scalar};
}

static inline ScnValueKind
scn_value_kind(const ScnValue *value)
{
    return value->scalar.kind;
}

static inline bool
scn_value_is_error(const ScnValue *value)
{
    return value->scalar.kind == SCN_VALUE_ERROR;
}

static inline bool
scn_value_is_list(const ScnValue *value)
{
    return value->scalar.kind == SCN_VALUE_LIST;
}

ScnValue scn_value_list(guint size); /* empty, with room for `size` elements */
ScnValue scn_value_error(const char *format, ...) G_GNUC_PRINTF(1, 2);
ScnValue scn_value_from_error(char *message); /* takes ownership of the message */
ScnValue scn_value_copy(const ScnValue *value);
void scn_value_clear(ScnValue *value);

/* A single value counts as its own one element. Elements may be absent. */
guint scn_value_length(const ScnValue *value);
const ScnScalar *scn_value_element(const ScnValue *value, guint i);
bool scn_value_is_empty(const ScnValue *value); /* a list with no element, or only absent ones */

/* Applies a binary operator. The caller passes errors on itself: neither operand is one. */
ScnValue scn_value_apply(ScnOp op, const ScnValue *a, const ScnValue *b);

typedef enum {
    SCN_TRUTH_FALSE,
    SCN_TRUTH_TRUE,
    SCN_TRUTH_NULL,  /* true, but only by a null */
    SCN_TRUTH_EMPTY, /* the set was empty */
    SCN_TRUTH_ERROR,
} ScnTruth;

/* Returns the truth of a value; a list is true if every element is. */
ScnTruth scn_value_truth(const ScnValue *value);

#endif
