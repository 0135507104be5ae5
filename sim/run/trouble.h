/* Trouble: statements of a scenario that failed, and why. The same reason of the same statement is
 * stored once, with a count.
 *
 * A run with trouble has failed, whatever its checks say.
 */
#ifndef SIM_RUN_TROUBLE_H
#define SIM_RUN_TROUBLE_H

#include "sim/engine/time.h"

#include <glib.h>

typedef struct SimTrouble SimTrouble;

SimTrouble *sim_trouble_new(void);
void sim_trouble_free(SimTrouble *trouble);

/* Adds a failure; `where` is "file:line:col  statement". */
void sim_trouble_add(SimTrouble *trouble, const char *where, const char *why, SimTime now);

/* Returns everything in the order of first occurrence: "FAIL where\n  at T: why\n", and for
 * repetitions a line with their number and last time. "" if there is none. Borrowed, until the next
 * call.
 */
const char *sim_trouble_text(SimTrouble *trouble);

/* Returns what was added since sim_trouble_forget_recent(), without counts. Borrowed, until more is
 * added. */
const char *sim_trouble_recent(const SimTrouble *trouble);
void sim_trouble_forget_recent(SimTrouble *trouble);

#endif
