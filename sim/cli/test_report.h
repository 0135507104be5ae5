/* Prints the results of a suite: lines for people, TAP, JUnit's XML, JSON. */
#ifndef SIM_CLI_TEST_REPORT_H
#define SIM_CLI_TEST_REPORT_H

#include "sim/cli/suite.h"

#include <stdio.h>

typedef enum { REPORT_TEXT, REPORT_TAP, REPORT_JSON } ReportForm;

typedef struct {
    FILE *out;
    ReportForm form;
    bool colour, quiet; /* quiet: failures and totals alone */
    GArray *tests;      /* Test */
    guint told;         /* TAP: number of tests printed, in order */
} Report;

void report_begin(Report *report);
/* Prints a test that has ended; TAP waits for those before it. */
void report_tell(Report *report, guint index);
/* Prints what TAP still waits for, the failures again if they have scrolled away, and the totals.
 * `seconds`: how long it all took. */
void report_end(Report *report, bool interrupted, double seconds);

/* Counts the tests with a verdict in `from` … `to`. */
guint report_count(const GArray *tests, TestVerdict from, TestVerdict to);

/* Returns the text of the whole file; free with g_free. */
char *report_junit(const GArray *tests);

#endif
