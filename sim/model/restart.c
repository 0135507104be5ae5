/* Restarts: what a node reads from its log, and what this must bring back. */
#include "sim/model/node.h"

#define ANY_CLOCK (G_MAXINT64 / 2) /* a header from the log is never too new */

/* The rank is what the block had when it joined. */
void
model_node_restore_block(ModelNode *node, GBytes *bytes, guint64 rank)
{
    ModelBody *body = model_body_read(bytes);
    ModelBlock *parent = model_node_find(node, &body->header.previous), *block;

    if (parent == NULL || !model_mark(node, parent)->joined) {
        model_body_free(body);
        return;
    }
    node->restoring = true;
    node->restored_rank = rank;
    model_node_add_body(node, &block, body, G_MAXUINT32, 0, ANY_CLOCK);
    node->restoring = false;
    node->restored_rank = 0;
}

/* A mark is believed, because the body that it speaks of may be gone, but not against what is
 * active, nor against what ghost has executed. */
void
model_node_restore_mark(ModelNode *node, const guint8 bytes[80], const char *verdict)
{
    ModelHeader header;
    ModelBlock *block;
    bool joined;

    model_header_read(&header, bytes);
    if (!is_ok(model_node_add_header(node, &block, &header, ANY_CLOCK)) ||
        model_node_is_active(node, block))
        return;
    joined = model_mark(node, block)->joined;
    if (strcmp(verdict, "reorg-too-deep") == 0)
        model_choice_park(node, block);
    else if (!is_ok(verdict) && !(joined && node->model->params.fork_choice == MODEL_GHOST))
        model_choice_condemn(node, block, verdict);
}

void
model_node_forget_verdicts(ModelNode *node)
{
    for (guint i = 0; i < node->model->blocks->len; i++) {
        ModelBlock *block = node->model->blocks->pdata[i];

        if (is_ok(block->header_verdict))
            model_mark(node, block)->bad = NULL;
    }
}

/* A block that became the tip was no longer parked. */
void
model_node_restore_move(ModelNode *node, const ModelHash *id)
{
    ModelBlock *block = model_node_find(node, id);

    if (node->model->params.unpark != 0 && block != NULL && model_mark(node, block)->parked)
        model_choice_release(node, block);
}

/* The saved tip stays the tip unless something beats it. */
void
model_node_restore_tip(ModelNode *node, const ModelHash *id)
{
    ModelBlock *block = model_node_find(node, id);
    const ModelMark *own = block != NULL ? model_mark(node, block) : NULL;

    if (own != NULL && own->joined && !own->parked && model_choice_why_bad(node, block) == NULL &&
        !model_choice_misses_checkpoint(node, block) &&
        model_choice_execute(node, model_node_fork(node, block), block))
        model_choice_set_tip(node, block);
    model_choice_weigh_afresh(node);
    for (guint i = 0; i < node->model->blocks->len; i++) {
        block = node->model->blocks->pdata[i];
        if (model_mark(node, block)->parked && model_choice_why_bad(node, block) == NULL &&
            model_choice_outweighs_by_far(node, block))
            model_choice_release(node, block);
    }
    model_choice_tip(node, node->tip);
    /* Payments are not saved, and those of a block that is taken out now do not come back. */
    model_mempool_clear(&node->pool);
    model_mempool_init(&node->pool, node->options.mempool_bytes, node->model->params.min_fee);
}

/* --- what a restart must bring back ------------------------------------------------------- */

/* Returns what the restart has lost of one block; NULL: nothing. A node must keep the blocks that
 * have joined, the verdicts on them, and the operator's actions. It need not keep headers without a
 * body, nor orphans. */
static const char *
lost_of_block(ModelNode *before, ModelNode *now, const ModelBlock *block)
{
    const ModelMark *old = model_mark(before, block), *own = model_mark(now, block);

    if (old->joined && !own->joined)
        return "block";
    if (old->joined && old->parked != own->parked)
        return "mark of a parked block";
    if (old->joined && (old->bad == NULL) != (own->bad == NULL))
        return "verdict";
    if (old->invalidated != own->invalidated)
        return "operator's invalidation";
    if (old->unparked && !own->unparked)
        return "operator's unparking";
    return NULL;
}

const char *
model_node_lost(ModelNode *before, ModelNode *now, ModelHash *ret_id)
{
    const char *lost;

    if (before->model != now->model)
        return NULL; /* other rules may judge all otherwise */
    *ret_id = before->tip->header.id;
    for (guint i = 0; i < before->model->blocks->len; i++) {
        const ModelBlock *block = before->model->blocks->pdata[i];

        if ((lost = lost_of_block(before, now, block)) != NULL) {
            *ret_id = block->header.id;
            return lost;
        }
    }
    if (before->checkpoint != now->checkpoint)
        return "checkpoint";
    if (before->has_caught_up != now->has_caught_up)
        return "end of first sync";
    return before->tip != now->tip ? "tip" : NULL;
}
