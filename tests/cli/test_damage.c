/* A good trace, cut short or with a byte changed, at many places: reading it gives an error of one
 * line or an answer, and never ends the process. */
#include "sim/run/compare.h"
#include "sim/run/replay.h"
#include "sim/run/trace_moment.h"
#include "tests/cli/command.h"

#include <stdio.h>
#include <string.h>

/* Limit of the runs of damaged scenarios, which may ask for many events. */
#define EVENTS_MAX 20000

typedef struct {
    char *folder, *path, *good;
    char *bytes;
    gsize length;
    guint errors, answers;
} Damage;

static void
damage_init(Damage *damage)
{
    *damage = (Damage){.folder = folder_new()};
    damage->path = folder_path(damage->folder, "damaged.db");
    damage->good = folder_path(damage->folder, "good.db");
    g_free(folder_write(damage->folder, "a.scn",
                        "scn 1 \"t\"\nduration 1m\nnodes n[1..2]\nwallet w funds=3\nwallet v\n"
                        "tx p from=w to=v amount=1\nat 5s submit p at n1\n"
                        "at 10s partition {n1} | {n2} for 9s\n"));
    {
        g_auto(Result) run =
            COMMAND(damage->folder, "run", "a.scn", "--trace", "full", "-q", "-o", "good.db");

        CU_ASSERT_EQUAL_FATAL(run.status, 0);
    }
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(damage->good, &damage->bytes, &damage->length, NULL));
}

static void
damage_clear(Damage *damage)
{
    g_free(damage->bytes);
    g_free(damage->path);
    g_free(damage->good);
    folder_remove(damage->folder);
}

static bool
on_poll(void *user, SimTime now, uint64_t events)
{
    (void)user;
    (void)now;
    return events < EVENTS_MAX;
}

static bool
replay(SimTraceReader *trace, GError **error)
{
    const SimRunOptions options = {.poll = on_poll};
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(SimReplay) again = sim_replay_new(trace, errors, error);
    g_autoptr(SimRun) run = again ? sim_replay_run(again, &options, NULL, error) : NULL;

    return run != NULL;
}

static bool
read_everything(const Damage *damage, GError **error)
{
    g_autoptr(SimTraceReader) good = sim_trace_reader_open(damage->good, error);
    g_autoptr(SimTraceReader) trace = good ? sim_trace_reader_open(damage->path, error) : NULL;
    g_auto(SimTraceDiff) diff = {.same = false};
    g_auto(SimMoment) moment = {.at = 0};
    g_autoptr(GPtrArray) life = NULL;

    if (trace == NULL)
        return false;
    if (!sim_trace_compare(good, trace, &diff, error) ||
        !sim_moment_read(trace, 12 * SIM_S, &moment, error))
        return false;
    for (guint i = 0; i < moment.faults->len; i++)
        (void)sim_trace_reader_fault_nodes(trace, g_array_index(moment.faults, uint32_t, i));
    life = sim_block_life(trace, sim_trace_reader_block_count(trace) - 1, error);
    return life != NULL && replay(trace, error);
}

static void
try_it(Damage *damage, const char *bytes, gsize length)
{
    g_autoptr(GError) error = NULL;
    FILE *file = fopen(damage->path, "wb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL_FATAL(fwrite(bytes, 1, length, file), length);
    CU_ASSERT_EQUAL_FATAL(fclose(file), 0);
    if (read_everything(damage, &error)) {
        damage->answers++;
        return;
    }
    damage->errors++;
    if (error != NULL) /* else the scenario is none any more, which its own messages say */
        CU_ASSERT_TRUE(strlen(error->message) > 0 && strchr(error->message, '\n') == NULL);
}

static void
test_good(void)
{
    Damage damage;

    damage_init(&damage);
    try_it(&damage, damage.bytes, damage.length);
    CU_ASSERT_EQUAL(damage.answers, 1);
    damage_clear(&damage);
}

/* Nothing but the whole is an answer. */
static void
test_cut_short(void)
{
    Damage damage;

    damage_init(&damage);
    for (gsize length = 0; length < damage.length; length += length < 200 ? 7 : 1777)
        try_it(&damage, damage.bytes, length);
    CU_ASSERT_EQUAL(damage.answers, 0);
    CU_ASSERT_TRUE(damage.errors > 50);
    damage_clear(&damage);
}

/* Pages that hold nothing, and times and names that another run might have had, give answers. */
static void
test_bytes_changed(void)
{
    static const guint8 masks[] = {0xFF, 0x01, 0x80};
    Damage damage;
    g_autofree char *copy = NULL;

    damage_init(&damage);
    copy = g_memdup2(damage.bytes, damage.length);
    for (gsize at = 0; at < damage.length; at += at < 120 ? 1 : 193) {
        for (size_t i = 0; i < G_N_ELEMENTS(masks); i++) {
            copy[at] = (char)(damage.bytes[at] ^ masks[i]);
            try_it(&damage, copy, damage.length);
        }
        copy[at] = damage.bytes[at];
    }
    CU_ASSERT_TRUE(damage.answers > 50);
    CU_ASSERT_TRUE(damage.errors > 50);
    damage_clear(&damage);
}

/* Each page in the place of each: trees that loop, and rows of another table. */
static void
test_pages_swapped(void)
{
    const gsize page = 8192;
    Damage damage;
    g_autofree char *copy = NULL;
    gsize pages;

    damage_init(&damage);
    pages = damage.length / page;
    copy = g_memdup2(damage.bytes, damage.length);
    for (gsize to = 1; to < pages; to++) {
        for (gsize from = 0; from < pages; from += 3) {
            memcpy(copy + to * page, damage.bytes + from * page, page);
            try_it(&damage, copy, damage.length);
        }
        memcpy(copy + to * page, damage.bytes + to * page, page);
    }
    CU_ASSERT_TRUE(damage.errors > 50);
    damage_clear(&damage);
}

TEST_SUITE(damage, {"a good trace", test_good}, {"cut short", test_cut_short},
           {"bytes changed", test_bytes_changed}, {"pages swapped", test_pages_swapped})
