/* Jobs in child processes, some at a time: one that crashes takes nobody along.
 *
 * A child gives its result as bytes; what it prints is caught. Linux: results travel in anonymous
 * memory, and children die with their parent, however it dies.
 */
#ifndef SIM_CLI_POOL_H
#define SIM_CLI_POOL_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
    GBytes *result;  /* NULL: the child died, or gave none */
    int exit_status; /* of a child that exited; else -1 */
    int signal;      /* that ended it; else 0 */
    char *output;    /* what it printed, at most its last 16 KB; valid UTF-8 */
    double seconds;
} PoolResult;

typedef struct {
    guint count; /* jobs, by number from 0 */
    guint width; /* at a time; 1 at least */
    /* In the child. */
    GBytes *(*job)(void *user, guint index);
    /* In the parent, as they end; nothing of the result is kept. */
    void (*done)(void *user, guint index, const PoolResult *result);
    void *user;
} Pool;

typedef enum {
    POOL_DONE,
    POOL_INTERRUPTED, /* by SIGINT, SIGTERM or SIGHUP; every child is gone */
    POOL_FAILED,      /* no child could be started: errno */
} PoolEnd;

/* The caller has one thread. */
PoolEnd pool_run(const Pool *pool);

#endif
