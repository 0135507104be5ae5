/* The life of checks: from the moment each starts to its verdict.
 *
 * The caller drives it, in the order of time: an item when its moment comes, an instant at the end
 * of each instant in which something changed and at each deadline, the end once. A check fails at
 * once when its condition cannot be evaluated (a mark not set). One whose moment, guard or set
 * never came is vacuous, which fails the run unless it ends in `maybe`.
 */
#ifndef SIM_RUN_CHECK_H
#define SIM_RUN_CHECK_H

#include "sim/run/cell.h"
#include "sim/run/eval.h"

typedef enum {
    SIM_CHECK_OPEN, /* until the end has come */
    SIM_CHECK_HELD,
    SIM_CHECK_FAILED,
    SIM_CHECK_VACUOUS,
    SIM_CHECK_SKIPPED, /* the run was stopped before it was decided, or it is of many runs */
} SimCheckVerdict;

typedef struct {
    const ScnCheck *check; /* text, line, column, maybe; the scenario's */
    const char *file;
    const char *kind; /* expect, always, never, sometimes, finally */
    SimCheckVerdict verdict;
    int64_t time_ns; /* when it was decided */
    uint64_t event;  /* by which event */
    char *detail;    /* why it failed or was vacuous; "" when it held */
} SimCheckResult;

typedef struct {
    const ScnMeasure *measure;
    ScnValue value; /* null when it never came about */
    char *exact;    /* for files: ns, 64 hex digits, decimals, null */
    char *text;     /* for people */
} SimMeasureResult;

/* A value that a check over many runs asks for; a time in ns, a condition 0 or 1. */
typedef struct {
    bool is_null;
    double value;
} SimSample;

/* What checks ask beside the facts; a NULL function: there is no such thing. */
typedef struct {
    void *user;
    int64_t (*cut_start)(void *user, uint32_t cut);
    int64_t (*cut_end)(void *user, uint32_t cut);
    uint64_t (*event_number)(void *user);
} SimCheckHooks;

typedef struct SimChecks SimChecks;

/* The facts are copied; the scenario and what the facts point to are borrowed. */
SimChecks *sim_checks_new(const ScnScenario *scenario, const SimFacts *facts);
void sim_checks_free(SimChecks *checks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimChecks, sim_checks_free)

/* Before the first of the calls below. */
void sim_checks_set_hooks(SimChecks *checks, const SimCheckHooks *hooks);

/* ---- driving; times never go back ---- */

void sim_checks_mark(SimChecks *checks, const ScnItem *item, int64_t now);
void sim_checks_start_item(SimChecks *checks, const ScnItem *item, int64_t now);

/* Whether a condition of `when` or `stop when` is true now. When it cannot be told, false and the
 * reason, for the caller to free. */
bool sim_checks_ask(SimChecks *checks, const ScnTerm *condition, int64_t now, char **ret_error);

/* The value of an expression now, as files have it, elements of a list with a blank between. False
 * with the reason, for the caller to free, when it has none. */
bool sim_checks_evaluate(SimChecks *checks, const ScnTerm *expr, int64_t now, GString *ret_text,
                         char **ret_error);

/* The reply that a script line got: detail (taken over) says what came instead, NULL when it is
 * what was expected. */
void sim_checks_reply(SimChecks *checks, guint32 check, char *detail, int64_t now);

/* Whether a check has started and is not decided. */
bool sim_checks_is_open(const SimChecks *checks, guint32 check);

/* At the end of an instant in which something changed, or at a deadline. */
void sim_checks_instant(SimChecks *checks, int64_t now);

/* The next time at which sim_checks_instant() is due even when nothing changes: a deadline, or the
 * `from` of a check that has not started. INT64_MAX: none. */
int64_t sim_checks_next_deadline(const SimChecks *checks);

/* The run has come to its end: decides everything and reads the measures. */
void sim_checks_finish(SimChecks *checks, int64_t now);

/* The run was cut short: what is undecided is skipped, and measures are null. */
void sim_checks_stop(SimChecks *checks, int64_t now);

/* ---- reading ---- */

guint sim_checks_count(const SimChecks *checks);
const SimCheckResult *sim_checks_get(const SimChecks *checks, guint i);
guint sim_checks_measure_count(const SimChecks *checks);
const SimMeasureResult *sim_checks_get_measure(const SimChecks *checks, guint i);

/* By sample of the scenario; of those that stand for a measure, null. */
SimSample sim_checks_get_sample(const SimChecks *checks, guint i);
SimCellValue sim_cell_quantity(ScnQuantity quantity);
/* Blocks, works, statuses, hashes and lists are texts, which belong to the result; an error is
 * null. */
SimCellValue sim_measure_cell(const SimMeasureResult *result);

const char *sim_check_verdict_name(SimCheckVerdict verdict); /* "held", … */

/* Whether this check makes the run fail: failed, or vacuous without maybe. */
bool sim_check_fails(const SimCheckResult *result);
bool sim_checks_ok(const SimChecks *checks);

/* "FAIL file.scn:31:3  expect …\n  at 20m30s (event 48213): b4 is on …\n" */
void sim_check_format(GString *out, const SimCheckResult *result);

#endif
