/* The reference model: what a node must think of what it was given.
 *
 * An executable specification of the chain's rules: headers, blocks, payments, difficulty, fork
 * choice, accounts, mempool. It shares no code with core/, so a rule that is wrong in one of the
 * two shows as a difference. Verdicts are the names of docs/consensus-rules.md.
 *
 * A Model holds what follows from bytes alone and is true for all nodes: headers, bodies, accounts
 * after each block. A ModelNode is one node. Nothing here is shared between threads.
 */
#ifndef SIM_MODEL_MODEL_H
#define SIM_MODEL_MODEL_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
    guint8 b[32];
} ModelHash;

typedef struct {
    guint8 b[20];
} ModelAddress;

typedef enum {
    MODEL_FIXED,
    MODEL_EPOCH,
    MODEL_ASERT,
    MODEL_LWMA,
    MODEL_LWMA_1,
    MODEL_EDA,
    MODEL_CW_144,
} ModelRetarget;
typedef enum { MODEL_POW_REAL, MODEL_POW_SIMULATED, MODEL_POW_OFF } ModelPow;
typedef enum { MODEL_MOST_WORK, MODEL_LONGEST, MODEL_GHOST } ModelForkChoice;
typedef enum { MODEL_FIRST_SEEN, MODEL_LOWEST_HASH, MODEL_RANDOM } ModelTie;

/* The options of `chain`. Times in s, amounts in 10^-8 tokens. */
typedef struct {
    gint64 spacing_s; /* not used by MODEL_FIXED */
    ModelRetarget retarget;
    guint32 genesis_bits, limit_bits;
    guint32 window, clamp;
    gint64 half_life_s;
    guint64 anchor;                                  /* MODEL_ASERT: a height; 0: genesis */
    gint64 min_difficulty_after_s, timewarp_guard_s; /* 0: no such rule */
    bool retarget_from_first, window_order;
    ModelPow pow;
    ModelHash seal_key;
    ModelForkChoice fork_choice;
    ModelTie tie;
    guint64 max_reorg; /* G_MAXUINT64: none */
    guint64 unpark;    /* in thousandths; 0: never */
    bool parks_late;   /* nothing is parked before the node has caught up */
    guint64 finality;  /* 0: none */
    bool free_bits;    /* bits are taken as those due */
    guint64 maturity, reward, halving;
    guint64 max_block_bytes;
    gint64 min_version;
    guint mtp_window;
    gint64 max_future_s;
    guint64 min_fee;
    gint64 genesis_time;
} ModelParams;

/* The options that an upgrade may change, by bit. */
typedef enum {
    MODEL_CHANGE_MAX_BLOCK,
    MODEL_CHANGE_REWARD,
    MODEL_CHANGE_HALVING,
    MODEL_CHANGE_MATURITY,
    MODEL_CHANGE_RETARGET,
    MODEL_CHANGE_WINDOW,
    MODEL_CHANGE_CLAMP,
    MODEL_CHANGE_HALF_LIFE,
    MODEL_CHANGE_ANCHOR,
    MODEL_CHANGE_MIN_DIFFICULTY,
    MODEL_CHANGE_RETARGET_FROM,
    MODEL_CHANGE_TIMEWARP_GUARD,
    MODEL_CHANGE_WINDOW_ORDER,
    MODEL_CHANGE_MTP,
    MODEL_CHANGE_MAX_FUTURE,
    MODEL_CHANGE_MIN_VERSION,
} ModelChange;

/* Other rules from a height on; with `signals`, once so many of a window of blocks, counted from
 * at_height, have signalled it by bit `number` of their version, and one more window has passed. */
typedef struct {
    guint number;
    guint64 at_height, signals, window;
    guint32 changes;    /* bits by ModelChange */
    ModelParams params; /* of which the changed ones count */
} ModelUpgrade;

/* An account, and what genesis gives. */
typedef struct {
    ModelAddress address;
    guint64 balance, nonce;
} ModelAccount;

typedef struct {
    guint orphan_limit;
    guint64 mempool_bytes;
    /* With MODEL_RANDOM: the node's draw for a block that joins, which the node makes. */
    guint64 (*draw)(void *user, const ModelHash *id);
    void *user;
} ModelNodeOptions;

typedef struct Model Model;
typedef struct ModelNode ModelNode;

/* `upgrades`: ModelUpgrade, those that the nodes of this model know; NULL: none. */
Model *model_new(const ModelParams *params, const ModelAccount *funds, gsize count,
                 const GArray *upgrades);
void model_free(Model *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Model, model_free)

/* A node that knows genesis. The model is borrowed and outlives it. */
ModelNode *model_node_new(Model *model, const ModelNodeOptions *options);
void model_node_free(ModelNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelNode, model_node_free)

/* --- what a node is given; each returns a verdict's name. clock_s: the wall's, unix seconds. ---
 */
const char *model_node_header(ModelNode *node, const guint8 header[80], gint64 clock_s);
/* `bytes` is a block that parses. `source` names who sent it, now_ns when: for orphans. */
const char *model_node_block(ModelNode *node, GBytes *bytes, guint32 source, gint64 now_ns,
                             gint64 clock_s);
const char *model_node_payment(ModelNode *node, const guint8 tx[144]);
void model_node_expire_orphans(ModelNode *node, gint64 before_ns);
void model_node_forget_source(ModelNode *node, guint32 source);

/* The node has caught up with its peers: now, or before a restart. */
void model_node_caught_up(ModelNode *node);

/* An operator's hand on a block that the node knows: "invalidate", "reconsider", "unpark",
 * "checkpoint". With is_log it was done before a restart, and no tip is chosen. */
void model_node_hand(ModelNode *node, const char *hand, const ModelHash *id, bool is_log);

/* The node has other rules from now on: no block is bad any more but by an operator's hand. */
void model_node_forget_verdicts(ModelNode *node);

/* --- what a node that has restarted reads from its log --- */
void model_node_restore_block(ModelNode *node, GBytes *bytes, guint64 rank);
void model_node_restore_mark(ModelNode *node, const guint8 header[80], const char *verdict);
/* The log names a tip. */
void model_node_restore_move(ModelNode *node, const ModelHash *id);
void model_node_restore_tip(ModelNode *node, const ModelHash *id);
/* Compares a node before it restarted with what its log brought back; both are of one model.
 * Returns what was lost, NULL: nothing. *ret_id: the block that this is about. */
const char *model_node_lost(ModelNode *before, ModelNode *now, ModelHash *ret_id);

/* --- what it must think now --- */
ModelHash model_node_tip(const ModelNode *node);
/* Due above the tip for a block dated as the tip; 0 with free_bits. */
guint32 model_node_next_bits(const ModelNode *node);
ModelHash model_node_state_root(const ModelNode *node);
/* ModelAccount at the tip, by address; borrowed. */
const GArray *model_node_accounts(const ModelNode *node);
/* How many payments wait in the mempool. */
guint model_node_waiting(const ModelNode *node);
/* Ids (ModelHash) of what waits in the mempool, by sender's address and nonce; the caller's. */
GArray *model_node_mempool(const ModelNode *node);
/* "unknown", "active", "side", "orphan", "invalid", "invalid-ancestor", "parked". */
const char *model_node_status(ModelNode *node, const ModelHash *id);
/* Ids (ModelHash) of the blocks whose status may have changed since the last call; the caller's. */
GArray *model_node_steal_touched(ModelNode *node);

#endif
