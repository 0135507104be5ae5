/* The model of one node: it keeps the headers, bodies, orphans and payments that the node was
 * given, and judges them. choice.c chooses its tip, hand.c has its operator's actions. */
#include "sim/model/node.h"

#define PER_SOURCE_DIVISOR 2         /* one source fills half of the orphan pool at most */
#define ORPHAN_MAX_BYTES (32u << 20) /* of all orphans, but for the last */

ModelMark *
model_mark(ModelNode *node, const ModelBlock *block)
{
    if (node->marks->len <= block->index)
        g_array_set_size(node->marks, block->index + 1);
    return &g_array_index(node->marks, ModelMark, block->index);
}

void
model_touch(ModelNode *node, const ModelBlock *block)
{
    g_array_append_val(node->touched, block->header.id);
}

ModelBlock *
model_node_find(ModelNode *node, const ModelHash *id)
{
    ModelBlock *block = model_block_find(node->model, id);

    return block != NULL && model_mark(node, block)->has_header ? block : NULL;
}

bool
model_node_is_active(const ModelNode *node, ModelBlock *block)
{
    return block->height < node->active->len && node->active->pdata[block->height] == block;
}

ModelBlock *
model_node_fork(const ModelNode *node, ModelBlock *block)
{
    while (!model_node_is_active(node, block))
        block = block->parent;
    return block;
}

/* --- headers ------------------------------------------------------------------------------ */

const char *
model_node_add_header(ModelNode *node, ModelBlock **ret_block, const ModelHeader *header,
                      gint64 clock_s)
{
    ModelBlock *block = model_node_find(node, &header->id),
               *parent = model_node_find(node, &header->previous);
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
        model_mark(node, block)->has_header = true;
        model_touch(node, block);
        if (!is_ok(block->header_verdict))
            model_mark(node, block)->bad = block->header_verdict;
        else if (model_mark(node, parent)->bad != NULL)
            model_mark(node, block)->bad = "invalid-ancestor";
    }
    if (model_choice_why_bad(node, block) != NULL)
        return model_choice_why_bad(node, block);
    return model_choice_is_after_final(node, block) ? "after-final" : OK;
}

const char *
model_node_header(ModelNode *node, const guint8 bytes[80], gint64 clock_s)
{
    ModelHeader header;
    ModelBlock *block;

    model_header_read(&header, bytes);
    return model_node_add_header(node, &block, &header, clock_s);
}

/* --- orphans ------------------------------------------------------------------------------ */

static ModelOrphan *
orphan_at(const ModelNode *node, guint i)
{
    return &g_array_index(node->orphans, ModelOrphan, i);
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
    const ModelOrphan orphan = {body, source, now_ns};
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

static void
join(ModelNode *node, ModelBlock *block)
{
    const bool parent_is_parked = model_mark(node, block->parent)->parked;
    ModelMark *own = model_mark(node, block); /* valid until the next model_mark() */

    own->joined = true;
    own->parked = parent_is_parked;
    node->joins = MAX(node->joins + 1, node->restored_rank);
    if (node->restoring)
        own->rank = node->restored_rank;
    else if (node->model->params.tie == MODEL_RANDOM)
        own->rank = node->options.draw(node->options.user, &block->header.id);
    else
        own->rank = node->joins;
    model_touch(node, block);
    g_ptr_array_add(node->rivals, block);
    if (node->model->params.fork_choice == MODEL_GHOST)
        model_choice_weigh(node, block);
    if (parent_is_parked && !node->restoring && model_choice_outweighs_by_far(node, block))
        model_choice_release(node, block);
}

const char *
model_node_add_body(ModelNode *node, ModelBlock **ret_block, ModelBody *body, guint32 source,
                    gint64 now_ns, gint64 clock_s)
{
    const char *verdict = model_node_add_header(node, ret_block, &body->header, clock_s);
    bool is_lost = strcmp(verdict, "unknown-parent") == 0;
    ModelBlock *block = *ret_block;

    if (is_lost)
        verdict = model_header_alone(node->model, NULL, &body->header);
    else if (is_ok(verdict) && model_mark(node, block)->joined)
        verdict = "already-known";
    if (is_ok(verdict))
        verdict = model_body_match(body);
    if (!is_ok(verdict)) {
        model_body_free(body);
        return verdict;
    }
    if (!is_lost) {
        verdict = model_body_verdict(node->model, body, block->parent);
        if (is_ok(verdict) && model_mark(node, block->parent)->joined) {
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
            model_choice_condemn(node, block, verdict);
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
            ModelOrphan orphan = *orphan_at(node, i);
            ModelHash id = orphan.body->header.id;
            ModelBlock *block;

            if (!model_hash_is_equal(&orphan.body->header.previous,
                                     &g_array_index(parents, ModelHash, p))) {
                i++;
                continue;
            }
            model_node_add_body(node, &block, take_orphan(node, i), orphan.source, now_ns, clock_s);
            if (block != NULL &&
                (model_mark(node, block)->joined || model_choice_why_bad(node, block) != NULL))
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
    verdict = model_node_add_body(node, &block, body, source, now_ns, clock_s);
    if (block == NULL || (!is_ok(verdict) && model_choice_why_bad(node, block) == NULL))
        return verdict;
    adopt_orphans(node, &id, now_ns, clock_s);
    model_choice_tip(node, node->tip);
    if (model_choice_why_bad(node, block) != NULL)
        return model_choice_why_bad(node, block);
    return model_mark(node, block)->parked ? "reorg-too-deep" : verdict;
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

void
model_node_caught_up(ModelNode *node)
{
    node->has_caught_up = true;
}

/* --- what the node must think ------------------------------------------------------------- */

ModelNode *
model_node_new(Model *model, const ModelNodeOptions *options)
{
    ModelNode *node = g_new0(ModelNode, 1);
    ModelMark *genesis;

    node->model = model;
    node->options = *options;
    node->marks = g_array_new(FALSE, TRUE, sizeof(ModelMark));
    node->rivals = g_ptr_array_new();
    node->orphans = g_array_new(FALSE, FALSE, sizeof(ModelOrphan));
    node->touched = g_array_new(FALSE, FALSE, sizeof(ModelHash));
    node->active = g_ptr_array_new();
    model_choice_set_tip(node, model->blocks->pdata[0]);
    model_mempool_init(&node->pool, options->mempool_bytes, model->params.min_fee);
    genesis = model_mark(node, node->tip);
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
    ModelBlock *block = model_node_find(node, id);
    const ModelMark *own = block != NULL ? model_mark(node, block) : NULL;

    if (own != NULL && own->bad != NULL)
        return strcmp(own->bad, "invalid-ancestor") == 0 ? "invalid-ancestor" : "invalid";
    if (own != NULL && model_choice_is_invalidated(node, block))
        return own->invalidated ? "invalid" : "invalid-ancestor";
    if (own != NULL && own->parked)
        return "parked";
    if (own != NULL && own->joined)
        return model_node_is_active(node, block) ? "active" : "side";
    return is_orphan(node, id) ? "orphan" : "unknown";
}

GArray *
model_node_steal_touched(ModelNode *node)
{
    GArray *touched = node->touched;

    node->touched = g_array_new(FALSE, FALSE, sizeof(ModelHash));
    return touched;
}
