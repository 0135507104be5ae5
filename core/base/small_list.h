/* A list that mostly has at most one item: the first needs no memory from the heap.
 *
 * The owner embeds the list and, beside it, a slot for one item, and passes that slot to each call;
 * NULL is no slot. Items stand side by side at `items`: in the slot while one is room enough, else
 * on the heap. A list of zeros is empty. An owner whose list is in use must not be copied or moved,
 * because `items` may point into it. Items move when others are added or removed.
 */
#ifndef CORE_BASE_SMALL_LIST_H
#define CORE_BASE_SMALL_LIST_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    void *items; /* the slot, or on the heap; NULL while empty */
    uint32_t count;
    uint32_t room;
} KetteSmallList;

/* Appends an item of `size` bytes and returns it, to be filled in. */
void *kette_small_list_add(KetteSmallList *list, void *slot, size_t size);
/* Removes item `at`; the others keep their order. An empty list goes back to its slot. */
void kette_small_list_remove(KetteSmallList *list, void *slot, uint32_t at, size_t size);
/* Removes all items. */
void kette_small_list_clear(KetteSmallList *list, void *slot);
/* Returns the bytes of heap. */
size_t kette_small_list_memory(const KetteSmallList *list, const void *slot, size_t size);

#endif
