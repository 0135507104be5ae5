/* Uses fork, socketpair and poll; see workers.h. */
#define _GNU_SOURCE /* memfd_create, ppoll */
#include "sim/cli/workers.h"

#include "sim/cli/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_MS 200
#define HEAD 12 /* bytes before a result: job number, length */
#define RESULT_MAX (64u << 20)
#define OUTPUT_MAX 4096
#define OUTPUT_KEPT (1 << 16)
#define AHEAD 2 /* jobs queued at a worker, so that it need not wait for its parent */
/* Longer jobs are given one at a time, because Ctrl-C waits for the jobs given. */
#define SHORT_S 0.05

typedef struct {
    pid_t pid; /* 0: no process */
    int fd, output;
    guint64 jobs[AHEAD]; /* not finished, in order */
    guint held;
    guint64 given;
    gint64 started_us; /* when the first unfinished job began */
    GByteArray *got;
} Worker;

typedef struct {
    const Workers *workers;
    Worker *all;
    GArray *again; /* guint64: jobs of a dead worker, to be given again */
    bool exhausted, stopped;
    double last_seconds;
    sigset_t before;
} Runner;

/* --- the worker --------------------------------------------------------------------------- */

static bool
transfer_all(int fd, guint8 *bytes, gsize length, ssize_t (*call)(int, void *, size_t))
{
    while (length > 0) {
        ssize_t moved = call(fd, bytes, length);

        if (moved < 0 && errno == EINTR)
            continue;
        if (moved <= 0)
            return false;
        bytes += moved;
        length -= (gsize)moved;
    }
    return true;
}

static ssize_t
write_some(int fd, void *bytes, size_t length)
{
    return write(fd, bytes, length);
}

_Noreturn static void
serve(const Workers *workers, int fd)
{
    guint64 number;

    while (transfer_all(fd, (guint8 *)&number, sizeof number, read)) {
        GBytes *result = workers->job(workers->user, number);
        gsize length;
        const guint8 *bytes = g_bytes_get_data(result, &length);
        guint8 head[HEAD];
        guint32 size = (guint32)length;

        memcpy(head, &number, sizeof number);
        memcpy(head + sizeof number, &size, sizeof size);
        if (!transfer_all(fd, head, HEAD, write_some) ||
            !transfer_all(fd, (guint8 *)bytes, length, write_some))
            break;
        g_bytes_unref(result);
    }
    _exit(0);
}

_Noreturn static void
be_worker(Runner *runner, Worker *worker, int fd, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    /* only the parent handles Ctrl-C */
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    sigprocmask(SIG_SETMASK, &runner->before, NULL);
    dup2(worker->output, STDOUT_FILENO);
    dup2(worker->output, STDERR_FILENO);
    /* a copy of another worker's socket would hide from that worker that its parent has closed it
     */
    for (guint i = 0; i < runner->workers->width; i++) {
        if (runner->all[i].pid > 0)
            close(runner->all[i].fd);
    }
    close(worker->fd);
    serve(runner->workers, fd);
}

/* --- starting and ending ------------------------------------------------------------------ */

static void
close_worker(Worker *worker)
{
    if (worker->fd >= 0)
        close(worker->fd);
    if (worker->output >= 0)
        close(worker->output);
    if (worker->got != NULL)
        g_byte_array_unref(worker->got);
    *worker = (Worker){.fd = -1, .output = -1};
}

static bool
start_worker(Runner *runner, Worker *worker)
{
    pid_t parent = getpid();
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    worker->fd = ends[0];
    worker->output = memfd_create("kettensim-output", MFD_CLOEXEC);
    fcntl(worker->output, F_SETFL, O_APPEND);
    worker->got = g_byte_array_new();
    fflush(NULL);
    worker->pid = worker->output >= 0 ? fork() : -1;
    if (worker->pid == 0) {
        worker->pid = 0;
        be_worker(runner, worker, ends[1], parent);
    }
    close(ends[1]);
    if (worker->pid < 0) {
        int saved_errno = errno;

        close_worker(worker);
        errno = saved_errno;
        return false;
    }
    return true;
}

static int
wait_for(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

/* Returns the end of the worker's output. */
static char *
read_output(int fd)
{
    char bytes[OUTPUT_MAX];
    struct stat st;
    ssize_t length;

    if (fstat(fd, &st) != 0)
        return g_strdup("");
    length = pread(fd, bytes, sizeof bytes, MAX(0, st.st_size - (off_t)sizeof bytes));
    return length > 0 ? g_utf8_make_valid(bytes, length) : g_strdup("");
}

static void
report_result(Runner *runner, guint64 job, const PoolResult *result)
{
    if (!runner->workers->done(runner->workers->user, job, result))
        runner->stopped = true;
}

/* Handles a worker that closed its socket: its first job killed it, the others are given again. */
static void
bury_worker(Runner *runner, Worker *worker)
{
    int status = wait_for(worker->pid);
    g_autofree char *output = read_output(worker->output);
    const PoolResult result = {
        .exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
        .output = output,
    };

    for (guint i = 1; i < worker->held; i++)
        g_array_append_val(runner->again, worker->jobs[i]);
    if (worker->held > 0)
        report_result(runner, worker->jobs[0], &result);
    close_worker(worker);
}

static void
end_all(Runner *runner, bool kill_them)
{
    for (guint i = 0; i < runner->workers->width; i++) {
        Worker *worker = &runner->all[i];

        if (worker->pid <= 0)
            continue;
        if (kill_them)
            kill(worker->pid, SIGKILL);
        close(worker->fd);
        worker->fd = -1;
        wait_for(worker->pid);
        close_worker(worker);
    }
}

/* --- giving ------------------------------------------------------------------------------- */

static bool
take_next(Runner *runner, guint64 *ret_job)
{
    if (runner->again->len > 0) {
        *ret_job = g_array_index(runner->again, guint64, 0);
        g_array_remove_index(runner->again, 0);
        return true;
    }
    if (!runner->exhausted)
        runner->exhausted = !runner->workers->next(runner->workers->user, ret_job);
    return !runner->exhausted;
}

static bool
is_spent(const Runner *runner, const Worker *worker)
{
    return runner->workers->lifetime > 0 && worker->given >= runner->workers->lifetime;
}

/* Gives jobs to a worker, and starts it if needed. A broken socket is handled when it is read. */
static bool
give_jobs(Runner *runner, Worker *worker)
{
    guint depth = runner->last_seconds < SHORT_S ? AHEAD : 1;
    guint64 job;

    while (worker->held < depth && !is_spent(runner, worker) && take_next(runner, &job)) {
        if (worker->pid == 0 && !start_worker(runner, worker)) {
            int saved_errno = errno;

            g_array_append_val(runner->again, job);
            errno = saved_errno;
            return false;
        }
        if (worker->held == 0)
            worker->started_us = g_get_monotonic_time();
        worker->jobs[worker->held++] = job;
        worker->given++;
        (void)transfer_all(worker->fd, (guint8 *)&job, sizeof job, write_some);
    }
    return true;
}

static guint
count_held(const Runner *runner)
{
    guint held = 0;

    for (guint i = 0; i < runner->workers->width; i++)
        held += runner->all[i].held;
    return held;
}

/* Gives jobs to all workers and ends those that are spent. Returns false if no process can be
 * started and no job is under way. */
static bool
give_all(Runner *runner)
{
    bool ok = true;

    for (guint i = 0; i < runner->workers->width && ok; i++) {
        Worker *worker = &runner->all[i];

        if (worker->held == 0 && is_spent(runner, worker)) {
            close(worker->fd);
            worker->fd = -1;
            wait_for(worker->pid);
            close_worker(worker);
        }
        ok = give_jobs(runner, worker);
    }
    return ok || count_held(runner) > 0;
}

/* --- taking ------------------------------------------------------------------------------- */

/* Handles a complete result at the front of the received bytes. */
static bool
take_result(Runner *runner, Worker *worker)
{
    g_autoptr(GBytes) bytes = NULL;
    PoolResult result = {.output = (char *)""};
    gint64 now = g_get_monotonic_time();
    guint64 job;
    guint32 size;

    if (worker->got->len < HEAD)
        return false;
    memcpy(&job, worker->got->data, sizeof job);
    memcpy(&size, worker->got->data + sizeof job, sizeof size);
    if (size > RESULT_MAX || worker->held == 0 || job != worker->jobs[0]) {
        kill(worker->pid, SIGKILL); /* nonsense received; the end is read next */
        g_byte_array_set_size(worker->got, 0);
        return false;
    }
    if (worker->got->len < HEAD + size)
        return false;
    bytes = g_bytes_new(worker->got->data + HEAD, size);
    g_byte_array_remove_range(worker->got, 0, HEAD + size);
    memmove(worker->jobs, worker->jobs + 1, (AHEAD - 1) * sizeof worker->jobs[0]);
    worker->held--;
    result.result = bytes;
    result.seconds = runner->last_seconds = (double)(now - worker->started_us) / 1e6;
    worker->started_us = now;
    report_result(runner, job, &result);
    return true;
}

static void
trim_output(const Worker *worker)
{
    struct stat st;

    if (fstat(worker->output, &st) == 0 && st.st_size > OUTPUT_KEPT && ftruncate(worker->output, 0))
        return;
}

static void
receive_results(Runner *runner, Worker *worker)
{
    guint8 bytes[16384];
    ssize_t length = recv(worker->fd, bytes, sizeof bytes, MSG_DONTWAIT);

    if (length < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (length <= 0) {
        bury_worker(runner, worker);
        return;
    }
    g_byte_array_append(worker->got, bytes, (guint)length);
    while (take_result(runner, worker))
        trim_output(worker);
}

static void
wait_and_take(Runner *runner)
{
    const struct timespec tick = {0, TICK_MS * 1000000L};
    guint width = runner->workers->width;
    g_autofree struct pollfd *polled = g_new0(struct pollfd, width);

    for (guint i = 0; i < width; i++)
        polled[i] = (struct pollfd){runner->all[i].pid > 0 ? runner->all[i].fd : -1, POLLIN, 0};
    if (ppoll(polled, width, &tick, &runner->before) <= 0)
        return;
    for (guint i = 0; i < width; i++) {
        if (polled[i].revents != 0)
            receive_results(runner, &runner->all[i]);
    }
}

static WorkersEnd
run_all(Runner *runner)
{
    for (;;) {
        bool interrupted = interrupt_asked();

        if (!interrupted && !give_all(runner))
            return WORKERS_FAILED;
        if (count_held(runner) == 0 && (interrupted || runner->exhausted) &&
            (interrupted || runner->again->len == 0))
            return interrupted ? WORKERS_INTERRUPTED : WORKERS_DONE;
        wait_and_take(runner);
        if (runner->stopped || !runner->workers->tick(runner->workers->user))
            return WORKERS_STOPPED;
    }
}

WorkersEnd
workers_run(const Workers *workers)
{
    Runner runner = {.workers = workers, .all = g_new0(Worker, workers->width)};
    sigset_t blocked;
    WorkersEnd end;
    int saved_errno;

    for (guint i = 0; i < workers->width; i++)
        runner.all[i] = (Worker){.fd = -1, .output = -1};
    runner.again = g_array_new(FALSE, FALSE, sizeof(guint64));
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGHUP);
    sigprocmask(SIG_BLOCK, &blocked, &runner.before);
    end = run_all(&runner);
    saved_errno = errno;
    end_all(&runner, end == WORKERS_STOPPED || end == WORKERS_FAILED);
    sigprocmask(SIG_SETMASK, &runner.before, NULL);
    g_array_unref(runner.again);
    g_free(runner.all);
    errno = saved_errno;
    return end;
}
