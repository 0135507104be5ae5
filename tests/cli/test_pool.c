/* Jobs in child processes: results come whole, and one that dies takes nobody along. */
#include "sim/cli/pool.h"
#include "tests/harness/harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JOBS 6
#define LARGE (3 << 20)

typedef struct {
    guint done;
    gsize lengths[JOBS];
    int statuses[JOBS], signals[JOBS];
    char *outputs[JOBS];
} Seen;

static GBytes *
job(void *user, guint index)
{
    (void)user;
    switch (index) {
    case 1:
        signal(SIGABRT, SIG_DFL);
        abort();
    case 2:
        fputs("last words\n", stderr);
        exit(5);
    case 3:
        kill(getpid(), SIGKILL);
        break;
    case 4:
        return g_bytes_new_take(g_malloc0(LARGE), LARGE);
    default:
        printf("job %u\n", index);
        break;
    }
    return g_bytes_new("result", 6);
}

static bool
on_done(void *user, guint index, const PoolResult *result)
{
    Seen *seen = user;

    seen->done++;
    seen->lengths[index] = result->result ? g_bytes_get_size(result->result) : 0;
    seen->statuses[index] = result->exit_status;
    seen->signals[index] = result->signal;
    seen->outputs[index] = g_strdup(result->output);
    CU_ASSERT_TRUE(result->seconds >= 0);
    return true;
}

static void
run(guint width)
{
    Seen seen = {.done = 0};
    const Pool pool = {JOBS, width, job, on_done, NULL, &seen};

    CU_ASSERT_EQUAL(pool_run(&pool), POOL_DONE);
    CU_ASSERT_EQUAL(seen.done, JOBS);
    CU_ASSERT_EQUAL(seen.lengths[0], 6);
    TEST_STR_EQUAL(seen.outputs[0], "job 0\n");
    CU_ASSERT_EQUAL(seen.signals[1], SIGABRT);
    CU_ASSERT_EQUAL(seen.lengths[1], 0);
    CU_ASSERT_EQUAL(seen.statuses[2], 5);
    CU_ASSERT_EQUAL(seen.lengths[2], 0);
    TEST_STR_EQUAL(seen.outputs[2], "last words\n");
    CU_ASSERT_EQUAL(seen.signals[3], SIGKILL);
    CU_ASSERT_EQUAL(seen.lengths[4], LARGE);
    TEST_STR_EQUAL(seen.outputs[5], "job 5\n");
    for (guint i = 0; i < JOBS; i++)
        g_free(seen.outputs[i]);
}

static void
test_one_at_a_time(void)
{
    run(1);
}

static void
test_side_by_side(void)
{
    run(3);
    run(64);
}

TEST_SUITE(pool, {"one at a time", test_one_at_a_time}, {"side by side", test_side_by_side})
