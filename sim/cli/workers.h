/* Processes that run one job after another: what `pool` is for few long jobs, this is for many
 * short ones. One that dies takes its job along, and no other: another takes its place.
 *
 * A worker has what its parent had when it was forked, and gets numbers of jobs and gives bytes
 * through a socket. Workers die with their parent, however it dies.
 */
#ifndef SIM_CLI_WORKERS_H
#define SIM_CLI_WORKERS_H

#include "sim/cli/pool.h"

typedef struct {
    guint width;      /* processes; 1 at least */
    guint64 lifetime; /* jobs that one process does; 0: no limit */
    /* In the worker. */
    GBytes *(*job)(void *user, guint64 number);
    /* In the parent. */
    bool (*next)(void *user, guint64 *ret_number); /* false: there are no more */
    bool (*done)(void *user, guint64 number, const PoolResult *result); /* false: stop at once */
    bool (*tick)(void *user); /* some five times a second, and after results; false: stop at once */
    void *user;
} Workers;

typedef enum {
    WORKERS_DONE,
    WORKERS_INTERRUPTED, /* by SIGINT, SIGTERM or SIGHUP; what had begun was done */
    WORKERS_STOPPED,     /* by done or tick */
    WORKERS_FAILED,      /* no process could be started: errno */
} WorkersEnd;

/* The caller has one thread, and has installed interrupt.h's handlers. */
WorkersEnd workers_run(const Workers *workers);

#endif
