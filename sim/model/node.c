/* One node: its headers, bodies and orphans, which blocks are bad or parked, and its tip. */
#include "sim/model/facts.h"

#define PER_SOURCE_DIVISOR 2         /* one source fills half of the orphan pool at most */
#define ORPHAN_MAX_BYTES (32u << 20) /* of all orphans, but for the last */

/* The facts about one block that differ between nodes. */
typedef struct {
    bool has_header, joined, parked;
    bool invalidated, unparked; /* by the operator: this very block */
    const char *bad;            /* why; NULL: nothing is known against it */
    guint64 rank;      /* of equals the lower is preferred: the order of joining, or a draw */
    ModelWork subtree; /* ghost: work of what has joined from here on, */
    guint64 reached;   /* and when it last grew */
} Mark;

typedef struct {
    ModelBody *body;
    guint32 source;
    gint64 since_ns;
} Orphan;

struct ModelNode {
    Model *model;
    ModelNodeOptions options;
    GArray *marks; /* Mark, by the block's index */
    ModelBlock *tip;
    GPtrArray *active;      /* ModelBlock, by height: the chain of the tip */
    GPtrArray *rivals;      /* blocks that joined and weigh at least what the tip weighs */
    GArray *orphans;        /* Orphan, in order of arrival */
    guint64 joins;          /* so far */
    bool has_caught_up;     /* with its peers */
    bool has_invalidated;   /* the operator has, at least once */
    ModelBlock *checkpoint; /* NULL: none */
    bool restoring;         /* no tip is chosen yet, and what joins has this rank: */
    guint64 restored_rank;
    ModelMempool pool;
    GArray *touched; /* ModelHash */
};

static Mark *
mark(ModelNode *node, const ModelBlock *block)
{
    if (node->marks->len <= block->index)
        g_array_set_size(node->marks, block->index + 1);
    return &g_array_index(node->marks, Mark, block->index);
}

static void
touch(ModelNode *node, const ModelBlock *block)
{
    g_array_append_val(node->touched, block->header.id);
}

/* Returns the block if the node has its header. */
static ModelBlock *
find(ModelNode *node, const ModelHash *id)
{
    ModelBlock *block = model_block_find(node->model, id);

    return block != NULL && mark(node, block)->has_header ? block : NULL;
}

static bool
is_active(const ModelNode *node, ModelBlock *block)
{
    return block->height < node->active->len && node->active->pdata[block->height] == block;
}

/* Returns where the block's branch leaves the active chain. */
static ModelBlock *
fork_of(const ModelNode *node, ModelBlock *block)
{
    while (!is_active(node, block))
        block = block->parent;
    return block;
}

static void
set_tip(ModelNode *node, ModelBlock *tip)
{
    node->tip = tip;
    g_ptr_array_set_size(node->active, (gint)tip->height + 1);
    for (; tip != NULL && node->active->pdata[tip->height] != tip; tip = tip->parent)
        node->active->pdata[tip->height] = tip;
}

/* --- what the operator has done --- */

/* Returns whether the operator has invalidated the block or one that it stands on. */
static bool
is_invalidated(ModelNode *node, const ModelBlock *block)
{
    for (; node->has_invalidated && block != NULL; block = block->parent) {
        if (mark(node, block)->invalidated)
            return true;
    }
    return false;
}

static bool
misses_checkpoint(const ModelNode *node, ModelBlock *block)
{
    ModelBlock *at = node->checkpoint;

    if (at == NULL)
        return false;
    return block->height >= at->height ? model_block_ancestor(block, at->height) != at
                                       : model_block_ancestor(at, block->height) != block;
}

/* Returns why the block is bad; NULL: it is not. */
static const char *
why_bad(ModelNode *node, const ModelBlock *block)
{
    if (mark(node, block)->bad != NULL)
        return mark(node, block)->bad;
    return is_invalidated(node, block) ? "invalidated" : NULL;
}

/* --- bad, parked, final ------------------------------------------------------------------- */

/* The block is bad, and what stands on it has a bad ancestor, unless the operator has invalidated
 * it before. */
static void
condemn(ModelNode *node, ModelBlock *block, const char *verdict)
{
    touch(node, block);
    mark(node, block)->bad = verdict;
    for (guint i = 0; i < block->children->len; i++) {
        ModelBlock *child = block->children->pdata[i];

        if (mark(node, child)->has_header && why_bad(node, child) == NULL)
            condemn(node, child, "invalid-ancestor");
    }
}

static void
park(ModelNode *node, ModelBlock *block)
{
    if (!mark(node, block)->joined)
        return;
    touch(node, block);
    mark(node, block)->parked = true;
    for (guint i = 0; i < block->children->len; i++)
        park(node, block->children->pdata[i]);
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
            *ret_weight = mark(node, model_block_ancestor(to, fork->height + 1))->subtree;
        break;
    }
}

/* Returns whether the branch weighs so many times what it would take out that depth is no reason
 * against it. */
static bool
outweighs_by_far(ModelNode *node, ModelBlock *to)
{
    ModelBlock *fork = fork_of(node, to);
    ModelWork theirs, ours;

    if (node->model->params.unpark == 0)
        return false;
    weigh_above(node, &theirs, fork, to);
    weigh_above(node, &ours, fork, node->tip);
    return model_work_compare_times(&theirs, 1000, &ours, node->model->params.unpark) >= 0;
}

/* Takes the marks of a parked block and of all that is parked above it. */
static void
release_above(ModelNode *node, ModelBlock *block)
{
    if (mark(node, block)->parked)
        touch(node, block);
    mark(node, block)->parked = false;
    if (mark(node, block)->joined)
        g_ptr_array_add(node->rivals, block);
    for (guint i = 0; i < block->children->len; i++)
        release_above(node, block->children->pdata[i]);
}

/* Takes the marks of a whole tree of parked blocks, of which this is one. */
static void
release(ModelNode *node, ModelBlock *block)
{
    while (mark(node, block->parent)->parked)
        block = block->parent;
    release_above(node, block);
}

static bool
is_too_deep(ModelNode *node, const ModelBlock *fork, ModelBlock *to)
{
    if ((node->model->params.parks_late && !node->has_caught_up) || outweighs_by_far(node, to))
        return false;
    for (; to != fork; to = to->parent) {
        if (mark(node, to)->unparked)
            return false;
    }
    return node->tip->height - fork->height > node->model->params.max_reorg;
}

/* Returns whether the block stands beside the youngest final one. What joined before it was final
 * stays. */
static bool
is_after_final(ModelNode *node, ModelBlock *block)
{
    const guint64 finality = node->model->params.finality;

    if (mark(node, block)->joined)
        return false;
    if (misses_checkpoint(node, block))
        return true;
    if (finality == 0 || node->tip->height + 1 <= finality)
        return false;
    return !is_active(node, block) &&
           fork_of(node, block)->height < node->tip->height + 1 - finality;
}

/* --- the tip ------------------------------------------------------------------------------ */

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
    if (mark(node, a)->rank == mark(node, b)->rank)
        return model_hash_compare(&a->header.id, &b->header.id) < 0;
    return mark(node, a)->rank < mark(node, b)->rank;
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

        if (why_bad(node, block) != NULL || misses_checkpoint(node, block) ||
            mark(node, block)->parked || compare_weight(node, block, node->tip) < 0) {
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

/* Executes what is between the fork and the block; a block that fails is condemned. */
static bool
execute(ModelNode *node, const ModelBlock *fork, ModelBlock *block)
{
    for (guint64 height = fork->height + 1; height <= block->height; height++) {
        ModelBlock *at = model_block_ancestor(block, height);
        const char *verdict = model_execute(node->model, at);

        if (!is_ok(verdict)) {
            condemn(node, at, verdict);
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
        fork = fork_of(node, best);
        if (is_too_deep(node, fork, best))
            park(node, best);
        else if (execute(node, fork, best))
            set_tip(node, best);
    }
}

/* Returns whether ghost follows a rather than its sibling b: the heavier subtree; of equals, the
 * active one, or the one that had its weight first. */
static bool
is_followed(ModelNode *node, ModelBlock *a, ModelBlock *b)
{
    int order = memcmp(mark(node, a)->subtree.b, mark(node, b)->subtree.b, sizeof(ModelWork));

    if (order != 0)
        return order > 0;
    if (node->model->params.tie != MODEL_FIRST_SEEN)
        return is_preferred(node, a, b);
    if (is_active(node, a) || is_active(node, b))
        return is_active(node, a);
    return mark(node, a)->reached < mark(node, b)->reached;
}

static ModelBlock *
followed_child(ModelNode *node, const ModelBlock *block)
{
    ModelBlock *best = NULL;

    for (guint i = 0; i < block->children->len; i++) {
        ModelBlock *child = block->children->pdata[i];
        const Mark *own = mark(node, child);

        if (own->joined && !own->parked && why_bad(node, child) == NULL &&
            !misses_checkpoint(node, child) && (best == NULL || is_followed(node, child, best)))
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
        fork = fork_of(node, to);
        if (fork == to || !is_too_deep(node, fork, to)) {
            set_tip(node, to);
            return;
        }
        park(node, model_block_ancestor(to, fork->height + 1));
    }
}

/* `old` is the tip that was, and may be bad now. */
static void
choose_tip_after(ModelNode *node, ModelBlock *old)
{
    ModelBlock *fork;

    if (node->model->params.fork_choice == MODEL_GHOST)
        choose_ghost(node);
    else
        choose_heaviest(node);
    if (node->tip == old)
        return;
    fork = fork_of(node, old);
    for (ModelBlock *block = old; block != fork; block = block->parent)
        touch(node, block);
    for (ModelBlock *block = node->tip; block != fork; block = block->parent)
        touch(node, block);
    model_mempool_follow(&node->pool, old, fork, node->tip);
}

static void
choose_tip(ModelNode *node)
{
    choose_tip_after(node, node->tip);
}

/* --- headers ------------------------------------------------------------------------------ */

/* *ret_block: the block, if the header has a place in the tree now. */
static const char *
add_header(ModelNode *node, ModelBlock **ret_block, const ModelHeader *header, gint64 clock_s)
{
    ModelBlock *block = find(node, &header->id), *parent = find(node, &header->previous);
    const char *verdict;

    *ret_block = block;
    if (block == NULL) {
        if (parent == NULL)
            return "unknown-parent";
        if ((gint64)header->time > clock_s + model_rules_above(node->model, parent)->max_future_s)
            return "time-too-new";
        verdict = model_header_alone(node->model, parent, header);
        if (!is_ok(verdict))
            return verdict;
        *ret_block = block = model_block_get(node->model, parent, header);
        mark(node, block)->has_header = true;
        touch(node, block);
        if (!is_ok(block->header_verdict))
            mark(node, block)->bad = block->header_verdict;
        else if (mark(node, parent)->bad != NULL)
            mark(node, block)->bad = "invalid-ancestor";
    }
    if (why_bad(node, block) != NULL)
        return why_bad(node, block);
    return is_after_final(node, block) ? "after-final" : OK;
}

const char *
model_node_header(ModelNode *node, const guint8 bytes[80], gint64 clock_s)
{
    ModelHeader header;
    ModelBlock *block;

    model_header_read(&header, bytes);
    return add_header(node, &block, &header, clock_s);
}

/* --- orphans ------------------------------------------------------------------------------ */

static Orphan *
orphan_at(const ModelNode *node, guint i)
{
    return &g_array_index(node->orphans, Orphan, i);
}

static ModelBody *
take_orphan(ModelNode *node, guint i)
{
    ModelBody *body = orphan_at(node, i)->body;

    g_array_append_val(node->touched, body->header.id);
    g_array_remove_index(node->orphans, i);
    return body;
}

static void
drop_orphan(ModelNode *node, guint i)
{
    model_body_free(take_orphan(node, i));
}

static bool
is_orphan(const ModelNode *node, const ModelHash *id)
{
    for (guint i = 0; i < node->orphans->len; i++) {
        if (model_hash_is_equal(&orphan_at(node, i)->body->header.id, id))
            return true;
    }
    return false;
}

/* Keeps a body whose parent's is missing. The oldest gives way: of its source, if that has used its
 * share, else of all. */
static void
keep_orphan(ModelNode *node, ModelBody *body, guint32 source, gint64 now_ns)
{
    const Orphan orphan = {body, source, now_ns};
    guint64 held = 0, bytes = 0;
    guint oldest = 0;

    g_array_append_val(node->touched, body->header.id);
    if (node->options.orphan_limit == 0) {
        model_body_free(body);
        return;
    }
    for (guint i = node->orphans->len; i-- > 0;) {
        if (orphan_at(node, i)->source == source) {
            held++;
            oldest = i;
        }
    }
    if (held >= MAX(node->options.orphan_limit / PER_SOURCE_DIVISOR, 1))
        drop_orphan(node, oldest);
    if (node->orphans->len == node->options.orphan_limit)
        drop_orphan(node, 0);
    g_array_append_val(node->orphans, orphan);
    for (guint i = 0; i < node->orphans->len; i++)
        bytes += orphan_at(node, i)->body->size;
    while (bytes > ORPHAN_MAX_BYTES && node->orphans->len > 1) {
        bytes -= orphan_at(node, 0)->body->size;
        drop_orphan(node, 0);
    }
}

void
model_node_expire_orphans(ModelNode *node, gint64 before_ns)
{
    while (node->orphans->len > 0 && orphan_at(node, 0)->since_ns < before_ns)
        drop_orphan(node, 0);
}

void
model_node_forget_source(ModelNode *node, guint32 source)
{
    for (guint i = 0; i < node->orphans->len; i++) {
        if (orphan_at(node, i)->source == source)
            orphan_at(node, i)->source = G_MAXUINT32;
    }
}

/* --- bodies ------------------------------------------------------------------------------- */

/* Adds the block's work to the subtrees that it stands in. */
static void
weigh_subtrees(ModelNode *node, ModelBlock *block)
{
    ModelWork own;

    model_work_difference(&own, &block->work, &block->parent->work);
    for (guint64 rank = mark(node, block)->rank; block != NULL; block = block->parent) {
        Mark *at = mark(node, block);

        model_work_sum(&at->subtree, &own);
        at->reached = MAX(at->reached, rank);
    }
}

static void
join(ModelNode *node, ModelBlock *block)
{
    const bool parent_is_parked = mark(node, block->parent)->parked;
    Mark *own = mark(node, block); /* valid until the next mark() */

    own->joined = true;
    own->parked = parent_is_parked;
    node->joins = MAX(node->joins + 1, node->restored_rank);
    if (node->restoring)
        own->rank = node->restored_rank;
    else if (node->model->params.tie == MODEL_RANDOM)
        own->rank = node->options.draw(node->options.user, &block->header.id);
    else
        own->rank = node->joins;
    touch(node, block);
    g_ptr_array_add(node->rivals, block);
    if (node->model->params.fork_choice == MODEL_GHOST)
        weigh_subtrees(node, block);
    if (parent_is_parked && !node->restoring && outweighs_by_far(node, block))
        release(node, block);
}

/* Adds a body, which it takes over, and chooses no tip. *ret_block as add_header() has it. */
static const char *
add_body(ModelNode *node, ModelBlock **ret_block, ModelBody *body, guint32 source, gint64 now_ns,
         gint64 clock_s)
{
    const char *verdict = add_header(node, ret_block, &body->header, clock_s);
    bool is_lost = strcmp(verdict, "unknown-parent") == 0;
    ModelBlock *block = *ret_block;

    if (is_lost)
        verdict = model_header_alone(node->model, NULL, &body->header);
    else if (is_ok(verdict) && mark(node, block)->joined)
        verdict = "already-known";
    if (is_ok(verdict))
        verdict = model_body_match(body);
    if (!is_ok(verdict)) {
        model_body_free(body);
        return verdict;
    }
    if (!is_lost) {
        verdict = model_body_verdict(node->model, body, block->parent);
        if (is_ok(verdict) && mark(node, block->parent)->joined) {
            if (block->body == NULL)
                block->body = g_steal_pointer(&body);
            if (node->model->params.fork_choice == MODEL_GHOST)
                verdict = model_execute(node->model, block);
            model_body_free(body);
            if (is_ok(verdict)) {
                join(node, block);
                return OK;
            }
            body = NULL;
        }
        if (!is_ok(verdict)) {
            model_body_free(body);
            condemn(node, block, verdict);
            return verdict;
        }
    }
    keep_orphan(node, body, source, now_ns);
    return "unknown-parent";
}

/* Lets orphans in whose parent has joined, or has turned out bad, and what waits for them. */
static void
adopt_orphans(ModelNode *node, const ModelHash *parent, gint64 now_ns, gint64 clock_s)
{
    g_autoptr(GArray) parents = g_array_new(FALSE, FALSE, sizeof(ModelHash));

    g_array_append_vals(parents, parent, 1);
    for (guint p = 0; p < parents->len; p++) {
        for (guint i = 0; i < node->orphans->len;) {
            Orphan orphan = *orphan_at(node, i);
            ModelHash id = orphan.body->header.id;
            ModelBlock *block;

            if (!model_hash_is_equal(&orphan.body->header.previous,
                                     &g_array_index(parents, ModelHash, p))) {
                i++;
                continue;
            }
            add_body(node, &block, take_orphan(node, i), orphan.source, now_ns, clock_s);
            if (block != NULL && (mark(node, block)->joined || why_bad(node, block) != NULL))
                g_array_append_val(parents, id);
            i = 0;
        }
    }
}

const char *
model_node_block(ModelNode *node, GBytes *bytes, guint32 source, gint64 now_ns, gint64 clock_s)
{
    ModelBody *body = model_body_read(bytes);
    ModelHash id = body->header.id;
    ModelBlock *block;
    const char *verdict;

    if (is_orphan(node, &id)) {
        model_body_free(body);
        return "already-known";
    }
    verdict = add_body(node, &block, body, source, now_ns, clock_s);
    if (block == NULL || (!is_ok(verdict) && why_bad(node, block) == NULL))
        return verdict;
    adopt_orphans(node, &id, now_ns, clock_s);
    choose_tip(node);
    if (why_bad(node, block) != NULL)
        return why_bad(node, block);
    return mark(node, block)->parked ? "reorg-too-deep" : verdict;
}

/* --- the operator's hand ------------------------------------------------------------------ */

/* Takes the marks of the blocks that stand on this one, and its own. */
static void
lift_above(ModelNode *node, const ModelBlock *block)
{
    mark(node, block)->invalidated = false;
    for (guint i = 0; i < block->children->len; i++)
        lift_above(node, block->children->pdata[i]);
}

static void
reconsider(ModelNode *node, const ModelBlock *block)
{
    const GPtrArray *blocks = node->model->blocks;

    lift_above(node, block);
    for (; block != NULL; block = block->parent)
        mark(node, block)->invalidated = false;
    for (guint i = 1; i < blocks->len; i++) { /* from above genesis on */
        block = blocks->pdata[i];
        if (mark(node, block)->has_header && why_bad(node, block) == NULL &&
            mark(node, block->parent)->bad != NULL)
            mark(node, block)->bad = "invalid-ancestor";
    }
}

static void
unpark_above(ModelNode *node, const ModelBlock *block)
{
    mark(node, block)->parked = false;
    for (guint i = 0; i < block->children->len; i++)
        unpark_above(node, block->children->pdata[i]);
}

static void
unpark(ModelNode *node, ModelBlock *block)
{
    while (!mark(node, block)->joined)
        block = block->parent;
    if (!mark(node, block)->parked)
        return;
    unpark_above(node, block);
    mark(node, block)->unparked = true;
    for (block = block->parent; mark(node, block)->parked; block = block->parent)
        mark(node, block)->parked = false;
}

/* Anything may be good or bad now: weighs all blocks anew. */
static void
weigh_afresh(ModelNode *node)
{
    const GPtrArray *blocks = node->model->blocks;

    g_ptr_array_set_size(node->rivals, 0);
    for (guint i = 0; i < blocks->len; i++) {
        Mark *own = mark(node, blocks->pdata[i]);

        own->subtree = (ModelWork){{0}};
        own->reached = 0;
    }
    for (guint i = 0; i < blocks->len; i++) {
        ModelBlock *block = blocks->pdata[i];

        if (mark(node, block)->has_header)
            touch(node, block);
        if (!mark(node, block)->joined || why_bad(node, block) != NULL)
            continue;
        g_ptr_array_add(node->rivals, block);
        if (node->model->params.fork_choice == MODEL_GHOST && block->parent != NULL)
            weigh_subtrees(node, block);
    }
}

/* Weighs all blocks anew, and leaves a tip that is not allowed. */
static void
judge_afresh(ModelNode *node)
{
    ModelBlock *old = node->tip, *tip = old;

    while (why_bad(node, tip) != NULL || misses_checkpoint(node, tip))
        tip = tip->parent;
    set_tip(node, tip);
    weigh_afresh(node);
    choose_tip_after(node, old);
}

void
model_node_hand(ModelNode *node, const char *hand, const ModelHash *id, bool is_log)
{
    ModelBlock *block = find(node, id);

    if (block == NULL)
        return; /* a log that was cut off */
    if (strcmp(hand, "invalidate") == 0) {
        mark(node, block)->invalidated = node->has_invalidated = true;
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

/* --- payments ----------------------------------------------------------------------------- */

const char *
model_node_payment(ModelNode *node, const guint8 bytes[144])
{
    ModelTx *tx = model_tx_read(bytes);
    const char *verdict = model_tx_verdict(node->model, tx);

    if (is_ok(verdict))
        return model_mempool_add(&node->pool, node->tip->accounts, tx);
    g_free(tx);
    return verdict;
}

/* --- restarts ----------------------------------------------------------------------------- */

/* The rank is what the block had when it joined. */
void
model_node_restore_block(ModelNode *node, GBytes *bytes, guint64 rank, gint64 clock_s)
{
    ModelBody *body = model_body_read(bytes);
    ModelBlock *parent = find(node, &body->header.previous), *block;

    if (parent == NULL || !mark(node, parent)->joined) {
        model_body_free(body);
        return;
    }
    node->restoring = true;
    node->restored_rank = rank;
    add_body(node, &block, body, G_MAXUINT32, 0, clock_s);
    node->restoring = false;
    node->restored_rank = 0;
}

/* A mark is believed, because the body that it speaks of may be gone, but not against what is
 * active, nor against what ghost has executed. */
void
model_node_restore_mark(ModelNode *node, const guint8 bytes[80], const char *verdict,
                        gint64 clock_s)
{
    ModelHeader header;
    ModelBlock *block;
    bool joined;

    model_header_read(&header, bytes);
    if (!is_ok(add_header(node, &block, &header, clock_s)) || is_active(node, block))
        return;
    joined = mark(node, block)->joined;
    if (strcmp(verdict, "reorg-too-deep") == 0)
        park(node, block);
    else if (!is_ok(verdict) && !(joined && node->model->params.fork_choice == MODEL_GHOST))
        condemn(node, block, verdict);
}

void
model_node_forget_verdicts(ModelNode *node)
{
    for (guint i = 0; i < node->model->blocks->len; i++) {
        ModelBlock *block = node->model->blocks->pdata[i];

        if (is_ok(block->header_verdict))
            mark(node, block)->bad = NULL;
    }
}

/* What became the tip was not parked any more. */
void
model_node_restore_move(ModelNode *node, const ModelHash *id)
{
    ModelBlock *block = find(node, id);

    if (node->model->params.unpark != 0 && block != NULL && mark(node, block)->parked)
        release(node, block);
}

void
model_node_caught_up(ModelNode *node)
{
    node->has_caught_up = true;
}

/* The saved tip stays the tip unless something beats it. */
void
model_node_restore_tip(ModelNode *node, const ModelHash *id)
{
    ModelBlock *block = find(node, id);
    const Mark *own = block != NULL ? mark(node, block) : NULL;

    if (own != NULL && own->joined && !own->parked && why_bad(node, block) == NULL &&
        !misses_checkpoint(node, block) && execute(node, fork_of(node, block), block))
        set_tip(node, block);
    weigh_afresh(node);
    for (guint i = 0; i < node->model->blocks->len; i++) {
        block = node->model->blocks->pdata[i];
        if (mark(node, block)->parked && why_bad(node, block) == NULL &&
            outweighs_by_far(node, block))
            release(node, block);
    }
    choose_tip(node);
}

/* --- what the node must think ------------------------------------------------------------- */

ModelNode *
model_node_new(Model *model, const ModelNodeOptions *options)
{
    ModelNode *node = g_new0(ModelNode, 1);
    Mark *genesis;

    node->model = model;
    node->options = *options;
    node->marks = g_array_new(FALSE, TRUE, sizeof(Mark));
    node->rivals = g_ptr_array_new();
    node->orphans = g_array_new(FALSE, FALSE, sizeof(Orphan));
    node->touched = g_array_new(FALSE, FALSE, sizeof(ModelHash));
    node->active = g_ptr_array_new();
    set_tip(node, model->blocks->pdata[0]);
    model_mempool_init(&node->pool, options->mempool_bytes, model->params.min_fee);
    genesis = mark(node, node->tip);
    genesis->has_header = genesis->joined = true;
    genesis->rank = ++node->joins;
    return node;
}

void
model_node_free(ModelNode *node)
{
    if (node == NULL)
        return;
    while (node->orphans->len > 0)
        drop_orphan(node, 0);
    model_mempool_clear(&node->pool);
    g_array_unref(node->orphans);
    g_array_unref(node->touched);
    g_array_unref(node->marks);
    g_ptr_array_unref(node->active);
    g_ptr_array_unref(node->rivals);
    g_free(node);
}

ModelHash
model_node_tip(const ModelNode *node)
{
    return node->tip->header.id;
}

guint32
model_node_next_bits(const ModelNode *node)
{
    return node->model->params.free_bits
               ? 0
               : model_next_bits(node->model, node->tip, node->tip->header.time);
}

ModelHash
model_node_state_root(const ModelNode *node)
{
    return node->tip->body->state_root; /* execution has found it right */
}

const GArray *
model_node_accounts(const ModelNode *node)
{
    return node->tip->accounts;
}

guint
model_node_waiting(const ModelNode *node)
{
    return node->pool.txs->len;
}

GArray *
model_node_mempool(const ModelNode *node)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(ModelHash));

    for (guint i = 0; i < node->pool.txs->len; i++)
        g_array_append_val(ids, ((const ModelTx *)node->pool.txs->pdata[i])->id);
    return ids;
}

const char *
model_node_status(ModelNode *node, const ModelHash *id)
{
    ModelBlock *block = find(node, id);
    const Mark *own = block != NULL ? mark(node, block) : NULL;

    if (own != NULL && own->bad != NULL)
        return strcmp(own->bad, "invalid-ancestor") == 0 ? "invalid-ancestor" : "invalid";
    if (own != NULL && is_invalidated(node, block))
        return own->invalidated ? "invalid" : "invalid-ancestor";
    if (own != NULL && own->parked)
        return "parked";
    if (own != NULL && own->joined)
        return is_active(node, block) ? "active" : "side";
    return is_orphan(node, id) ? "orphan" : "unknown";
}

GArray *
model_node_steal_touched(ModelNode *node)
{
    GArray *touched = node->touched;

    node->touched = g_array_new(FALSE, FALSE, sizeof(ModelHash));
    return touched;
}
