/* Topics of the scenario language: the word tables of the code as Markdown.
 *
 * docs/scenario-language.md contains them between markers; `kettensim help` prints a topic or the
 * rows of one word.
 */
#ifndef SIM_SCENARIO_TOPIC_H
#define SIM_SCENARIO_TOPIC_H

#include <glib.h>
#include <stdbool.h>

/* Returns the name of a topic: "chain", "actions", "functions", …; NULL past the last. */
const char *scn_topic_name(guint index);

/* Appends the table, or only the rows of `word`. Returns false if it has no such word. */
bool scn_topic_describe(GString *out, guint index, const char *word);

/* Adds the names of topics and all their words, owned by the tables, to look up the nearest word.
 */
void scn_topic_words(GPtrArray *words);

#endif
