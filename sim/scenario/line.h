/* Lines that are bound to a scenario after it was made: what libkettensim is asked and told.
 *
 * A name means what it means in the scenario. Each call takes time in proportion to its line; of a
 * question nothing is kept, of an action what it declares: blocks and cuts, which can be named from
 * then on. The scenario was made with keeps_names.
 */
#ifndef SIM_SCENARIO_LINE_H
#define SIM_SCENARIO_LINE_H

#include "sim/scenario/model.h"

/* All three give NULL with at least one message in errors. */
ScnTerm *scn_line_condition(ScnScenario *scenario, const char *text, ScnErrors *errors);
ScnTerm *scn_line_value(ScnScenario *scenario, const char *text, ScnErrors *errors);
/* To be freed with scn_item_free(), and not before the run that does it. */
ScnItem *scn_line_action(ScnScenario *scenario, const char *text, ScnErrors *errors);
void scn_item_free(gpointer item);

#endif
