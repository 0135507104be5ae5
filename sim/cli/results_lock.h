/* Who is at a results file: one command at a time.
 *
 * An advisory lock on a file beside the results (r.db.lock), which the system drops when the
 * process ends, however; the results themselves are replaced now and then, and SQLite has its own
 * locks on them, which it drops between two batches. The file says what it is, so that nobody
 * else's of that name is taken or removed. Where a file system has no locks or links there is none.
 */
#ifndef SIM_CLI_RESULTS_LOCK_H
#define SIM_CLI_RESULTS_LOCK_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
    char *path; /* NULL: nothing is held */
    int fd;
} ResultsLock;

/* False with an error (IO_ERROR_OUTPUT) when another process has it. */
bool results_lock_take(ResultsLock *ret_lock, const char *results, GError **error);
void results_lock_clear(ResultsLock *lock);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ResultsLock, results_lock_clear)

#endif
