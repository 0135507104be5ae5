/* The folder of a sweep on a cluster: a part for each shard, scripts, what the jobs said. */
#ifndef SIM_CLI_SLURM_FOLDER_H
#define SIM_CLI_SLURM_FOLDER_H

#include "sim/cli/sweep_slurm.h"

typedef struct SlurmFolder SlurmFolder;

/* <results>.slurm, made if need be; held by one process at a time. NULL with an error. */
SlurmFolder *slurm_folder_open(const char *results, GError **error);
void slurm_folder_close(SlurmFolder *folder);

/* Paths of the parts that are there, to be freed, in order of name. */
GPtrArray *slurm_folder_parts(const SlurmFolder *folder);
/* Makes sure that a shard's part is there, with all that the results have of it: a shard does not
 * do again what was done on one machine, or in another number of shards. */
bool slurm_folder_deal(const SlurmFolder *folder, const SweepSlurm *words, guint64 shard,
                       GError **error);

/* A path among the logs, in which "%A" of name stays sbatch's; free with g_free. */
char *slurm_folder_log(const SlurmFolder *folder, const char *name);
/* Writes the script of an array's task, or of the job that joins; its path, or NULL with an error.
 */
char *slurm_folder_script(const SlurmFolder *folder, const SweepSlurm *words, GError **error);
char *slurm_folder_merge_script(const SlurmFolder *folder, GError **error);

/* Parts, scripts and logs go. No job is in the queue. */
void slurm_folder_clear(const SlurmFolder *folder);
/* And the folder, unless somebody put something of his own there. */
void slurm_folder_remove(const SlurmFolder *folder);

#endif
