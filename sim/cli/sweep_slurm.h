/* A sweep on a cluster: its shards as a Slurm job array, and a job that joins them.
 *
 * Beside the results stands a folder, <results>.slurm, with a part for each shard, the scripts and
 * what the jobs said. Nothing else is kept: what is done stands in the results and the parts, what
 * is under way stands in Slurm's queue, found by the jobs' names. So the same command, given again
 * at any time and after any death, waits for what runs and submits what is missing.
 */
#ifndef SIM_CLI_SWEEP_SLURM_H
#define SIM_CLI_SWEEP_SLURM_H

#include "sim/run/results.h"

typedef struct {
    const char *scenario;  /* as it was typed */
    const char *path;      /* of the results */
    const SimSweep *sweep; /* the whole */
    const char *seeds;     /* as typed; or NULL */
    char *const *params;   /* -P, NULL at the end; or NULL */
    char *const *sbatch;   /* further options for sbatch; or NULL */
    guint64 shards;        /* tasks at most, 1 to SIM_SWEEP_CELLS_MAX */
    guint cpus;            /* a task; 0: as sbatch has it */
    bool fresh;            /* start over */
    bool wait;             /* else leave when all is submitted */
    bool quiet;
} SweepSlurm;

/* 0: every run is in the results, or with `wait` off: jobs are in the queue, unless *ret_complete.
 * Else an exit status after a message. The caller has installed interrupt.h's handlers. */
int sweep_slurm(const SweepSlurm *slurm, bool *ret_complete);

#endif
