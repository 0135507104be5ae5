/* Shrinking: from a plan that fails to a smaller one that fails in the same way.
 *
 * Candidates are proposed in rounds; the caller tries each and says which is the first that fails
 * as before. Which are proposed depends only on what was accepted, so the result is the same
 * however many are tried at a time. The layers, until none of them finds anything:
 *
 *   faults      halves, quarters, … single faults dropped (delta debugging: Zeller & Hildebrandt,
 *               IEEE TSE 2002)
 *   lines       statements of the base dropped, one at a time
 *   lengths     `for` halved
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
 * keep all lines that the best one has. A candidate whose control fails too has lost what it
 * checks: it must not be accepted. */
GPtrArray *explore_shrink_controls(const ExploreShrink *shrink);
/* Takes over candidate number `index` of the last round; G_MAXUINT: none failed as before. */
void explore_shrink_accept(ExploreShrink *shrink, guint index);

/* Returns the smallest so far, with a head of comments; and its number of faults. */
char *explore_shrink_text(const ExploreShrink *shrink, const char *head);
guint explore_shrink_faults(const ExploreShrink *shrink);

#endif
