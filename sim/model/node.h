/* The struct of a model node. Private to node.c, choice.c, hand.c and restart.c. */
#ifndef SIM_MODEL_NODE_H
#define SIM_MODEL_NODE_H

#include "sim/model/facts.h"

/* The facts about one block that differ between nodes. */
typedef struct {
    bool has_header, joined, parked;
    bool invalidated, unparked; /* by the operator: this very block */
    const char *bad;            /* why; NULL: nothing is known against it */
    guint64 rank;      /* of equals the lower is preferred: the order of joining, or a draw */
    ModelWork subtree; /* ghost: work of what has joined from here on, */
    guint64 reached;   /* and when it last grew */
} ModelMark;

typedef struct {
    ModelBody *body;
    guint32 source;
    gint64 since_ns;
} ModelOrphan;

struct ModelNode {
    Model *model;
    ModelNodeOptions options;
    GArray *marks; /* ModelMark, by the block's index */
    ModelBlock *tip;
    GPtrArray *active;      /* ModelBlock, by height: the chain of the tip */
    GPtrArray *rivals;      /* blocks that joined and weigh at least what the tip weighs */
    GArray *orphans;        /* ModelOrphan, in order of arrival */
    guint64 joins;          /* so far */
    bool has_caught_up;     /* with its peers */
    bool has_invalidated;   /* the operator has, at least once */
    ModelBlock *checkpoint; /* NULL: none */
    bool restoring;         /* no tip is chosen yet, and what joins has this rank: */
    guint64 restored_rank;
    ModelMempool pool;
    GArray *touched; /* ModelHash */
};

/* --- node.c --- */
/* Returns the block's mark; the pointer is valid until the next call. */
ModelMark *model_mark(ModelNode *node, const ModelBlock *block);
/* Notes that what the node thinks of the block may have changed. */
void model_touch(ModelNode *node, const ModelBlock *block);
/* Returns the block if the node has its header; else NULL. */
ModelBlock *model_node_find(ModelNode *node, const ModelHash *id);
bool model_node_is_active(const ModelNode *node, ModelBlock *block);
/* Returns where the block's branch leaves the active chain. */
ModelBlock *model_node_fork(const ModelNode *node, ModelBlock *block);

/* Adds a header. *ret_block: its block, if it has a place in the tree now; else NULL. */
const char *model_node_add_header(ModelNode *node, ModelBlock **ret_block,
                                  const ModelHeader *header, gint64 clock_s);
/* Adds a body, which it takes over, and chooses no tip. *ret_block as above. */
const char *model_node_add_body(ModelNode *node, ModelBlock **ret_block, ModelBody *body,
                                guint32 source, gint64 now_ns, gint64 clock_s);

/* --- choice.c --- */
/* Returns whether the operator has invalidated the block or one that it stands on. */
bool model_choice_is_invalidated(ModelNode *node, const ModelBlock *block);
bool model_choice_misses_checkpoint(const ModelNode *node, ModelBlock *block);
/* Returns why the block is bad; NULL: it is not. */
const char *model_choice_why_bad(ModelNode *node, const ModelBlock *block);
/* Marks the block as bad, and what stands on it as invalid-ancestor, unless the operator has
 * invalidated it before. */
void model_choice_condemn(ModelNode *node, ModelBlock *block, const char *verdict);
/* Parks the block and all that has joined above it. */
void model_choice_park(ModelNode *node, ModelBlock *block);
/* Unparks the block and all that stands on it. */
void model_choice_release_above(ModelNode *node, ModelBlock *block);
/* Unparks the whole tree of parked blocks in which this one stands. */
void model_choice_release(ModelNode *node, ModelBlock *block);
/* Returns whether the branch weighs so many times what it would take out that depth is no reason
 * against it. */
bool model_choice_outweighs_by_far(ModelNode *node, ModelBlock *to);
/* Returns whether the block stands beside the youngest final one. What joined before it was final
 * stays. */
bool model_choice_is_after_final(ModelNode *node, ModelBlock *block);
/* Adds the block's work to the subtrees that it stands in. */
void model_choice_weigh(ModelNode *node, ModelBlock *block);
/* Weighs all blocks anew: anything may be good or bad now. */
void model_choice_weigh_afresh(ModelNode *node);
/* Executes what is between the fork and the block; a block that fails is condemned. */
bool model_choice_execute(ModelNode *node, const ModelBlock *fork, ModelBlock *block);
void model_choice_set_tip(ModelNode *node, ModelBlock *tip);
/* Chooses the tip. `old` is the tip that was, and may be bad now. */
void model_choice_tip(ModelNode *node, ModelBlock *old);

#endif
