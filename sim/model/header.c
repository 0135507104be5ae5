/* Headers, and the tree of all blocks that any node knows. */
#include "sim/model/facts.h"

ModelBlock *
model_block_find(const Model *model, const ModelHash *id)
{
    return g_hash_table_lookup(model->by_id, id);
}

ModelBlock *
model_block_ancestor(ModelBlock *block, guint64 height)
{
    while (block->height > height)
        block = block->parent;
    return block;
}

/* real: the id, as a number, is at most the target. simulated: the nonce is the first 32 bits of
 * SHA-256(key | header without its nonce). */
static bool
has_proof_of_work(const ModelParams *params, const ModelHeader *header, const BIGNUM *target)
{
    guint8 sealed[32 + 76];
    ModelHash seal;
    BIGNUM *number;
    bool good;

    if (params->pow == MODEL_POW_SIMULATED) {
        memcpy(sealed, params->seal_key.b, 32);
        memcpy(sealed + 32, header->bytes, 76);
        seal = model_hash_once(sealed, sizeof sealed);
        return memcmp(seal.b, header->bytes + 76, 4) == 0;
    }
    if (params->pow == MODEL_POW_OFF)
        return true;
    number = BN_lebin2bn(header->id.b, 32, NULL);
    good = BN_cmp(number, target) <= 0;
    BN_free(number);
    return good;
}

/* Returns the smallest version of a block on `parent`; NULL: of a block on any. */
static gint64
least_version(Model *model, const ModelBlock *parent)
{
    gint64 least = model_rules_above(model, parent)->min_version;

    for (guint i = 0; parent == NULL && i < model->upgrades->len; i++) {
        const ModelUpgrade *upgrade = &g_array_index(model->upgrades, ModelUpgrade, i);

        if ((upgrade->changes >> MODEL_CHANGE_MIN_VERSION & 1) != 0)
            least = MIN(least, upgrade->params.min_version);
    }
    return least;
}

const char *
model_header_alone(Model *model, const ModelBlock *parent, const ModelHeader *header)
{
    BIGNUM *target = BN_new(), *limit = BN_new();
    const char *verdict = OK;

    model_target_of_bits(limit, model->params.limit_bits);
    if (header->version < least_version(model, parent))
        verdict = "bad-version";
    else if (!model_target_of_bits(target, header->bits) ||
             (!model->params.free_bits && BN_cmp(target, limit) > 0))
        verdict = "bad-bits";
    else if (!has_proof_of_work(&model->params, header, target))
        verdict = "high-hash";
    BN_free(target);
    BN_free(limit);
    return verdict;
}

/* The first block of a window is not long before its parent, its last one not before its first (BIP
 * 54 and 94): neither end of a window can be moved back far. */
static bool
warps_time(const ModelParams *params, const ModelHeader *header, const ModelBlock *parent)
{
    const guint64 place = (parent->height + 1) % params->window;
    const ModelBlock *first = parent;
    gint64 back = (gint64)parent->header.time - (gint64)header->time;

    if (place == 0)
        return params->timewarp_guard_s > 0 && back > params->timewarp_guard_s;
    if (place + 1 < params->window || !params->window_order)
        return false;
    while (first->height % params->window != 0)
        first = first->parent;
    return header->time < first->header.time;
}

/* The verdict on a header above its parent. */
static const char *
verdict_in_place(Model *model, const ModelHeader *header, const ModelBlock *parent)
{
    ModelWork work = parent->work;

    if (!is_ok(parent->header_verdict))
        return "invalid-ancestor";
    if (!model->params.free_bits && header->bits != model_next_bits(model, parent, header->time))
        return "bad-bits";
    if (!model_work_add(model, &work, header->bits))
        return "work-overflow";
    if (header->time <= parent->median_time)
        return "time-too-old";
    return warps_time(model_rules_above(model, parent), header, parent) ? "time-warp" : OK;
}

static gint
compare_times(gconstpointer a, gconstpointer b)
{
    guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;

    return (x > y) - (x < y);
}

/* Returns the median of the last `window` times. Of an even number it takes the upper of the two in
 * the middle, as Bitcoin does. */
static guint32
median_time(const ModelBlock *block, guint window)
{
    g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(guint32));

    for (; block != NULL && times->len < window; block = block->parent)
        g_array_append_val(times, block->header.time);
    g_array_sort(times, compare_times);
    return g_array_index(times, guint32, times->len / 2);
}

static ModelBlock *
add_block(Model *model, ModelBlock *parent, const ModelHeader *header, const char *verdict)
{
    ModelBlock *block = g_new0(ModelBlock, 1);

    block->parent = parent;
    block->children = g_ptr_array_new();
    block->index = model->blocks->len;
    block->header = *header;
    block->header_verdict = verdict;
    if (parent != NULL) {
        block->height = parent->height + 1;
        block->work = parent->work;
        g_ptr_array_add(parent->children, block);
    }
    if (is_ok(verdict))
        model_work_add(model, &block->work, header->bits);
    model_upgrades_follow(model, block);
    block->median_time = median_time(block, model_rules_above(model, block)->mtp_window);
    g_ptr_array_add(model->blocks, block);
    g_hash_table_insert(model->by_id, &block->header.id, block);
    return block;
}

ModelBlock *
model_block_get(Model *model, ModelBlock *parent, const ModelHeader *header)
{
    ModelBlock *block = model_block_find(model, &header->id);

    return block != NULL
               ? block
               : add_block(model, parent, header, verdict_in_place(model, header, parent));
}

/* --- the model ---------------------------------------------------------------------------- */

static void
block_free(gpointer data)
{
    ModelBlock *block = data;

    g_ptr_array_unref(block->children);
    model_body_free(block->body);
    if (block->accounts != NULL)
        g_array_unref(block->accounts);
    g_free(block);
}

/* Genesis has version 1, no parent, the genesis time and bits, nonce 0, and an empty body of height
 * 0 that commits to what genesis gives. */
static void
add_genesis(Model *model, const ModelAccount *funds, gsize count)
{
    GArray *accounts = model_accounts_new(funds, count);
    ModelHash root = model_state_root(accounts), commitment;
    guint8 raw[92] = {0}, bytes[80] = {1}, time[8], bits[8];
    ModelHeader header;
    ModelBlock *genesis;

    commitment = model_hash(raw, 8); /* of the reward, 0: the only leaf */
    memcpy(raw, commitment.b, 32);
    memcpy(raw + 32, root.b, 32);
    commitment = model_hash(raw, sizeof raw);
    model_put64(time, (guint64)model->params.genesis_time);
    model_put64(bits, model->params.genesis_bits);
    memcpy(bytes + 36, commitment.b, 32);
    memcpy(bytes + 68, time, 4);
    memcpy(bytes + 72, bits, 4);
    model_header_read(&header, bytes);
    genesis = add_block(model, NULL, &header, OK);
    genesis->execution = OK;
    genesis->accounts = accounts;
    genesis->body = g_new0(ModelBody, 1);
    genesis->body->header = header;
    genesis->body->state_root = root;
    genesis->body->txs = g_ptr_array_new();
}

Model *
model_new(const ModelParams *params, const ModelAccount *funds, gsize count, const GArray *upgrades)
{
    Model *model = g_new0(Model, 1);

    model->params = *params;
    model->upgrades = upgrades != NULL ? g_array_copy((GArray *)upgrades)
                                       : g_array_new(FALSE, FALSE, sizeof(ModelUpgrade));
    model->rules = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    model->bn = BN_CTX_new();
    model->by_id = g_hash_table_new(model_hash_key, model_hash_is_equal);
    model->blocks = g_ptr_array_new_with_free_func(block_free);
    model->signatures = g_hash_table_new_full(model_hash_key, model_hash_is_equal, g_free, NULL);
    add_genesis(model, funds, count);
    return model;
}

void
model_free(Model *model)
{
    if (model == NULL)
        return;
    g_array_unref(model->upgrades);
    g_hash_table_unref(model->rules);
    g_hash_table_unref(model->by_id);
    g_hash_table_unref(model->signatures);
    g_ptr_array_unref(model->blocks);
    BN_CTX_free(model->bn);
    g_free(model);
}
