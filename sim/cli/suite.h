/* A suite of scenario files: finds them and holds their results. */
#ifndef SIM_CLI_SUITE_H
#define SIM_CLI_SUITE_H

#include <glib.h>
#include <stdbool.h>

/* Returns the named files, and the .scn files in named folders and their subfolders, sorted by
 * name, each once. Skips folders called `include`, whose files others include. A filter with * or ?
 * is a pattern for the path or the name, any other a part of the path; NULL selects all. NULL with
 * an error if a path does not exist. */
GPtrArray *suite_find(const char *const *paths, const char *filter, GError **error);

typedef enum {
    TEST_UNDONE, /* not run */
    TEST_PASSED,
    TEST_FAILED, /* a check failed, or the golden outcome differs */
    TEST_ERROR,  /* the file is invalid, or the run died */
} TestVerdict;

typedef enum {
    GOLDEN_NONE, /* no golden outcome, or one for another seed */
    GOLDEN_SAME,
    GOLDEN_DIFFERS,
    GOLDEN_WRITTEN, /* by --bless */
} TestGolden;

typedef struct {
    char *path;
    bool seed_given;
    guint64 seed;              /* of the run; 0 if there was none */
    bool named;                /* on the command line: --bless creates its golden outcome */
    guint timeout_s;           /* 0: none */
    bool model;                /* compare nodes with the reference model */
    const char *const *params; /* of -P, NULL at the end; NULL: none. Borrowed */
    TestVerdict verdict;
    TestGolden golden;
    char *failure; /* lines for people; "" if passed */
    char *notice;  /* changes made by --bless, or "" */
    char *title, *status, *digest, *outcome;
    guint checks;
    guint64 events;
    gint64 end_ns;
    double seconds;
    bool is_disk_full; /* no room to write the outcome */
} Test;

void test_clear(gpointer test);

/* Returns "scenarios/a.scn" or "scenarios/a.scn seed 7"; free with g_free. */
char *test_name(const Test *test);

/* Returns the lines that differ, of `was` with "- " and of `is` with "+ ", at most a dozen of each.
 */
char *suite_difference(const char *was, const char *is);

#endif
