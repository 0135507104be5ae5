/* Pairs the options of link lines with the fields of links.
 *
 * sim/scenario has the table of options (scn_link_options), sim/net that of fields
 * (SIM_LINK_FIELDS); neither knows the other. Two options are more than one number and have their
 * own code: the latency, a distribution, and the loss, the four numbers of gilbert(…).
 */
#ifndef SIM_RUN_LINK_OPTION_H
#define SIM_RUN_LINK_OPTION_H

#include "sim/net/net.h"
#include "sim/scenario/model.h"

/* Copies the options that a line sets, except the latency; later lines overwrite option by option.
 */
void sim_link_apply(SimLinkSpec *spec, const ScnLink *link);

/* Returns the link of an edge that no line mentions. */
SimLinkSpec sim_link_standard(const ScnScenario *scenario);

/* Returns the latency as the scenario language writes it, "lognormal(80ms,0.5)"; measured times by
 * the name of their text in the trace. The caller frees it. */
char *sim_link_latency_text(const ScnScenario *scenario, const SimNet *net,
                            const SimDistribution *latency);

/* Returns "latency 50ms loss 1%": the latency, and the options that differ from `standard`. The
 * caller frees it. */
char *sim_link_text(const ScnScenario *scenario, const SimNet *net, const SimLinkSpec *spec,
                    const SimLinkSpec *standard);

#endif
