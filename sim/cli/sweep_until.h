/* `sweep --until 'halfwidth(m) < 2%'`: more seeds until the interval of a mean is narrow enough.
 *
 * The half width is that of the two-sided 95 % interval of a measure's mean (statistic.h). It must
 * be below the bound at every point. A bound in percent is a share of the mean; another one is a
 * value of the measure.
 */
#ifndef SIM_CLI_SWEEP_UNTIL_H
#define SIM_CLI_SWEEP_UNTIL_H

#include "sim/run/results.h"

typedef struct {
    char *measure;
    bool is_share; /* of the mean */
    ScnQuantity bound;
} SweepUntil;

void sweep_until_clear(SweepUntil *until);

/* Reads one aim. Returns NULL, or what is wrong; free with g_free. */
char *sweep_until_parse(const char *text, SweepUntil *ret_until);
/* Returns NULL, or why the aim does not fit the scenario; free with g_free. */
char *sweep_until_check(const SweepUntil *until, const ScnScenario *scenario);

typedef struct {
    guint64 seeds; /* how many might be enough, by the widths so far; 0: they are narrow enough */
    bool hopeless; /* a point has no interval, and more seeds promise none */
    char *widest;  /* the widest interval, for people; NULL: none is too wide */
} SweepWidth;

void sweep_width_clear(SweepWidth *width);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SweepWidth, sweep_width_clear)

/* Judges finished results. */
SweepWidth sweep_until_judge(const SweepUntil *until, const SimResults *results);

#endif
