/* Runs jobs in child processes, several at a time, so that a crash affects only its job.
 *
 * A child returns its result as bytes; its output is captured. Linux only: results travel in
 * anonymous memory, and children die with their parent, however that dies.
 */
#ifndef SIM_CLI_POOL_H
#define SIM_CLI_POOL_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
    GBytes *result;  /* NULL: the child died or returned none */
    int exit_status; /* of a child that exited; else -1 */
    int signal;      /* that killed the child; else 0 */
    char *output;    /* printed by the child, at most the last 16 KB; valid UTF-8 */
    double seconds;
} PoolResult;

typedef struct {
    guint count; /* number of jobs, counted from 0 */
    guint width; /* jobs at a time; at least 1 */
    /* called in the child */
    GBytes *(*job)(void *user, guint index);
    /* called in the parent as jobs end; owns nothing of the result. Returns whether to go on. */
    bool (*done)(void *user, guint index, const PoolResult *result);
    /* called in the parent five times a second; may be NULL */
    void (*tick)(void *user, guint running);
    void *user;
} Pool;

typedef enum {
    POOL_DONE,
    POOL_STOPPED,     /* by `done`; no child is left */
    POOL_INTERRUPTED, /* by SIGINT, SIGTERM or SIGHUP; no child is left */
    POOL_FAILED,      /* no child could be started; see errno */
} PoolEnd;

/* The caller must have only one thread. */
PoolEnd pool_run(const Pool *pool);

#endif
