/* The output of a sweep: progress on stderr while it runs, tables and checks at the end. */
#ifndef SIM_CLI_SWEEP_REPORT_H
#define SIM_CLI_SWEEP_REPORT_H

#include "sim/run/results.h"

typedef enum { SWEEP_TEXT, SWEEP_CSV, SWEEP_JSON } SweepForm;

/* Progress: on a terminal a bar, about five times a second; else a line every five seconds. */
typedef struct {
    bool enabled, is_terminal, has_colour, shown;
    guint64 total, done, before, failed;
    gint64 started_us, last_us;
    char note[96]; /* printed at the end of the line */
} SweepProgress;

/* `before`: number of runs, out of `total`, done by an earlier command */
void sweep_progress_init(SweepProgress *progress, guint64 total, guint64 before, bool quiet);
void sweep_progress_show(SweepProgress *progress);
void sweep_progress_clear(SweepProgress *progress);

typedef struct {
    const char *command; /* "sweep" or "merge" */
    const char *path;    /* of the results file */
    SweepForm form;
    bool quiet;     /* text: failures only */
    bool strict;    /* a failed run makes the sweep fail */
    bool part;      /* the results are one shard: tables and checks come with the merge */
    double seconds; /* negative: not printed */
    guint64 ran;    /* number of runs in that time */
} SweepReport;

/* Prints finished results (after sim_results_finish()); returns the exit status. */
int sweep_report(const SweepReport *report, const SimResults *results);

#endif
