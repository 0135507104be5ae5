/* See trier.h. */
#include "sim/cli/trier.h"

#include "sim/cli/workers.h"
#include "sim/io/text.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A trial takes some milliseconds. One that takes this long turns in a circle, and dies. */
#define TRIAL_SECONDS 60

static GBytes *
try_text(void *user, guint64 number)
{
    const Trier *trier = user;
    ExploreTrial how = trier->how;
    ExploreVerdict verdict;
    GBytes *bytes;

    alarm(TRIAL_SECONDS);
    how.modes = how.modes && (trier->first + number) % trier->modes_every == 0;
    explore_trial(&verdict, trier->path, g_ptr_array_index(trier->texts, number), &how);
    alarm(0);
    bytes = explore_verdict_pack(&verdict);
    explore_verdict_clear(&verdict);
    return bytes;
}

static bool
next_text(void *user, guint64 *ret_number)
{
    Trier *trier = user;

    if (trier->next >= trier->texts->len || (trier->is_late != NULL && trier->is_late(trier->user)))
        return false;
    *ret_number = trier->next++;
    return true;
}

/* Returns the line of an assertion in what the process printed. */
static char *
last_words(const char *output)
{
    g_auto(GStrv) lines = g_strsplit(output, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (strstr(lines[i], "assertion failed") != NULL)
            return g_strdup(lines[i]);
    }
    return NULL;
}

static bool
take_result(void *user, guint64 number, const PoolResult *result)
{
    Trier *trier = user;
    ExploreVerdict *verdict = &trier->results[number];

    trier->has_result[number] = TRUE;
    if (result->result != NULL && explore_verdict_unpack(verdict, result->result))
        return true;
    *verdict = (ExploreVerdict){.class = EXPLORE_DIED};
    verdict->what = last_words(result->output);
    if (verdict->what == NULL && result->signal == SIGALRM)
        verdict->what = g_strdup("it does not end");
    if (verdict->what == NULL)
        verdict->what = g_strdup_printf("signal %d", result->signal);
    verdict->detail = g_strconcat(verdict->what, "\n", NULL);
    return true;
}

static bool
on_tick(void *user)
{
    const Trier *trier = user;

    trier->tick(trier->user, trier->next);
    return true;
}

bool
trier_run(Trier *trier, GPtrArray *texts)
{
    const Workers workers = {
        .width = MIN(texts->len, trier->width),
        .job = try_text,
        .next = next_text,
        .done = take_result,
        .tick = on_tick,
        .user = trier,
    };
    WorkersEnd end;

    trier_forget(trier);
    trier->texts = texts;
    trier->next = 0;
    trier->results = g_new0(ExploreVerdict, texts->len);
    trier->has_result = g_new0(gboolean, texts->len);
    end = workers_run(&workers);
    trier->is_interrupted = end == WORKERS_INTERRUPTED;
    if (end == WORKERS_FAILED)
        io_print(stderr, "kettensim: no process could be started: %s\n", g_strerror(errno));
    return end == WORKERS_DONE;
}

void
trier_forget(Trier *trier)
{
    for (guint i = 0; trier->results != NULL && i < trier->texts->len; i++)
        explore_verdict_clear(&trier->results[i]);
    g_clear_pointer(&trier->results, g_free);
    g_clear_pointer(&trier->has_result, g_free);
    g_clear_pointer(&trier->texts, g_ptr_array_unref);
}
