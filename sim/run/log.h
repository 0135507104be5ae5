/* The log of a run, for debugging: one readable line for each event.
 *
 *   20m30.125s  b4   tip      5fa0c1… height 124 (3 out)
 *
 * Lines can be filtered by node and by kind: a kind of fact (tip, body, verdict, …) or of message
 * (new-block, ack, …), or `message` for all messages. Without a kind, everything but messages is
 * shown.
 */
#ifndef SIM_RUN_LOG_H
#define SIM_RUN_LOG_H

#include "sim/world/world.h"

#include <stdio.h>

typedef struct SimLog SimLog;

typedef struct {
    FILE *out;                /* borrowed */
    const char *const *nodes; /* names, NULL at the end; NULL: all */
    const char *const *kinds; /* names, NULL at the end; NULL: all but messages */
} SimLogOptions;

/* Returns the kinds that can be selected, separated by blanks; free with g_free. */
char *sim_log_kinds(void);
/* Returns the first name that is not a kind, or NULL. */
const char *sim_log_unknown_kind(const char *const *kinds);

/* Logs the world until the log is freed. Borrows the arrays of the options until then. */
SimLog *sim_log_new(const SimLogOptions *options, SimWorld *world);
void sim_log_free(SimLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimLog, sim_log_free)

#endif
