/* Runs a scenario from the model to the verdict; see run.h. */
#include "sim/run/run.h"

#include "sim/engine/assert.h"
#include "sim/run/facts_world.h"
#include "sim/run/outcome.h"
#include "sim/run/params_json.h"
#include "sim/run/script.h"
#include "sim/run/timeline.h"
#include "sim/world/observe.h"
#include "sim/world/tree.h"

#include <string.h>
#include <sys/resource.h>

/* Events between polls of the clock: some thousand polls a second. */
#define POLL_EVENTS 2048

/* Places deadlines after every check of the file in their instant. */
#define DEADLINE_PLACE UINT64_MAX

struct SimRun {
    const ScnScenario *scenario;
    SimRunOptions options;
    SimWorld *world;
    SimDigest *digest;
    SimTrace *trace;
    SimLog *log;
    SimChecks *checks;
    SimTimeline *timeline;
    SimScripts *scripts; /* may be NULL */
    uint8_t deadline_handler, stop_handler;
    bool has_stopped; /* by `stop when` */
    bool may_retry;
    bool (*probe)(void *user);
    void *probe_user;
    SimHandle deadline;
    SimRunStatus status;
    int64_t started_us; /* start of building, then of the run minus the time of building */
    int64_t built_us;   /* duration of building: limits cover both */
    char digest_hex[SIM_DIGEST_HEX], outcome_hex[SIM_DIGEST_HEX];
    char *outcome_text;
    GString *trouble;
};

const char *
sim_run_status_name(SimRunStatus status)
{
    static const char *const names[] = {"held", "failed", "limit", "broken", "interrupted"};

    sim_assert(status < G_N_ELEMENTS(names));
    return names[status];
}

int
sim_run_exit_status(SimRunStatus status)
{
    static const int codes[] = {0, 1, 4, 5, 130};

    sim_assert(status < G_N_ELEMENTS(codes));
    return codes[status];
}

/* --- checks on the engine's clock --------------------------------------------------------- */

static SimTime
now_of(const SimRun *run)
{
    return sim_engine_now(sim_world_engine(run->world));
}

/* Returns the last instant of a run: its duration, or never with `stop when` alone. */
static SimTime
end_of(const SimRun *run)
{
    return run->scenario->duration_ns > 0 ? run->scenario->duration_ns : SIM_TIME_NEVER - 1;
}

/* Keeps one event at the next deadline. The event only touches its instant. */
static void
arm_deadline(SimRun *run)
{
    SimEngine *engine = sim_world_engine(run->world);
    int64_t next = sim_checks_next_deadline(run->checks);

    if (sim_engine_due(engine, run->deadline) == next)
        return;
    sim_engine_cancel(engine, run->deadline, NULL);
    run->deadline = (SimHandle){0};
    if (next > now_of(run) && next <= end_of(run))
        run->deadline = sim_engine_schedule(engine, next, SIM_CLASS_CHECK, DEADLINE_PLACE, 0,
                                            run->deadline_handler, NULL, 0);
}

static void
on_deadline(void *user, const SimEvent *event)
{
    SimRun *run = user;

    (void)event;
    run->deadline = (SimHandle){0};
    sim_engine_touch(sim_world_engine(run->world));
}

/* Evaluates `stop when` once nothing else is due in this instant; items of a `when` come first. */
static void
stop_when(SimRun *run)
{
    SimEngine *engine = sim_world_engine(run->world);
    g_autofree char *error = NULL;

    if (run->scenario->stop == NULL || run->has_stopped)
        return;
    run->has_stopped =
        sim_checks_ask(run->checks, run->scenario->stop, sim_engine_now(engine), &error);
    if (error != NULL) {
        sim_actions_complain(sim_timeline_actions(run->timeline), run->scenario->stop_place,
                             "stop when", error);
        run->has_stopped = true;
    }
    if (run->has_stopped)
        sim_engine_schedule(engine, sim_engine_now(engine), SIM_CLASS_CHECK, DEADLINE_PLACE, 1,
                            run->stop_handler, NULL, 0);
}

static void
on_stop(void *user, const SimEvent *event)
{
    (void)event;
    sim_engine_stop(sim_world_engine(((SimRun *)user)->world));
}

static void
on_instant_end(void *user, SimTime instant)
{
    SimRun *run = user;

    sim_timeline_instant(run->timeline);
    sim_checks_instant(run->checks, instant);
    if (run->scripts != NULL)
        sim_scripts_instant(run->scripts);
    arm_deadline(run);
    stop_when(run);
    if (run->probe != NULL && run->probe(run->probe_user))
        sim_engine_stop(sim_world_engine(run->world));
}

static const SimCuts *
cuts_of(const SimRun *run)
{
    return sim_actions_cuts(sim_timeline_actions(run->timeline));
}

static int64_t
cut_start(void *user, uint32_t cut)
{
    return sim_cuts_start(cuts_of(user), cut);
}

static int64_t
cut_end(void *user, uint32_t cut)
{
    return sim_cuts_end(cuts_of(user), cut);
}

static uint64_t
event_number(void *user)
{
    return sim_engine_events(sim_world_engine(((SimRun *)user)->world));
}

/* --- limits ------------------------------------------------------------------------------- */

static bool
over_wall(SimRun *run)
{
    int64_t spent_ns = (g_get_monotonic_time() - run->started_us) * 1000;
    char limit[SIM_TIME_TEXT];

    if (run->scenario->limit.wall_ns == 0 || spent_ns <= run->scenario->limit.wall_ns)
        return false;
    g_string_append_printf(run->trouble, "the run took longer than %s of wall time\n",
                           sim_time_format(limit, run->scenario->limit.wall_ns));
    return true;
}

static bool
over_memory(SimRun *run)
{
    struct rusage usage;

    if (run->scenario->limit.memory_bytes == 0 || getrusage(RUSAGE_SELF, &usage) != 0 ||
        (int64_t)usage.ru_maxrss * 1024 <= run->scenario->limit.memory_bytes)
        return false;
    g_string_append(run->trouble, "the run took more memory than 'limit memory' allows\n");
    return true;
}

static bool
on_poll(void *user)
{
    SimRun *run = user;
    SimEngine *engine = sim_world_engine(run->world);

    if (over_wall(run) || over_memory(run)) {
        run->status = SIM_STATUS_LIMIT;
        run->may_retry = true;
        return false;
    }
    /* The disk is full, or similar: sim_trace_finish() returns the error */
    if (run->trace != NULL && sim_trace_failed(run->trace))
        return false;
    if (run->options.poll != NULL &&
        !run->options.poll(run->options.poll_user, sim_engine_now(engine),
                           sim_engine_events(engine))) {
        run->status = SIM_STATUS_INTERRUPTED;
        return false;
    }
    return true;
}

/* Stops building at a limit. There is no run yet, so sim_run_new() returns the error. */
static bool
on_build_poll(void *user)
{
    SimRun *run = user;

    if (over_wall(run) || over_memory(run))
        return false;
    return run->options.poll == NULL || run->options.poll(run->options.poll_user, 0, 0);
}

/* --- making ------------------------------------------------------------------------------- */

static void
set_up_checks(SimRun *run)
{
    SimEngine *engine = sim_world_engine(run->world);
    SimFacts facts = sim_facts_of_world(run->world);
    const SimCheckHooks hooks = {run, cut_start, cut_end, event_number};

    run->checks = sim_checks_new(run->scenario, &facts);
    sim_checks_set_tolerance(run->checks, run->options.tolerance_ns);
    run->timeline = sim_timeline_new(run->scenario, run->world, run->checks);
    run->scripts = sim_scripts_new(run->scenario, run->world, run->checks,
                                   sim_timeline_actions(run->timeline));
    sim_checks_set_hooks(run->checks, &hooks);
    run->deadline_handler = sim_engine_add_handler(engine, on_deadline, run);
    run->stop_handler = sim_engine_add_handler(engine, on_stop, run);
    sim_engine_set_instant_end(engine, on_instant_end, run);
    sim_engine_set_poll(engine, POLL_EVENTS, on_poll, run);
}

/* Returns the files that the scenario was read from; ends with NULL. */
static const char **
names_of_sources(const ScnScenario *scenario)
{
    const GPtrArray *sources = scenario->sources;
    const char **names = g_new0(const char *, sources->len + 1);
    guint count = 0;

    for (guint i = 0; i < sources->len; i++) {
        const ScnSource *source = sources->pdata[i];

        if (!source->is_argument)
            names[count++] = source->name;
    }
    return names;
}

static bool
build(SimRun *run, GError **error)
{
    SimBuildOptions options = run->options.build;
    GError *failure = NULL;

    options.poll = on_build_poll;
    options.poll_user = run;
    run->world = sim_build_world(run->scenario, &options, &failure);
    run->built_us = g_get_monotonic_time() - run->started_us;
    if (run->world != NULL)
        return true;
    if (run->trouble->len == 0) {
        g_propagate_error(error, failure);
        return false;
    }
    g_error_free(failure);
    g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_LIMIT, "%s while its world was built",
                g_strchomp(run->trouble->str));
    return false;
}

SimRun *
sim_run_new(const ScnScenario *scenario, const SimRunOptions *options, GError **error)
{
    g_autoptr(SimRun) run = g_new0(SimRun, 1);

    run->scenario = scenario;
    run->options = *options;
    run->trouble = g_string_new(NULL);
    run->started_us = g_get_monotonic_time();
    if (!build(run, error))
        return NULL;
    run->digest = sim_digest_new();
    if (run->digest == NULL) {
        g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_SCENARIO,
                    "libcrypto has no SHA-256: check the OpenSSL installation");
        return NULL;
    }
    sim_digest_watch(run->digest, run->world);
    if (options->trace_path != NULL) {
        g_autofree const char **inputs = names_of_sources(scenario);

        run->trace = sim_trace_open(options->trace_path, options->trace_level, inputs, error);
        if (run->trace == NULL)
            return NULL;
        sim_trace_watch(run->trace, run->world);
    }
    if (options->log != NULL)
        run->log = sim_log_new(options->log, run->world);
    set_up_checks(run);
    return g_steal_pointer(&run);
}

void
sim_run_free(SimRun *run)
{
    if (run == NULL)
        return;
    sim_trace_free(run->trace);
    sim_scripts_free(run->scripts);
    sim_timeline_free(run->timeline);
    sim_checks_free(run->checks);
    sim_log_free(run->log);
    sim_world_free(run->world);
    sim_digest_free(run->digest);
    g_string_free(run->trouble, TRUE);
    g_free(run->outcome_text);
    g_free(run);
}

/* --- running ------------------------------------------------------------------------------ */

void
sim_run_start(SimRun *run)
{
    run->started_us = g_get_monotonic_time() - run->built_us;
    sim_world_start(run->world);
    sim_engine_touch(sim_world_engine(run->world));
    arm_deadline(run);
}

/* Returns the rest of 'limit events', 0 for no limit. */
static uint64_t
events_left(const SimRun *run)
{
    uint64_t limit = run->scenario->limit.events, spent = sim_run_events(run);

    return limit == 0 ? 0 : spent < limit ? limit - spent : 1;
}

bool
sim_run_until(SimRun *run, SimTime until)
{
    SimEngine *engine = sim_world_engine(run->world);
    SimRunEnd end;

    if (run->status != SIM_STATUS_HELD)
        return false;
    until = MIN(until, end_of(run));
    end = sim_engine_run(engine, until, events_left(run));
    if (end == SIM_RUN_IDLE && until < SIM_TIME_NEVER - 1)
        sim_engine_advance(engine, until);
    if (end == SIM_RUN_LIMIT && now_of(run) < until) {
        g_string_append(run->trouble, "the run took more events than 'limit events' allows\n");
        run->status = SIM_STATUS_LIMIT;
    }
    return run->status == SIM_STATUS_HELD;
}

void
sim_run_interrupt(SimRun *run)
{
    if (run->status == SIM_STATUS_HELD)
        run->status = SIM_STATUS_INTERRUPTED;
}

void
sim_run_set_probe(SimRun *run, bool (*probe)(void *user), void *user)
{
    run->probe = probe;
    run->probe_user = user;
}

static void
add_idle(void *user, const char *label, const char *why)
{
    SimRun *run = user;

    sim_trouble_add(sim_actions_trouble(sim_timeline_actions(run->timeline)), label, why,
                    now_of(run));
}

static void
judge(SimRun *run)
{
    bool whole = run->status == SIM_STATUS_HELD;
    const char *trouble;

    if (whole)
        sim_checks_finish(run->checks, now_of(run));
    else
        sim_checks_stop(run->checks, now_of(run));
    for (guint i = 0; i < sim_checks_count(run->checks); i++) {
        const SimCheckResult *result = sim_checks_get(run->checks, i);

        sim_digest_check(run->digest, result->verdict, result->check->place.line,
                         result->check->text, result->time_ns);
    }
    if (whole) {
        sim_actions_judge_faults(sim_timeline_actions(run->timeline));
        sim_world_idle_strategies(run->world, add_idle, run);
    }
    trouble = sim_trouble_text(sim_actions_trouble(sim_timeline_actions(run->timeline)));
    g_string_append(run->trouble, trouble);
    if (whole && (!sim_checks_ok(run->checks) || *trouble != '\0'))
        run->status = SIM_STATUS_FAILED;
}

/* A node that thinks otherwise than the model ends the run. */
static void
heed_model(SimRun *run)
{
    const char *detail;

    if (run->status == SIM_STATUS_BROKEN || sim_world_model_difference(run->world, &detail) == NULL)
        return;
    g_string_append(run->trouble, detail);
    run->status = SIM_STATUS_BROKEN;
}

static void
close_books(SimRun *run)
{
    g_autoptr(GString) report = g_string_new(NULL);
    bool balanced = sim_world_finish(run->world, report);

    heed_model(run);
    if (balanced)
        return;
    g_string_append_printf(run->trouble, "the books of the network do not balance:\n%s",
                           report->str);
    run->status = SIM_STATUS_BROKEN;
}

static void
trace_results(SimRun *run)
{
    for (guint i = 0; i < sim_checks_count(run->checks); i++) {
        const SimCheckResult *result = sim_checks_get(run->checks, i);

        sim_trace_check(run->trace, result->check->place.line, result->check->text, result->kind,
                        sim_check_verdict_name(result->verdict), result->time_ns, result->detail);
    }
    for (guint i = 0; i < sim_checks_measure_count(run->checks); i++) {
        const SimMeasureResult *result = sim_checks_get_measure(run->checks, i);

        sim_trace_measure(run->trace, result->measure->name, sim_measure_cell(result),
                          result->text);
    }
}

/* Adds each text once, however often it was included; -P arguments are in params. */
static void
trace_sources(SimRun *run)
{
    const GPtrArray *sources = run->scenario->sources;

    for (guint i = 0; i < sources->len; i++) {
        const ScnSource *source = g_ptr_array_index(sources, i);
        bool is_new = !source->is_argument;

        for (guint j = 0; j < i && is_new; j++)
            is_new = strcmp(((const ScnSource *)g_ptr_array_index(sources, j))->local_name,
                            source->local_name) != 0;
        if (is_new)
            sim_trace_source(run->trace, source->local_name, source->text);
    }
}

static void
trace_block_names(SimRun *run)
{
    for (guint i = 0; i < run->scenario->blocks->len; i++) {
        uint32_t block = sim_world_named_ref(run->world, i);

        if (block != SIM_BLOCK_NONE)
            sim_trace_block_name(run->trace, block,
                                 g_array_index(run->scenario->blocks, ScnBlock, i).name);
    }
}

static bool
finish_trace(SimRun *run, GError **error)
{
    const ScnSource *source = g_ptr_array_index(run->scenario->sources, 0);
    g_autofree char *name = g_path_get_basename(run->options.scenario_name);
    g_autofree char *params = sim_params_json(run->scenario);
    const SimTraceRun row = {
        .scenario = name,
        .title = run->scenario->title,
        .source = source->text,
        .params = params,
        .seed = run->scenario->seed,
        .status = sim_run_status_name(run->status),
        .digest = run->digest_hex,
        .outcome = run->outcome_hex,
        .end_ns = now_of(run),
        .events = sim_run_events(run),
        .speed_ppb = run->options.live_speed_ppb,
        .model = run->scenario,
    };

    trace_results(run);
    trace_sources(run);
    trace_block_names(run);
    return sim_trace_finish(run->trace, &row, error);
}

bool
sim_run_execute(SimRun *run, GError **error)
{
    sim_run_start(run);
    (void)sim_run_until(run, SIM_TIME_NEVER);
    return sim_run_finish(run, error);
}

bool
sim_run_finish(SimRun *run, GError **error)
{
    heed_model(run);
    judge(run);
    close_books(run);
    sim_digest_finish(run->digest, run->digest_hex);
    run->outcome_text = sim_outcome_text(run->world, run->checks);
    sim_outcome_digest(run->outcome_hex, run->outcome_text);
    /* The trace of an interrupted run ends early; its status says so */
    return run->trace == NULL || finish_trace(run, error);
}

/* --- reading ------------------------------------------------------------------------------ */

SimActions *
sim_run_actions(SimRun *run)
{
    return sim_timeline_actions(run->timeline);
}

SimChecks *
sim_run_mutable_checks(SimRun *run)
{
    return run->checks;
}

SimRunStatus
sim_run_status(const SimRun *run)
{
    return run->status;
}

SimWorld *
sim_run_world(const SimRun *run)
{
    return run->world;
}

const ScnScenario *
sim_run_scenario(const SimRun *run)
{
    return run->scenario;
}

const SimChecks *
sim_run_checks(const SimRun *run)
{
    return run->checks;
}

const char *
sim_run_digest(const SimRun *run)
{
    return run->digest_hex;
}

const char *
sim_run_outcome(const SimRun *run)
{
    return run->outcome_hex;
}

const char *
sim_run_outcome_text(const SimRun *run)
{
    return run->outcome_text;
}

SimTime
sim_run_end(const SimRun *run)
{
    return now_of(run);
}

uint64_t
sim_run_events(const SimRun *run)
{
    return sim_engine_events(sim_world_engine(run->world));
}

const char *
sim_run_trouble(const SimRun *run)
{
    return run->trouble->str;
}

bool
sim_run_may_retry(const SimRun *run)
{
    return run->may_retry;
}

bool
sim_run_has_model(const SimRun *run)
{
    return run->options.build.model;
}

bool
sim_run_is_live(const SimRun *run)
{
    return run->options.live_speed_ppb > 0;
}

size_t
sim_run_trace_bytes(const SimRun *run)
{
    return run->trace != NULL ? sim_trace_bytes(run->trace) : 0;
}
