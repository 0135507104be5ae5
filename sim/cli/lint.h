/* Lints: warn of statements that the author can hardly mean, for `kettensim check`.
 *
 * Each lint is a function and a row of a table. A lint stays silent where the author may have meant
 * it: the scenarios of this project give no warning.
 */
#ifndef SIM_CLI_LINT_H
#define SIM_CLI_LINT_H

#include "sim/net/net.h"
#include "sim/net/shape.h"
#include "sim/scenario/model.h"

/* The network that was built. */
typedef struct {
    const SimNet *net;
    const SimShape *shape;
    const GArray *regions; /* guint32: number of nodes in each of the scenario's regions */
} LintNetwork;

/* The size of a scenario's sweep; 1 point without `sweep`, 1 seed without `seeds`. */
typedef struct {
    guint64 points, seeds;
} LintSweep;

LintSweep lint_sweep_size(const ScnScenario *scenario);

typedef struct {
    ScnPlace place; /* line 0: the whole file */
    char *message;
} LintWarning;

/* Returns the warnings that need no network (LintWarning). Free with g_array_unref. */
GArray *lint_find_warnings(const ScnScenario *scenario);

/* Appends warnings (char *, "file:line: message" or "message"): with a NULL network those that need
 * none, else those that need one. */
void lint_find(GPtrArray *warnings, const ScnScenario *scenario, const LintNetwork *network);

#endif
