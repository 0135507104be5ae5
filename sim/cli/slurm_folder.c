/* Files beside the results; see slurm_folder.h. */
#include "sim/cli/slurm_folder.h"

#include "sim/io/output.h"
#include "sim/cli/command.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define ARRAY_SCRIPT "array.sh"
#define MERGE_SCRIPT "merge.sh"
#define LOCK "lock"
#define LOGS "logs"

struct SlurmFolder {
    char *path;    /* absolute */
    char *results; /* absolute */
    int lock;
};

static void
set_problem(GError **error, const char *what, const char *path)
{
    g_set_error(error, IO_ERROR, IO_ERROR_OUTPUT, "cannot %s '%s': %s", what, path,
                g_strerror(errno));
}

/* Locks the folder until the process ends, however it ends. */
static bool
take_lock(SlurmFolder *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder->path, LOCK, NULL);

    folder->lock = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (folder->lock < 0) {
        set_problem(error, "write", path);
        return false;
    }
    if (flock(folder->lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return true;
    g_set_error(error, IO_ERROR, IO_ERROR_OUTPUT,
                "another kettensim waits for this sweep (it holds '%s')", path);
    return false;
}

SlurmFolder *
slurm_folder_open(const char *results, GError **error)
{
    SlurmFolder *folder = g_new0(SlurmFolder, 1);
    g_autofree char *logs = NULL;

    folder->results = g_canonicalize_filename(results, NULL);
    folder->path = g_strconcat(folder->results, ".slurm", NULL);
    folder->lock = -1;
    logs = g_build_filename(folder->path, LOGS, NULL);
    if (g_mkdir_with_parents(logs, 0777) != 0)
        set_problem(error, "make the folder", logs);
    else if (take_lock(folder, error))
        return folder;
    slurm_folder_close(folder);
    return NULL;
}

void
slurm_folder_close(SlurmFolder *folder)
{
    if (folder->lock >= 0)
        close(folder->lock);
    g_free(folder->path);
    g_free(folder->results);
    g_free(folder);
}

/* --- parts -------------------------------------------------------------------------------- */

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Lists the files of the folder, or of a subfolder, with that ending. */
static GPtrArray *
list_files(const SlurmFolder *folder, const char *within, const char *end)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *path = g_build_filename(folder->path, within, NULL);
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        if (g_str_has_suffix(name, end))
            g_ptr_array_add(paths, g_build_filename(path, name, NULL));
    }
    if (dir != NULL)
        g_dir_close(dir);
    g_ptr_array_sort(paths, compare_names);
    return paths;
}

GPtrArray *
slurm_folder_parts(const SlurmFolder *folder)
{
    return list_files(folder, ".", ".db");
}

static bool
lacks_something(const SimResults *from, const SimResults *part, const SimSweep *shard)
{
    guint64 cells = sim_sweep_cells(shard);

    for (guint64 cell = 0; cell < cells; cell++) {
        if (sim_sweep_has(shard, cell) && sim_results_has(from, cell) &&
            !sim_results_has(part, cell))
            return true;
    }
    return false;
}

/* Copies a finished row of the shard that the part lacks. */
static bool
copy_row(void *user, const SimSweepRow *row, GError **error)
{
    SimResults *part = user;

    return row->retry || !sim_sweep_has(sim_results_sweep(part), row->cell) ||
           sim_results_has(part, row->cell) || sim_results_put(part, row, error);
}

static bool
copy_rows(const char *path, SimResults *part, GError **error)
{
    g_autoptr(SimPart) from = sim_part_open(path, error);

    return from != NULL && sim_part_each(from, sim_results_sweep(part), copy_row, part, error) &&
           sim_results_commit(part, error);
}

bool
slurm_folder_deal(const SlurmFolder *folder, const SweepSlurm *words, guint64 shard, GError **error)
{
    g_autofree char *path = g_strdup_printf("%s/%" G_GUINT64_FORMAT "-of-%" G_GUINT64_FORMAT ".db",
                                            folder->path, shard, words->shards);
    g_autoptr(ScnErrors) errors = scn_errors_new();
    SimSweepOptions options = *sim_sweep_options(words->sweep);
    g_autoptr(SimSweep) sweep = NULL;
    g_autoptr(SimResults) part = NULL, from = NULL;

    options.shard = shard;
    options.shards = words->shards;
    sweep = sim_sweep_new(words->scenario, &options, errors, error);
    if (sweep == NULL && (error == NULL || *error == NULL))
        g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_SCENARIO, "'%s' has just been changed",
                    words->scenario);
    if (sweep == NULL)
        return false;
    part = sim_results_open(path, sweep, SIM_RESULTS_SAME, error);
    from = part != NULL ? sim_results_open(folder->results, words->sweep, SIM_RESULTS_SAME, error)
                        : NULL;
    if (from == NULL)
        return false;
    return !lacks_something(from, part, sweep) || copy_rows(folder->results, part, error);
}

/* --- scripts ------------------------------------------------------------------------------ */

/* Doubles each "%", because sbatch's patterns read "%%" as "%". */
char *
slurm_folder_log(const SlurmFolder *folder, const char *name)
{
    g_auto(GStrv) pieces = g_strsplit(folder->path, "%", -1);
    g_autofree char *path =
        strchr(name, '%') != NULL ? g_strjoinv("%%", pieces) : g_strdup(folder->path);

    return g_build_filename(path, LOGS, name, NULL);
}

static void
append_quoted(GString *text, const char *before, const char *word)
{
    g_autofree char *quoted = g_shell_quote(word);

    g_string_append_printf(text, "%s%s", before, quoted);
}

/* Begins a script: changes to the current folder and names the running kettensim. */
static GString *
script_new(const char *comment, GError **error)
{
    g_autofree char *binary = g_file_read_link("/proc/self/exe", error);
    g_autofree char *here = g_get_current_dir();
    GString *text;

    if (binary == NULL)
        return NULL;
    text = g_string_new("#!/bin/sh\n");
    g_string_append_printf(text, "# %s\n", comment);
    append_quoted(text, "cd ", here);
    append_quoted(text, " || exit\nkettensim=", binary);
    g_string_append_c(text, '\n');
    return text;
}

static char *
write_script(const SlurmFolder *folder, const char *name, GString *text, GError **error)
{
    g_autofree char *path = g_build_filename(folder->path, name, NULL);
    bool ok = io_output_write(path, text->str, NULL, error);

    g_string_free(text, TRUE);
    if (ok && g_chmod(path, 0755) != 0) {
        set_problem(error, "write", path);
        ok = false;
    }
    return ok ? g_steal_pointer(&path) : NULL;
}

char *
slurm_folder_script(const SlurmFolder *folder, const SweepSlurm *words, GError **error)
{
    GString *text = script_new("A task of the array: one shard of the sweep.", error);

    if (text == NULL)
        return NULL;
    append_quoted(text, "exec \"$kettensim\" sweep ", words->scenario);
    for (char *const *param = words->params; param != NULL && *param != NULL; param++)
        append_quoted(text, " -P ", *param);
    if (words->seeds != NULL)
        append_quoted(text, " --seeds ", words->seeds);
    g_string_append(text, " --quiet \\\n    --jobs \"${SLURM_CPUS_PER_TASK:-1}\"");
    g_string_append_printf(text, " --shard \"$SLURM_ARRAY_TASK_ID/%" G_GUINT64_FORMAT "\"",
                           words->shards);
    append_quoted(text, " \\\n    --output ", folder->path);
    g_string_append_printf(text, "\"/$SLURM_ARRAY_TASK_ID-of-%" G_GUINT64_FORMAT ".db\"\n",
                           words->shards);
    return write_script(folder, ARRAY_SCRIPT, text, error);
}

char *
slurm_folder_merge_script(const SlurmFolder *folder, GError **error)
{
    GString *text = script_new("Joins the parts when every task has ended, however.", error);

    if (text == NULL)
        return NULL;
    append_quoted(text, "exec \"$kettensim\" merge --quiet --force ", folder->results);
    append_quoted(text, " ", folder->results);
    append_quoted(text, " ", folder->path);
    g_string_append(text, "/*-of-*.db\n");
    return write_script(folder, MERGE_SCRIPT, text, error);
}

/* --- the end ------------------------------------------------------------------------------ */

static void
remove_all(const SlurmFolder *folder, const char *within, const char *end)
{
    g_autoptr(GPtrArray) paths = list_files(folder, within, end);

    for (guint i = 0; i < paths->len; i++)
        g_unlink(paths->pdata[i]);
}

void
slurm_folder_clear(const SlurmFolder *folder)
{
    remove_all(folder, ".", ".db");
    remove_all(folder, ".", ".db-journal");
    remove_all(folder, ".", ".db.lock");
    remove_all(folder, ".", ".sh");
    remove_all(folder, LOGS, ".log");
}

void
slurm_folder_remove(const SlurmFolder *folder)
{
    g_autofree char *logs = g_build_filename(folder->path, LOGS, NULL);

    slurm_folder_clear(folder);
    remove_all(folder, ".", LOCK);
    g_rmdir(logs);
    g_rmdir(folder->path);
}
