/* What of a scenario's text bears on its runs.
 *
 * Two texts of one meaning make the same run with the same params and seed: they differ in comments
 * and blanks, in the title, in which params are swept over which values and seeds, in tables, and
 * in what a search may do.
 */
#ifndef SIM_SCENARIO_MEANING_H
#define SIM_SCENARIO_MEANING_H

#include "sim/scenario/diagnostic.h"

/* Returns the meaning of sources[i], which was read without errors, as a text to compare: that of a
 * file of data is its bytes. Owned by the caller. */
GString *scn_meaning(const GPtrArray *sources, guint32 i);

#endif
