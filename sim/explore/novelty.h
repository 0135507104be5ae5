/* Novelty: which states of the domain a run has been in, and when first.
 *
 * A state is a hash of what just happened at a node (a reorganisation and its depth, an orphan, a
 * refusal and its reason, a payment that fell out or came back, a ban), how many different tips and
 * how many orphans there were, and which kinds of faults were in force. Numbers are counted in
 * buckets: 0, 1, 2, 3, then by powers of two. A search keeps the plans that reach a new state.
 */
#ifndef SIM_EXPLORE_NOVELTY_H
#define SIM_EXPLORE_NOVELTY_H

#include "sim/world/world.h"

/* At most this many states of a run are kept, the first ones. */
#define EXPLORE_STATES_MAX 1024

typedef struct {
    guint64 key;
    SimTime first; /* when the run was in it first */
} ExploreState;

typedef struct ExploreNovelty ExploreNovelty;

/* Watches a world that has not started; it must outlive the run of the world. */
ExploreNovelty *explore_novelty_new(SimWorld *world);
void explore_novelty_free(ExploreNovelty *novelty);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExploreNovelty, explore_novelty_free)

/* Returns ExploreState, in order of time, each key once; borrowed. */
const GArray *explore_novelty_states(const ExploreNovelty *novelty);

#endif
