/* Strategies of miners: what stands between a node and its publishing.
 *
 * The node is the real code of core/ for everybody: it takes in what comes, keeps a chain and a
 * mempool, and passes blocks on. A strategy stands outside of it and decides three things about the
 * blocks of the node's own miner: which are published, when, and on which block the next one is
 * built. One strategy is one file of this folder and one row of the table in strategy.c, by whose
 * name it is found. A node without one is honest.
 *
 *   on_own_block     Its miner has made a block, which has joined the node's tree and is not the
 *                    tip yet. Returns whether it is published now; else it is held: what the node
 *                    sends shows no trace of it until sim_agent_publish(). Nobody has been told of
 *                    the block yet, and watchers hear of it after this.
 *   on_public_block  A block that a peer sent has joined the node's tree, on the chain or beside
 *                    it. Of several that come at once the parents come first.
 *   on_tip           The node's tip has moved, to a block of its own or of others; after either of
 *                    the above.
 *   on_wake          The time that sim_agent_wake() asked for has come.
 *
 * A callback may call everything below, and nothing else of the world: it sees what its node was
 * told, not what others know or what the observer knows. It runs inside a call into the node, so it
 * changes neither the node nor its chain. Entries that it is given live as long as the run.
 *
 * begin() makes the state that the strategy keeps for one node, end() frees it: when the node gets
 * another strategy, and with the world. Between the two the state outlives crashes of the node,
 * because it stands outside; a node that lost its blocks may not know any more what the state
 * names.
 *
 * Determinism: a strategy draws nothing, reads no clock but sim_agent_now(), and walks no hash
 * table. What it does at one moment depends on the order of the calls alone, which is part of the
 * order of the run.
 */
#ifndef SIM_WORLD_STRATEGY_STRATEGY_H
#define SIM_WORLD_STRATEGY_STRATEGY_H

#include "core/chain/chain.h"
#include "sim/engine/time.h"

/* A strategy at work at one node. Owned by the world. */
typedef struct SimAgent SimAgent;

/* Each but the name may be NULL: no state; own blocks are published; nothing is done. */
typedef struct {
    const char *name;
    void *(*begin)(SimAgent *agent);
    void (*end)(void *state);
    bool (*on_own_block)(SimAgent *agent, const KetteEntry *block);
    void (*on_public_block)(SimAgent *agent, const KetteEntry *block);
    void (*on_tip)(SimAgent *agent, const KetteEntry *tip);
    void (*on_wake)(SimAgent *agent);
} SimStrategy;

/* NULL: there is none of that name; none of that index, when all have been seen. */
const SimStrategy *sim_strategy_find(const char *name);
const SimStrategy *sim_strategy_get(size_t index);

/* --- what a strategy may ask --- */
void *sim_agent_state(const SimAgent *agent); /* what begin() returned */
const KetteChain *sim_agent_chain(const SimAgent *agent);
SimTime sim_agent_now(const SimAgent *agent); /* the node's clock */
/* Whether the node's own miner made the block, which is here. */
bool sim_agent_is_own(const SimAgent *agent, const KetteEntry *block);
uint32_t sim_agent_held(const SimAgent *agent); /* how many blocks are held */

/* --- what it may do --- */
/* Sends the oldest `count` blocks that are held to all peers, or all with 0, oldest first, as if
 * each had just been found. Returns how many there were to send. */
uint32_t sim_agent_publish(SimAgent *agent, uint32_t count);
/* Gives up what is held: it is published by nobody, and hidden no longer from whoever asks. */
void sim_agent_let_go(SimAgent *agent);

/* Where the miner builds from now on. On a block: a child of exactly that one, and after it
 * another, until the strategy says otherwise; it holds payments only where the block is the node's
 * tip. On the tip, wherever that is, as honest miners do, and as at first. On nothing: it rests. A
 * block that the node has lost counts as the tip. */
void sim_agent_mine_on(SimAgent *agent, const KetteEntry *block);
void sim_agent_mine_on_tip(SimAgent *agent);
void sim_agent_mine_nothing(SimAgent *agent);

/* Asks for on_wake() in `delay` > 0, in place of what was asked for before. */
void sim_agent_wake(SimAgent *agent, SimTime delay);

#endif
