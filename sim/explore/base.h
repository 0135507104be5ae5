/* The base of a search: a scenario as lines of text, to which faults are added.
 *
 * The lines are the statements with includes in place and params at their values in force. Left out
 * are seeds, sweeps, tables and measures, checks over several runs, and the checks in timed blocks,
 * which expect a run without faults; and what comes after the faults.
 *
 * A `whole` base is a scenario that fails by itself, to be made small: its lines are all of it but
 * sweeps and tables, and nothing is added to them.
 */
#ifndef SIM_EXPLORE_BASE_H
#define SIM_EXPLORE_BASE_H

#include "sim/scenario/model.h"

typedef struct {
    char *title;       /* escaped, as it stands in quotes */
    GPtrArray *lines;  /* char *: whole statements; a block has its lines in one text */
    GPtrArray *names;  /* char *: of the nodes, in order of declaration */
    GPtrArray *rogues; /* of them those with a strategy: they are honest when the network settles */
    const char *judge; /* of them a miner, which breaks a tie at the end; NULL: there is none */
    bool has_load;     /* payments come to the end, so something is always under way */
    bool has_payments; /* a crash may lose one that others wait for */
    bool is_one_version; /* nobody has rules that others do not know */
    bool polls;          /* nodes ask for tips by themselves */
    bool bans_last;      /* longer than the network has to settle */
    bool is_whole;
    ScnExplore bounds; /* what the search may draw, and when */
    guint64 seed;
    guint64 most_events; /* of a run; 0: no limit, or the file's own */
} ExploreBase;

/* `scenario` was made with keeps_syntax. Returns NULL and sets *ret_why, for the caller to free, if
 * it cannot be searched. */
ExploreBase *explore_base_new(const ScnScenario *scenario, char **ret_why);
/* Makes a whole base; any scenario has one. */
ExploreBase *explore_base_new_whole(const ScnScenario *scenario);
/* Limits runs to EXPLORE_STORM times the events of the run without faults, and some to begin with,
 * unless the file has a limit: faults cost retries, but no storms. */
#define EXPLORE_STORM 30
#define EXPLORE_STORM_FROM 100000
void explore_base_limit(ExploreBase *base, const ScnScenario *scenario, guint64 events);
/* Copies the lines and the bounds, and shares the names. */
ExploreBase *explore_base_copy(const ExploreBase *base);
void explore_base_free(ExploreBase *base);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExploreBase, explore_base_free)

#endif
