/* A pool and its strategy at work: what the files agent*.c share; see strategy/strategy.h. */
#ifndef SIM_WORLD_AGENT_H
#define SIM_WORLD_AGENT_H

#include "sim/world/world_impl.h"

typedef enum { SIM_GROUND_TIP, SIM_GROUND_BLOCK, SIM_GROUND_NONE } SimGround;

typedef struct {
    KetteHash id;
    uint32_t maker;
} SimHeld;

struct SimAgent {
    SimWorld *world;
    GPtrArray *members;          /* SimHost, in the order in which they were given */
    KetteStore *tree;            /* of the first member */
    const SimStrategy *strategy; /* NULL: honest */
    void *state;
    SimHost *here;      /* the member that a callback is about; NULL: none in particular */
    bool holds;         /* blocks that members make */
    GArray *held;       /* SimHeld, oldest first */
    GHashTable *hidden; /* KetteHash: held and dropped; look-up only */
    SimGround ground;
    KetteHash base; /* for SIM_GROUND_BLOCK */
    SimHandle wake;
    uint32_t edge_at; /* of sim_agent_send: the next edge */
    char *label;      /* of the strategy; or NULL */
    char *why;        /* it does nothing; or NULL */
    bool has_acted;   /* the strategy has done what an honest node does not */
};

static inline SimHost *
sim_agent_member(const SimAgent *agent, guint i)
{
    return g_ptr_array_index(agent->members, i);
}

/* Returns whether the node can act now. */
static inline bool
sim_agent_acts(const SimHost *host)
{
    return host->running && !host->paused;
}

/* agent_held.c */
void sim_agent_add_held(SimAgent *agent, const SimHeld *held);
void sim_agent_tell(SimAgent *agent, SimFactKind kind, const SimHeld *held);

/* agent_learn.c */
void sim_agent_catch_up(SimHost *host);

/* agent.c */
/* Returns the entry of the same block in the agent's tree, where it is entered if it is
 * new. */
const KetteEntry *sim_agent_in_tree(SimAgent *agent, const KetteEntry *entry);
/* Returns the member that the callback is about, else the first that can act, else the first. */
SimHost *sim_agent_here(const SimAgent *agent);

#endif
