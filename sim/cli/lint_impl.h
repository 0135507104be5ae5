/* The parts of the linter; see lint.h. lint.c has the table and the lints of one statement,
 * lint_network.c the graph, lint_sides.c cuts and versions, lint_height.c how high
 * chains can grow.
 */
#ifndef SIM_CLI_LINT_IMPL_H
#define SIM_CLI_LINT_IMPL_H

#include "sim/cli/lint.h"

typedef struct {
    const ScnScenario *scenario;
    const LintNetwork *network;
    GArray *warnings; /* LintWarning */
} Lint;

/* The place of a warning about the whole file. */
extern const ScnPlace lint_nowhere;

void lint_warn(Lint *lint, ScnPlace place, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Calls a function for each action, mark and check in a block or a script. `timed` is NULL in a
 * script. */
typedef void (*LintItemFunc)(Lint *lint, const ScnTimed *timed, const ScnItem *item, void *user);
void lint_each_item(Lint *lint, LintItemFunc func, void *user);

bool lint_is_script(const Lint *lint, guint32 node);

/* Disjoint sets of nodes: each begins alone. Free with g_free. */
guint32 *lint_sets_new(const Lint *lint);
guint32 lint_sets_find(guint32 *sets, guint32 node);

/* Returns how many blocks can be made; LINT_MANY if there is a race, or that cannot be told. */
#define LINT_MANY G_MAXINT64
gint64 lint_count_blocks(Lint *lint);

void lint_large_mesh(Lint *lint);
void lint_unconnected(Lint *lint);
void lint_empty_regions(Lint *lint);
void lint_bridges(Lint *lint);
void lint_lasting_cuts(Lint *lint);
void lint_lasting_bans(Lint *lint);
void lint_unreachable_heights(Lint *lint);

#endif
