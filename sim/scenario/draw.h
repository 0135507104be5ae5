/* Draws of a scenario's own, before there is an engine: regions, and sets drawn once.
 *
 * Keyed by seed, purpose and name, so that a node or a line more shifts no other draw. SplitMix64
 * (Steele, Lea & Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014) started at
 * an FNV-1a hash of the key.
 */
#ifndef SIM_SCENARIO_DRAW_H
#define SIM_SCENARIO_DRAW_H

#include <glib.h>

/* The n-th 64 even random bits of that key. */
guint64 scn_draw(guint64 seed, const char *purpose, const char *name, guint64 n);

/* Moves `count` members of a guint32 array, drawn without repetition, to its front. */
void scn_draw_some(GArray *values, guint count, guint64 seed, const char *purpose,
                   const char *name);

#endif
