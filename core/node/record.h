/* Records: what a node saves through its door, and how it comes back after a crash.
 *
 * The host appends records to a log, in order, and gives the log back at the next start. A record
 * is
 *
 *    0  length    uint32 of kind and payload
 *    4  checksum  first 4 bytes of SHA-256d(kind | payload)
 *    8  kind      uint8
 *    9  payload
 *
 *   BLOCK  preference u32 | block     a body that joined the tree, in the order of joining
 *   TIP    id 32                      the tip moved, after the block's own record
 *   MARK   length u8 | verdict | header 80
 *                                     what was found to be bad, or parked, by the verdict's name,
 *                                     which outlives its number; ok for a header that only leads
 *                                     to such a one, or to one that a HAND names, and has no body
 *                                     here
 *   RULES upgrades u32               the node knows other upgrades than before, by bits of their
 *                                     numbers (upgrade.h): marks before it do not count, because a
 *                                     block that was bad may be good. Without any, it knows none
 *   HAND  length u8 | name | id 32    what the operator did, by the hand's name (chain.h)
 *   CAUGHT_UP  (empty)                the first sync is over (first_sync.h)
 *
 * A log that ends within a record, or in a record whose checksum is wrong, is good up to there: a
 * crash at any byte leaves the state before or after the last whole record. What is cut off is
 * fetched again from peers, and what was not marked yet is judged again. A mark is believed,
 * because the body that it speaks of may never have joined. Mempool, orphans and connections are
 * lost with a crash.
 */
#ifndef CORE_NODE_RECORD_H
#define CORE_NODE_RECORD_H

#include "core/chain/chain.h"

typedef enum {
    KETTE_RECORD_BLOCK = 1,
    KETTE_RECORD_TIP = 2,
    KETTE_RECORD_MARK = 3,
    KETTE_RECORD_HAND = 4,
    KETTE_RECORD_RULES = 5,
    KETTE_RECORD_CAUGHT_UP = 6,
} KetteRecordKind;

typedef struct KetteRecord {
    KetteRecordKind kind;
    uint32_t preference;  /* BLOCK: what decides ties, see chain.h */
    KetteBlock *block;    /* BLOCK; owned */
    KetteHash id;         /* TIP, HAND */
    KetteHeader header;   /* MARK */
    KetteVerdict verdict; /* MARK: ok, reorg-too-deep or of class invalid */
    KetteHand hand;       /* HAND */
    uint32_t upgrades;    /* RULES */
} KetteRecord;

/* Returns the bytes of one record; the caller's. */
GByteArray *kette_record_block(KetteHasher *hasher, const KetteBlock *block, uint32_t preference);
GByteArray *kette_record_tip(KetteHasher *hasher, const KetteHash *tip);
GByteArray *kette_record_mark(KetteHasher *hasher, const KetteHeader *header, KetteVerdict verdict);
GByteArray *kette_record_hand(KetteHasher *hasher, KetteHand hand, const KetteHash *id);
GByteArray *kette_record_rules(KetteHasher *hasher, uint32_t upgrades);
GByteArray *kette_record_caught_up(KetteHasher *hasher);

/* Reads the record at `data`. Its length, or 0 when what is there is not a whole, sound record. */
size_t kette_record_parse(KetteHasher *hasher, KetteRecord *ret_record, const uint8_t *data,
                          size_t len);
void kette_record_clear(KetteRecord *record);

#endif
