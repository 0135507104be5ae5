/* What a node saves, and how it comes back; see log.h. */
#include "core/node/log.h"

#include "core/node/node_impl.h"
#include "core/node/record.h"

static void
save(KetteNode *node, GByteArray *record)
{
    node->host.save(node->host.user, record->data, record->len);
    g_byte_array_unref(record);
}

/* Saves the verdict on a block, with the headers that lead to it. An operator's invalidation is a
 * record of its own, which may be taken back. */
static void
save_marks(KetteNode *node, const KetteEntry *entry)
{
    KetteHasher *hasher = kette_store_hasher(kette_chain_store(node->chain));
    g_autoptr(GPtrArray) path = kette_chain_take_unsaved(node->chain, entry);

    for (guint i = 0; i < path->len; i++) {
        const KetteEntry *at = g_ptr_array_index(path, i);
        KetteVerdict verdict = kette_chain_verdict(node->chain, at);

        save(node, kette_record_mark(hasher, &at->header,
                                     verdict == KETTE_INVALIDATED ? KETTE_OK : verdict));
    }
}

void
kette_log_verdict(KetteNode *node, const KetteEntry *entry)
{
    if (node->host.save != NULL && kette_chain_verdict(node->chain, entry) != KETTE_INVALIDATED)
        save_marks(node, entry);
}

void
kette_log_caught_up(KetteNode *node)
{
    if (node->host.save != NULL)
        save(node, kette_record_caught_up(kette_store_hasher(kette_chain_store(node->chain))));
}

/* The log has the headers that lead to the block before what the operator did to it. */
void
kette_log_hand(KetteNode *node, KetteHand hand, const KetteEntry *entry)
{
    KetteHasher *hasher = kette_store_hasher(kette_chain_store(node->chain));

    if (node->host.save == NULL)
        return;
    if (!kette_chain_has_joined(node->chain, entry))
        save_marks(node, entry);
    save(node, kette_record_hand(hasher, hand, &entry->id));
}

/* Saves bodies before the tip that needs them and before the marks on them, so that no prefix of
 * the log names what it does not hold. */
void
kette_log_results(KetteNode *node, const KetteHash *offered)
{
    const KetteChainResult *result = &node->result;
    KetteHasher *hasher = kette_store_hasher(kette_chain_store(node->chain));
    const KetteEntry *entry;

    if (node->host.save == NULL)
        return;
    for (uint32_t i = 0; i < result->joined.count; i++) {
        entry = kette_chain_result_joined(result, i);
        save(node,
             kette_record_block(hasher, entry->block, kette_chain_preference(node->chain, entry)));
    }
    for (uint32_t i = 0; i < result->failed.count; i++)
        kette_log_verdict(node, kette_chain_result_failed(result, i)->entry);
    /* One that failed by its header alone is in no list. */
    entry = kette_chain_find(node->chain, offered);
    if (entry != NULL && kette_chain_is_failed(node->chain, entry))
        kette_log_verdict(node, entry);
    if (result->new_tip != result->old_tip)
        save(node, kette_record_tip(hasher, &result->new_tip->id));
}

static void
restore_hand(KetteNode *node, const KetteRecord *record)
{
    const KetteEntry *entry = kette_chain_find(node->chain, &record->id);

    if (entry != NULL)
        kette_chain_mark_by_hand(node->chain, &node->result, record->hand, entry);
}

static void
restore_record(KetteNode *node, const KetteRecord *record, KetteHash *tip)
{
    KetteVerdict verdict;

    switch (record->kind) {
    case KETTE_RECORD_BLOCK:
        /* What no longer holds is fetched or refused again. */
        verdict = kette_chain_restore_block(node->chain, &node->result, record->block,
                                            record->preference, node->now_ns);
        (void)verdict;
        break;
    case KETTE_RECORD_TIP:
        *tip = record->id;
        kette_chain_restore_taken(node->chain, tip);
        break;
    case KETTE_RECORD_CAUGHT_UP:
        kette_chain_begin_parking(node->chain);
        break;
    case KETTE_RECORD_RULES:
        node->saved_upgrades = record->upgrades;
        kette_chain_forget_verdicts(node->chain);
        break;
    case KETTE_RECORD_HAND:
        restore_hand(node, record);
        break;
    case KETTE_RECORD_MARK:
        kette_chain_restore_mark(node->chain, &node->result, &record->header, record->verdict,
                                 node->now_ns);
        break;
    }
}

/* Judges anew what was bad if the log is of other upgrades than the node knows. */
static void
follow_rules(KetteNode *node)
{
    const KetteRecord record = {.kind = KETTE_RECORD_RULES, .upgrades = node->config.upgrades};

    if (node->config.upgrades == node->saved_upgrades)
        return;
    kette_chain_forget_verdicts(node->chain);
    kette_door_given(node, &(KetteGiven){.kind = KETTE_GIVEN_RECORD, .record = &record});
}

void
kette_log_start(KetteNode *node)
{
    const KetteChainResult *restored = &node->result;

    if (node->config.upgrades != node->saved_upgrades) {
        node->saved_upgrades = node->config.upgrades;
        if (node->host.save != NULL)
            save(node, kette_record_rules(kette_store_hasher(kette_chain_store(node->chain)),
                                          node->saved_upgrades));
    }
    for (uint32_t i = 0; i < restored->failed.count; i++)
        kette_log_verdict(node, kette_chain_result_failed(restored, i)->entry);
}

size_t
kette_log_restore(KetteNode *node, const uint8_t *log, size_t len)
{
    KetteHasher *hasher = kette_store_hasher(kette_chain_store(node->chain));
    KetteHash tip = kette_chain_tip(node->chain)->id;
    size_t at = 0, used;
    KetteRecord record;

    while (at < len && (used = kette_record_parse(hasher, &record, log + at, len - at)) > 0) {
        restore_record(node, &record, &tip);
        kette_door_given(node, &(KetteGiven){.kind = KETTE_GIVEN_RECORD, .record = &record});
        kette_record_clear(&record);
        at += used;
    }
    follow_rules(node); /* the start saves it */
    kette_chain_restore_tip(node->chain, &node->result, &tip);
    kette_door_given(node, &(KetteGiven){.kind = KETTE_GIVEN_RESTORED, .tip = &tip});
    return at;
}
