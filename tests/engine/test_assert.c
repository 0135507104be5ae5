/* A failed assertion says where in which run it happened, then aborts. */
#include "sim/engine/assert.h"
#include "sim/engine/engine.h"
#include "tests/harness/harness.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
schedule_in_the_past(void *user, const SimEvent *event)
{
    sim_engine_schedule(user, event->time, SIM_CLASS_RUN, 1, 1, event->handler, NULL, 0);
}

static void
run_into_the_past(void)
{
    SimEngine *engine = sim_engine_new(7);
    uint8_t handler = sim_engine_add_handler(engine, schedule_in_the_past, engine);

    sim_engine_schedule(engine, 12500 * SIM_MS, SIM_CLASS_RUN, 1, 0, handler, NULL, 0);
    sim_engine_run(engine, SIM_MIN, 0);
}

/* Runs func in a child; returns its status and what it wrote to stderr. */
static int
run_child(char *ret_text, size_t size, void (*func)(void))
{
    int ends[2], status = -1;
    ssize_t length;
    size_t used = 0;

    if (pipe(ends) != 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        func();
        _exit(0);
    }
    close(ends[1]);
    while (used + 1 < size && (length = read(ends[0], ret_text + used, size - used - 1)) > 0)
        used += (size_t)length;
    ret_text[used] = '\0';
    close(ends[0]);
    waitpid(child, &status, 0);
    return status;
}

static void
test_past(void)
{
    char text[512];
    int status = run_child(text, sizeof text, run_into_the_past);

    CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    CU_ASSERT(strstr(text, "sim/engine/engine.c:") != NULL);
    CU_ASSERT(strstr(text, "seed 7, event 1, at 12.5s") != NULL);
}

static void
test_describe(void)
{
    SimTime now = 1500 * SIM_US;
    uint64_t events = 123;
    SimAssertContext context = {1, &now, &events};
    const SimAssertContext *before = sim_assert_context(&context);
    char text[64];

    sim_assert_describe(text, sizeof text);
    TEST_STR_EQUAL(text, "seed 1, event 123, at 1.5ms");
    sim_assert_describe(text, 7);
    TEST_STR_EQUAL(text, "seed 1");
    CU_ASSERT(sim_assert_context(NULL) == &context);
    sim_assert_describe(text, sizeof text);
    TEST_STR_EQUAL(text, "");
    sim_assert_context(before);
}

TEST_SUITE(assert_, {"past", test_past}, {"describe", test_describe})
