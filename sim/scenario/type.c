/* Types: their names, and the table of operators on them. */
#include "sim/scenario/type.h"

static const char *const names[] = {
    [SCN_TYPE_ANY] = "a value",
    [SCN_TYPE_BOOL] = "a condition",
    [SCN_TYPE_NUMBER] = "a number",
    [SCN_TYPE_TIME] = "a time",
    [SCN_TYPE_SIZE] = "a size",
    [SCN_TYPE_RATE] = "a rate",
    [SCN_TYPE_FREQUENCY] = "a frequency",
    [SCN_TYPE_WORK] = "a work",
    [SCN_TYPE_BLOCK] = "a block",
    [SCN_TYPE_STATUS] = "a status",
    [SCN_TYPE_HASH] = "a hash",
    [SCN_TYPE_NODES] = "a set of nodes",
    [SCN_TYPE_WALLET] = "a wallet",
    [SCN_TYPE_TX] = "a transaction",
    [SCN_TYPE_TEXT] = "a text",
    [SCN_TYPE_WORD] = "a word",
    [SCN_TYPE_KIND] = "a kind of message",
    [SCN_TYPE_VERDICT] = "a verdict",
    [SCN_TYPE_SHARE] = "a share as p50",
    [SCN_TYPE_AVERAGE] = "median or mean",
};

/* What a rule accepts as an operand or gives as its result. */
typedef enum {
    BOOL,
    NUMBER,
    WORK,
    NUMERIC, /* a number or quantity of any dimension */
    ORDERED, /* NUMERIC, or a work */
    VALUE,   /* anything that can be compared */
    SAME,    /* right operand: the same type as the left */
    LEFT,    /* result: the type of the left operand */
    RIGHT,   /* result: the type of the right operand */
} Pattern;

/* The first matching rule gives the result. */
static const struct {
    ScnOpClass class;
    ScnOp op; /* SCN_OPS: every operator of the class */
    Pattern left, right, result;
} rules[] = {
    {SCN_OP_CLASS_LOGIC, SCN_OPS, BOOL, BOOL, BOOL},
    {SCN_OP_CLASS_EQUALITY, SCN_OPS, VALUE, SAME, BOOL},
    {SCN_OP_CLASS_EQUALITY, SCN_OPS, WORK, NUMBER, BOOL},
    {SCN_OP_CLASS_EQUALITY, SCN_OPS, NUMBER, WORK, BOOL},
    {SCN_OP_CLASS_ORDER, SCN_OPS, ORDERED, SAME, BOOL},
    {SCN_OP_CLASS_ORDER, SCN_OPS, WORK, NUMBER, BOOL},
    {SCN_OP_CLASS_ORDER, SCN_OPS, NUMBER, WORK, BOOL},
    {SCN_OP_CLASS_ARITHMETIC, SCN_OP_ADD, NUMERIC, SAME, LEFT},
    {SCN_OP_CLASS_ARITHMETIC, SCN_OP_SUB, NUMERIC, SAME, LEFT},
    {SCN_OP_CLASS_ARITHMETIC, SCN_OP_MUL, NUMBER, NUMERIC, RIGHT},
    {SCN_OP_CLASS_ARITHMETIC, SCN_OP_MUL, NUMERIC, NUMBER, LEFT},
    {SCN_OP_CLASS_ARITHMETIC, SCN_OP_DIV, NUMERIC, SAME, NUMBER},
    {SCN_OP_CLASS_ARITHMETIC, SCN_OP_DIV, NUMERIC, NUMBER, LEFT},
    {SCN_OP_CLASS_ARITHMETIC, SCN_OP_REM, NUMERIC, SAME, LEFT},
    {SCN_OP_CLASS_ARITHMETIC, SCN_OP_POW, NUMBER, NUMBER, NUMBER},
};

const char *
scn_type_name(ScnType type)
{
    return names[type];
}

ScnType
scn_type_of_dim(ScnDim dim)
{
    return (ScnType)(SCN_TYPE_NUMBER + (int)dim);
}

ScnDim
scn_type_dim(ScnType type)
{
    return (ScnDim)(type - SCN_TYPE_NUMBER);
}

bool
scn_type_is_numeric(ScnType type)
{
    return type >= SCN_TYPE_NUMBER && type <= SCN_TYPE_FREQUENCY;
}

bool
scn_type_is_ordered(ScnType type)
{
    return type == SCN_TYPE_ANY || scn_type_is_numeric(type) || type == SCN_TYPE_WORK;
}

bool
scn_type_is_value(ScnType type)
{
    return type <= SCN_TYPE_HASH;
}

static bool
matches_pattern(Pattern pattern, ScnType type, ScnType left)
{
    switch (pattern) {
    case BOOL:
        return type == SCN_TYPE_BOOL;
    case NUMBER:
        return type == SCN_TYPE_NUMBER;
    case WORK:
        return type == SCN_TYPE_WORK;
    case NUMERIC:
        return scn_type_is_numeric(type);
    case ORDERED:
        return scn_type_is_ordered(type);
    case VALUE:
        return scn_type_is_value(type);
    default:
        return type == left;
    }
}

static ScnType
result_of(Pattern result, ScnType left, ScnType right)
{
    switch (result) {
    case BOOL:
        return SCN_TYPE_BOOL;
    case NUMBER:
        return SCN_TYPE_NUMBER;
    default:
        return result == LEFT ? left : right;
    }
}

bool
scn_type_apply(ScnOp op, ScnType a, ScnType b, ScnType *ret_type)
{
    ScnOpClass class = scn_op_class(op);

    if (a == SCN_TYPE_ANY || b == SCN_TYPE_ANY) {
        *ret_type = class == SCN_OP_CLASS_ARITHMETIC ? SCN_TYPE_ANY : SCN_TYPE_BOOL;
        return true;
    }
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (rules[i].class != class || (rules[i].op != SCN_OPS && rules[i].op != op) ||
            !matches_pattern(rules[i].left, a, a) || !matches_pattern(rules[i].right, b, a))
            continue;
        *ret_type = result_of(rules[i].result, a, b);
        return true;
    }
    return false;
}
