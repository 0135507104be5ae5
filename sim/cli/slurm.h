/* Runs Slurm's own commands: sbatch, squeue, scancel. */
#ifndef SIM_CLI_SLURM_H
#define SIM_CLI_SLURM_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
    const char *script; /* path */
    const char *name;   /* only letters, digits and "-_."; jobs are found by name */
    const char *array;  /* "1-3,7": numbers of the tasks; NULL: one job */
    const char *after;  /* a job that must have ended, successfully or not; may be NULL */
    const char *log;    /* file name pattern of sbatch */
    guint cpus;         /* for each task; 0: sbatch's default */
    char *const *words; /* more options for sbatch, NULL at the end; may be NULL */
} SlurmJob;

/* The user's jobs in the queue under some names, each task of an array counted. */
typedef struct {
    guint waiting, running;
    char reason[32]; /* Slurm's reason why one of the waiting jobs waits; "" if none waits */
} SlurmQueue;

/* Returns the number of the job; free with g_free. NULL with an error that quotes sbatch. */
char *slurm_submit(const SlurmJob *job, GError **error);
/* `names` are separated by commas. Returns false with an error that quotes squeue. */
bool slurm_queue(const char *names, SlurmQueue *ret_queue, GError **error);
void slurm_cancel(const char *number);

#endif
