/* Open addressing over ids; see id_table.h. */
#include "core/base/id_table.h"

#include "core/base/assert.h"
#include "core/base/bytes.h"

#define ROOM_START 8u

static inline uint64_t
key_of(const KetteHash *id)
{
    return kette_get_le64(id->b);
}

void
kette_id_table_clear(KetteIdTable *table)
{
    g_free(table->slots);
    *table = (KetteIdTable){0};
}

/* Returns the slot of the thing, or the free one that ends the search. */
static KetteIdSlot *
find_slot(const KetteIdTable *table, const KetteHash *id)
{
    uint64_t key = key_of(id);
    uint32_t at = (uint32_t)key & (table->room - 1);

    while (table->slots[at].thing != NULL &&
           (table->slots[at].key != key || !kette_hash_equal(table->slots[at].thing, id)))
        at = (at + 1) & (table->room - 1);
    return &table->slots[at];
}

void *
kette_id_table_find(const KetteIdTable *table, const KetteHash *id)
{
    return table->count > 0 ? find_slot(table, id)->thing : NULL;
}

void
kette_id_table_prefetch(const KetteIdTable *table, const KetteHash *id)
{
    if (table->room > 0)
        __builtin_prefetch(&table->slots[key_of(id) & (table->room - 1)]);
}

static void
grow(KetteIdTable *table)
{
    KetteIdTable old = *table;

    table->room = MAX(2 * old.room, ROOM_START);
    table->slots = g_new0(KetteIdSlot, table->room);
    for (uint32_t i = 0; i < old.room; i++) {
        if (old.slots[i].thing != NULL)
            *find_slot(table, old.slots[i].thing) = old.slots[i];
    }
    g_free(old.slots);
}

void
kette_id_table_add(KetteIdTable *table, void *thing)
{
    KetteIdSlot *slot;

    if (4 * (table->count + 1) > 3 * table->room)
        grow(table);
    slot = find_slot(table, thing);
    kette_assert(slot->thing == NULL);
    *slot = (KetteIdSlot){key_of(thing), thing};
    table->count++;
}

/* Fills the gap with the first thing behind it that may stand there: one whose own slot is not
 * between the two. The place of that one is the next gap. */
void
kette_id_table_remove(KetteIdTable *table, const KetteHash *id)
{
    uint32_t mask = table->room - 1, gap;
    KetteIdSlot *slot;

    kette_assert(table->count > 0);
    slot = find_slot(table, id);
    kette_assert(slot->thing != NULL);
    gap = (uint32_t)(slot - table->slots);
    for (uint32_t at = (gap + 1) & mask; table->slots[at].thing != NULL; at = (at + 1) & mask) {
        uint32_t own = (uint32_t)table->slots[at].key & mask;

        if (((at - own) & mask) >= ((at - gap) & mask)) {
            table->slots[gap] = table->slots[at];
            gap = at;
        }
    }
    table->slots[gap] = (KetteIdSlot){0};
    table->count--;
}

size_t
kette_id_table_memory(const KetteIdTable *table)
{
    return table->room * sizeof *table->slots;
}
