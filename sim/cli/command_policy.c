/* kettensim policy: what a miner that withholds blocks should do, and what it earns by it. */
#include "sim/cli/command.h"

#include "sim/io/input.h"
#include "sim/io/output.h"
#include "sim/io/text.h"
#include "sim/policy/optimal.h"
#include "sim/policy/table.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/policy_spend.h"
#include "sim/cli/policy_words.h"
#include "sim/io/json.h"

#include <stdio.h>
#include <string.h>

#define FILE_BYTES_MAX (64u << 20) /* POLICY_ROWS_MAX rows with comments */
#define ROUND_UP 5e-6              /* a bound printed with five digits stays a bound */
#define OPEN 5e-5                  /* bounds this far apart leave the fourth digit open */

#define usage(...) command_usage("policy", __VA_ARGS__)

/* --- output ------------------------------------------------------------------------------- */

static void
print_share(const PolicyWords *words, const PolicyShare *share)
{
    policy_words_print(words);
    printf("  revenue share  %.5f", share->share);
    if (words->evaluate == NULL)
        printf(", and no policy earns more than %.5f", share->upper + ROUND_UP);
    putchar('\n');
    printf("  honest mining  %.5f\n", words->race.alpha);
    printf("  growth         %.5f of the blocks found stay, stale ones not counted\n",
           share->growth);
    printf("  states         %u\n", share->states);
    printf("  convergence    last change %.0e of a value, after %u sweeps", share->effort.change,
           share->effort.sweeps);
    if (share->rounds > 0)
        printf(" in %u rounds", share->rounds);
    putchar('\n');
    if (words->evaluate == NULL && share->upper - share->share > OPEN)
        printf("  note           a larger --limit brings the two bounds together\n");
}

static void
print_share_json(const PolicyWords *words, const PolicyShare *share)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    policy_words_json(words, builder);
    io_json_member_text(builder, "evaluated", words->evaluate);
    io_json_member_real(builder, "share", share->share);
    io_json_member_real(builder, "upper_bound", share->upper);
    io_json_member_real(builder, "growth", share->growth);
    io_json_member_int(builder, "states", share->states);
    io_json_member_int(builder, "rounds", share->rounds);
    io_json_member_int(builder, "sweeps", share->effort.sweeps);
    io_json_member_real(builder, "last_change", share->effort.change);
    json_builder_end_object(builder);
    io_json_print(builder, stdout, true);
}

static void
print_result(const PolicyWords *words, const PolicyShare *share)
{
    if (words->json)
        print_share_json(words, share);
    else
        print_share(words, share);
}

/* --- the optimal policy ------------------------------------------------------------------- */

static void
write_table(const PolicyWords *words, const PolicyShare *share, const PolicyTable *table, FILE *out)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *rules = policy_words_text(words);

    g_string_append_printf(text, "# The optimal policy for %s, limit %u: revenue share %.5f\n",
                           rules, words->limit, share->share);
    policy_table_write(table, text);
    fputs(text->str, out);
}

/* Opens the output first: a name that cannot be written fails before the work. */
static int
find_optimal(PolicyWords *words)
{
    g_autoptr(PolicyTable) table = policy_table_new(words->limit);
    g_autoptr(GError) error = NULL;
    g_auto(IoOutput) output = IO_OUTPUT_INIT;
    PolicyShare share = {.effort = policy_words_effort(words)};
    RaceEnd end;

    if (words->output != NULL && !io_output_open(&output, words->output, NULL, &error))
        return command_fail("policy", error);
    end = policy_optimal(&words->race, words->limit, table, &share);
    if (end != RACE_CONVERGED)
        return policy_words_fail(words, end);
    policy_words_done(words);
    if (words->output != NULL) {
        write_table(words, &share, table, output.file);
        if (!io_output_commit(&output, &error))
            return command_fail("policy", error);
        if (strcmp(words->output, "-") == 0)
            return command_flush("policy", 0);
    }
    print_result(words, &share);
    if (words->output != NULL && !words->json)
        io_print(stdout, "  policy         %s, %u rows\n", words->output, policy_table_rows(table));
    return command_flush("policy", 0);
}

/* --- a given policy ----------------------------------------------------------------------- */

/* Returns NULL after reporting an error. */
static PolicyTable *
read_table(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    GString *text = io_input_read(path, FILE_BYTES_MAX, &error);
    PolicyTable *table;
    guint line = 0;

    if (text == NULL) {
        usage("%s", error->message);
        return NULL;
    }
    table = policy_table_parse(text->str, text->len, &line, &problem);
    g_string_free(text, TRUE);
    if (table == NULL)
        io_print(stderr, "%s:%u: error: %s\n", path, line, problem);
    return table;
}

static int
evaluate(PolicyWords *words)
{
    g_autoptr(PolicyTable) table = read_table(words->evaluate);
    PolicyShare share = {.effort = policy_words_effort(words)};
    RaceEnd end;

    if (table == NULL)
        return EXIT_USAGE;
    end = policy_evaluate(&words->race, table, &share);
    if (end != RACE_CONVERGED)
        return policy_words_fail(words, end);
    policy_words_done(words);
    print_result(words, &share);
    if (!words->json && policy_table_needs_coin(table) && !words->race.coin)
        puts("  note           some rows match in irrelevant states: without --tie random such a\n"
             "                 match divides nobody");
    return command_flush("policy", 0);
}

int
command_policy(int argc, char **argv)
{
    PolicyWords words = {.limit = 0};
    int status = policy_words_parse(&words, argc, argv);

    if (status < 0) {
        interrupt_install();
        if (words.double_spend)
            status = policy_spend_command(&words);
        else
            status = words.evaluate != NULL ? evaluate(&words) : find_optimal(&words);
    }
    policy_words_clear(&words);
    return status;
}
