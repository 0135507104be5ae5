/* See outdated.h. */
#include "core/node/outdated.h"

#include "core/base/limits.h"
#include "core/chain/upgrade.h"
#include "core/node/node_impl.h"

static void
note(KetteNode *node, const KetteHash *id)
{
    node->is_outdated = true;
    kette_door_note(
        node, &(KetteNote){.kind = KETTE_NOTE_UPGRADE_NEEDED, .peer = KETTE_PEER_SELF, .id = id});
}

void
kette_outdated_on_refused(KetteNode *node, const KetteHeader *header, KetteVerdict verdict)
{
    const KetteChain *chain = node->chain;
    const KetteEntry *parent;
    KetteU256 target, work;
    KetteHash id;

    if (!node->config.foresees_upgrades || node->is_outdated ||
        kette_verdict_class(verdict) != KETTE_CLASS_INVALID || verdict == KETTE_HIGH_HASH)
        return;
    parent = kette_chain_find(chain, &header->previous);
    if (parent == NULL || kette_compact_decode(&target, header->bits) != KETTE_COMPACT_OK)
        return;
    work = kette_work_of_target(&target);
    if (kette_u256_add(&work, &work, &parent->work) ||
        kette_u256_compare(&work, &kette_chain_tip(chain)->work) <= 0)
        return;
    id = kette_store_header_id(kette_chain_store(chain), header);
    note(node, &id);
}

/* Returns the bits of upgrades that the version signals and the node does not know. */
static uint32_t
unknown_signals(const KetteNode *node, const KetteEntry *entry)
{
    uint32_t version = (uint32_t)entry->header.version;

    if ((version & KETTE_SIGNAL_MASK) != KETTE_SIGNAL_TOP)
        return 0;
    return version & ~KETTE_SIGNAL_MASK & ~node->config.upgrades;
}

void
kette_outdated_on_tip(KetteNode *node)
{
    const KetteEntry *tip = kette_chain_tip(node->chain), *entry = tip;
    uint32_t count = 0;

    if (!node->config.foresees_upgrades || node->is_outdated || unknown_signals(node, tip) == 0)
        return;
    for (uint32_t i = 0; i < KETTE_OUTDATED_WINDOW && entry != NULL; i++, entry = entry->parent)
        count += unknown_signals(node, entry) != 0;
    if (count * 2 >= KETTE_OUTDATED_WINDOW)
        note(node, &tip->id);
}

bool
kette_node_is_outdated(const KetteNode *node)
{
    return node->is_outdated;
}
