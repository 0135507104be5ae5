/* Slurm, through its own commands: sbatch, squeue, scancel. */
#ifndef SIM_CLI_SLURM_H
#define SIM_CLI_SLURM_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
    const char *script; /* path */
    const char *name;   /* letters, digits and "-_." alone: names are also how jobs are found */
    const char *array;  /* "1-3,7": the numbers of an array's tasks; NULL: one job */
    const char *after;  /* a job that must have ended, however; or NULL */
    const char *log;    /* sbatch's pattern of a file name */
    guint cpus;         /* a task; 0: as sbatch has it */
    char *const *words; /* further options for sbatch, NULL at the end; or NULL */
} SlurmJob;

/* What of this user is in the queue under some names, tasks of arrays each by itself. */
typedef struct {
    guint waiting, running;
    char reason[32]; /* why one of those that wait does, in Slurm's word; "" when none does */
} SlurmQueue;

/* The job's number; free with g_free. NULL with an error that has sbatch's own words. */
char *slurm_submit(const SlurmJob *job, GError **error);
/* names: with commas between. False with an error that has squeue's own words. */
bool slurm_queue(const char *names, SlurmQueue *ret_queue, GError **error);
void slurm_cancel(const char *number);

#endif
