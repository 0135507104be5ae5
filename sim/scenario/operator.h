/* The operators of expressions, and how each is written. */
#ifndef SIM_SCENARIO_OPERATOR_H
#define SIM_SCENARIO_OPERATOR_H

#include <glib.h>

typedef enum {
    SCN_OP_NOT,
    SCN_OP_MINUS, /* unary minus */
    SCN_OP_PLUS,
    SCN_OP_OR,
    SCN_OP_AND,
    SCN_OP_EQ,
    SCN_OP_NE,
    SCN_OP_LT,
    SCN_OP_LE,
    SCN_OP_GT,
    SCN_OP_GE,
    SCN_OP_ADD,
    SCN_OP_SUB,
    SCN_OP_MUL,
    SCN_OP_DIV,
    SCN_OP_REM, /* remainder, with the sign of the left operand */
    SCN_OP_POW,
    SCN_OPS,
} ScnOp;

typedef enum {
    SCN_OP_CLASS_LOGIC,      /* on conditions */
    SCN_OP_CLASS_EQUALITY,   /* == and != */
    SCN_OP_CLASS_ORDER,      /* < <= > >= */
    SCN_OP_CLASS_ARITHMETIC, /* on numbers and quantities */
} ScnOpClass;

const char *scn_op_text(ScnOp op); /* "and", "<=", "+" */
ScnOpClass scn_op_class(ScnOp op);
ScnOp scn_op_opposite(ScnOp op); /* of a comparison: < for >= */

#endif
