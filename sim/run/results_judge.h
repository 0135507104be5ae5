/* Judges checks over seeds and over the sweep from the rows of a finished results file.
 *
 * A check over seeds holds if it holds at each point; a check over the sweep if it holds for all
 * runs together. Unfinished runs do not count. In a check over seeds, `$n` is the value at each
 * point; over the sweep it would have many values, so the scenario is refused. A statistic of
 * values that are null in every run is null; mean, deviation and extremes are null if any value is.
 * null decides nothing: neither a comparison with null nor its negation holds. Quantiles count a
 * null as above every value. A point without a finished run makes the check vacuous, which fails
 * unless the check ends in maybe.
 */
#ifndef SIM_RUN_RESULTS_JUDGE_H
#define SIM_RUN_RESULTS_JUDGE_H

#include "sim/run/results.h"

typedef struct {
    const ScnCheck *check;
    const char *file;
    SimCheckVerdict verdict; /* HELD, FAILED or VACUOUS */
    guint64 places, bad;     /* number of points judged, and of those where it did not hold */
    char *detail;            /* one line for each of the first bad points; or "" */
    GString *told;           /* used while judging: the detail under construction */
    guint index;             /* index of the check */
} SimOverResult;

GArray *sim_results_judge(const SimResults *results); /* SimOverResult */
bool sim_over_fails(const SimOverResult *result);

/* Appends "FAIL file.scn:31:3  finally …\n  at -P latency=20ms: p95 of 40 runs is 12m\n". */
void sim_over_format(GString *out, const SimOverResult *result);

/* Formats a value for people, by its type: 1m30s, 0.25, never, -. Free with g_free. */
char *sim_results_text(double value, ScnType type);

#endif
