/* Which blocks are bad, parked or final for one node, what they weigh, and which is the tip. */
#include "sim/model/node.h"

/* --- what the operator has done --- */

bool
model_choice_is_invalidated(ModelNode *node, const ModelBlock *block)
{
    for (; node->has_invalidated && block != NULL; block = block->parent) {
        if (model_mark(node, block)->invalidated)
            return true;
    }
    return false;
}

bool
model_choice_misses_checkpoint(const ModelNode *node, ModelBlock *block)
{
    ModelBlock *at = node->checkpoint;

    if (at == NULL)
        return false;
    return block->height >= at->height ? model_block_ancestor(block, at->height) != at
                                       : model_block_ancestor(at, block->height) != block;
}

const char *
model_choice_why_bad(ModelNode *node, const ModelBlock *block)
{
    if (model_mark(node, block)->bad != NULL)
        return model_mark(node, block)->bad;
    return model_choice_is_invalidated(node, block) ? "invalidated" : NULL;
}

/* --- bad, parked, final ------------------------------------------------------------------- */

void
model_choice_condemn(ModelNode *node, ModelBlock *block, const char *verdict)
{
    model_touch(node, block);
    model_mark(node, block)->bad = verdict;
    for (guint i = 0; i < block->children->len; i++) {
        ModelBlock *child = block->children->pdata[i];

        if (model_mark(node, child)->has_header && model_choice_why_bad(node, child) == NULL)
            model_choice_condemn(node, child, "invalid-ancestor");
    }
}

void
model_choice_park(ModelNode *node, ModelBlock *block)
{
    if (!model_mark(node, block)->joined)
        return;
    model_touch(node, block);
    model_mark(node, block)->parked = true;
    for (guint i = 0; i < block->children->len; i++)
        model_choice_park(node, block->children->pdata[i]);
}

/* Sets the weight of what stands above the fork on the way to the block: its work or its length, or
 * under ghost the subtree. */
static void
weigh_above(ModelNode *node, ModelWork *ret_weight, ModelBlock *fork, ModelBlock *to)
{
    const guint64 length = to->height - fork->height;

    switch (node->model->params.fork_choice) {
    case MODEL_MOST_WORK:
        model_work_difference(ret_weight, &to->work, &fork->work);
        break;
    case MODEL_LONGEST:
        model_work_of_number(ret_weight, length);
        break;
    case MODEL_GHOST:
        *ret_weight = (ModelWork){{0}};
        if (length > 0)
            *ret_weight = model_mark(node, model_block_ancestor(to, fork->height + 1))->subtree;
        break;
    }
}

bool
model_choice_outweighs_by_far(ModelNode *node, ModelBlock *to)
{
    ModelBlock *fork = model_node_fork(node, to);
    ModelWork theirs, ours;

    if (node->model->params.unpark == 0)
        return false;
    weigh_above(node, &theirs, fork, to);
    weigh_above(node, &ours, fork, node->tip);
    return model_work_compare_times(&theirs, 1000, &ours, node->model->params.unpark) >= 0;
}

void
model_choice_release_above(ModelNode *node, ModelBlock *block)
{
    if (model_mark(node, block)->parked)
        model_touch(node, block);
    model_mark(node, block)->parked = false;
    if (model_mark(node, block)->joined)
        g_ptr_array_add(node->rivals, block);
    for (guint i = 0; i < block->children->len; i++)
        model_choice_release_above(node, block->children->pdata[i]);
}

void
model_choice_release(ModelNode *node, ModelBlock *block)
{
    while (model_mark(node, block->parent)->parked)
        block = block->parent;
    model_choice_release_above(node, block);
}

static bool
is_too_deep(ModelNode *node, const ModelBlock *fork, ModelBlock *to)
{
    if ((node->model->params.parks_late && !node->has_caught_up) ||
        model_choice_outweighs_by_far(node, to))
        return false;
    for (; to != fork; to = to->parent) {
        if (model_mark(node, to)->unparked)
            return false;
    }
    return node->tip->height - fork->height > node->model->params.max_reorg;
}

bool
model_choice_is_after_final(ModelNode *node, ModelBlock *block)
{
    const guint64 finality = node->model->params.finality;

    if (model_mark(node, block)->joined)
        return false;
    if (model_choice_misses_checkpoint(node, block))
        return true;
    if (finality == 0 || node->tip->height + 1 <= finality)
        return false;
    return !model_node_is_active(node, block) &&
           model_node_fork(node, block)->height < node->tip->height + 1 - finality;
}

/* --- weights --------------------------------------------------------------------------- */

void
model_choice_weigh(ModelNode *node, ModelBlock *block)
{
    ModelWork own;

    model_work_difference(&own, &block->work, &block->parent->work);
    for (guint64 rank = model_mark(node, block)->rank; block != NULL; block = block->parent) {
        ModelMark *at = model_mark(node, block);

        model_work_sum(&at->subtree, &own);
        at->reached = MAX(at->reached, rank);
    }
}

void
model_choice_weigh_afresh(ModelNode *node)
{
    const GPtrArray *blocks = node->model->blocks;

    g_ptr_array_set_size(node->rivals, 0);
    for (guint i = 0; i < blocks->len; i++) {
        ModelMark *own = model_mark(node, blocks->pdata[i]);

        own->subtree = (ModelWork){{0}};
        own->reached = 0;
    }
    for (guint i = 0; i < blocks->len; i++) {
        ModelBlock *block = blocks->pdata[i];

        if (model_mark(node, block)->has_header)
            model_touch(node, block);
        if (!model_mark(node, block)->joined || model_choice_why_bad(node, block) != NULL)
            continue;
        g_ptr_array_add(node->rivals, block);
        if (node->model->params.fork_choice == MODEL_GHOST && block->parent != NULL)
            model_choice_weigh(node, block);
    }
}

/* --- the tip ------------------------------------------------------------------------------ */

void
model_choice_set_tip(ModelNode *node, ModelBlock *tip)
{
    node->tip = tip;
    g_ptr_array_set_size(node->active, (gint)tip->height + 1);
    for (; tip != NULL && node->active->pdata[tip->height] != tip; tip = tip->parent)
        node->active->pdata[tip->height] = tip;
}

static int
compare_weight(const ModelNode *node, const ModelBlock *a, const ModelBlock *b)
{
    if (node->model->params.fork_choice == MODEL_LONGEST)
        return (a->height > b->height) - (a->height < b->height);
    return memcmp(a->work.b, b->work.b, sizeof a->work.b);
}

/* Returns whether a is preferred to b, which weighs the same. */
static bool
is_preferred(ModelNode *node, const ModelBlock *a, const ModelBlock *b)
{
    if (node->model->params.tie == MODEL_LOWEST_HASH)
        return model_hash_compare(&a->header.id, &b->header.id) < 0;
    if (model_mark(node, a)->rank == model_mark(node, b)->rank)
        return model_hash_compare(&a->header.id, &b->header.id) < 0;
    return model_mark(node, a)->rank < model_mark(node, b)->rank;
}

/* With first-seen an equal never beats the tip. */
static bool
beats_tip(ModelNode *node, const ModelBlock *block)
{
    int order = compare_weight(node, block, node->tip);

    return order > 0 || (order == 0 && node->model->params.tie != MODEL_FIRST_SEEN &&
                         is_preferred(node, block, node->tip));
}

/* Returns the best of the blocks that beat the tip. Those that weigh less than it never will. */
static ModelBlock *
best_rival(ModelNode *node)
{
    ModelBlock *best = NULL;

    for (guint i = node->rivals->len; i-- > 0;) {
        ModelBlock *block = node->rivals->pdata[i];
        int order;

        if (model_choice_why_bad(node, block) != NULL ||
            model_choice_misses_checkpoint(node, block) || model_mark(node, block)->parked ||
            compare_weight(node, block, node->tip) < 0) {
            g_ptr_array_remove_index(node->rivals, i);
            continue;
        }
        if (!beats_tip(node, block))
            continue;
        order = best != NULL ? compare_weight(node, block, best) : 1;
        if (order > 0 || (order == 0 && is_preferred(node, block, best)))
            best = block;
    }
    return best;
}

bool
model_choice_execute(ModelNode *node, const ModelBlock *fork, ModelBlock *block)
{
    for (guint64 height = fork->height + 1; height <= block->height; height++) {
        ModelBlock *at = model_block_ancestor(block, height);
        const char *verdict = model_execute(node->model, at);

        if (!is_ok(verdict)) {
            model_choice_condemn(node, at, verdict);
            return false;
        }
    }
    return true;
}

/* most-work, longest: the best block that joined, unless its branch is bad or leaves the active one
 * too deep. */
static void
choose_heaviest(ModelNode *node)
{
    ModelBlock *best, *fork;

    while ((best = best_rival(node)) != NULL) {
        fork = model_node_fork(node, best);
        if (is_too_deep(node, fork, best))
            model_choice_park(node, best);
        else if (model_choice_execute(node, fork, best))
            model_choice_set_tip(node, best);
    }
}

/* Returns whether ghost follows a rather than its sibling b: the heavier subtree; of equals, the
 * active one, or the one that had its weight first. */
static bool
is_followed(ModelNode *node, ModelBlock *a, ModelBlock *b)
{
    int order =
        memcmp(model_mark(node, a)->subtree.b, model_mark(node, b)->subtree.b, sizeof(ModelWork));

    if (order != 0)
        return order > 0;
    if (node->model->params.tie != MODEL_FIRST_SEEN)
        return is_preferred(node, a, b);
    if (model_node_is_active(node, a) || model_node_is_active(node, b))
        return model_node_is_active(node, a);
    return model_mark(node, a)->reached < model_mark(node, b)->reached;
}

static ModelBlock *
followed_child(ModelNode *node, const ModelBlock *block)
{
    ModelBlock *best = NULL;

    for (guint i = 0; i < block->children->len; i++) {
        ModelBlock *child = block->children->pdata[i];
        const ModelMark *own = model_mark(node, child);

        if (own->joined && !own->parked && model_choice_why_bad(node, child) == NULL &&
            !model_choice_misses_checkpoint(node, child) &&
            (best == NULL || is_followed(node, child, best)))
            best = child;
    }
    return best;
}

static void
choose_ghost(ModelNode *node)
{
    for (;;) {
        ModelBlock *to = node->model->blocks->pdata[0], *next, *fork;

        while ((next = followed_child(node, to)) != NULL)
            to = next;
        fork = model_node_fork(node, to);
        if (fork == to || !is_too_deep(node, fork, to)) {
            model_choice_set_tip(node, to);
            return;
        }
        model_choice_park(node, model_block_ancestor(to, fork->height + 1));
    }
}

void
model_choice_tip(ModelNode *node, ModelBlock *old)
{
    ModelBlock *fork;

    if (node->model->params.fork_choice == MODEL_GHOST)
        choose_ghost(node);
    else
        choose_heaviest(node);
    if (node->tip == old)
        return;
    fork = model_node_fork(node, old);
    for (ModelBlock *block = old; block != fork; block = block->parent)
        model_touch(node, block);
    for (ModelBlock *block = node->tip; block != fork; block = block->parent)
        model_touch(node, block);
    model_mempool_follow(&node->pool, old, fork, node->tip);
}
