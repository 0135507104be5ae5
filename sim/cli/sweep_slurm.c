/* Submits, waits and joins in rounds; see sweep_slurm.h. */
#include "sim/cli/sweep_slurm.h"

#include "sim/io/text.h"
#include "sim/cli/command.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/merge.h"
#include "sim/cli/slurm.h"
#include "sim/cli/slurm_folder.h"
#include "sim/cli/sweep_report.h"

#include <string.h>

#define EXIT_GAPS 1
#define SLICE_US 200000
#define COUNT_US 1000000 /* between reads of the parts, for each fifty of them */
#define QUEUE_US 5000000 /* between looks at the queue */

#define usage(...) command_usage("sweep", __VA_ARGS__)

typedef struct {
    const SweepSlurm *words;
    SlurmFolder *folder;
    char *array_name, *merge_name, *names; /* names of the jobs; `names` has both, with a comma */
    guint8 *known;                         /* by cell */
    guint64 rows, finals;                  /* cells with a row; cells with a final row */
} Rounds;

enum { NO_ROW, TO_TRY_AGAIN, FINAL };

/* --- what is done ------------------------------------------------------------------------- */

static bool
know_row(void *user, const SimSweepRow *row, GError **error)
{
    Rounds *rounds = user;

    (void)error;
    rounds->known[row->cell] = row->retry ? TO_TRY_AGAIN : FINAL;
    rounds->rows++;
    rounds->finals += !row->retry;
    return true;
}

static bool
read_known(Rounds *rounds, GError **error)
{
    const SimSweep *sweep = rounds->words->sweep;
    g_autoptr(SimPart) part = sim_part_open(rounds->words->path, error);

    rounds->rows = rounds->finals = 0;
    memset(rounds->known, NO_ROW, sim_sweep_cells(sweep));
    return part != NULL && sim_part_each(part, sweep, know_row, rounds, error);
}

/* Merges the parts into the results. No job may be in the queue. */
static int
merge_parts_into_results(Rounds *rounds)
{
    g_autoptr(GPtrArray) parts = slurm_folder_parts(rounds->folder);
    g_autoptr(GError) error = NULL;
    int status = 0;

    if (parts->len > 0) {
        g_auto(Merge) merge = {.sweep = NULL};

        g_ptr_array_insert(parts, 0, g_strdup(rounds->words->path));
        g_ptr_array_add(parts, NULL);
        status = merge_parts(&merge, "sweep", rounds->words->path, (char *const *)parts->pdata);
    }
    if (status == 0 && !read_known(rounds, &error))
        status = command_fail("sweep", error);
    return status;
}

/* --- submitting --------------------------------------------------------------------------- */

/* Returns whether cells lack a row. Rows to be tried again count only in the first round. */
static bool
shard_has_work(const Rounds *rounds, guint64 shard, bool first)
{
    guint64 cells = sim_sweep_cells(rounds->words->sweep);

    for (guint64 cell = shard - 1; cell < cells; cell += rounds->words->shards) {
        if (rounds->known[cell] == NO_ROW || (first && rounds->known[cell] == TO_TRY_AGAIN))
            return true;
    }
    return false;
}

/* Returns "1-3,7", the shards with work, after preparing the part of each. NULL with an error. */
static char *
deal_parts(Rounds *rounds, bool first, GError **error)
{
    guint64 shards = rounds->words->shards, from = 0;
    GString *text = g_string_new(NULL);

    for (guint64 shard = 1; shard <= shards + 1; shard++) {
        bool works = shard <= shards && shard_has_work(rounds, shard, first);

        if (works && !slurm_folder_deal(rounds->folder, rounds->words, shard, error)) {
            g_string_free(text, TRUE);
            return NULL;
        }
        if (works && from == 0)
            from = shard;
        if (works || from == 0)
            continue;
        g_string_append_printf(text, "%s%" G_GUINT64_FORMAT, text->len > 0 ? "," : "", from);
        if (shard - 1 > from)
            g_string_append_printf(text, "-%" G_GUINT64_FORMAT, shard - 1);
        from = 0;
    }
    return g_string_free(text, FALSE);
}

/* Submits both jobs or none. */
static bool
submit_jobs(const Rounds *rounds, const char *array, char **ret_array, GError **error)
{
    const SweepSlurm *words = rounds->words;
    g_autofree char *array_log = slurm_folder_log(rounds->folder, "%A_%a.log");
    g_autofree char *merge_log = slurm_folder_log(rounds->folder, "%j.log");
    g_autofree char *array_script = slurm_folder_script(rounds->folder, words, error);
    g_autofree char *merge_script =
        array_script != NULL ? slurm_folder_merge_script(rounds->folder, error) : NULL;
    g_autofree char *number = NULL, *merge = NULL;

    if (merge_script == NULL)
        return false;
    number = slurm_submit(&(SlurmJob){.script = array_script,
                                      .name = rounds->array_name,
                                      .array = array,
                                      .log = array_log,
                                      .cpus = words->cpus,
                                      .words = words->sbatch},
                          error);
    if (number == NULL)
        return false;
    merge = slurm_submit(&(SlurmJob){.script = merge_script,
                                     .name = rounds->merge_name,
                                     .after = number,
                                     .log = merge_log,
                                     .words = words->sbatch},
                         error);
    if (merge == NULL)
        slurm_cancel(number);
    *ret_array = merge != NULL ? g_steal_pointer(&number) : NULL;
    return merge != NULL;
}

static int
submit_round(Rounds *rounds, bool first)
{
    guint64 cells = sim_sweep_cells(rounds->words->sweep);
    g_autoptr(GError) error = NULL;
    g_autofree char *array = deal_parts(rounds, first, &error);
    g_autofree char *number = NULL;

    if (array == NULL)
        return command_fail("sweep", error);
    if (!submit_jobs(rounds, array, &number, &error))
        return usage("Slurm took no job: %s", error->message);
    if (!rounds->words->quiet)
        fprintf(stderr,
                "kettensim sweep: %s%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                " runs to do: job %s, tasks %s (%s)\n",
                first ? "" : "submitted again; ", cells - (first ? rounds->finals : rounds->rows),
                cells, number, array, rounds->array_name);
    return 0;
}

/* --- waiting ------------------------------------------------------------------------------ */

static void
count_parts(const Rounds *rounds, SweepProgress *progress)
{
    g_autoptr(GPtrArray) parts = slurm_folder_parts(rounds->folder);
    guint64 done = 0, failed = 0;

    for (guint i = 0; i < parts->len; i++) {
        guint64 a, b;

        /* a part being written may be unreadable: then the bar stays */
        if (!sim_part_peek(parts->pdata[i], &a, &b))
            return;
        done += a;
        failed += b;
    }
    progress->done = CLAMP(done, progress->done, progress->total);
    progress->failed = failed;
}

static void
note_queue(SweepProgress *progress, const SlurmQueue *queue)
{
    g_snprintf(progress->note, sizeof progress->note, "; %u job%s run%s, %u wait%s%s%s%s",
               queue->running, queue->running == 1 ? "" : "s", queue->running == 1 ? "s" : "",
               queue->waiting, queue->waiting == 1 ? "s" : "", *queue->reason ? " (" : "",
               queue->reason, *queue->reason ? ")" : "");
}

/* Returns whether the queue is empty. Repeats a failed question once: a controller may be
 * restarting. */
static bool
queue_is_empty(const Rounds *rounds, SweepProgress *progress, bool *told)
{
    SlurmQueue queue;
    g_autoptr(GError) error = NULL;

    if (slurm_queue(rounds->names, &queue, &error)) {
        note_queue(progress, &queue);
        *told = false;
        return queue.waiting + queue.running == 0;
    }
    if (!*told) {
        sweep_progress_clear(progress);
        io_print(stderr, "kettensim sweep: %s; asking again\n", error->message);
    }
    *told = true;
    return false;
}

static int
interrupted(const Rounds *rounds)
{
    fprintf(stderr,
            "kettensim sweep: interrupted; the jobs go on, the same command waits for them, and\n"
            "'scancel --name=%s' ends them\n",
            rounds->names);
    return EXIT_INTERRUPTED;
}

static int
wait_for_jobs(const Rounds *rounds)
{
    guint64 cells = sim_sweep_cells(rounds->words->sweep);
    gint64 counted_us = 0, asked_us = 0, pause_us;
    SweepProgress progress;
    bool told = false;

    sweep_progress_init(&progress, cells, 0, rounds->words->quiet);
    count_parts(rounds, &progress);
    progress.before = progress.done;
    pause_us = COUNT_US * (gint64)(1 + rounds->words->shards / 50);
    while (!interrupt_asked()) {
        gint64 now = g_get_monotonic_time();
        bool all = progress.done == progress.total;

        if (now - counted_us >= pause_us) {
            count_parts(rounds, &progress);
            counted_us = now;
        }
        if (now - asked_us >= (all ? COUNT_US : QUEUE_US)) {
            if (queue_is_empty(rounds, &progress, &told))
                break;
            asked_us = now;
        }
        sweep_progress_show(&progress);
        g_usleep(SLICE_US);
    }
    sweep_progress_clear(&progress);
    return interrupt_asked() ? interrupted(rounds) : 0;
}

/* --- rounds ------------------------------------------------------------------------------- */

/* Looks up our jobs in the queue. Returns an exit status if Slurm cannot be asked. */
static int
look_at_queue(const Rounds *rounds, bool *ret_busy)
{
    g_autoptr(GError) error = NULL;
    SlurmQueue queue;

    if (!slurm_queue(rounds->names, &queue, &error))
        return usage("cannot ask Slurm: %s", error->message);
    *ret_busy = queue.waiting + queue.running > 0;
    return 0;
}

/* Creates the results file, or checks that it belongs to this sweep. */
static int
open_results(const Rounds *rounds, bool busy)
{
    const SweepSlurm *words = rounds->words;
    g_autoptr(SimResults) results = NULL;
    g_autoptr(GError) error = NULL;

    if (words->fresh && busy)
        return usage("jobs of this sweep are in Slurm's queue: 'scancel --name=%s' ends them, then "
                     "--fresh starts over",
                     rounds->names);
    if (words->fresh)
        slurm_folder_clear(rounds->folder);
    results = sim_results_open(words->path, words->sweep,
                               words->fresh ? SIM_RESULTS_FRESH : SIM_RESULTS_SAME, &error);
    return results != NULL ? 0 : command_fail("sweep", error);
}

static int
no_progress(const Rounds *rounds)
{
    g_autofree char *log = slurm_folder_log(rounds->folder, "");

    usage("the jobs ended and did none of the %" G_GUINT64_FORMAT
          " runs that are missing; what they said is in '%s'",
          sim_sweep_cells(rounds->words->sweep) - rounds->rows, log);
    return EXIT_GAPS;
}

/* Repeats rounds as long as each makes progress. */
static int
go_on(Rounds *rounds, bool busy, bool *ret_complete)
{
    guint64 cells = sim_sweep_cells(rounds->words->sweep), before = 0;
    bool first = true;
    int status = 0;

    for (;; first = false) {
        if (!busy) {
            status = merge_parts_into_results(rounds);
            if (status != 0)
                return status;
            *ret_complete = first ? rounds->finals == cells : rounds->rows == cells;
            if (*ret_complete)
                return 0;
            if (!first && rounds->rows == before)
                return no_progress(rounds);
            before = rounds->rows;
            status = submit_round(rounds, first);
        }
        if (status == 0 && rounds->words->wait)
            status = wait_for_jobs(rounds);
        if (status != 0 || !rounds->words->wait)
            return status;
        busy = false;
    }
}

static void
rounds_clear(Rounds *rounds)
{
    g_clear_pointer(&rounds->folder, slurm_folder_close);
    g_free(rounds->array_name);
    g_free(rounds->merge_name);
    g_free(rounds->names);
    g_free(rounds->known);
}

/* Derives the names of the jobs from name and place of the results, so that a repeated command
 * finds them. */
static void
name_jobs(Rounds *rounds)
{
    g_autofree char *whole = g_canonicalize_filename(rounds->words->path, NULL);
    g_autofree char *base = g_path_get_basename(rounds->words->scenario);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, whole, -1);

    if (g_str_has_suffix(base, ".scn"))
        base[strlen(base) - strlen(".scn")] = '\0';
    g_strcanon(base, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_", '_');
    rounds->array_name = g_strdup_printf("%.40s-%.12s", base, sum);
    rounds->merge_name = g_strconcat(rounds->array_name, "-merge", NULL);
    rounds->names = g_strdup_printf("%s,%s", rounds->array_name, rounds->merge_name);
}

int
sweep_slurm(const SweepSlurm *words, bool *ret_complete)
{
    g_autoptr(GError) error = NULL;
    Rounds rounds = {.words = words, .known = g_malloc0(sim_sweep_cells(words->sweep) + 1)};
    bool busy = false;
    int status;

    *ret_complete = false;
    name_jobs(&rounds);
    status = look_at_queue(&rounds, &busy);
    if (status == 0) {
        rounds.folder = slurm_folder_open(words->path, &error);
        status = rounds.folder != NULL ? open_results(&rounds, busy) : command_fail("sweep", error);
    }
    if (status == 0)
        status = go_on(&rounds, busy, ret_complete);
    if (status == 0 && *ret_complete)
        slurm_folder_remove(rounds.folder);
    rounds_clear(&rounds);
    return status;
}
