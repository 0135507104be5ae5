/* Reads the words; see policy_words.h. */
#include "sim/cli/policy_words.h"

#include "sim/cli/command.h"
#include "sim/cli/interrupt.h"
#include "sim/io/json.h"
#include "sim/policy/optimal.h"
#include "sim/policy/spend.h"
#include "sim/scenario/quantity.h"

#include <string.h>

#define LIMIT "80"
#define VALUE_MAX 1e15
#define usage(...) command_usage("policy", __VA_ARGS__)

void
policy_words_clear(PolicyWords *words)
{
    char *const texts[] = {words->alpha_text, words->gamma_text, words->stale_text,
                           words->limit_text, words->tie,        words->confirmations_text,
                           words->value_text, words->output,     words->evaluate};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}

static GOptionContext *
context_new(PolicyWords *words)
{
    const GOptionEntry entries[] = {
        {"alpha", 0, 0, G_OPTION_ARG_STRING, &words->alpha_text, "The pool's share of hash power",
         "SHARE"},
        {"gamma", 0, 0, G_OPTION_ARG_STRING, &words->gamma_text,
         "Share of the others that mines on the pool's branch at a tie", "SHARE"},
        {"stale", 0, 0, G_OPTION_ARG_STRING, &words->stale_text,
         "Share of the others' blocks that go stale by themselves (default: 0%)", "SHARE"},
        {"tie", 0, 0, G_OPTION_ARG_STRING, &words->tie,
         "first-seen (default), or random: a coin at each tie, in place of --gamma", "RULE"},
        {"limit", 0, 0, G_OPTION_ARG_STRING, &words->limit_text,
         "Longest branch, in blocks (default: " LIMIT ")", "N"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &words->output,
         "Write the optimal policy, as strategy=policy reads it", "FILE"},
        {"evaluate", 0, 0, G_OPTION_ARG_FILENAME, &words->evaluate,
         "Work out the share of this policy instead", "FILE"},
        {"double-spend", 0, 0, G_OPTION_ARG_NONE, &words->double_spend,
         "Work out from which value of a payment a double spend pays", NULL},
        {"confirmations", 0, 0, G_OPTION_ARG_STRING, &words->confirmations_text,
         "With --double-spend: of the payment (default: 1 to 12)", "K"},
        {"value", 0, 0, G_OPTION_ARG_STRING, &words->value_text,
         "With --confirmations: what an attempt gains for this value, in block rewards", "V"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &words->json, "Print one JSON object", NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet, "Show no progress", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("--alpha SHARE --gamma SHARE");

    g_option_context_set_summary(
        context,
        "Works out the optimal policy of a pool that withholds blocks, and its share of the\n"
        "revenue; the share of a given policy; or from which value on a double spend pays.");
    g_option_context_set_description(
        context,
        "Examples:\n"
        "  kettensim policy --alpha 35% --gamma 50% -o optimal.csv\n"
        "  kettensim policy --alpha 35% --gamma 50% --evaluate mine.csv\n"
        "  kettensim policy --alpha 30% --gamma 0% --stale 1% --double-spend\n"
        "  kettensim policy --alpha 30% --tie random --double-spend --confirmations 6 --value "
        "20\n\n"
        "docs/adversaries.md describes the model. Exit status: 0; 2 usage, or a policy with an\n"
        "error; 4 no convergence, or a full disk; 130 interrupted.\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

/* --- single words ------------------------------------------------------------------------- */

/* Reads a number as scenarios write it: 0.35 or 35%. */
static bool
read_number(const char *text, double *ret_number)
{
    g_autofree char *problem = NULL, *help = NULL;
    ScnQuantity quantity = {0};
    gsize used = 0;

    if (!scn_quantity_parse(text, strlen(text), &quantity, &used, &problem, &help) ||
        text[used] != '\0' || quantity.dim != SCN_DIM_NUMBER)
        return false;
    *ret_number = scn_quantity_double(quantity);
    return true;
}

static bool
read_whole(const char *text, guint low, guint high, guint32 *ret_number)
{
    guint64 number;

    if (!g_ascii_string_to_unsigned(text, 10, low, high, &number, NULL))
        return false;
    *ret_number = (guint32)number;
    return true;
}

/* The words of the race. Each returns an exit status, or -1 to go on. */
static int
read_alpha(PolicyWords *words)
{
    if (words->alpha_text == NULL)
        return usage("--alpha is missing: write the pool's share of hash power, such as "
                     "--alpha 35%%");
    if (!read_number(words->alpha_text, &words->alpha) || words->alpha <= 0 || words->alpha >= 0.5)
        return usage("--alpha '%s' is no share above 0%% and below 50%%, such as 35%%",
                     words->alpha_text);
    if (words->stale_text != NULL &&
        (!read_number(words->stale_text, &words->stale) || words->stale < 0 || words->stale >= 1))
        return usage("--stale '%s' is no share from 0%% to below 100%%", words->stale_text);
    words->race.alpha = policy_race_alpha(words->alpha, words->stale);
    if (words->race.alpha >= 0.5)
        return usage("with --stale %s the pool finds %.4f of the blocks that count, which is half "
                     "or more: it wins every race",
                     words->stale_text, words->race.alpha);
    return -1;
}

static int
read_tie(PolicyWords *words)
{
    if (words->tie != NULL && strcmp(words->tie, "random") == 0) {
        if (words->gamma_text != NULL)
            return usage("--tie random is a coin at each tie: leave --gamma out");
        words->race.coin = true;
        words->race.gamma = 0.5;
        return -1;
    }
    if (words->tie != NULL && strcmp(words->tie, "first-seen") != 0)
        return usage("no rule '%s': write --tie first-seen or --tie random", words->tie);
    if (words->gamma_text == NULL)
        return usage("--gamma is missing: write the share of the others that mines on the pool's "
                     "branch at a tie, such as --gamma 50%%");
    if (!read_number(words->gamma_text, &words->race.gamma) || words->race.gamma < 0 ||
        words->race.gamma > 1)
        return usage("--gamma '%s' is no share from 0%% to 100%%", words->gamma_text);
    return -1;
}

static int
read_limit(PolicyWords *words)
{
    const char *text = words->limit_text != NULL ? words->limit_text : LIMIT;

    if (!read_whole(text, POLICY_LIMIT_MIN, POLICY_LIMIT_MAX, &words->limit))
        return usage("--limit '%s' is not a whole number from %d to %d", text, POLICY_LIMIT_MIN,
                     POLICY_LIMIT_MAX);
    return -1;
}

static int
read_payment(PolicyWords *words)
{
    guint32 longest;

    words->value = -1;
    if (words->confirmations_text != NULL &&
        !read_whole(words->confirmations_text, 1, POLICY_CONFIRMATIONS_MAX, &words->confirmations))
        return usage("--confirmations '%s' is not a whole number from 1 to %d",
                     words->confirmations_text, POLICY_CONFIRMATIONS_MAX);
    if (words->value_text != NULL && (!read_number(words->value_text, &words->value) ||
                                      words->value < 0 || words->value > VALUE_MAX))
        return usage("--value '%s' is no number of block rewards from 0 to %.0e", words->value_text,
                     VALUE_MAX);
    if (words->value_text != NULL && words->confirmations_text == NULL)
        return usage("--value needs --confirmations");
    longest = words->confirmations > 0 ? words->confirmations : POLICY_CONFIRMATIONS_SHOWN;
    if (words->double_spend && words->limit < longest + 2)
        return usage("--limit %u is too short for %u confirmations: write --limit %u or more",
                     words->limit, longest, longest + 2);
    return -1;
}

/* Refuses words that say nothing together. */
static int
check_words(const PolicyWords *words)
{
    if (!words->double_spend && (words->confirmations_text != NULL || words->value_text != NULL))
        return usage("--confirmations and --value are for --double-spend");
    if (words->double_spend && words->evaluate != NULL)
        return usage("--evaluate works out revenue: leave --double-spend out");
    if (words->output != NULL && (words->double_spend || words->evaluate != NULL))
        return usage("-o writes the optimal policy for revenue: leave %s out",
                     words->double_spend ? "--double-spend" : "--evaluate");
    if (words->evaluate != NULL && words->limit_text != NULL)
        return usage("--evaluate has no limit: leave --limit out");
    if (words->json && words->output != NULL && strcmp(words->output, "-") == 0)
        return usage("-o - and --json both write to standard output: name a file");
    return -1;
}

int
policy_words_parse(PolicyWords *words, int argc, char **argv)
{
    static int (*const readers[])(PolicyWords *) = {read_alpha, read_tie, read_limit, read_payment};
    g_autoptr(GOptionContext) context = context_new(words);
    int status;

    if (!command_parse("policy", context, &argc, &argv))
        return EXIT_USAGE;
    if (argc > 1)
        return usage("'%s' is one word too many: a policy to work out is named by --evaluate",
                     argv[1]);
    status = check_words(words);
    for (size_t i = 0; i < G_N_ELEMENTS(readers) && status < 0; i++)
        status = readers[i](words);
    return status;
}

/* --- progress ----------------------------------------------------------------------------- */

static bool
on_tick(gpointer user_data)
{
    PolicyWords *words = user_data;

    terminal_progress_tell(&words->progress, "%u sweeps over the states", ++words->ticks);
    return !interrupt_asked();
}

RaceEffort
policy_words_effort(PolicyWords *words)
{
    if (words->ticks == 0)
        terminal_progress_init(&words->progress, 0, words->quiet || words->json);
    return (RaceEffort){.tick = on_tick, .user_data = words};
}

void
policy_words_done(PolicyWords *words)
{
    terminal_progress_clear(&words->progress);
}

int
policy_words_fail(PolicyWords *words, RaceEnd end)
{
    policy_words_done(words);
    if (end == RACE_STOPPED) {
        usage("interrupted; nothing was written");
        return EXIT_INTERRUPTED;
    }
    usage("the values do not settle within %d sweeps: write a smaller --limit or --alpha",
          RACE_SWEEPS_MAX);
    return EXIT_LIMIT;
}

/* --- what was asked ----------------------------------------------------------------------- */

char *
policy_words_text(const PolicyWords *words)
{
    g_autofree char *tie =
        words->race.coin ? g_strdup("tie random") : g_strdup_printf("gamma %s", words->gamma_text);

    return g_strdup_printf("alpha %s, %s, stale %s", words->alpha_text, tie,
                           words->stale_text != NULL ? words->stale_text : "0%");
}

void
policy_words_print(const PolicyWords *words)
{
    g_autofree char *text = policy_words_text(words);

    printf("%s", text);
    if (words->evaluate == NULL)
        printf(", limit %u", words->limit);
    putchar('\n');
}

void
policy_words_json(const PolicyWords *words, JsonBuilder *builder)
{
    io_json_member_real(builder, "alpha", words->alpha);
    io_json_member_real(builder, "gamma", words->race.gamma);
    io_json_member_real(builder, "stale", words->stale);
    io_json_member_text(builder, "tie", words->race.coin ? "random" : "first-seen");
    io_json_member_real(builder, "honest_share", words->race.alpha);
    if (words->evaluate == NULL)
        io_json_member_int(builder, "limit", words->limit);
}
