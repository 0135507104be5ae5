/* The outcome of a run: its results as text for golden files, and their SHA-256.
 *
 * The outcome covers final tips, state roots, reorganisations, checks and measures, but not how the
 * network got there: a change of consensus changes it, a change of relay usually does not.
 */
#ifndef SIM_RUN_OUTCOME_H
#define SIM_RUN_OUTCOME_H

#include "sim/run/check.h"
#include "sim/run/digest.h"
#include "sim/world/world.h"

/* Returns the text; free with g_free. */
char *sim_outcome_text(SimWorld *world, const SimChecks *checks);
void sim_outcome_digest(char ret_hex[SIM_DIGEST_HEX], const char *text);

#endif
