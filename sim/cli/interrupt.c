/* What signal handlers reach; see interrupt.h. */
#include "sim/cli/interrupt.h"

#include "sim/cli/command.h"
#include "sim/engine/assert.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;
static const char *volatile unlink_path;

/* The first asks the run to end, the second ends it. */
static void
on_interrupt(int number)
{
    (void)number;
    if (interrupted) {
        if (unlink_path != NULL)
            unlink(unlink_path);
        _exit(EXIT_INTERRUPTED);
    }
    interrupted = 1;
}

/* Only calls that are safe in a handler. */
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
    if (unlink_path != NULL)
        unlink(unlink_path);
    _exit(EXIT_ASSERTION);
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
    signal(SIGXFSZ, SIG_IGN); /* a file-size limit is an error of write(), not a death */
    signal(SIGPIPE, SIG_IGN); /* and so is a reader that has gone */
}

bool
interrupt_asked(void)
{
    return interrupted != 0;
}

void
interrupt_unlink(const char *path)
{
    unlink_path = path;
}
