/* Signal handlers, and what they read; see interrupt.h. */
#include "sim/cli/interrupt.h"

#include "sim/io/output.h"
#include "sim/cli/command.h"
#include "sim/engine/assert.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

/* Asks the run to end; a second signal ends the process. */
static void
on_interrupt(int number)
{
    (void)number;
    if (interrupted) {
        io_output_unlink_all();
        _exit(EXIT_INTERRUPTED);
    }
    interrupted = 1;
}

/* Uses only calls that are safe in a handler. */
static void
write_text(const char *text)
{
    ssize_t written = write(STDERR_FILENO, text, strlen(text));

    (void)written;
}

static void
on_abort(int number)
{
    char where[128];

    (void)number;
    sim_assert_describe(where, sizeof where);
    write_text("kettensim: this is a bug, not a fault of the scenario; it replays with ");
    write_text(where[0] != '\0' ? where : "the same command");
    write_text("\n");
    io_output_unlink_all();
    _exit(EXIT_ASSERTION);
}

/* Reports lack of memory: GLib ends a process without memory or threads by SIGTRAP. */
static void
on_trap(int number)
{
    (void)number;
    write_text(
        "kettensim: the system gave no memory: give it more, or make the scenario smaller\n");
    io_output_unlink_all();
    _exit(EXIT_LIMIT);
}

void
interrupt_install(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_interrupt;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    action.sa_handler = on_abort;
    sigaction(SIGABRT, &action, NULL);
    action.sa_handler = on_trap;
    sigaction(SIGTRAP, &action, NULL);
    signal(SIGXFSZ, SIG_IGN); /* write() returns an error at a file-size limit */
    signal(SIGPIPE, SIG_IGN); /* and on a closed pipe */
}

bool
interrupt_asked(void)
{
    return interrupted != 0;
}
