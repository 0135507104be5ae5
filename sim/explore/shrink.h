/* Shrinking: from a scenario that fails to a smaller one that fails in the same way.
 *
 * Candidates are proposed in rounds; the caller tries each and says which is the first that fails
 * as before. Which are proposed depends only on what was accepted, so the result is the same
 * however many are tried at a time. The layers, until none of them finds anything:
 *
 *   tail        the faults' time ends with the last fault; `settle` stays, because it is what the
 *               network is promised
 *   faults      halves, quarters, … single faults dropped (delta debugging: Zeller & Hildebrandt,
 *               IEEE TSE 2002)
 *   members     nodes taken out of the sets of faults, one at a time
 *   lines       statements dropped, and items of blocks, one at a time
 *   nodes       ranges of nodes halved, or one node shorter
 *   options     options dropped, so that they have their defaults
 *   lengths     `for` halved; in a whole base also `duration` and the times of `at`
 *   times       begun at whole minutes
 */
#ifndef SIM_EXPLORE_SHRINK_H
#define SIM_EXPLORE_SHRINK_H

#include "sim/explore/plan.h"

typedef struct ExploreShrink ExploreShrink;

ExploreShrink *explore_shrink_new(const ExploreBase *base, const GPtrArray *plan);
void explore_shrink_free(ExploreShrink *shrink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExploreShrink, explore_shrink_free)

/* Returns the next round's candidates as texts, for the caller to free; NULL at the end. */
GPtrArray *explore_shrink_propose(ExploreShrink *shrink);
/* Returns the last round's candidates without their faults, for the caller to free; NULL where they
 * keep the base as the best one has it, or the base is whole. A candidate whose control fails too
 * has lost what it checks: it must not be accepted. */
GPtrArray *explore_shrink_controls(const ExploreShrink *shrink);
/* Takes over candidate number `index` of the last round; G_MAXUINT: none failed as before. */
void explore_shrink_accept(ExploreShrink *shrink, guint index);

/* Returns the smallest so far, with a head of comments; and its number of faults. */
char *explore_shrink_text(const ExploreShrink *shrink, const char *head);
guint explore_shrink_faults(const ExploreShrink *shrink);

#endif
