/* Scenario files as a suite: which there are, and what came of each. */
#ifndef SIM_CLI_SUITE_H
#define SIM_CLI_SUITE_H

#include <glib.h>
#include <stdbool.h>

/* Files as named, and .scn files of folders and theirs, in order of name; folders called `include`
 * hold what others include and are passed over. Only those that match the filter: a pattern with
 * * or ? for the path or the name, else a part of the path; NULL: all. Each once. NULL with an
 * error when a path does not exist. */
GPtrArray *suite_find(const char *const *paths, const char *filter, GError **error);

typedef enum {
    TEST_UNDONE, /* never came to be run */
    TEST_PASSED,
    TEST_FAILED, /* a check, or the golden outcome */
    TEST_ERROR,  /* the file is broken, or the run died */
} TestVerdict;

typedef enum {
    GOLDEN_NONE, /* there is none, or it is of another seed */
    GOLDEN_SAME,
    GOLDEN_DIFFERS,
    GOLDEN_WRITTEN, /* by --bless */
} TestGolden;

typedef struct {
    char *path;
    bool seed_given;
    guint64 seed;    /* of the run; 0 where none came to be */
    bool named;      /* on the command line: --bless makes its golden outcome */
    guint timeout_s; /* 0: none */
    TestVerdict verdict;
    TestGolden golden;
    char *failure; /* lines for people; "" when passed */
    char *notice;  /* what --bless moved, or "" */
    char *title, *status, *digest, *outcome;
    guint checks;
    guint64 events;
    gint64 end_ns;
    double seconds;
    bool is_disk_full; /* the outcome could not be written for want of room */
} Test;

void test_clear(gpointer test);

/* "scenarios/a.scn", "scenarios/a.scn seed 7"; free with g_free. */
char *test_name(const Test *test);

/* Lines of `was` with "- " and of `is` with "+ " where they differ, a dozen of each at most. */
char *suite_difference(const char *was, const char *is);

#endif
