/* Prints from which value a double spend pays, and what an attempt gains; see policy_spend.h. */
#include "sim/cli/policy_spend.h"

#include "sim/cli/command.h"
#include "sim/io/json.h"
#include "sim/policy/spend.h"

#include <math.h>
#include <stdio.h>

/* The answers for one number of confirmations. */
typedef struct {
    guint32 confirmations;
    double value[POLICY_SPEND_RULES]; /* break-even */
    PolicySpend at[POLICY_SPEND_RULES];
} Row;

static PolicySpendRules
rules_of(const PolicyWords *words, guint32 confirmations, int rule)
{
    return (PolicySpendRules){words->race, words->limit, confirmations, (PolicySpendRule)rule};
}

/* Finds the row's break-even values or, if a value is given, what attempts gain by it. */
static RaceEnd
fill_row(PolicyWords *words, Row *row)
{
    RaceEnd end = RACE_CONVERGED;

    for (int rule = 0; rule < POLICY_SPEND_RULES && end == RACE_CONVERGED; rule++) {
        PolicySpendRules rules = rules_of(words, row->confirmations, rule);

        row->at[rule] = (PolicySpend){.effort = policy_words_effort(words)};
        row->value[rule] = words->value;
        end = words->value >= 0 ? policy_spend(&rules, words->value, &row->at[rule])
                                : policy_break_even(&rules, &row->value[rule], &row->at[rule]);
    }
    return end;
}

/* --- text --------------------------------------------------------------------------------- */

static void
print_attempt(const PolicyWords *words, const Row *row)
{
    policy_words_print(words);
    printf("A payment of %.6g block rewards with %u confirmation%s:\n", words->value,
           row->confirmations, row->confirmations > 1 ? "s" : "");
    printf("  %-10s %12s %12s %12s %12s %12s\n", "spends", "gain", "success", "blocks", "rewards",
           "honest");
    for (int rule = 0; rule < POLICY_SPEND_RULES; rule++) {
        const PolicySpend *spend = &row->at[rule];

        printf("  %-10s %12.6g %12.6g %12.6g %12.6g %12.6g\n", policy_spend_rule_names[rule],
               spend->gain, spend->sum.spends, spend->sum.steps,
               spend->sum.own + spend->sum.spends * words->value,
               spend->sum.steps * words->race.alpha);
    }
    if (row->at[POLICY_WHEN_SEEN].sum.spends == 0)
        puts("An attempt does not pay: the best is to mine honestly.");
}

static void
print_break_even(const Row *row)
{
    const RaceSum *sum = &row->at[POLICY_WHEN_SEEN].sum;

    printf("%13u %14.6g %14.6g %12.4g %12.4g\n", row->confirmations, row->value[POLICY_WHEN_SEEN],
           row->value[POLICY_BY_LENGTH], sum->spends, sum->steps);
}

static void
print_rows(const PolicyWords *words, const GArray *rows)
{
    policy_words_print(words);
    puts("The value of a payment, in block rewards, from which a double spend pays:");
    printf("%13s %14s %14s %12s %12s\n", "confirmations", policy_spend_rule_names[POLICY_WHEN_SEEN],
           policy_spend_rule_names[POLICY_BY_LENGTH], "success", "blocks");
    for (guint i = 0; i < rows->len; i++)
        print_break_even(&g_array_index(rows, Row, i));
}

/* --- JSON --------------------------------------------------------------------------------- */

static void
add_real(JsonBuilder *builder, const char *name, double number)
{
    if (isfinite(number)) {
        io_json_member_real(builder, name, number);
        return;
    }
    json_builder_set_member_name(builder, name);
    json_builder_add_null_value(builder);
}

static void
add_rule(const PolicyWords *words, JsonBuilder *builder, const Row *row, int rule)
{
    const PolicySpend *spend = &row->at[rule];

    json_builder_begin_object(builder);
    io_json_member_int(builder, "confirmations", row->confirmations);
    io_json_member_text(builder, "spends", policy_spend_rule_names[rule]);
    add_real(builder, words->value >= 0 ? "value" : "break_even", row->value[rule]);
    add_real(builder, "gain", spend->gain);
    add_real(builder, "success", spend->sum.spends);
    add_real(builder, "blocks", spend->sum.steps);
    add_real(builder, "own_blocks", spend->sum.own);
    io_json_member_int(builder, "states", spend->states);
    io_json_member_int(builder, "sweeps", spend->effort.sweeps);
    json_builder_end_object(builder);
}

static void
print_json(const PolicyWords *words, const GArray *rows)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    policy_words_json(words, builder);
    io_json_member_array(builder, "double_spends");
    for (guint i = 0; i < rows->len; i++) {
        for (int rule = 0; rule < POLICY_SPEND_RULES; rule++)
            add_rule(words, builder, &g_array_index(rows, Row, i), rule);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    io_json_print(builder, stdout, true);
}

/* --- the command -------------------------------------------------------------------------- */

int
policy_spend_command(PolicyWords *words)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(Row));
    guint32 first = words->confirmations > 0 ? words->confirmations : 1;
    guint32 last = words->confirmations > 0 ? words->confirmations : POLICY_CONFIRMATIONS_SHOWN;

    for (guint32 k = first; k <= last; k++) {
        Row row = {.confirmations = k};
        RaceEnd end = fill_row(words, &row);

        if (end != RACE_CONVERGED)
            return policy_words_fail(words, end);
        g_array_append_val(rows, row);
    }
    policy_words_done(words);
    if (words->json)
        print_json(words, rows);
    else if (words->value >= 0)
        print_attempt(words, &g_array_index(rows, Row, 0));
    else
        print_rows(words, rows);
    return command_flush("policy", 0);
}
