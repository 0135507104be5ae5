/* A plan: the faults of one run, as a list of timed actions.
 *
 * Drawing a plan first draws which kinds of faults it may have and how often each comes (swarm
 * testing: Groce et al., ISSTA 2012), so that some runs are all crashes and others have none. Every
 * draw comes from the plan's own random stream, so a plan depends on its seed and number alone.
 */
#ifndef SIM_EXPLORE_PLAN_H
#define SIM_EXPLORE_PLAN_H

#include "sim/engine/random.h"
#include "sim/explore/base.h"

typedef struct {
    gint64 at_ns, for_ns; /* for_ns 0: it has no length */
    char *action;         /* without its time and length: "crash a1 wipe" */
    char *after;          /* actions that end it, a line each; NULL: `for` does, or nothing */
} ExploreFault;

/* Makes an empty plan, which owns the faults that are added (g_new, g_strdup). */
GPtrArray *explore_plan_new(void);
/* Faults of a few kinds, in order of time. */
GPtrArray *explore_plan_draw(const ExploreBase *base, SimRandom *random);
/* Faults of all kinds, each as likely: what swarms are measured against. */
GPtrArray *explore_plan_draw_even(const ExploreBase *base, SimRandom *random);
/* Adds a fault, drops one, moves one, or changes a length. */
GPtrArray *explore_plan_mutate(const ExploreBase *base, const GPtrArray *plan, SimRandom *random);
/* Keeps what has begun at `moment`, and draws what comes after it afresh. */
GPtrArray *explore_plan_branch(const ExploreBase *base, const GPtrArray *plan, gint64 moment,
                               SimRandom *random);
GPtrArray *explore_plan_copy(const GPtrArray *plan);

/* Returns the scenario: the base's lines, the faults, and, unless the base is whole, an end to
 * mining and the checks of recovery. `head` stands first, as a comment; NULL: none. */
char *explore_plan_text(const ExploreBase *base, const GPtrArray *plan, const char *head);

#endif
