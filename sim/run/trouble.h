/* Trouble: what statements of a scenario could not do. The same reason of the same statement is
 * kept once, with a count.
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

/* where: "file:line:col  statement". */
void sim_trouble_add(SimTrouble *trouble, const char *where, const char *why, SimTime now);

/* All of it, in the order in which each came first: "FAIL where\n  at T: why\n", and a line with
 * how often and when last if it came again. "" when there is none. Borrowed, until the next call.
 */
const char *sim_trouble_text(SimTrouble *trouble);

/* What was added since the last call of sim_trouble_forget_recent(), without counts. Borrowed,
 * until more is added. */
const char *sim_trouble_recent(const SimTrouble *trouble);
void sim_trouble_forget_recent(SimTrouble *trouble);

#endif
