/* Where the options of link lines meet the fields of links.
 *
 * sim/scenario has a table of options (scn_link_options), sim/net one of fields (SIM_LINK_FIELDS),
 * and neither knows the other. Here a row and a field of the same option are paired, once. Two
 * options are more than a number, and have code of their own: the latency, a distribution, and
 * loss, the four numbers of gilbert(…).
 */
#ifndef SIM_RUN_LINK_OPTION_H
#define SIM_RUN_LINK_OPTION_H

#include "sim/net/net.h"
#include "sim/scenario/model.h"

/* Takes over the options that a line sets, but the latency: later lines win option by option. */
void sim_link_apply(SimLinkSpec *spec, const ScnLink *link);

/* What an edge has that no line is for. */
SimLinkSpec sim_link_standard(const ScnScenario *scenario);

/* As the scenario language writes it, "lognormal(80ms,0.5)"; measured times by the name of their
 * text in the trace. To be freed. */
char *sim_link_latency_text(const ScnScenario *scenario, const SimNet *net,
                            const SimDistribution *latency);

/* "latency 50ms loss 1%": the latency, and what is not as in `standard`. To be freed. */
char *sim_link_text(const ScnScenario *scenario, const SimNet *net, const SimLinkSpec *spec,
                    const SimLinkSpec *standard);

#endif
