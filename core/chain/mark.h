/* Marks: what one node knows of each entry of the store.
 *
 * Entries near the tip have a place each, by index. Older ones settle: nearly all of them have
 * joined, so only the exceptions are listed (mark.c). Only mark.c writes the fields of KetteMarks;
 * what a Mark holds is written through kette_chain_mark().
 */
#ifndef CORE_CHAIN_MARK_H
#define CORE_CHAIN_MARK_H

#include "core/chain/chain.h"

enum {
    MARK_HEADER = 1 << 0,          /* this node was given the header */
    MARK_JOINED = 1 << 1,          /* the body is here, and those of all ancestors */
    MARK_FAILED = 1 << 2,          /* the block itself breaks a rule, or the operator says so */
    MARK_FAILED_ANCESTOR = 1 << 3, /* it stands on one that does */
    MARK_PARKED = 1 << 4,          /* it would win by too deep a reorganisation, or stands on one */
    MARK_HEADER_SAVED = 1 << 5,    /* the log has the header, or will soon have the body */
    MARK_VERDICT_SAVED = 1 << 6,   /* the log has the verdict: failed or parked */
    MARK_UNPARKED = 1 << 7,        /* by the operator: its branch may win, however deep */
    MARK_INVALIDATED = 1 << 8,     /* by the operator: this very block */
};
#define MARK_BAD (MARK_FAILED | MARK_FAILED_ANCESTOR)

typedef struct {
    uint32_t sequence; /* among equals the lower is preferred: order of joining, or a draw */
    uint16_t flags;
    uint8_t verdict; /* why it is bad; ok while it is not */
} Mark;

typedef struct {
    Mark *young;    /* of the entries from `base` on */
    uint32_t base;  /* entries with a lower index have settled */
    uint32_t count; /* length of `young` */
    GArray *odd;    /* OddMark of settled exceptions, in order of index; NULL while none */
} KetteMarks;

/* Returns the mark of an entry that has settled. */
Mark kette_marks_settled(const KetteMarks *marks, uint32_t index);

/* Returns the mark of an entry of the store to be written, after making room for it. The pointer
 * is valid until the next such call. */
Mark *kette_chain_mark(KetteChain *chain, const KetteEntry *entry);

static inline Mark
kette_marks_get(const KetteMarks *marks, const KetteEntry *entry)
{
    if (entry->index < marks->base)
        return kette_marks_settled(marks, entry->index);
    return entry->index - marks->base < marks->count ? marks->young[entry->index - marks->base]
                                                     : (Mark){0};
}

/* Marks an entry as bad, with its verdict. */
static inline void
mark_bad(Mark *mark, KetteVerdict verdict)
{
    bool by_ancestor = verdict == KETTE_INVALID_ANCESTOR ||
                       (verdict == KETTE_INVALIDATED && (mark->flags & MARK_INVALIDATED) == 0);

    mark->flags |= by_ancestor ? MARK_FAILED_ANCESTOR : MARK_FAILED;
    mark->verdict = (uint8_t)verdict;
}

void kette_marks_clear(KetteMarks *marks);
size_t kette_marks_memory(const KetteMarks *marks);

#endif
