/* Topics of the scenario language: the word tables of the code as Markdown.
 *
 * docs/scenario-language.md contains them between markers; `kettensim help` prints a topic or the
 * rows of one word.
 */
#ifndef SIM_SCENARIO_TOPIC_H
#define SIM_SCENARIO_TOPIC_H

#include "sim/scenario/option.h"

/* Returns the name of a topic: "chain", "actions", "functions", …; NULL past the last. */
const char *scn_topic_name(guint index);

/* Appends the table, or only the rows of `word`. Returns false if it has no such word. */
bool scn_topic_describe(GString *out, guint index, const char *word);

/* Appends everything about a word: its rows in all topics, and the options of a statement. Returns
 * false if it is no word of the language. */
bool scn_topic_explain(GString *out, const char *word);

/* Returns the options of a statement, also of one that has those of another; NULL if none. */
const ScnOptTable *scn_topic_options(const char *statement);

/* Adds the names of topics and all their words, owned by the tables, to look up the nearest word.
 */
void scn_topic_words(GPtrArray *words);

#endif
