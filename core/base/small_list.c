/* Lists that mostly have at most one item; see small_list.h. */
#include "core/base/small_list.h"

#include "core/base/assert.h"

#include <glib.h>
#include <string.h>

static void
double_room(KetteSmallList *list, const void *slot, size_t size)
{
    void *old = list->items;

    list->room *= 2;
    list->items = g_malloc(list->room * size);
    memcpy(list->items, old, list->count * size);
    if (old != slot)
        g_free(old);
}

void *
kette_small_list_add(KetteSmallList *list, void *slot, size_t size)
{
    if (list->room == 0) {
        list->items = slot != NULL ? slot : g_malloc(size);
        list->room = 1;
    }
    if (list->count == list->room)
        double_room(list, slot, size);
    return (char *)list->items + list->count++ * size;
}

void
kette_small_list_remove(KetteSmallList *list, void *slot, uint32_t at, size_t size)
{
    char *item = (char *)list->items + at * size;

    kette_assert(at < list->count);
    list->count--;
    memmove(item, item + size, (list->count - at) * size);
    if (list->count == 0)
        kette_small_list_clear(list, slot);
}

void
kette_small_list_clear(KetteSmallList *list, void *slot)
{
    if (list->items != slot)
        g_free(list->items);
    *list = (KetteSmallList){0};
}

size_t
kette_small_list_memory(const KetteSmallList *list, const void *slot, size_t size)
{
    return list->items != slot ? list->room * size : 0;
}
