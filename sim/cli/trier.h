/* Tries scenarios that a search or a shrinking proposes, several at a time in processes of their
 * own, so that one that dies is a verdict like any other.
 */
#ifndef SIM_CLI_TRIER_H
#define SIM_CLI_TRIER_H

#include "sim/explore/trial.h"

typedef struct {
    const char *path; /* files that texts name are relative to its folder */
    guint width;      /* texts tried at a time */
    ExploreTrial how;
    /* With how.modes: of text number i those for which (first + i) % modes_every is 0. */
    guint64 first, modes_every;
    bool (*is_late)(void *user); /* asked before each; true: leave the rest. May be NULL */
    void (*tick)(void *user, guint64 begun); /* tells of progress */
    void *user;
    /* of the last round */
    GPtrArray *texts;        /* char * */
    ExploreVerdict *results; /* by text */
    gboolean *has_result;    /* by text: its trial came to an end */
    guint next;
    bool is_interrupted;
} Trier;

/* Tries the texts, which it takes over, and holds them and their verdicts until trier_forget().
 * Returns false if that was interrupted, or, after a message, if no process could be started. */
bool trier_run(Trier *trier, GPtrArray *texts);
void trier_forget(Trier *trier);

#endif
