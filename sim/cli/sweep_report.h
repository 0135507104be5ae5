/* What a sweep tells: progress on stderr while it runs, tables and checks at its end. */
#ifndef SIM_CLI_SWEEP_REPORT_H
#define SIM_CLI_SWEEP_REPORT_H

#include "sim/run/results.h"

typedef enum { SWEEP_TEXT, SWEEP_CSV, SWEEP_JSON } SweepForm;

/* On a terminal a bar, some five times a second; else a line every five seconds. */
typedef struct {
    bool enabled, is_terminal, has_colour, shown;
    guint64 total, done, before, failed;
    gint64 started_us, last_us;
    char note[96]; /* told at the end of the line */
} SweepProgress;

/* before: of total, done by an earlier command */
void sweep_progress_init(SweepProgress *progress, guint64 total, guint64 before, bool quiet);
void sweep_progress_show(SweepProgress *progress);
void sweep_progress_clear(SweepProgress *progress);

typedef struct {
    const char *command; /* "sweep" or "merge" */
    const char *path;    /* of the results */
    SweepForm form;
    bool quiet;     /* text: failures only */
    bool strict;    /* a failed run is a failure */
    bool part;      /* a shard: tables and checks wait for the merge */
    double seconds; /* below 0: not told */
    guint64 ran;    /* runs in that time */
} SweepReport;

/* Prints what came of finished results (sim_results_finish() has been called); gives the exit
 * status. */
int sweep_report(const SweepReport *report, const SimResults *results);

#endif
