/* See trial.h. */
#include "sim/explore/trial.h"

#include "sim/engine/random.h"
#include "sim/run/run.h"
#include "sim/world/observe.h"

#include <string.h>

const char *
explore_class_name(ExploreClass class)
{
    static const char *const names[] = {"held",   "check", "books", "audit", "model",
                                        "digest", "died",  "limit", "bad"};

    return names[class];
}

void
explore_verdict_clear(ExploreVerdict *verdict)
{
    g_clear_pointer(&verdict->what, g_free);
    g_clear_pointer(&verdict->detail, g_free);
    g_clear_pointer(&verdict->states, g_array_unref);
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
        g_autofree char *what = NULL;
        GString *text;

        if (!sim_check_fails(result))
            continue;
        text = g_string_new(NULL);
        sim_check_format(text, result);
        what = g_strconcat(result->verdict == SIM_CHECK_VACUOUS ? "vacuous: " : "",
                           result->check->text, NULL);
        set(verdict, EXPLORE_CHECK, what, g_string_free(text, FALSE));
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

static SimRun *
run_new(const ScnScenario *scenario, const SimBuildOptions *build)
{
    const SimRunOptions options = {.build = *build, .scenario_name = "explored.scn"};

    return sim_run_new(scenario, &options, NULL);
}

static void
compare_modes(ExploreVerdict *verdict, const ScnScenario *scenario, const char *digest)
{
    for (int mode = 1; mode < 3; mode++) {
        const SimBuildOptions build = {.isolate = mode == 1, .wire = mode == 2};
        g_autoptr(SimRun) run = run_new(scenario, &build);

        if (run == NULL || !sim_run_execute(run, NULL) || strcmp(sim_run_digest(run), digest) != 0)
            set(verdict, EXPLORE_DIGEST, mode == 1 ? "--isolate" : "--wire",
                g_strdup("another digest\n"));
    }
}

static void
judge(ExploreVerdict *verdict, const SimRun *run)
{
    const char *difference, *detail;

    verdict->events = sim_run_events(run);
    judge_audits(verdict, run); /* with the model, the run has ended where one was wrong */
    difference = sim_world_model_difference(sim_run_world(run), &detail);
    if (difference != NULL)
        set(verdict, EXPLORE_MODEL, difference, g_strdup(detail));
    else if (sim_run_status(run) == SIM_STATUS_BROKEN)
        set(verdict, EXPLORE_BOOKS, "books", g_strdup(sim_run_trouble(run)));
    if (sim_run_status(run) == SIM_STATUS_LIMIT)
        set(verdict, EXPLORE_LIMIT, "limit", g_strdup(sim_run_trouble(run)));
    if (sim_run_status(run) == SIM_STATUS_FAILED) {
        judge_checks(verdict, run);
        set(verdict, EXPLORE_CHECK, "an action", g_strdup(sim_run_trouble(run)));
    }
}

void
explore_trial(ExploreVerdict *verdict, const char *path, const char *text,
              const ExploreTrial *trial)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnScenario) scenario = scn_parse_text(path, text, strlen(text), NULL, errors);
    const SimBuildOptions build = {.model = trial->model};
    g_autoptr(ExploreNovelty) novelty = NULL; /* outlives the run */
    g_autoptr(SimRun) run = scenario != NULL ? run_new(scenario, &build) : NULL;

    *verdict = (ExploreVerdict){.class = EXPLORE_HELD};
    if (run != NULL && trial->states)
        novelty = explore_novelty_new(sim_run_world(run));
    if (run == NULL || !sim_run_execute(run, NULL)) {
        GString *why = g_string_new(NULL);

        scn_errors_format(errors, why, false);
        set(verdict, EXPLORE_BAD, "bad", g_string_free(why, FALSE));
        return;
    }
    judge(verdict, run);
    if (novelty != NULL)
        verdict->states = g_array_copy((GArray *)explore_novelty_states(novelty));
    if (trial->modes)
        compare_modes(verdict, scenario, sim_run_digest(run));
}

/* --- as bytes ----------------------------------------------------------------------------- */

#define PACKED "(ussta(tx))"

GBytes *
explore_verdict_pack(const ExploreVerdict *verdict)
{
    g_autoptr(GVariantBuilder) states = g_variant_builder_new(G_VARIANT_TYPE("a(tx)"));
    g_autoptr(GVariant) packed = NULL;

    for (guint i = 0; verdict->states != NULL && i < verdict->states->len; i++) {
        const ExploreState *state = &g_array_index(verdict->states, ExploreState, i);

        g_variant_builder_add(states, "(tx)", state->key, state->first);
    }
    packed = g_variant_ref_sink(
        g_variant_new(PACKED, (guint32)verdict->class, verdict->what != NULL ? verdict->what : "",
                      verdict->detail != NULL ? verdict->detail : "", verdict->events, states));
    return g_variant_get_data_as_bytes(packed);
}

bool
explore_verdict_unpack(ExploreVerdict *verdict, GBytes *bytes)
{
    g_autoptr(GVariant) packed =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(PACKED), bytes, FALSE));
    g_autoptr(GVariantIter) states = NULL;
    ExploreState state;
    guint32 class;

    if (!g_variant_is_normal_form(packed))
        return false;
    *verdict = (ExploreVerdict){.class = EXPLORE_HELD};
    g_variant_get(packed, PACKED, &class, &verdict->what, &verdict->detail, &verdict->events,
                  &states);
    verdict->states = g_array_new(FALSE, FALSE, sizeof(ExploreState));
    while (g_variant_iter_next(states, "(tx)", &state.key, &state.first))
        g_array_append_val(verdict->states, state);
    verdict->class = (ExploreClass) class;
    return class <= EXPLORE_BAD;
}
