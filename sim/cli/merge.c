/* Joins results files; see merge.h. */
#include "sim/cli/merge.h"

#include "sim/cli/command.h"
#include "sim/cli/results_lock.h"

#define TOLD_MAX 5
#define BATCH_ROWS 4096

typedef struct {
    Merge *merge;
    const char *command; /* for messages */
    const char *part;    /* the part being read */
} Joint;

/* Adds a row. A finished run replaces one to be tried again, never the other way round. */
static bool
take_row(void *user, const SimSweepRow *row, GError **error)
{
    const Joint *joint = user;
    Merge *merge = joint->merge;

    if (!sim_results_has(merge->results, row->cell))
        return sim_results_put(merge->results, row, error) &&
               (sim_results_pending(merge->results) < BATCH_ROWS ||
                sim_results_commit(merge->results, error));
    if (row->retry)
        return true;
    merge->doubles++;
    if (sim_results_agrees(merge->results, row))
        return true;
    if (merge->differing++ < TOLD_MAX) {
        g_autofree char *cell = sim_sweep_cell_text(merge->sweep, row->cell);

        command_usage(joint->command,
                      "'%s' contradicts another part: %s gave another digest or outcome",
                      joint->part, cell);
    }
    return true;
}

static bool
take_part(Joint *joint, const char *path, GError **error)
{
    const SimSweep *sweep = joint->merge->sweep;
    g_autoptr(SimPart) part = sim_part_open(path, error);

    joint->part = path;
    return part != NULL && sim_part_is_like(part, sweep, error) &&
           sim_part_carry(part, sweep, take_row, joint, error);
}

/* Makes the sweep of all parts: that of the first, with the seeds of all. */
static bool
find_sweep(Merge *merge, char *const *parts, GError **error)
{
    g_autoptr(SimPart) first = sim_part_open(parts[0], error);
    g_autoptr(SimSweep) sweep = first != NULL ? sim_part_sweep(first, error) : NULL;
    guint64 low, high;

    if (sweep == NULL)
        return false;
    low = sim_sweep_options(sweep)->first_seed;
    high = sim_sweep_options(sweep)->last_seed;
    for (char *const *path = parts + 1; *path != NULL; path++) {
        g_autoptr(SimPart) part = sim_part_open(*path, error);
        g_autoptr(SimSweep) other = NULL;

        if (part == NULL || !sim_part_is_like(part, sweep, error))
            return false;
        other = sim_part_sweep(part, error);
        if (other == NULL)
            return false;
        low = MIN(low, sim_sweep_options(other)->first_seed);
        high = MAX(high, sim_sweep_options(other)->last_seed);
    }
    merge->sweep = sim_part_sweep_of_seeds(first, low, high, error);
    return merge->sweep != NULL;
}

static int
join(Joint *joint, char *const *parts, IoOutput *output)
{
    Merge *merge = joint->merge;
    g_autoptr(GError) error = NULL;

    if (find_sweep(merge, parts, &error))
        merge->results = sim_results_new(output, merge->sweep, &error);
    if (merge->results == NULL)
        return command_fail(joint->command, error);
    for (char *const *path = parts; *path != NULL; path++) {
        if (!take_part(joint, *path, &error))
            return command_fail(joint->command, error);
    }
    if (!sim_results_commit(merge->results, &error))
        return command_fail(joint->command, error);
    if (merge->differing > 0) {
        command_usage(joint->command,
                      "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                      " runs that parts share differ; nothing was written",
                      merge->differing, merge->doubles);
        return EXIT_DIFFERS;
    }
    if (!sim_results_finish(merge->results, &error) || !io_output_publish(output, &error))
        return command_fail(joint->command, error);
    return 0;
}

int
merge_parts(Merge *merge, const char *command, const char *out, char *const *parts)
{
    Joint joint = {.merge = merge, .command = command};
    g_auto(IoOutput) output = IO_OUTPUT_INIT;
    g_auto(ResultsLock) lock = {.fd = -1};
    g_autoptr(GError) error = NULL;

    *merge = (Merge){.sweep = NULL};
    if (!results_lock_take(&lock, out, &error) ||
        !io_output_open_database(&output, out, SIM_RESULTS_APPLICATION, NULL, &error))
        return command_fail(command, error);
    return join(&joint, parts, &output);
}

void
merge_clear(Merge *merge)
{
    g_clear_pointer(&merge->results, sim_results_free);
    g_clear_pointer(&merge->sweep, sim_sweep_free);
}
