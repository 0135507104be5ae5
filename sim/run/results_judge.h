/* Checks over seeds and over the sweep, judged on the rows of a finished results file.
 *
 * Over seeds a check holds if it does at each point, over the sweep if it does of all runs taken
 * together; runs that did not finish have no part in it. `$n` in a check over seeds is that of each
 * point; over the sweep it would have no one value, and is refused where it is read. A statistic of
 * what came about in no run is null, and so are mean, deviation and extremes where it did not in
 * one. As everywhere in the language null decides nothing: neither a comparison with it holds, nor
 * what `not` makes of one. Quantiles count such a run as above every value. A point without a
 * finished run makes the check vacuous, which fails unless it ends in maybe.
 */
#ifndef SIM_RUN_RESULTS_JUDGE_H
#define SIM_RUN_RESULTS_JUDGE_H

#include "sim/run/results.h"

typedef struct {
    const ScnCheck *check;
    const char *file;
    SimCheckVerdict verdict; /* HELD, FAILED or VACUOUS */
    guint64 places, bad;     /* points looked at, and those where it did not hold */
    char *detail;            /* of the first few of these, a line each; "" */
    GString *told;           /* of the judge: the detail in the making */
    guint index;             /* among the checks */
} SimOverResult;

GArray *sim_results_judge(const SimResults *results); /* SimOverResult */
bool sim_over_fails(const SimOverResult *result);

/* "FAIL file.scn:31:3  finally …\n  at -P latency=20ms: p95 of 40 runs is 12m\n" */
void sim_over_format(GString *out, const SimOverResult *result);

/* A value for people, by its type: 1m30s, 0.25, never, -. Free with g_free. */
char *sim_results_text(double value, ScnType type);

#endif
