/* The outcome of a run: what came of it, as text for golden files, and its SHA-256.
 *
 * Over final tips, state roots, reorganisations, checks and measures, and nothing of how the
 * network got there: a change of relay need not move it, a change of consensus does.
 */
#ifndef SIM_RUN_OUTCOME_H
#define SIM_RUN_OUTCOME_H

#include "sim/run/check.h"
#include "sim/run/digest.h"
#include "sim/world/world.h"

/* Free with g_free. */
char *sim_outcome_text(SimWorld *world, const SimChecks *checks);
void sim_outcome_digest(char ret_hex[SIM_DIGEST_HEX], const char *text);

#endif
