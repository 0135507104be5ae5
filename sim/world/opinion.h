/* The second opinion: feeds the reference model (sim/model) what each node was given, and compares
 * what both think: each verdict; and, when a call into the node ends, its tip, the statuses of the
 * blocks that this may have changed, and how many payments wait; when the tip has moved, also bits
 * due, state root, accounts, and which payments wait. After a restart, what a node's log has
 * brought back is compared with what the node knew before.
 */
#ifndef SIM_WORLD_OPINION_H
#define SIM_WORLD_OPINION_H

#include "core/node/host.h"
#include "sim/world/world.h"

typedef struct SimOpinion SimOpinion;
typedef struct SimHost SimHost;

/* Makes a model of the world's chain; after its wallets, before its nodes. */
SimOpinion *sim_opinion_new(SimWorld *world);
void sim_opinion_free(SimOpinion *opinion);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimOpinion, sim_opinion_free)

/* The host's node begins empty: at first, and after a crash. */
void sim_opinion_begin(SimOpinion *opinion, const SimHost *host);
/* Call before a crash that wipes the log or tears a write: the restart after it is not compared
 * with what the node knew. */
void sim_opinion_forget(SimOpinion *opinion, const SimHost *host);
/* The first difference ends the run of the engine; nothing is compared from then on. */
void sim_opinion_given(SimOpinion *opinion, SimHost *host, const KetteGiven *given);
/* Compares the statuses of all blocks, and the mempools, at all nodes: at the end. */
void sim_opinion_finish(SimOpinion *opinion);
/* Looks into the node's own books: after one of its connections has ended, and at the end. */
void sim_opinion_audit(SimOpinion *opinion, const SimHost *host);

#endif
