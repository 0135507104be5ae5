/* What the scenario tests share: a text parsed, and its messages as one string. */
#ifndef TESTS_SCENARIO_H
#define TESTS_SCENARIO_H

#include "sim/scenario/model.h"

/* The model, or NULL; ret_errors (may be NULL) gets the messages, to be freed. */
ScnScenario *scn_test_parse(const char *text, const char *const *overrides, char **ret_errors);

/* The messages of `header` + text, where header is scn 1 and ten nodes for an hour. */
char *scn_test_errors(const char *text);

/* The model of `header` + text, which must have no error; else the test ends. */
ScnScenario *scn_test_model(const char *text);

/* Fails the test unless `part` stands in the messages, or in those of `header` + text. */
void scn_test_check_message(const char *errors, const char *part);
void scn_test_check_bad(const char *text, const char *part);

/* The bit of an option in ScnLink.set. */
guint32 scn_test_link_bit(const char *word);

#define SCN_TEST_HEADER                                                                            \
    "scn 1 \"t\"\n"                                                                                \
    "nodes a[1..5]\n"                                                                              \
    "nodes b[1..5]\n"                                                                              \
    "wallet w funds=10\n"                                                                          \
    "tx pay from=w to=w amount=1\n"                                                                \
    "duration 1h\n"

#endif
