/* An operator's actions on blocks: invalidate, reconsider, unpark, checkpoint. */
#include "sim/model/node.h"

/* Takes the marks of the blocks that stand on this one, and its own. */
static void
lift_above(ModelNode *node, const ModelBlock *block)
{
    model_mark(node, block)->invalidated = false;
    for (guint i = 0; i < block->children->len; i++)
        lift_above(node, block->children->pdata[i]);
}

static void
reconsider(ModelNode *node, const ModelBlock *block)
{
    const GPtrArray *blocks = node->model->blocks;

    lift_above(node, block);
    for (; block != NULL; block = block->parent)
        model_mark(node, block)->invalidated = false;
    for (guint i = 1; i < blocks->len; i++) { /* from above genesis on */
        block = blocks->pdata[i];
        if (model_mark(node, block)->has_header && model_choice_why_bad(node, block) == NULL &&
            model_mark(node, block->parent)->bad != NULL)
            model_mark(node, block)->bad = "invalid-ancestor";
    }
}

static void
unpark(ModelNode *node, ModelBlock *block)
{
    while (!model_mark(node, block)->joined)
        block = block->parent;
    if (!model_mark(node, block)->parked)
        return;
    model_choice_release_above(node, block);
    model_mark(node, block)->unparked = true;
    for (block = block->parent; model_mark(node, block)->parked; block = block->parent)
        model_mark(node, block)->parked = false;
}

/* Weighs all blocks anew, and leaves a tip that is not allowed. */
static void
judge_afresh(ModelNode *node)
{
    ModelBlock *old = node->tip, *tip = old;

    while (model_choice_why_bad(node, tip) != NULL || model_choice_misses_checkpoint(node, tip))
        tip = tip->parent;
    model_choice_set_tip(node, tip);
    model_choice_weigh_afresh(node);
    model_choice_tip(node, old);
}

void
model_node_hand(ModelNode *node, const char *hand, const ModelHash *id, bool is_log)
{
    ModelBlock *block = model_node_find(node, id);

    if (block == NULL)
        return; /* a log that was cut off */
    if (strcmp(hand, "invalidate") == 0) {
        model_mark(node, block)->invalidated = node->has_invalidated = true;
    } else if (strcmp(hand, "reconsider") == 0) {
        reconsider(node, block);
    } else if (strcmp(hand, "unpark") == 0) {
        unpark(node, block);
    } else {
        node->checkpoint = block;
    }
    if (!is_log)
        judge_afresh(node);
}
