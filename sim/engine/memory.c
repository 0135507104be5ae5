/* Allocates aligned arrays; see memory.h. */
#include "sim/engine/memory.h"

#include <glib.h>
#include <string.h>

void *
sim_memory_resize(void *old, size_t old_count, size_t count, size_t item_size)
{
    void *memory = g_aligned_alloc(count, item_size, SIM_CACHE_LINE);

    if (old_count > 0)
        memcpy(memory, old, old_count * item_size);
    g_aligned_free(old);
    return memory;
}

void
sim_memory_free(void *memory)
{
    g_aligned_free(memory);
}
