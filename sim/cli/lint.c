/* The table of lints, and the lints that look at one statement; see lint.h. */
#include "sim/cli/lint_impl.h"

#include "sim/io/text.h"
#include "sim/run/sweep.h"
#include "sim/scenario/operator.h"
#include "sim/scenario/option.h"

#include <string.h>

#define SWEEP_RUNS 100000 /* runs that take hours */

G_GNUC_PRINTF(3, 4)
void
lint_warn(Lint *lint, ScnPlace place, const char *format, ...)
{
    LintWarning warning = {.place = place};
    va_list args;

    va_start(args, format);
    warning.message = g_strdup_vprintf(format, args);
    va_end(args);
    g_array_append_val(lint->warnings, warning);
}

const ScnPlace lint_nowhere;

/* ---- walking ---- */

void
lint_each_item(Lint *lint, LintItemFunc func, void *user)
{
    for (guint i = 0; i < lint->scenario->timed->len; i++) {
        const ScnTimed *timed = g_ptr_array_index(lint->scenario->timed, i);

        for (guint k = 0; k < timed->items->len; k++)
            func(lint, timed, g_ptr_array_index(timed->items, k), user);
    }
    for (guint i = 0; i < lint->scenario->scripts->len; i++) {
        const ScnScript *script = g_ptr_array_index(lint->scenario->scripts, i);

        for (guint k = 0; k < script->lines->len; k++) {
            const ScnLine *line = g_ptr_array_index(script->lines, k);

            if (line->item != NULL)
                func(lint, NULL, line->item, user);
        }
    }
}

/* ---- times ---- */

static void
find_late_times(Lint *lint)
{
    gint64 end = lint->scenario->duration_ns;

    for (guint i = 0; i < lint->scenario->timed->len; i++) {
        const ScnTimed *timed = g_ptr_array_index(lint->scenario->timed, i);

        if (end > 0 && timed->kind != SCN_TIMED_WHEN && timed->at_ns > end)
            lint_warn(lint, timed->place, "this never comes: it is after the end of the run");
    }
}

static void
find_late_checks(Lint *lint)
{
    gint64 end = lint->scenario->duration_ns;

    for (guint i = 0; i < lint->scenario->checks->len; i++) {
        const ScnCheck *check = g_ptr_array_index(lint->scenario->checks, i);

        if (check->alone && end > 0 && check->from_ns > end)
            lint_warn(lint, check->place,
                      "this check never begins: it is after the end of the run");
    }
}

/* ---- names that nothing reads ---- */

/* Leaves out included files, which may offer names that this one does not need. */
static void
find_unused(Lint *lint)
{
    for (guint i = 0; i < lint->scenario->unused->len; i++) {
        const ScnUnused *unused = &g_array_index(lint->scenario->unused, ScnUnused, i);

        if (unused->place.source == 0)
            lint_warn(lint, unused->place, "nothing reads the %s '%s'", unused->what, unused->name);
    }
}

typedef struct {
    guint32 tx;
    bool sent;
} Sending;

static void
see_submit(Lint *lint, const ScnTimed *timed, const ScnItem *item, void *user)
{
    Sending *sending = user;

    (void)lint, (void)timed;
    if (item->kind == SCN_ITEM_SUBMIT && item->tx == sending->tx)
        sending->sent = true;
}

/* Returns whether an action, a block of a tree or a strategy sends the transaction. */
static bool
is_sent(Lint *lint, guint32 tx)
{
    Sending sending = {.tx = tx};

    lint_each_item(lint, see_submit, &sending);
    for (guint i = 0; i < lint->scenario->blocks->len; i++) {
        const GArray *txs = g_array_index(lint->scenario->blocks, ScnBlock, i).txs;

        for (guint k = 0; txs != NULL && k < txs->len; k++)
            sending.sent = sending.sent || g_array_index(txs, guint32, k) == tx;
    }
    for (guint i = 0; i < lint->scenario->strategies->len; i++) {
        const ScnStrategy *s = &g_array_index(lint->scenario->strategies, ScnStrategy, i);

        sending.sent = sending.sent || s->pay == tx || s->back == tx;
    }
    return sending.sent;
}

static void
find_unsent(Lint *lint)
{
    for (guint32 i = 0; i < lint->scenario->txs->len; i++) {
        const ScnTx *tx = &g_array_index(lint->scenario->txs, ScnTx, i);

        if (tx->asked && !is_sent(lint, i))
            lint_warn(lint, tx->place, "'%s' is asked about, but nothing submits it", tx->name);
    }
}

/* ---- what is judged, and how often ---- */

static void
find_no_check(Lint *lint)
{
    if (lint->scenario->checks->len == 0 && lint->scenario->result_tables->len == 0)
        lint_warn(lint, lint_nowhere, "nothing is judged: there is no check");
}

LintSweep
lint_sweep_size(const ScnScenario *scenario)
{
    return (LintSweep){
        .points = sim_sweep_count_points(scenario),
        .seeds = scenario->seeds_given ? scenario->last_seed - scenario->first_seed + 1 : 1,
    };
}

/* Returns whether the term has a statistic that one seed does not give. */
static bool
needs_seeds(const ScnTerm *term)
{
    if (term->kind == SCN_TERM_STATISTIC &&
        (term->stat.kind == SCN_STAT_NEAR || term->stat.kind == SCN_STAT_SE ||
         term->stat.kind == SCN_STAT_CI))
        return true;
    for (guint i = 0; i < scn_term_count(term); i++) {
        if (needs_seeds(scn_term_at(term, i)))
            return true;
    }
    return false;
}

static void
find_lone_seed(Lint *lint)
{
    if (lint_sweep_size(lint->scenario).seeds > 1)
        return;
    for (guint i = 0; i < lint->scenario->checks->len; i++) {
        const ScnCheck *check = g_ptr_array_index(lint->scenario->checks, i);

        if (check->over != SCN_OVER_NONE && check->condition != NULL &&
            needs_seeds(check->condition))
            lint_warn(lint, check->place,
                      "one seed gives no interval and no error: write seeds 1..32");
    }
}

static void
find_large_sweep(Lint *lint)
{
    LintSweep size = lint_sweep_size(lint->scenario);
    g_autofree char *points = io_count(size.points, "point");
    g_autofree char *seeds = io_count(size.seeds, "seed");

    if (size.points > SWEEP_RUNS / size.seeds)
        lint_warn(lint, lint_nowhere, "the sweep has %s x %s: more than %d runs", points, seeds,
                  SWEEP_RUNS);
}

/* ---- options without effect ---- */

/* Returns whether a param names the chain's algorithm, so that -P may bring another one. */
static bool
has_param_of_algorithm(const ScnScenario *scenario)
{
    const ScnOptRow *row = scn_option_find(&scn_chain_options, "algorithm");
    g_auto(GStrv) words = g_strsplit(row->spec.words, " ", -1);

    for (guint i = 0; i < scenario->params->len; i++) {
        const ScnParam *param = &g_array_index(scenario->params, ScnParam, i);

        if (strcmp(param->value, words[scenario->chain.algorithm]) == 0)
            return true;
    }
    return false;
}

/* Finds options of retargets that the chain's algorithm does not read. A param, a sweep or an
 * upgrade may bring the algorithm that does, so files with one are left alone. */
static void
find_unread_retargets(Lint *lint)
{
    static const ScnChain initial = {
        .window = 144, .clamp = 4, .half_life_ns = 3600 * SCN_SECOND_NS};
    const ScnChain *chain = &lint->scenario->chain;
    ScnRetarget algorithm = chain->algorithm;
    bool is_asert = algorithm == SCN_RETARGET_ASERT;

    if (has_param_of_algorithm(lint->scenario) || lint->scenario->sweeps->len > 0 ||
        lint->scenario->upgrades->len > 0)
        return;
    if (chain->window != initial.window && (algorithm == SCN_RETARGET_FIXED || is_asert))
        lint_warn(lint, lint_nowhere,
                  "window= changes nothing: the algorithms fixed and asert have none");
    if (chain->clamp != initial.clamp && algorithm != SCN_RETARGET_EPOCH &&
        algorithm != SCN_RETARGET_EDA)
        lint_warn(lint, lint_nowhere,
                  "clamp= changes nothing: only the algorithms epoch and eda read it");
    if (chain->half_life_ns != initial.half_life_ns && !is_asert)
        lint_warn(lint, lint_nowhere, "half-life= changes nothing: only algorithm=asert reads it");
}

/* ---- the table ---- */

static const struct {
    void (*find)(Lint *lint);
    bool of_network;
} lints[] = {
    {lint_large_mesh, false}, {lint_unconnected, true},          {lint_empty_regions, true},
    {lint_bridges, true},     {lint_lasting_cuts, false},        {lint_lasting_bans, false},
    {find_late_times, false}, {find_late_checks, false},         {find_unused, false},
    {find_unsent, false},     {lint_unreachable_heights, false}, {find_no_check, false},
    {find_lone_seed, false},  {find_large_sweep, false},         {find_unread_retargets, false},
};

static void
warning_clear(gpointer data)
{
    g_free(((LintWarning *)data)->message);
}

static GArray *
find_warnings(const ScnScenario *scenario, const LintNetwork *network)
{
    Lint lint = {scenario, network, g_array_new(FALSE, FALSE, sizeof(LintWarning))};

    g_array_set_clear_func(lint.warnings, warning_clear);
    for (guint i = 0; i < G_N_ELEMENTS(lints); i++) {
        if (lints[i].of_network == (network != NULL))
            lints[i].find(&lint);
    }
    return lint.warnings;
}

GArray *
lint_find_warnings(const ScnScenario *scenario)
{
    return find_warnings(scenario, NULL);
}

void
lint_find(GPtrArray *warnings, const ScnScenario *scenario, const LintNetwork *network)
{
    g_autoptr(GArray) found = find_warnings(scenario, network);

    for (guint i = 0; i < found->len; i++) {
        const LintWarning *warning = &g_array_index(found, LintWarning, i);
        ScnPlace place = warning->place;

        g_ptr_array_add(warnings,
                        place.line > 0
                            ? g_strdup_printf("%s:%u: %s", scn_scenario_file(scenario, place),
                                              place.line, warning->message)
                            : g_strdup(warning->message));
    }
}
