/* The life of checks, from start to verdict.
 *
 * The caller drives it in the order of time: an item at its moment; an instant at the end of each
 * instant that changed something, and at each deadline; the end once. A check whose condition
 * cannot be evaluated (a mark not set) fails at once. A check is vacuous if its moment or guard
 * never came or its set was always empty; a vacuous check fails the run unless it ends in `maybe`.
 */
#ifndef SIM_RUN_CHECK_H
#define SIM_RUN_CHECK_H

#include "sim/run/cell.h"
#include "sim/run/eval.h"

typedef enum {
    SIM_CHECK_OPEN, /* not decided before the end of the run */
    SIM_CHECK_HELD,
    SIM_CHECK_FAILED,
    SIM_CHECK_VACUOUS,
    SIM_CHECK_SKIPPED, /* the run stopped before the decision, or the check is over many runs */
} SimCheckVerdict;

typedef struct {
    const ScnCheck *check; /* text, line, column, maybe; owned by the scenario */
    const char *file;      /* "" in a text without a name */
    const char *kind;      /* expect, always, never, sometimes, finally */
    SimCheckVerdict verdict;
    int64_t time_ns; /* of the decision */
    uint64_t event;  /* number of the event that decided it */
    char *detail;    /* why it failed or was vacuous; "" if it held */
} SimCheckResult;

typedef struct {
    const ScnMeasure *measure;
    ScnValue value; /* null if never measured */
    char *exact;    /* for files: ns, 64 hex digits, decimals, null */
    char *text;     /* for people */
} SimMeasureResult;

/* A value that a check over many runs reads: a time in ns, a condition as 0 or 1. */
typedef struct {
    bool is_null;
    double value;
} SimSample;

/* What checks ask besides the facts. Functions may be NULL if the caller has no such thing. */
typedef struct {
    void *user;
    int64_t (*cut_start)(void *user, uint32_t cut);
    int64_t (*cut_end)(void *user, uint32_t cut);
    uint64_t (*event_number)(void *user);
} SimCheckHooks;

typedef struct SimChecks SimChecks;

/* Copies the facts. Borrows the scenario and what the facts point to. */
SimChecks *sim_checks_new(const ScnScenario *scenario, const SimFacts *facts);
void sim_checks_free(SimChecks *checks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimChecks, sim_checks_free)

/* Call these before the functions below. */
void sim_checks_set_hooks(SimChecks *checks, const SimCheckHooks *hooks);
/* Gives each `expect`, with `within` or without, so much longer to come true. 0 at first. */
void sim_checks_set_tolerance(SimChecks *checks, int64_t tolerance_ns);

/* ---- driving; times never go back ---- */

void sim_checks_mark(SimChecks *checks, const ScnItem *item, int64_t now);
void sim_checks_start_item(SimChecks *checks, const ScnItem *item, int64_t now);

/* Returns whether a condition of `when` or `stop when` is true now. If it cannot be evaluated,
 * returns false with the reason, which the caller frees. */
bool sim_checks_ask(SimChecks *checks, const ScnTerm *condition, int64_t now, char **ret_error);

/* Returns why a condition is false now, for the caller to free. */
char *sim_checks_explain(SimChecks *checks, const ScnTerm *condition, int64_t now);

/* Appends the value of an expression as result files have it, elements of a list separated by
 * blanks. Returns false with the reason, which the caller frees, if there is no value. */
bool sim_checks_evaluate(SimChecks *checks, const ScnTerm *expr, int64_t now, GString *ret_text,
                         char **ret_error);

/* Reports the reply to a line of a script. `detail` (ownership taken) says what came instead; NULL
 * if the reply was the expected one. */
void sim_checks_reply(SimChecks *checks, guint32 check, char *detail, int64_t now);

/* Returns whether a check has started and is undecided. */
bool sim_checks_is_open(const SimChecks *checks, guint32 check);

/* Call at the end of an instant that changed something, or at a deadline. */
void sim_checks_instant(SimChecks *checks, int64_t now);

/* Returns when sim_checks_instant() is due next even if nothing changes: at a deadline, or at the
 * `from` of a check that has not started. INT64_MAX: never. */
int64_t sim_checks_next_deadline(const SimChecks *checks);

/* Decides all checks at the end of the run and reads the measures. */
void sim_checks_finish(SimChecks *checks, int64_t now);

/* Ends the checks of a run cut short: undecided checks are skipped, measures are null. */
void sim_checks_stop(SimChecks *checks, int64_t now);

/* ---- reading ---- */

guint sim_checks_count(const SimChecks *checks);
const SimCheckResult *sim_checks_get(const SimChecks *checks, guint i);
guint sim_checks_measure_count(const SimChecks *checks);
const SimMeasureResult *sim_checks_get_measure(const SimChecks *checks, guint i);

/* Returns a sample of the scenario; null for a sample that stands for a measure. */
SimSample sim_checks_get_sample(const SimChecks *checks, guint i);
SimCellValue sim_cell_quantity(ScnQuantity quantity);
/* Returns the value for files. Blocks, works, statuses, hashes and lists are texts owned by the
 * result; an error becomes null. */
SimCellValue sim_measure_cell(const SimMeasureResult *result);

const char *sim_check_verdict_name(SimCheckVerdict verdict); /* "held", … */

/* Returns whether the check fails the run: failed, or vacuous without maybe. */
bool sim_check_fails(const SimCheckResult *result);
bool sim_checks_ok(const SimChecks *checks);

/* Appends "FAIL file.scn:31:3  expect …\n  at 20m30s (event 48213): b4 is on …\n". */
void sim_check_format(GString *out, const SimCheckResult *result);

#endif
