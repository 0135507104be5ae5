/* Topics of the scenario language: tables of words in Markdown, made from the tables in the code.
 *
 * docs/scenario-language.md has the tables between marks, and `kettensim help` prints one, or the
 * rows of one word.
 */
#ifndef SIM_SCENARIO_TOPIC_H
#define SIM_SCENARIO_TOPIC_H

#include <glib.h>
#include <stdbool.h>

/* The name of topic `index`: "chain", "actions", "functions", …; NULL when all have been seen. */
const char *scn_topic_name(guint index);

/* Appends the table, or of it the rows of one word. False: it has no such word. */
bool scn_topic_describe(GString *out, guint index, const char *word);

/* Adds the names of topics and all words in them, owned by the tables: for the nearest word. */
void scn_topic_words(GPtrArray *words);

#endif
