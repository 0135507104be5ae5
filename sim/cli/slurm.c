/* Starts sbatch, squeue and scancel as child processes; see slurm.h. */
#include "sim/cli/slurm.h"

#include <signal.h>
#include <string.h>

/* Makes the child ignore Ctrl-C, which only ends kettensim's wait: a job must not be half
 * submitted. */
static void
ignore_interrupt(gpointer data)
{
    (void)data;
    signal(SIGINT, SIG_IGN);
}

/* Returns the output of a command; NULL with an error if it could not start or failed. */
static char *
run_command(char *const *words, GError **error)
{
    g_autofree char *out = NULL, *said = NULL;
    g_autoptr(GError) cause = NULL;
    int status = 0;

    if (!g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_SEARCH_PATH, ignore_interrupt, NULL, &out,
                      &said, &status, &cause)) {
        g_set_error(error, G_SPAWN_ERROR, G_SPAWN_ERROR_FAILED,
                    "cannot start %s (%s): is this a machine from which Slurm takes jobs?",
                    words[0], cause->message);
        return NULL;
    }
    if (!g_spawn_check_wait_status(status, NULL)) {
        g_strstrip(said);
        g_set_error(error, G_SPAWN_ERROR, G_SPAWN_ERROR_FAILED, "%s", *said ? said : words[0]);
        return NULL;
    }
    return g_steal_pointer(&out);
}

static GPtrArray *
words_of(const SlurmJob *job)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(words, g_strdup("sbatch"));
    g_ptr_array_add(words, g_strdup("--parsable"));
    g_ptr_array_add(words, g_strdup("--requeue"));
    g_ptr_array_add(words, g_strconcat("--job-name=", job->name, NULL));
    g_ptr_array_add(words, g_strconcat("--output=", job->log, NULL));
    if (job->array != NULL)
        g_ptr_array_add(words, g_strconcat("--array=", job->array, NULL));
    if (job->after != NULL)
        g_ptr_array_add(words, g_strconcat("--dependency=afterany:", job->after, NULL));
    if (job->cpus > 0)
        g_ptr_array_add(words, g_strdup_printf("--cpus-per-task=%u", job->cpus));
    for (char *const *word = job->words; word != NULL && *word != NULL; word++)
        g_ptr_array_add(words, g_strdup(*word));
    g_ptr_array_add(words, g_strdup(job->script));
    g_ptr_array_add(words, NULL);
    return words;
}

/* sbatch prints "123", or "123;cluster" if there are several clusters. */
char *
slurm_submit(const SlurmJob *job, GError **error)
{
    g_autoptr(GPtrArray) words = words_of(job);
    g_autofree char *out = run_command((char *const *)words->pdata, error);
    gsize digits;

    if (out == NULL)
        return NULL;
    digits = strspn(out, "0123456789");
    if (digits == 0) {
        g_set_error(error, G_SPAWN_ERROR, G_SPAWN_ERROR_FAILED, "no job number in '%s'",
                    g_strstrip(out));
        return NULL;
    }
    return g_strndup(out, digits);
}

bool
slurm_queue(const char *names, SlurmQueue *ret_queue, GError **error)
{
    g_autofree char *name = g_strconcat("--name=", names, NULL);
    char *const words[] = {"squeue", "--noheader", "--me", "--array", name, "--format=%T %r", NULL};
    g_autofree char *out = run_command(words, error);
    g_auto(GStrv) lines = NULL;

    *ret_queue = (SlurmQueue){.waiting = 0};
    if (out == NULL)
        return false;
    lines = g_strsplit(out, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (g_str_has_prefix(*line, "PENDING ")) {
            ret_queue->waiting++;
            if (strstr(*line, "Dependency") == NULL) /* the merge job: expected */
                g_strlcpy(ret_queue->reason, strchr(*line, ' ') + 1, sizeof ret_queue->reason);
        } else if (**line != '\0') {
            ret_queue->running++;
        }
    }
    return true;
}

void
slurm_cancel(const char *number)
{
    char *const words[] = {"scancel", (char *)number, NULL};
    g_autofree char *out = run_command(words, NULL);
}
