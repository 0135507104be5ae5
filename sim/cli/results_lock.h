/* Locks a results file for one command at a time.
 *
 * The lock is an advisory lock on a file beside the results (r.db.lock). The system releases it
 * when the process ends, however it ends. The results file itself cannot carry it: it is sometimes
 * replaced, and SQLite drops its own locks on it between batches. The text in the lock file marks
 * it as ours, so that no other file of that name is locked or removed. On a file system without
 * locks or links nothing is locked.
 */
#ifndef SIM_CLI_RESULTS_LOCK_H
#define SIM_CLI_RESULTS_LOCK_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
    char *path; /* NULL: not locked */
    int fd;
} ResultsLock;

/* Returns false with an error (IO_ERROR_OUTPUT) if another process holds the lock. */
bool results_lock_take(ResultsLock *ret_lock, const char *results, GError **error);
void results_lock_clear(ResultsLock *lock);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ResultsLock, results_lock_clear)

#endif
