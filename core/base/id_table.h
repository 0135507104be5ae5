/* Things by id, for look-up alone.
 *
 * A thing begins with its KetteHash; the table borrows it. Slots of 16 bytes stand in an array, a
 * power of two of them, of which at most three in four are used:
 *
 *   key    the first 64 bits of the id, whose low bits choose the slot
 *   thing  NULL: the slot is free
 *
 * A thing stands in the first free slot from its own on (linear probing), and removing one moves
 * those behind it up. A look-up reads one cache line as a rule; a GHashTable reads one of hashes,
 * one of keys and one of values. A table of zeros is empty and has no memory on the heap.
 */
#ifndef CORE_BASE_ID_TABLE_H
#define CORE_BASE_ID_TABLE_H

#include "core/base/hash.h"

typedef struct {
    uint64_t key;
    void *thing;
} KetteIdSlot;

typedef struct {
    KetteIdSlot *slots; /* NULL while there were none */
    uint32_t room;      /* how many slots */
    uint32_t count;
} KetteIdTable;

void kette_id_table_clear(KetteIdTable *table);
/* Adds a thing whose id is not in the table. */
void kette_id_table_add(KetteIdTable *table, void *thing);
/* Removes the thing of that id, which is in the table. */
void kette_id_table_remove(KetteIdTable *table, const KetteHash *id);
/* Returns the thing, or NULL. */
void *kette_id_table_find(const KetteIdTable *table, const KetteHash *id);
/* Prefetches the slot where the search for the thing begins. */
void kette_id_table_prefetch(const KetteIdTable *table, const KetteHash *id);
/* Returns the bytes of heap. */
size_t kette_id_table_memory(const KetteIdTable *table);

#endif
