/* Forks, waits and reads; see pool.h.
 *
 * Signals are blocked and waited for, so that none is lost between a check and the wait.
 */
#define _GNU_SOURCE /* memfd_create */
#include "sim/cli/pool.h"

#include "sim/cli/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX (16 << 10)
#define RESULT_MAX (256 << 20)
#define TICK_NS 200000000

typedef struct {
    pid_t pid; /* 0: the slot is free */
    guint index;
    int result, output; /* descriptors of files in memory */
    gint64 started_us;
} Slot;

typedef struct {
    const Pool *pool;
    Slot *slots;
    guint next, running;
    bool stopped; /* a job said so */
    sigset_t waited, before;
} Runner;

/* --- the child ---------------------------------------------------------------------------- */

static bool
write_all(int fd, const guint8 *bytes, gsize length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        length -= (gsize)written;
    }
    return true;
}

/* Ignores interrupts in the child: only the parent handles Ctrl-C, and it ends its children. */
static void
leave_signals(const Runner *runner)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    sigprocmask(SIG_SETMASK, &runner->before, NULL);
}

_Noreturn static void
be_child(const Runner *runner, const Slot *slot, pid_t parent)
{
    GBytes *result;
    gsize length;
    const guint8 *bytes;

    leave_signals(runner);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    dup2(slot->output, STDOUT_FILENO);
    dup2(slot->output, STDERR_FILENO);
    result = runner->pool->job(runner->pool->user, slot->index);
    fflush(NULL);
    bytes = g_bytes_get_data(result, &length);
    _exit(write_all(slot->result, bytes, length) ? 0 : 1);
}

/* --- the parent --------------------------------------------------------------------------- */

static void
close_slot(Slot *slot)
{
    if (slot->result >= 0)
        close(slot->result);
    if (slot->output >= 0)
        close(slot->output);
    *slot = (Slot){.result = -1, .output = -1};
}

static bool
start_child(Runner *runner, Slot *slot)
{
    pid_t parent = getpid();

    slot->index = runner->next;
    slot->started_us = g_get_monotonic_time();
    slot->result = memfd_create("kettensim-result", MFD_CLOEXEC);
    slot->output = memfd_create("kettensim-output", MFD_CLOEXEC);
    fflush(NULL);
    slot->pid = slot->result >= 0 && slot->output >= 0 ? fork() : -1;
    if (slot->pid == 0)
        be_child(runner, slot, parent);
    if (slot->pid < 0) {
        int saved_errno = errno;

        close_slot(slot);
        errno = saved_errno;
        return false;
    }
    runner->next++;
    runner->running++;
    return true;
}

/* Returns the last `limit` bytes of the file. */
static GBytes *
read_tail(int fd, gsize limit)
{
    struct stat st;
    gsize length, got = 0;
    off_t from;
    guint8 *bytes;

    if (fstat(fd, &st) != 0 || st.st_size <= 0)
        return g_bytes_new(NULL, 0);
    length = MIN((gsize)st.st_size, limit);
    from = st.st_size - (off_t)length;
    bytes = g_malloc(length);
    while (got < length) {
        ssize_t n = pread(fd, bytes + got, length - got, from + (off_t)got);

        if (n <= 0)
            break;
        got += (gsize)n;
    }
    return g_bytes_new_take(bytes, got);
}

static char *
read_output(int fd)
{
    g_autoptr(GBytes) bytes = read_tail(fd, OUTPUT_MAX);
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);

    return length > 0 ? g_utf8_make_valid(text, (gssize)length) : g_strdup("");
}

static void
collect_result(Runner *runner, Slot *slot, int status)
{
    g_autofree char *output = read_output(slot->output);
    g_autoptr(GBytes) bytes = NULL;
    PoolResult result = {
        .exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
        .output = output,
        .seconds = (double)(g_get_monotonic_time() - slot->started_us) / 1e6,
    };

    if (result.exit_status == 0)
        bytes = read_tail(slot->result, RESULT_MAX);
    result.result = bytes;
    if (!runner->pool->done(runner->pool->user, slot->index, &result))
        runner->stopped = true;
    close_slot(slot);
    runner->running--;
}

/* Waits for each child by pid, because children started by others are not ours. */
static void
reap_children(Runner *runner)
{
    for (guint i = 0; i < runner->pool->width; i++) {
        Slot *slot = &runner->slots[i];
        int status;

        if (slot->pid > 0 && waitpid(slot->pid, &status, WNOHANG) == slot->pid)
            collect_result(runner, slot, status);
    }
}

static void
kill_all(Runner *runner)
{
    for (guint i = 0; i < runner->pool->width; i++) {
        Slot *slot = &runner->slots[i];

        if (slot->pid <= 0)
            continue;
        kill(slot->pid, SIGKILL);
        while (waitpid(slot->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
        close_slot(slot);
    }
}

static bool
fill_slots(Runner *runner)
{
    for (guint i = 0; i < runner->pool->width && runner->next < runner->pool->count; i++) {
        Slot *slot = &runner->slots[i];

        /* If a child cannot be started, wait for others to end; if none is running, give up */
        if (slot->pid == 0 && !start_child(runner, slot))
            return runner->running > 0;
    }
    return true;
}

/* Waits for a signal, or until the next tick, and returns its number; below 0 for none. */
static int
wait_for_signal(const Runner *runner)
{
    const struct timespec tick = {.tv_nsec = TICK_NS};

    if (runner->pool->tick == NULL)
        return sigwaitinfo(&runner->waited, NULL);
    runner->pool->tick(runner->pool->user, runner->running);
    return sigtimedwait(&runner->waited, NULL, &tick);
}

static PoolEnd
run_all(Runner *runner)
{
    while (runner->next < runner->pool->count || runner->running > 0) {
        int number;

        if (interrupt_asked())
            return POOL_INTERRUPTED;
        if (!fill_slots(runner))
            return POOL_FAILED;
        number = wait_for_signal(runner);
        if (number == SIGCHLD)
            reap_children(runner);
        else if (number > 0)
            return POOL_INTERRUPTED;
        if (runner->stopped)
            return POOL_STOPPED;
    }
    return POOL_DONE;
}

PoolEnd
pool_run(const Pool *pool)
{
    Runner runner = {.pool = pool, .slots = g_new0(Slot, pool->width)};
    PoolEnd end;
    int saved_errno;

    for (guint i = 0; i < pool->width; i++)
        runner.slots[i] = (Slot){.result = -1, .output = -1};
    sigemptyset(&runner.waited);
    sigaddset(&runner.waited, SIGCHLD);
    sigaddset(&runner.waited, SIGINT);
    sigaddset(&runner.waited, SIGTERM);
    sigaddset(&runner.waited, SIGHUP);
    sigprocmask(SIG_BLOCK, &runner.waited, &runner.before);
    end = run_all(&runner);
    saved_errno = errno;
    kill_all(&runner);
    sigprocmask(SIG_SETMASK, &runner.before, NULL);
    g_free(runner.slots);
    errno = saved_errno;
    return end;
}
