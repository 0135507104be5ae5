/* The types of expressions, and the table of what each operator makes of two of them. */
#ifndef SIM_SCENARIO_TYPE_H
#define SIM_SCENARIO_TYPE_H

#include "sim/scenario/operator.h"
#include "sim/scenario/quantity.h"

/* SCN_TYPE_ANY: only the run can tell. The numeric types, NUMBER to FREQUENCY, are in the order of
 * ScnDim. */
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
    SCN_TYPE_WORD, /* word of a param or let */
    /* words that stand for the number in the term's index */
    SCN_TYPE_KIND,    /* new-block: a message, index into scn_message_names */
    SCN_TYPE_VERDICT, /* bad-nonce: index into scn_verdict_names */
    SCN_TYPE_SHARE,   /* p50: 500 permille */
    SCN_TYPE_AVERAGE, /* mean: index into scn_average_names */
} ScnType;

const char *scn_type_name(ScnType type); /* "a time", "a block", … */
ScnType scn_type_of_dim(ScnDim dim);
ScnDim scn_type_dim(ScnType type); /* of a numeric type */
bool scn_type_is_numeric(ScnType type);
bool scn_type_is_ordered(ScnType type); /* accepted by < and min: numeric, a work, or any */
/* Returns whether such values can be compared and stored: all types but nodes, wallets,
 * transactions, texts and words.
 */
bool scn_type_is_value(ScnType type);

/* Sets *ret_type to the type of `a OP b`. Returns false if the two do not combine; ANY combines
 * with all. */
bool scn_type_apply(ScnOp op, ScnType a, ScnType b, ScnType *ret_type);

#endif
