/* Prints the results of a suite: lines for people, TAP, JUnit's XML, JSON. */
#ifndef SIM_CLI_TEST_REPORT_H
#define SIM_CLI_TEST_REPORT_H

#include "sim/cli/suite.h"

#include <stdio.h>

typedef enum { REPORT_TEXT, REPORT_TAP, REPORT_JSON } ReportForm;

typedef struct {
    FILE *out;
    ReportForm form;
    bool colour;
    GArray *tests; /* Test */
    guint told;    /* number of tests printed, in order */
} Report;

void report_begin(Report *report);
/* Prints finished tests up to the first unfinished one. */
void report_go_on(Report *report);
/* Prints the remaining tests and the totals. */
void report_end(Report *report, bool interrupted);

/* Counts the tests with a verdict in `from` … `to`. */
guint report_count(const GArray *tests, TestVerdict from, TestVerdict to);

/* Returns the text of the whole file; free with g_free. */
char *report_junit(const GArray *tests);

#endif
