/* Starting, asking and ending a node's process; see process.h. */
#include "sim/live/process.h"

#include "sim/io/json.h"
#include "sim/live/client.h"
#include "sim/live/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT "output"
#define POLL_US 5000
/* Five minutes. A node checks its whole log before it answers: a second for five thousand payments,
 * and longer on a busy machine. */
#define START_TRIES 60000
#define END_TRIES 400 /* two seconds */

struct LiveProcess {
    char *name, *folder;
    void (*on_event)(void *user, JsonObject *event);
    void *user;
    GPid pid;           /* 0: none runs */
    LiveClient *client; /* NULL: it does not answer yet */
    bool is_paused;
};

/* --- starting ----------------------------------------------------------------------------- */

/* Runs in the child, between fork and exec. */
static void
set_up_child(gpointer data)
{
    const LiveNamespace *name = data;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setpgid(0, 0);
    if (name != NULL && live_namespace_enter(name) != 0)
        _exit(1);
}

static bool
set_error(const LiveProcess *process, const char *what, GError **error)
{
    int saved = errno;

    g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(saved), "node %s: cannot %s: %s",
                process->name, what, g_strerror(saved));
    return false;
}

/* Opens the file for what the process prints; -1 with an error. */
static int
open_output(const LiveProcess *process, GError **error)
{
    g_autofree char *path = g_build_filename(process->folder, OUTPUT, NULL);
    int fd = -1;

    if (g_mkdir_with_parents(process->folder, 0777) == 0)
        fd = g_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0)
        (void)set_error(process, "write its output", error);
    return fd;
}

static bool
spawn(LiveProcess *process, char *const *words, const LiveNamespace *name, GError **error)
{
    g_autoptr(GPtrArray) args = g_ptr_array_new();
    int output = open_output(process, error);
    bool ok;

    if (output < 0)
        return false;
    /* The file is this program, whatever its name is by now. */
    g_ptr_array_add(args, (gpointer) "/proc/self/exe");
    g_ptr_array_add(args, (gpointer) "kettensim");
    for (; *words != NULL; words++)
        g_ptr_array_add(args, *words);
    g_ptr_array_add(args, NULL);
    ok = g_spawn_async_with_fds(
        NULL, (char **)args->pdata, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_FILE_AND_ARGV_ZERO,
        set_up_child, (gpointer)name, &process->pid, -1, output, output, error);
    g_close(output, NULL);
    return ok;
}

bool
live_process_start(LiveProcess *process, char *const *words, const LiveNamespace *name,
                   int *ret_device, GError **error)
{
    LiveNamespace own;
    int sockets[2];
    bool ok;

    if (name == NULL)
        return spawn(process, words, NULL, error);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
        return set_error(process, "make sockets", error);
    own = *name;
    own.to_parent = sockets[1];
    ok = spawn(process, words, &own, error);
    g_close(sockets[1], NULL);
    if (ok) {
        *ret_device = live_namespace_receive(sockets[0], error);
        ok = *ret_device >= 0;
    }
    g_close(sockets[0], NULL);
    return ok;
}

bool
live_process_is_started(const LiveProcess *process)
{
    return process->pid != 0;
}

bool
live_process_answers(const LiveProcess *process)
{
    return process->client != NULL;
}

/* Returns whether the process has ended, and if so forgets its id. */
static bool
has_ended(LiveProcess *process)
{
    if (process->pid != 0 && waitpid(process->pid, NULL, WNOHANG) == process->pid)
        process->pid = 0;
    return process->pid == 0;
}

static bool
set_ended(const LiveProcess *process, const char *what, GError **error)
{
    g_autofree char *path = g_build_filename(process->folder, OUTPUT, NULL);
    g_autofree char *output = NULL;

    (void)g_file_get_contents(path, &output, NULL, NULL);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_CLOSED, "node %s %s; it printed: %s", process->name,
                what, output != NULL ? g_strstrip(output) : "");
    return false;
}

static void
pass_event(void *user, JsonObject *event, const char *line)
{
    LiveProcess *process = user;

    (void)line;
    process->on_event(process->user, event);
}

bool
live_process_try(LiveProcess *process, bool *ret_reached, GError **error)
{
    *ret_reached = false;
    if (process->is_paused)
        return true; /* a paused process cannot answer */
    if (has_ended(process))
        return set_ended(process, "did not start", error);
    process->client = live_client_open(process->folder, NULL);
    if (process->client == NULL)
        return true;
    live_client_on_event(process->client, pass_event, process);
    *ret_reached = true;
    g_autoptr(JsonObject) answer = live_process_ask(process, live_process_request("watch"), error);
    return answer != NULL;
}

bool
live_process_wait(LiveProcess *process, GError **error)
{
    for (int i = 0; i < START_TRIES; i++) {
        bool reached;

        if (!live_process_try(process, &reached, error))
            return false;
        if (reached)
            return true;
        g_usleep(POLL_US);
    }
    return set_ended(process, "did not answer in time", error);
}

/* --- asking ------------------------------------------------------------------------------- */

JsonBuilder *
live_process_request(const char *word)
{
    JsonBuilder *request = json_builder_new();

    json_builder_begin_object(request);
    io_json_member_text(request, "do", word);
    return request;
}

JsonObject *
live_process_ask(LiveProcess *process, JsonBuilder *request, GError **error)
{
    g_autoptr(JsonBuilder) builder = request;
    g_autofree char *line = NULL;

    if (process->client == NULL || process->is_paused)
        return NULL;
    json_builder_end_object(builder);
    line = io_json_line(builder);
    return live_client_ask(process->client, line, NULL, error);
}

bool
live_process_read(LiveProcess *process, GError **error)
{
    return process->client == NULL || live_client_read(process->client, NULL) ||
           set_ended(process, "ended by itself", error);
}

int
live_process_fd(const LiveProcess *process)
{
    return process->client != NULL ? live_client_fd(process->client) : -1;
}

/* --- signals ------------------------------------------------------------------------------ */

void
live_process_pause(LiveProcess *process, bool paused)
{
    process->is_paused = paused;
    if (process->pid != 0)
        kill(process->pid, paused ? SIGSTOP : SIGCONT);
}

bool
live_process_is_paused(const LiveProcess *process)
{
    return process->is_paused;
}

/* Waits for a process that was killed. */
static void
reap(LiveProcess *process)
{
    if (process->pid != 0)
        (void)waitpid(process->pid, NULL, 0);
    process->pid = 0;
}

void
live_process_kill(LiveProcess *process)
{
    if (process->pid != 0)
        kill(process->pid, SIGKILL);
    reap(process);
    while (process->client != NULL && live_client_read(process->client, NULL))
        continue; /* read all that the process has sent */
    g_clear_pointer(&process->client, live_client_free);
    process->is_paused = false;
}

/* --- the log ------------------------------------------------------------------------------ */

GByteArray *
live_process_read_log(const LiveProcess *process)
{
    g_autofree char *path = g_build_filename(process->folder, LIVE_DISK_LOG, NULL);
    char *bytes = NULL;
    gsize length = 0;

    if (!g_file_get_contents(path, &bytes, &length, NULL))
        return g_byte_array_new();
    return g_byte_array_new_take((guint8 *)bytes, length);
}

void
live_process_remove_log(const LiveProcess *process)
{
    g_autofree char *path = g_build_filename(process->folder, LIVE_DISK_LOG, NULL);

    (void)g_unlink(path);
}

/* --- life --------------------------------------------------------------------------------- */

LiveProcess *
live_process_new(const char *name, const char *folder,
                 void (*on_event)(void *user, JsonObject *event), void *user)
{
    LiveProcess *process = g_new0(LiveProcess, 1);

    process->name = g_strdup(name);
    process->folder = g_strdup(folder);
    process->on_event = on_event;
    process->user = user;
    return process;
}

void
live_process_terminate(LiveProcess *process)
{
    if (process->pid == 0)
        return;
    kill(process->pid, SIGCONT); /* a stopped process would end when it goes on */
    kill(process->pid, SIGTERM);
}

void
live_process_free(LiveProcess *process)
{
    if (process == NULL)
        return;
    live_process_terminate(process);
    for (int i = 0; i < END_TRIES && !has_ended(process); i++)
        g_usleep(POLL_US);
    if (process->pid != 0)
        kill(process->pid, SIGKILL);
    reap(process);
    g_clear_pointer(&process->client, live_client_free);
    g_free(process->name);
    g_free(process->folder);
    g_free(process);
}
