/* Arrays that events meet at random: aligned to cache lines. */
#ifndef SIM_ENGINE_MEMORY_H
#define SIM_ENGINE_MEMORY_H

#include <stddef.h>

#define SIM_CACHE_LINE 64

/* Room for `count` items, of which the first `old_count` are those of `old`, which is freed; the
 * others are not set. */
void *sim_memory_resize(void *old, size_t old_count, size_t count, size_t item_size);

/* NULL is fine. */
void sim_memory_free(void *memory);

#endif
