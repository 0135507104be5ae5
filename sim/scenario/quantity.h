/* Quantities: exact numbers with a dimension, as a scenario writes them.
 *
 * A plain number is fixed point with 12 decimals in 128 bits, a time int64 nanoseconds, a size
 * whole bytes, a rate whole bits a second, a frequency events an *hour* with 12 decimals (so that
 * /s, /m and /h are all exact). Only division, product and power round: to the nearest last place,
 * halves away from zero. A result out of range is an error.
 */
#ifndef SIM_SCENARIO_QUANTITY_H
#define SIM_SCENARIO_QUANTITY_H

#include "sim/scenario/operator.h"

#include <stdbool.h>
#include <stdint.h>

typedef __int128 ScnNumber;

#define SCN_DECIMALS 12
#define SCN_ONE ((ScnNumber)1000000000000)
#define SCN_SECOND_NS INT64_C(1000000000)
#define SCN_TOKEN INT64_C(100000000)      /* an amount's unit is 10^-8 tokens */
#define SCN_AMOUNT_MAX (INT64_C(1) << 62) /* limit of one account and of all together */

typedef enum {
    SCN_DIM_NUMBER,
    SCN_DIM_TIME,
    SCN_DIM_SIZE,
    SCN_DIM_RATE,
    SCN_DIM_FREQUENCY,
} ScnDim;

typedef struct {
    ScnDim dim;
    ScnNumber value; /* in the unit of its dimension, see above */
} ScnQuantity;

typedef enum {
    SCN_MATH_OK,
    SCN_MATH_OVERFLOW,
    SCN_MATH_ZERO_DIVIDE,
    SCN_MATH_DIMENSION, /* the dimensions do not combine */
    SCN_MATH_EXPONENT,  /* not a whole number, or out of -64..64 */
} ScnMath;

/* Reads one literal: digits, decimals, unit, compound times. On success ret_used is its length. On
 * failure ret_used is the length examined and ret_problem the reason ("unknown unit 'sec'", "the
 * number is too large"), which the caller frees. */
bool scn_quantity_parse(const char *text, gsize length, ScnQuantity *ret_quantity, gsize *ret_used,
                        char **ret_problem, char **ret_help);

/* Reads a whole text, which may begin with a minus, as one quantity. Returns false if it is none.
 */
bool scn_quantity_read(const char *text, ScnQuantity *ret_quantity);

/* Computes a OP b; op: SCN_OP_ADD to SCN_OP_POW. In +, - and %, a bare 0 combines with
 * every dimension. */
ScnMath scn_quantity_apply(ScnOp op, ScnQuantity a, ScnQuantity b, ScnQuantity *ret_result);

/* Returns -1, 0 or 1. The dimensions must be equal, or one side a bare 0. */
int scn_quantity_compare(ScnQuantity a, ScnQuantity b);

/* Returns the shortest exact text that reads back as the same quantity: 10m30s, 0.6, 20Mbps, 2/s.
 */
char *scn_quantity_text(ScnQuantity quantity);

/* Return such a text for a number with 12 decimals, and for nanoseconds. */
char *scn_number_text(ScnNumber number);
char *scn_time_text(gint64 time_ns);

const char *scn_dim_name(ScnDim dim); /* "a time", "a size", … */

/* Returns the name of a unit and stores its dimension; NULL past the last. Units of one dimension
 * follow each other, and "" is the plain number. */
const char *scn_unit_get(guint index, ScnDim *ret_dim);

/* Returns the number in the unit of result files: ns, bytes, bits a second, events a second, or
 * plain. */
double scn_quantity_double(ScnQuantity quantity);

/* Computes a * b / c, exact in between, rounded to nearest. Returns false on overflow or if c is 0.
 */
bool scn_number_muldiv(ScnNumber *ret_result, ScnNumber a, ScnNumber b, ScnNumber c);

#endif
