/* A sweep on a cluster: its shards as a Slurm job array, and a job that joins them.
 *
 * The folder <results>.slurm beside the results contains a part for each shard, the scripts and the
 * logs. There is no other state: finished runs are in the results and the parts, jobs are found in
 * Slurm's queue by name. So the same command, repeated at any time and after any crash, waits for
 * the running jobs and submits what is missing.
 */
#ifndef SIM_CLI_SWEEP_SLURM_H
#define SIM_CLI_SWEEP_SLURM_H

#include "sim/run/results.h"

typedef struct {
    const char *scenario;  /* as typed */
    const char *path;      /* of the results */
    const SimSweep *sweep; /* the whole sweep */
    const char *seeds;     /* as typed; may be NULL */
    char *const *params;   /* of -P, NULL at the end; may be NULL */
    char *const *sbatch;   /* more options for sbatch; may be NULL */
    guint64 shards;        /* most tasks, 1 to SIM_SWEEP_CELLS_MAX */
    guint cpus;            /* for each task; 0: sbatch's default */
    bool fresh;            /* start over */
    bool wait;             /* false: return once all jobs are submitted */
    bool quiet;
} SweepSlurm;

/* Returns 0 if every run is in the results; with `wait` off, also if jobs are in the queue and
 * *ret_complete is false. Else returns an exit status after a message. The caller has installed the
 * handlers of interrupt.h. */
int sweep_slurm(const SweepSlurm *slurm, bool *ret_complete);

#endif
