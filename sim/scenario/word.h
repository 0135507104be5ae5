/* Finds the nearest correct word to a wrong one, for the `help:` lines. */
#ifndef SIM_SCENARIO_WORD_H
#define SIM_SCENARIO_WORD_H

#include <glib.h>

/* Returns the number of edits from a to b: a letter inserted, removed, replaced, or two neighbours
 * swapped (optimal string alignment). Only the first 64 bytes count. */
guint scn_word_distance(const char *a, const char *b);

/* Returns the candidate with the fewest edits, the first of equals; NULL if there is none. A NULL
 * ends the array. */
const char *scn_word_nearest(const char *wrong, const char *const *words);
const char *scn_word_nearest_of(const char *wrong, const GPtrArray *words);

#endif
