/* Single lines bound to an existing scenario: the questions and orders that libkettensim passes on.
 *
 * Names mean what they mean in the scenario, which must have been made with keeps_names. Each call
 * takes time proportional to its line. A question leaves nothing behind; an action leaves the
 * blocks, cuts and marks it declares, which later lines can name.
 */
#ifndef SIM_SCENARIO_LINE_H
#define SIM_SCENARIO_LINE_H

#include "sim/scenario/model.h"

/* All three return NULL with at least one message in errors. */
ScnTerm *scn_line_condition(ScnScenario *scenario, const char *text, ScnErrors *errors);
ScnTerm *scn_line_value(ScnScenario *scenario, const char *text, ScnErrors *errors);
/* An action, or a mark. The caller frees the item with scn_item_free(), after the run that carries
 * it out. */
ScnItem *scn_line_action(ScnScenario *scenario, const char *text, ScnErrors *errors);
void scn_item_free(gpointer item);

#endif
