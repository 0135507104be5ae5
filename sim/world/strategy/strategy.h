/* Strategies of miners: they decide which blocks a node publishes and where its miner builds.
 *
 * Every node runs the real code of core/: it receives messages, keeps a chain and a mempool, and
 * passes blocks on. A strategy is outside the node and decides three things about the blocks of the
 * node's own miner: which are published, when, and on which block the next one is built. Each
 * strategy is one file of this folder and one named row of the table in strategy.c. A node without
 * a strategy is honest.
 *
 *   on_own_block     The node's miner has made a block, which has joined the node's tree and is
 *                    not the tip yet. Returns whether it is published now; else it is held: what
 *                    the node sends shows no trace of it until sim_agent_publish(). Peers and
 *                    watchers learn of the block after this call.
 *   on_public_block  A block that a peer sent has joined the node's tree, on the chain or beside
 *                    it. If several come at once, parents come first.
 *   on_tip           The node's tip has moved, to a block of its own or of others. Called after
 *                    either of the above.
 *   on_wake          The time that sim_agent_wake() asked for has come.
 *
 * A callback may call everything below, and nothing else of the world: it sees what its node has
 * received, not what other nodes or the observer know. It runs inside a call into the node, so it
 * must not change the node or its chain. The entries that it gets live as long as the run.
 *
 * begin() makes the state that the strategy keeps for one node, end() frees it: when the node gets
 * another strategy, and with the world. The state outlives crashes of the node, because it is
 * outside; it may then refer to blocks that the node has lost.
 *
 * Determinism: a strategy draws nothing, reads no clock but sim_agent_now(), and walks no hash
 * table. What it does depends only on the order of the calls, which is part of the order of the
 * run.
 */
#ifndef SIM_WORLD_STRATEGY_STRATEGY_H
#define SIM_WORLD_STRATEGY_STRATEGY_H

#include "core/chain/chain.h"
#include "sim/engine/time.h"

/* The strategy of one node with its state. Owned by the world. */
typedef struct SimAgent SimAgent;

/* Each but the name may be NULL. Without begin there is no state; without on_own_block own blocks
 * are published. */
typedef struct {
    const char *name;
    void *(*begin)(SimAgent *agent);
    void (*end)(void *state);
    bool (*on_own_block)(SimAgent *agent, const KetteEntry *block);
    void (*on_public_block)(SimAgent *agent, const KetteEntry *block);
    void (*on_tip)(SimAgent *agent, const KetteEntry *tip);
    void (*on_wake)(SimAgent *agent);
} SimStrategy;

/* Return NULL if there is no strategy of that name or, after the last one, of that index. */
const SimStrategy *sim_strategy_find(const char *name);
const SimStrategy *sim_strategy_get(size_t index);

/* --- what a strategy may ask --- */
void *sim_agent_state(const SimAgent *agent); /* what begin() returned */
const KetteChain *sim_agent_chain(const SimAgent *agent);
SimTime sim_agent_now(const SimAgent *agent); /* the node's clock */
/* Returns whether the node's own miner made the block; the node must have it. */
bool sim_agent_is_own(const SimAgent *agent, const KetteEntry *block);
uint32_t sim_agent_held(const SimAgent *agent); /* how many blocks are held */

/* --- what it may do --- */
/* Sends the oldest `count` held blocks (0: all) to all peers, oldest first, as if each had just
 * been found. Returns how many it sent. */
uint32_t sim_agent_publish(SimAgent *agent, uint32_t count);
/* Stops holding blocks without publishing them: peers that ask for them get them. */
void sim_agent_let_go(SimAgent *agent);

/* Set where the miner builds from now on.
 *   mine_on      on this block: child after child of it until the strategy says otherwise. They
 *                contain payments only if the block is the node's tip. A block that the node has
 *                lost counts as the tip
 *   mine_on_tip  on the node's tip, as honest miners do; the default
 *   mine_nothing on no block */
void sim_agent_mine_on(SimAgent *agent, const KetteEntry *block);
void sim_agent_mine_on_tip(SimAgent *agent);
void sim_agent_mine_nothing(SimAgent *agent);

/* Calls on_wake() after `delay` > 0; replaces an earlier request. */
void sim_agent_wake(SimAgent *agent, SimTime delay);

#endif
