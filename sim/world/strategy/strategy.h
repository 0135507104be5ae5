/* Strategies: what a node, or a pool of nodes, does that honest ones do not.
 *
 * Every node runs the real code of core/: it receives messages, keeps a chain and a mempool, and
 * passes blocks on. A strategy is outside the node. It decides which blocks of its own miners are
 * published and when, on which block they build and what the block says, and which messages leave
 * the node. Each strategy is one file of this folder and one named row of the table in strategy.c.
 * A node without a strategy is honest.
 *
 * One agent carries a strategy out for all nodes of a pool, its members. What one member finds or
 * hears of, the others get 1 ns later, over no link; what the pool publishes, each member sends to
 * its peers. A pool of one node is the usual case.
 *
 *   holds            at first, the blocks of the members' miners are held: what members send
 *                    shows no trace of them until sim_agent_publish()
 *   on_own_block     1 ns ago a member's miner made a block
 *   on_public_block  1 ns ago a block from elsewhere joined a member's tree, on the chain or
 *                    beside it, and none of the members had it. Parents come before children.
 *                    Blocks that the member found to be bad are left out
 *   on_tip           the tip of the pool's first member that is up has moved
 *   on_wake          the time that sim_agent_wake() asked for has come
 *   plan             a member's miner begins a block: the strategy may change the plan
 *   on_replace       a member is about to send a message. Returns one reference to what it sends
 *                    instead, or NULL
 *   on_send          a member is about to send a message. Returns how much later it leaves:
 *                    0 at once; SIM_TIME_NEVER: it never leaves
 *
 * A callback may call everything below, and nothing else of the world: it sees what its members
 * have received, not what other nodes or the observer know. on_tip, plan, on_replace and on_send
 * run inside a call into a node, so they must not publish or send.
 *
 * Entries live as long as the run. Those of on_own_block and on_public_block, sim_agent_tip() and
 * sim_agent_base() are of one tree, so that two of them can be compared; on_tip and plan have those
 * of the member's own chain.
 *
 * begin() makes the state that the strategy keeps for one agent, end() frees it: when the nodes get
 * another strategy, and with the world. The state outlives crashes of members, because it is
 * outside; it may then refer to blocks that members have lost.
 *
 * Determinism: a strategy draws nothing, reads no clock but sim_agent_now(), and walks no hash
 * table. What it does depends only on the order of the calls, which is part of the order of the
 * run.
 */
#ifndef SIM_WORLD_STRATEGY_STRATEGY_H
#define SIM_WORLD_STRATEGY_STRATEGY_H

#include "core/chain/chain.h"
#include "core/node/message.h"
#include "sim/engine/time.h"
#include "sim/policy/table.h"

/* A strategy at work for the nodes of one pool. Owned by the world. */
typedef struct SimAgent SimAgent;

/* What a spammer sends. */
typedef enum {
    SIM_SPAM_ORPHANS,    /* blocks whose parent nobody has */
    SIM_SPAM_HEADERS,    /* headers that nobody asked for, with parents that nobody has */
    SIM_SPAM_BAD_BLOCKS, /* blocks on the tip that pay too high a reward */
    SIM_SPAM_FORGERIES,  /* what it has, each with another thing wrong: see forgery.h */
    SIM_SPAM_PAYMENTS,   /* blocks and payments in which payments break a rule: see forgery.h */
    SIM_SPAM_JUNK,       /* announcements of blocks and payments that do not exist */
} SimSpam;

/* The options of all strategies; each reads its own. Transactions are refs of world.h. */
typedef struct {
    const char *label;   /* names it in reports of strategies that did nothing; NULL: none is due */
    const void *program; /* for a strategy of a program: what begin() copies */
    bool lead, equal_fork; /* stubborn */
    uint32_t trail;
    const PolicyTable *policy; /* policy; borrowed for the run */
    uint32_t pay, back;        /* double-spend */
    uint32_t confirmations, give_up;
    SimTime from;
    uint64_t leave_ppm, return_ppm; /* hop: multiples of the genesis difficulty, in 10^-6 */
    SimTime by;                     /* lag */
    SimTime gap;                    /* spam: between two messages; 0: none is sent */
    SimSpam send;
} SimStrategyOptions;

/* How a member's miner makes a block. */
typedef struct {
    int64_t now_ns; /* the clock on the wall that dates the block: see core/node/template.h */
    bool is_bare;   /* takes no payments from the mempool */
    /* With is_bare: the one payment of the block, where it is still possible; NULL: none */
    const KetteTx *tx;
} SimPlan;

/* Each but the name may be NULL. */
typedef struct {
    const char *name;
    bool holds;
    void *(*begin)(SimAgent *agent, const SimStrategyOptions *options);
    void (*end)(void *state);
    void (*on_own_block)(SimAgent *agent, const KetteEntry *block);
    void (*on_public_block)(SimAgent *agent, const KetteEntry *block);
    void (*on_tip)(SimAgent *agent, const KetteEntry *tip);
    void (*on_wake)(SimAgent *agent);
    void (*plan)(SimAgent *agent, const KetteEntry *base, SimPlan *plan);
    KetteMessage *(*on_replace)(SimAgent *agent, KetteMessage *message);
    SimTime (*on_send)(SimAgent *agent, const KetteMessage *message);
} SimStrategy;

/* Return NULL if there is no strategy of that name or, after the last one, of that index. */
const SimStrategy *sim_strategy_find(const char *name);
const SimStrategy *sim_strategy_get(size_t index);
/* Returns whether a message of this kind tells its receiver of a block, header, payment or address.
 */
bool sim_strategy_passes_on(KetteMessageKind kind);

/* --- what a strategy may ask --- */
void *sim_agent_state(const SimAgent *agent); /* what begin() returned */
/* Returns the tip of the member that the callback is about; else of the first member that is up. */
const KetteEntry *sim_agent_tip(SimAgent *agent);
const KetteParams *sim_agent_params(const SimAgent *agent);
/* Returns the clock of the same member. */
SimTime sim_agent_now(const SimAgent *agent);
uint32_t sim_agent_held(const SimAgent *agent); /* how many blocks are held */
/* Returns a block that a member has heard of; NULL if none has. */
const KetteEntry *sim_agent_find(SimAgent *agent, const KetteHash *id);
/* Returns a transaction of the scenario. */
const KetteTx *sim_agent_tx(const SimAgent *agent, uint32_t tx);

/* --- what it may do --- */
/* Sets whether blocks of the members' miners are held from now on; at first as `holds` says. */
void sim_agent_hold(SimAgent *agent, bool on);
/* Sends the oldest `count` held blocks (0: all) to all peers of all members, oldest first. Returns
 * how many it sent. */
uint32_t sim_agent_publish(SimAgent *agent, uint32_t count);
/* Publishes in the same way those held blocks that are `last` or before it on its branch. */
uint32_t sim_agent_publish_branch(SimAgent *agent, const KetteEntry *last);
/* Gives up what is held: it is never published and stays hidden. */
void sim_agent_drop(SimAgent *agent);

/* Set where the members' miners build from now on.
 *   mine_on      on this block, then child after child of it. They take payments only if the block
 *                is their node's tip. At a member that does not have the block, the tip
 *   mine_on_tip  on the node's tip, as honest miners do; the default
 *   mine_nothing on no block */
void sim_agent_mine_on(SimAgent *agent, const KetteEntry *block);
void sim_agent_mine_on_tip(SimAgent *agent);
void sim_agent_mine_nothing(SimAgent *agent);

/* Says why the strategy will do nothing, for the report; the first reason counts. */
void sim_agent_explain(SimAgent *agent, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Calls on_wake() after `delay` > 0; replaces an earlier request. */
void sim_agent_wake(SimAgent *agent, SimTime delay);

/* Gives a transaction to an honest node that is up, as its customer: the first that a member is
 * connected with, else the first of all. Returns its verdict; KETTE_MEMPOOL_FULL without one. */
KetteVerdict sim_agent_pay(SimAgent *agent, uint32_t tx);
/* Sends a message, which it takes over, to the next connected peer of the first member, in turn. */
void sim_agent_send(SimAgent *agent, KetteMessage *message);
/* Makes a block that nobody has: a child of `parent`, or of a block that does not exist if parent
 * is NULL; `number` tells apart several. Its proof of work is good under simulated proof of work;
 * it pays `extra` above the reward that is due. */
KetteBlock *sim_agent_forge(SimAgent *agent, const KetteEntry *parent, uint64_t number,
                            uint64_t extra);
/* Returns the block with another body, of one unit more, under its header. */
KetteBlock *sim_agent_with_wrong_body(SimAgent *agent, const KetteBlock *block);
/* Returns forgery number n of the tip's block (forgery.h); NULL while the tip is genesis. */
KetteMessage *sim_agent_forgery(SimAgent *agent, uint64_t n);
/* Returns forgery number n of payments on the tip (forgery.h), which one of the wallets signs, or a
 * stranger if there are none. */
KetteMessage *sim_agent_forged_payments(SimAgent *agent, uint64_t n);

#endif
