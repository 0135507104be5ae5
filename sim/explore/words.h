/* Words: statements as text, with one thing less. Each function returns a new text for the caller
 * to free, or NULL where there is no such thing. A result need not be a statement: whoever tries it
 * will see.
 */
#ifndef SIM_EXPLORE_WORDS_H
#define SIM_EXPLORE_WORDS_H

#include <glib.h>
#include <stdbool.h>

/* Without member number k of the sets in braces, counted through all of them. A set keeps its last
 * member. */
char *explore_words_without_member(const char *text, guint k);
/* A block without its item number k; its first line and `end` are none. */
char *explore_words_without_item(const char *text, guint k);
/* Without option number k: a word, =, and a value. */
char *explore_words_without_option(const char *text, guint k);
/* With half of the nodes of the first range [1..N], or with one less. */
char *explore_words_with_fewer(const char *text, bool half);
/* `duration T` and `at T …` with half the time, in whole seconds. */
char *explore_words_with_half_time(const char *text);

#endif
