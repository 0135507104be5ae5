/* The words of `kettensim policy`, and what its answers have in common. */
#ifndef SIM_CLI_POLICY_WORDS_H
#define SIM_CLI_POLICY_WORDS_H

#include "sim/policy/race.h"
#include "sim/cli/terminal.h"

#include <glib.h>
#include <json-glib/json-glib.h>

#define POLICY_CONFIRMATIONS_SHOWN 12 /* of the table of break-even values */

typedef struct {
    char *alpha_text, *gamma_text, *stale_text, *limit_text, *tie, *confirmations_text, *value_text;
    char *output, *evaluate;
    gboolean double_spend, json, quiet;

    double alpha, stale; /* as given */
    RaceRules race;
    guint32 limit;
    guint32 confirmations; /* 0: not given */
    double value;          /* below 0: not given */
    TerminalProgress progress;
    guint ticks;
} PolicyWords;

/* Returns an exit status, or -1 to go on. */
int policy_words_parse(PolicyWords *words, int argc, char **argv);
void policy_words_clear(PolicyWords *words);

/* Returns an effort that shows progress and ends by Ctrl-C. */
RaceEffort policy_words_effort(PolicyWords *words);
/* Clears the progress line; the second prints why there is no result and returns a status. */
void policy_words_done(PolicyWords *words);
int policy_words_fail(PolicyWords *words, RaceEnd end);

/* The rules of the race, as text to be freed, as a first line, and as members of JSON. */
char *policy_words_text(const PolicyWords *words);
void policy_words_print(const PolicyWords *words);
void policy_words_json(const PolicyWords *words, JsonBuilder *builder);

#endif
