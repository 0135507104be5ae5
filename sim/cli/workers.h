/* Runs many short jobs in processes that each do one after another (`pool` is for few long jobs). A
 * process that dies loses only its current job and is replaced.
 *
 * A worker starts with a copy of its parent's memory. A socket carries job numbers to it and
 * results, as bytes, back. Workers die with their parent, however that dies.
 */
#ifndef SIM_CLI_WORKERS_H
#define SIM_CLI_WORKERS_H

#include "sim/cli/pool.h"

typedef struct {
    guint width;      /* number of processes; at least 1 */
    guint64 lifetime; /* jobs before a process is replaced; 0: no limit */
    /* called in the worker */
    GBytes *(*job)(void *user, guint64 number);
    /* called in the parent */
    bool (*next)(void *user, guint64 *ret_number);                      /* false: no more jobs */
    bool (*done)(void *user, guint64 number, const PoolResult *result); /* false: stop at once */
    bool (*tick)(void *user); /* about five times a second and after results; false: stop at once */
    void *user;
} Workers;

typedef enum {
    WORKERS_DONE,
    WORKERS_INTERRUPTED, /* by SIGINT, SIGTERM or SIGHUP; jobs under way were finished */
    WORKERS_STOPPED,     /* by done or tick */
    WORKERS_FAILED,      /* no process could be started; see errno */
} WorkersEnd;

/* The caller must have only one thread and have installed the handlers of interrupt.h. */
WorkersEnd workers_run(const Workers *workers);

#endif
