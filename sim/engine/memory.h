/* Arrays with random access, aligned to cache lines. */
#ifndef SIM_ENGINE_MEMORY_H
#define SIM_ENGINE_MEMORY_H

#include <stddef.h>

#define SIM_CACHE_LINE 64

/* Returns an array of `count` items that begins with the `old_count` items of `old`; frees `old`.
 * The other items are not initialised. */
void *sim_memory_resize(void *old, size_t old_count, size_t count, size_t item_size);

/* NULL is allowed. */
void sim_memory_free(void *memory);

#endif
