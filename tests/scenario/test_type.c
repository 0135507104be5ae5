/* The table of operators on types, written out: what goes with what, and what it gives. */
#include "sim/scenario/value.h"
#include "tests/harness/harness.h"

/* A letter for each type that can be compared, in the order of ScnType from BOOL on: U is a status,
 * K a block. */
#define LETTERS "BNTSRFWKUH"

static char
letter(ScnType type)
{
    return LETTERS[type - SCN_TYPE_BOOL];
}

/* All pairs that go together, with the type of the result. */
static char *
pairs_of(ScnOp op)
{
    GString *out = g_string_new(NULL);

    for (ScnType a = SCN_TYPE_BOOL; a <= SCN_TYPE_HASH; a++) {
        for (ScnType b = SCN_TYPE_BOOL; b <= SCN_TYPE_HASH; b++) {
            ScnType type;

            if (scn_type_apply(op, a, b, &type))
                g_string_append_printf(out, "%s%c%c:%c", out->len > 0 ? " " : "", letter(a),
                                       letter(b), letter(type));
        }
    }
    return g_string_free(out, FALSE);
}

static void
test_pairs(void)
{
    static const char order[] = "NN:B NW:B TT:B SS:B RR:B FF:B WN:B WW:B";
    static const char equality[] = "BB:B NN:B NW:B TT:B SS:B RR:B FF:B WN:B WW:B KK:B UU:B HH:B";
    static const char sum[] = "NN:N TT:T SS:S RR:R FF:F";
    static const struct {
        ScnOp op;
        const char *pairs;
    } cases[] = {
        {SCN_OP_OR, "BB:B"},
        {SCN_OP_AND, "BB:B"},
        {SCN_OP_EQ, equality},
        {SCN_OP_NE, equality},
        {SCN_OP_LT, order},
        {SCN_OP_LE, order},
        {SCN_OP_GT, order},
        {SCN_OP_GE, order},
        {SCN_OP_ADD, sum},
        {SCN_OP_SUB, sum},
        {SCN_OP_MUL, "NN:N NT:T NS:S NR:R NF:F TN:T SN:S RN:R FN:F"},
        {SCN_OP_DIV, "NN:N TN:T TT:N SN:S SS:N RN:R RR:N FN:F FF:N"},
        {SCN_OP_REM, sum},
        {SCN_OP_POW, "NN:N"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *pairs = pairs_of(cases[i].op);

        TEST_STR_EQUAL(pairs, cases[i].pairs);
    }
}

/* Of what only the run knows, anything may be. */
static void
test_any(void)
{
    ScnType type;

    CU_ASSERT(scn_type_apply(SCN_OP_ADD, SCN_TYPE_ANY, SCN_TYPE_TIME, &type));
    CU_ASSERT_EQUAL(type, SCN_TYPE_ANY);
    CU_ASSERT(scn_type_apply(SCN_OP_LT, SCN_TYPE_TIME, SCN_TYPE_ANY, &type));
    CU_ASSERT_EQUAL(type, SCN_TYPE_BOOL);
}

/* The run compares what had no type before it; only a 0 without a unit goes with everything. */
static void
test_reals_of_two_dimensions(void)
{
    const ScnScalar time = scn_scalar_real(SCN_DIM_TIME, 5),
                    number = scn_scalar_real(SCN_DIM_NUMBER, 5);
    const ScnScalar zero = scn_scalar_count(0, SCN_NONE);
    int order = 0;

    CU_ASSERT_FALSE(scn_scalar_compare(&time, &number, &order));
    CU_ASSERT_TRUE(scn_scalar_compare(&time, &zero, &order));
    CU_ASSERT_EQUAL(order, 1);
    CU_ASSERT_TRUE(scn_scalar_compare(&zero, &time, &order));
    CU_ASSERT_EQUAL(order, -1);
}

/* Statistics of many runs are reals; their remainder has the sign of the left one, too. */
static void
test_remainder_of_reals(void)
{
    const ScnScalar time = scn_scalar_real(SCN_DIM_TIME, -5.5),
                    step = scn_scalar_real(SCN_DIM_TIME, 2),
                    none = scn_scalar_real(SCN_DIM_TIME, 0);
    ScnScalar result = scn_scalar_null(SCN_NONE);
    char *error = NULL;

    CU_ASSERT_TRUE(scn_scalar_arithmetic(SCN_OP_REM, &time, &step, &result, &error));
    CU_ASSERT_EQUAL(result.kind, SCN_VALUE_REAL);
    CU_ASSERT_EQUAL(result.real.dim, SCN_DIM_TIME);
    CU_ASSERT_EQUAL(result.real.value, -1.5);
    CU_ASSERT_FALSE(scn_scalar_arithmetic(SCN_OP_REM, &time, &none, &result, &error));
    TEST_STR_EQUAL(error, "a division by 0");
    g_free(error);
}

TEST_SUITE(type, {"pairs", test_pairs}, {"any", test_any},
           {"remainder of reals", test_remainder_of_reals},
           {"reals of two dimensions", test_reals_of_two_dimensions})
