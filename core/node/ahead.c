/* Blocks that are passed on ahead of their check; see ahead.h. */
#include "core/node/ahead.h"

#include "core/base/limits.h"
#include "core/node/node_impl.h"

void
kette_ahead_clear(KetteNode *node)
{
    g_clear_pointer(&node->ahead.blocks, g_ptr_array_unref);
}

KetteBlock *
kette_ahead_find(const KetteNode *node, const KetteHash *id)
{
    for (guint i = 0; node->ahead.blocks != NULL && i < node->ahead.blocks->len; i++) {
        KetteBlock *block = g_ptr_array_index(node->ahead.blocks, i);

        if (kette_hash_equal(&block->id, id))
            return block;
    }
    return NULL;
}

static void
unref_block(gpointer block)
{
    kette_block_unref(block);
}

static void
keep(KetteNode *node, KetteBlock *block)
{
    if (node->ahead.blocks == NULL)
        node->ahead.blocks = g_ptr_array_new_with_free_func(unref_block);
    if (node->ahead.blocks->len == KETTE_AHEAD_MAX)
        g_ptr_array_remove_index(node->ahead.blocks, 0);
    g_ptr_array_add(node->ahead.blocks, kette_block_ref(block));
}

void
kette_ahead_pass_on(KetteNode *node, uint32_t peer, KetteBlock *block)
{
    if (!node->config.relay_before_check || peer >= node->peer_count ||
        !kette_peers_is_ready(node, peer) || kette_ahead_find(node, &block->id) != NULL ||
        kette_chain_knows_body(node->chain, &block->id) ||
        !kette_chain_is_next(node->chain, block, node->now_ns))
        return;
    kette_known_learn(&node->known, peer, &block->id, node->now_ns);
    keep(node, block);
    kette_relay_block(node, block, false);
}

void
kette_ahead_drop(KetteNode *node, const KetteHash *id)
{
    KetteBlock *block = kette_ahead_find(node, id);

    if (block != NULL)
        g_ptr_array_remove(node->ahead.blocks, block);
}
