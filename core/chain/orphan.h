/* The orphan pool: bodies whose parent's body is not here yet, bounded and expiring.
 *
 * A plain array in order of arrival; the oldest gives way when it is full, the oldest of its own
 * when one source holds more than its share. The pool is small (100 by default), so looking through
 * it costs less than an index would.
 */
#ifndef CORE_CHAIN_ORPHAN_H
#define CORE_CHAIN_ORPHAN_H

#include "core/chain/block.h"

typedef struct {
    KetteBlock *block; /* owned */
    uint32_t source;   /* whoever sent it; UINT32_MAX: nobody who is still there */
    int64_t since_ns;
} KetteOrphan;

typedef struct {
    KetteOrphan *items;
    uint32_t count, room;
    uint32_t limit; /* most blocks held */
    size_t bytes;
} KetteOrphanPool;

void kette_orphans_init(KetteOrphanPool *pool, uint32_t limit);
void kette_orphans_clear(KetteOrphanPool *pool);

/* Takes a reference. False when the block is there already. */
bool kette_orphans_add(KetteOrphanPool *pool, KetteBlock *block, uint32_t source, int64_t now_ns);
bool kette_orphans_has(const KetteOrphanPool *pool, const KetteHash *id);

/* Takes the oldest child of `parent` out; false when there is none. The caller owns the block. */
bool kette_orphans_take_child(KetteOrphanPool *pool, KetteOrphan *ret_orphan,
                              const KetteHash *parent);

/* Drops what came before `before_ns`. */
void kette_orphans_expire(KetteOrphanPool *pool, int64_t before_ns);
/* Forgets who sent the orphans of this source. */
void kette_orphans_forget_source(KetteOrphanPool *pool, uint32_t source);

#endif
