/* Random draws made before there is an engine: regions, and sets drawn once.
 *
 * A draw depends only on seed, purpose and name, so an additional node or line changes no other
 * draw. The generator is SplitMix64 (Steele, Lea & Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014), started at an FNV-1a hash of the key.
 */
#ifndef SIM_SCENARIO_DRAW_H
#define SIM_SCENARIO_DRAW_H

#include <glib.h>

/* Returns the n-th 64 random bits of the key (seed, purpose, name). */
guint64 scn_draw(guint64 seed, const char *purpose, const char *name, guint64 n);

/* Moves `count` members of a guint32 array, drawn without repetition, to its front. */
void scn_draw_some(GArray *values, guint count, guint64 seed, const char *purpose,
                   const char *name);

#endif
