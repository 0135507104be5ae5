/* The table of operators. */
#include "sim/scenario/operator.h"

static const struct {
    const char *text;
    ScnOpClass class;
    ScnOp opposite;
} operators[SCN_OPS] = {
    [SCN_OP_NOT] = {"not", SCN_OP_CLASS_LOGIC, SCN_OP_NOT},
    [SCN_OP_MINUS] = {"-", SCN_OP_CLASS_ARITHMETIC, SCN_OP_MINUS},
    [SCN_OP_PLUS] = {"+", SCN_OP_CLASS_ARITHMETIC, SCN_OP_PLUS},
    [SCN_OP_OR] = {"or", SCN_OP_CLASS_LOGIC, SCN_OP_OR},
    [SCN_OP_AND] = {"and", SCN_OP_CLASS_LOGIC, SCN_OP_AND},
    [SCN_OP_EQ] = {"==", SCN_OP_CLASS_EQUALITY, SCN_OP_NE},
    [SCN_OP_NE] = {"!=", SCN_OP_CLASS_EQUALITY, SCN_OP_EQ},
    [SCN_OP_LT] = {"<", SCN_OP_CLASS_ORDER, SCN_OP_GE},
    [SCN_OP_LE] = {"<=", SCN_OP_CLASS_ORDER, SCN_OP_GT},
    [SCN_OP_GT] = {">", SCN_OP_CLASS_ORDER, SCN_OP_LE},
    [SCN_OP_GE] = {">=", SCN_OP_CLASS_ORDER, SCN_OP_LT},
    [SCN_OP_ADD] = {"+", SCN_OP_CLASS_ARITHMETIC, SCN_OP_ADD},
    [SCN_OP_SUB] = {"-", SCN_OP_CLASS_ARITHMETIC, SCN_OP_SUB},
    [SCN_OP_MUL] = {"*", SCN_OP_CLASS_ARITHMETIC, SCN_OP_MUL},
    [SCN_OP_DIV] = {"/", SCN_OP_CLASS_ARITHMETIC, SCN_OP_DIV},
    [SCN_OP_REM] = {"%", SCN_OP_CLASS_ARITHMETIC, SCN_OP_REM},
    [SCN_OP_POW] = {"^", SCN_OP_CLASS_ARITHMETIC, SCN_OP_POW},
};

const char *
scn_op_text(ScnOp op)
{
    return operators[op].text;
}

ScnOpClass
scn_op_class(ScnOp op)
{
    return operators[op].class;
}

ScnOp
scn_op_opposite(ScnOp op)
{
    return operators[op].opposite;
}
