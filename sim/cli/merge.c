/* Results files into one; see merge.h. */
#include "sim/cli/merge.h"

#include "sim/cli/command.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/results_lock.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define TOLD_MAX 5
#define BATCH_ROWS 4096

typedef struct {
    Merge *merge;
    const char *command; /* in messages */
    const char *part;    /* the one that is read */
} Joint;

static int
fail(const Joint *joint, const GError *error)
{
    command_usage(joint->command, "%s", error->message);
    return g_error_matches(error, SIM_RUN_ERROR, SIM_RUN_ERROR_FULL) ? EXIT_LIMIT : EXIT_USAGE;
}

/* A run that finished is worth more than one to be tried again. */
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
    return part != NULL && sim_part_belongs(part, sweep, error) &&
           sim_part_each(part, sweep, take_row, joint, error);
}

static bool
open_first(Merge *merge, const char *path, const char *temporary, GError **error)
{
    g_autoptr(SimPart) first = sim_part_open(path, error);

    if (first != NULL)
        merge->sweep = sim_part_sweep(first, error);
    if (merge->sweep != NULL)
        merge->results = sim_results_open(temporary, merge->sweep, SIM_RESULTS_MAKE, error);
    return merge->results != NULL;
}

/* A journal that `out` was left with goes too: SQLite would play it back into the new file. */
static int
take_place(const Joint *joint, const char *out, const char *temporary)
{
    g_autofree char *journal = g_strconcat(out, "-journal", NULL);

    g_unlink(journal);
    if (g_rename(temporary, out) != 0)
        return command_usage(joint->command, "cannot write '%s': %s", out, g_strerror(errno));
    return 0;
}

static int
join(Joint *joint, const char *out, char *const *parts, const char *temporary)
{
    Merge *merge = joint->merge;
    g_autoptr(GError) error = NULL;

    if (!open_first(merge, parts[0], temporary, &error))
        return fail(joint, error);
    for (char *const *path = parts; *path != NULL; path++) {
        if (!take_part(joint, *path, &error))
            return fail(joint, error);
    }
    if (!sim_results_commit(merge->results, &error))
        return fail(joint, error);
    if (merge->differing > 0) {
        command_usage(joint->command,
                      "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                      " runs that parts share differ; nothing was written",
                      merge->differing, merge->doubles);
        return EXIT_DIFFERS;
    }
    if (!sim_results_finish(merge->results, &error))
        return fail(joint, error);
    return take_place(joint, out, temporary);
}

int
merge_parts(Merge *merge, const char *command, const char *out, char *const *parts)
{
    g_autofree char *temporary = g_strdup_printf("%s.merge-%d", out, (int)getpid());
    g_autofree char *journal = g_strconcat(temporary, "-journal", NULL);
    Joint joint = {.merge = merge, .command = command};
    g_auto(ResultsLock) lock = {.fd = -1};
    g_autoptr(GError) error = NULL;
    int status;

    *merge = (Merge){.sweep = NULL};
    if (g_file_test(out, G_FILE_TEST_EXISTS) && !g_file_test(out, G_FILE_TEST_IS_REGULAR))
        return command_usage(command, "cannot write '%s': it is no regular file", out);
    if (!results_lock_take(&lock, out, &error))
        return fail(&joint, error);
    interrupt_unlink(temporary);
    status = join(&joint, out, parts, temporary);
    interrupt_unlink(NULL);
    g_unlink(temporary); /* gone, unless something failed */
    g_unlink(journal);
    return status;
}

void
merge_clear(Merge *merge)
{
    g_clear_pointer(&merge->results, sim_results_free);
    g_clear_pointer(&merge->sweep, sim_sweep_free);
}
