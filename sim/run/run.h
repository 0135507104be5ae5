/* One run of a scenario, from the model to the verdict.
 *
 * sim_run_new() builds the world and its watchers, sim_run_execute() runs to the end, and the
 * accessors return the results. A run uses one thread; runs share nothing.
 */
#ifndef SIM_RUN_RUN_H
#define SIM_RUN_RUN_H

#include "sim/run/action.h"
#include "sim/run/build.h"
#include "sim/run/check.h"
#include "sim/run/digest.h"
#include "sim/run/log.h"
#include "sim/run/trace.h"

typedef enum {
    SIM_STATUS_HELD,        /* every check held */
    SIM_STATUS_FAILED,      /* a check failed or was vacuous, or an action had no effect */
    SIM_STATUS_LIMIT,       /* a limit of the scenario ended the run */
    SIM_STATUS_BROKEN,      /* an internal contradiction, such as books that do not balance */
    SIM_STATUS_INTERRUPTED, /* the poll returned false */
} SimRunStatus;

const char *sim_run_status_name(SimRunStatus status); /* "held", "failed", … */
int sim_run_exit_status(SimRunStatus status);         /* 0, 1, 4, 5, 130 */

typedef struct {
    SimBuildOptions build;
    uint64_t live_speed_ppb;   /* nodes run elsewhere (build.remote), at this speed; else 0 */
    int64_t tolerance_ns;      /* of sim_checks_set_tolerance() */
    const char *scenario_name; /* as given, for messages and the trace */
    const char *trace_path;    /* NULL: no trace */
    SimTraceLevel trace_level;
    const SimLogOptions *log; /* NULL: no log */
    /* Called from time to time during the run; false ends it. May be NULL. */
    bool (*poll)(void *user, SimTime now, uint64_t events);
    void *poll_user;
} SimRunOptions;

typedef struct SimRun SimRun;

/* Copies the options; borrows the scenario, which outlives the run. */
SimRun *sim_run_new(const ScnScenario *scenario, const SimRunOptions *options, GError **error);
void sim_run_free(SimRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimRun, sim_run_free)

/* Runs to the end. Returns false with an error if the trace could not be written. */
bool sim_run_execute(SimRun *run, GError **error);

/* The steps of sim_run_execute(): start; run up to and including a time, at most to the scenario's
 * end, false if a limit or the poll ended the run; end. */
void sim_run_start(SimRun *run);
bool sim_run_until(SimRun *run, SimTime until);
bool sim_run_finish(SimRun *run, GError **error);
/* Ends the run as if the poll had returned false. */
void sim_run_interrupt(SimRun *run);
/* Sets a function called at the end of each instant that changed something; true ends sim_run_until
 * there. */
void sim_run_set_probe(SimRun *run, bool (*probe)(void *user), void *user);

SimActions *sim_run_actions(SimRun *run);
SimChecks *sim_run_mutable_checks(SimRun *run);
SimRunStatus sim_run_status(const SimRun *run);
SimWorld *sim_run_world(const SimRun *run);
const ScnScenario *sim_run_scenario(const SimRun *run);
const SimChecks *sim_run_checks(const SimRun *run);
const char *sim_run_digest(const SimRun *run);       /* 64 hex digits */
const char *sim_run_outcome(const SimRun *run);      /* SHA-256 of the text, 64 hex digits */
const char *sim_run_outcome_text(const SimRun *run); /* what golden files hold */
SimTime sim_run_end(const SimRun *run);
uint64_t sim_run_events(const SimRun *run);
/* Returns the reason of LIMIT and BROKEN, or the actions that had no effect; "" otherwise. */
const char *sim_run_trouble(const SimRun *run);
/* Returns whether a limit of real time or memory ended the run, so that another try may get
 * further. */
bool sim_run_may_retry(const SimRun *run);
/* Returns whether nodes were compared with the reference model. */
bool sim_run_has_model(const SimRun *run);
/* Returns whether its nodes run elsewhere, so that no other run is the same. */
bool sim_run_is_live(const SimRun *run);
size_t sim_run_trace_bytes(const SimRun *run); /* of sim_trace_bytes(); 0 without a trace */

#endif
