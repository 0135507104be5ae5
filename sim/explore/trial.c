/* See trial.h. */
#include "sim/explore/trial.h"

#include "sim/engine/random.h"
#include "sim/run/run.h"
#include "sim/world/observe.h"

#include <string.h>

const char *
explore_class_name(ExploreClass class)
{
    static const char *const names[] = {"held",   "check", "books", "audit",
                                        "digest", "died",  "limit", "bad"};

    return names[class];
}

void
explore_verdict_clear(ExploreVerdict *verdict)
{
    g_clear_pointer(&verdict->what, g_free);
    g_clear_pointer(&verdict->detail, g_free);
}

bool
explore_verdict_is_same(const ExploreVerdict *a, const ExploreVerdict *b)
{
    return a->class == b->class && g_strcmp0(a->what, b->what) == 0;
}

static void
set(ExploreVerdict *verdict, ExploreClass class, const char *what, char *detail)
{
    if (verdict->class != EXPLORE_HELD) {
        g_free(detail);
        return;
    }
    verdict->class = class;
    verdict->what = g_strdup(what);
    verdict->detail = detail;
}

/* --- what a run came to ------------------------------------------------------------------- */

static void
judge_checks(ExploreVerdict *verdict, const SimRun *run)
{
    const SimChecks *checks = sim_run_checks(run);

    for (guint i = 0; i < sim_checks_count(checks); i++) {
        const SimCheckResult *result = sim_checks_get(checks, i);
        GString *text;

        if (!sim_check_fails(result))
            continue;
        text = g_string_new(NULL);
        sim_check_format(text, result);
        set(verdict, EXPLORE_CHECK, result->check->text, g_string_free(text, FALSE));
    }
}

static void
judge_audits(ExploreVerdict *verdict, const SimRun *run)
{
    SimWorld *world = sim_run_world(run);

    for (uint32_t i = 0; i < sim_world_node_count(world); i++) {
        const char *wrong =
            sim_world_node_is_script(world, i) ? NULL : kette_node_audit(sim_world_node(world, i));

        if (wrong != NULL)
            set(verdict, EXPLORE_AUDIT, wrong,
                g_strdup_printf("%s: %s\n", sim_world_node_name(world, i), wrong));
    }
}

static guint
bucket(guint64 n)
{
    return n < 4 ? (guint)n : 2 + g_bit_storage(n);
}

/* Sums up the state of the domain: how deep nodes reorganised and how often, how many branches
 * there were, what was refused, how far apart nodes ended. */
static guint64
novelty_of(const SimRun *run)
{
    SimWorld *world = sim_run_world(run);
    guint64 key = 0, stale = 0, refused = 0;

    for (uint32_t i = 0; i < sim_world_node_count(world); i++) {
        key ^=
            G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) * (1 + bucket(sim_world_max_reorg(world, i)) +
                                                      16 * bucket(sim_world_reorgs(world, i) / 2));
        stale += sim_world_stale(world, i);
        for (guint v = 0; v < KETTE_VERDICT_COUNT; v++)
            refused |=
                sim_world_refused(world, i, (KetteVerdict)v) > 0 ? G_GUINT64_CONSTANT(1) << v : 0;
    }
    key = sim_key_combine(key, bucket(stale));
    key = sim_key_combine(key, refused);
    return sim_key_combine(key, (guint64)sim_run_status(run));
}

static SimRun *
run_text(const ScnScenario *scenario, bool isolate, bool wire)
{
    const SimRunOptions options = {.build = {isolate, wire}, .scenario_name = "explored.scn"};
    SimRun *run = sim_run_new(scenario, &options, NULL);

    if (run != NULL && !sim_run_execute(run, NULL))
        g_clear_pointer(&run, sim_run_free);
    return run;
}

static void
compare_modes(ExploreVerdict *verdict, const ScnScenario *scenario, const char *digest)
{
    for (int mode = 1; mode < 3; mode++) {
        g_autoptr(SimRun) run = run_text(scenario, mode == 1, mode == 2);

        if (run == NULL || strcmp(sim_run_digest(run), digest) != 0)
            set(verdict, EXPLORE_DIGEST, mode == 1 ? "--isolate" : "--wire",
                g_strdup("another digest\n"));
    }
}

static void
judge(ExploreVerdict *verdict, const SimRun *run)
{
    verdict->events = sim_run_events(run);
    verdict->novelty = novelty_of(run);
    if (sim_run_status(run) == SIM_STATUS_BROKEN)
        set(verdict, EXPLORE_BOOKS, "books", g_strdup(sim_run_trouble(run)));
    judge_audits(verdict, run);
    if (sim_run_status(run) == SIM_STATUS_LIMIT)
        set(verdict, EXPLORE_LIMIT, "limit", g_strdup(sim_run_trouble(run)));
    if (sim_run_status(run) == SIM_STATUS_FAILED) {
        judge_checks(verdict, run);
        set(verdict, EXPLORE_CHECK, "an action", g_strdup(sim_run_trouble(run)));
    }
}

void
explore_trial(ExploreVerdict *verdict, const char *path, const char *text, bool modes)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnScenario) scenario = scn_parse_text(path, text, strlen(text), NULL, errors);
    g_autoptr(SimRun) run = NULL;

    *verdict = (ExploreVerdict){.class = EXPLORE_HELD};
    if (scenario != NULL)
        run = run_text(scenario, false, false);
    if (run == NULL) {
        GString *why = g_string_new(NULL);

        scn_errors_format(errors, why, false);
        set(verdict, EXPLORE_BAD, "bad", g_string_free(why, FALSE));
        return;
    }
    judge(verdict, run);
    if (modes)
        compare_modes(verdict, scenario, sim_run_digest(run));
}

#define PACKED "(usstt)"

/* --- as bytes ----------------------------------------------------------------------------- */

GBytes *
explore_verdict_pack(const ExploreVerdict *verdict)
{
    g_autoptr(GVariant) packed = g_variant_ref_sink(g_variant_new(
        PACKED, (guint32)verdict->class, verdict->what != NULL ? verdict->what : "",
        verdict->detail != NULL ? verdict->detail : "", verdict->novelty, verdict->events));

    return g_variant_get_data_as_bytes(packed);
}

bool
explore_verdict_unpack(ExploreVerdict *verdict, GBytes *bytes)
{
    g_autoptr(GVariant) packed =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(PACKED), bytes, FALSE));
    guint32 class;

    if (!g_variant_is_normal_form(packed))
        return false;
    *verdict = (ExploreVerdict){.class = EXPLORE_HELD};
    g_variant_get(packed, PACKED, &class, &verdict->what, &verdict->detail, &verdict->novelty,
                  &verdict->events);
    verdict->class = (ExploreClass) class;
    return class <= EXPLORE_BAD;
}
