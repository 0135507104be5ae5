/* The folder of a sweep on a cluster: a part for each shard, scripts, and the logs of jobs. */
#ifndef SIM_CLI_SLURM_FOLDER_H
#define SIM_CLI_SLURM_FOLDER_H

#include "sim/cli/sweep_slurm.h"

typedef struct SlurmFolder SlurmFolder;

/* Opens <results>.slurm and locks it for one process; creates it if needed. NULL with an error. */
SlurmFolder *slurm_folder_open(const char *results, GError **error);
void slurm_folder_close(SlurmFolder *folder);

/* Returns the paths of the existing parts, sorted by name; the caller frees them. */
GPtrArray *slurm_folder_parts(const SlurmFolder *folder);
/* Makes sure that the part of a shard exists and contains its rows of the results, so that runs
 * done on one machine, or with another number of shards, are not repeated. */
bool slurm_folder_deal(const SlurmFolder *folder, const SweepSlurm *words, guint64 shard,
                       GError **error);

/* Returns a path in the folder of logs; "%A" in name remains for sbatch. Free with g_free. */
char *slurm_folder_log(const SlurmFolder *folder, const char *name);
/* Writes the script of an array task, or of the job that joins the parts. Returns its path, or NULL
 * with an error.
 */
char *slurm_folder_script(const SlurmFolder *folder, const SweepSlurm *words, GError **error);
char *slurm_folder_merge_script(const SlurmFolder *folder, GError **error);

/* Removes parts, scripts and logs. No job may be in the queue. */
void slurm_folder_clear(const SlurmFolder *folder);
/* Also removes the folder, unless it contains files of others. */
void slurm_folder_remove(const SlurmFolder *folder);

#endif
