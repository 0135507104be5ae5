/* How the results of a suite are told: lines for people, TAP, JUnit's XML, JSON. */
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
    guint told;    /* so many, in order */
} Report;

void report_begin(Report *report);
/* Tells the tests that are done and have no undone one before them. */
void report_go_on(Report *report);
/* Tells the rest and the totals. */
void report_end(Report *report, bool interrupted);

/* Those of a verdict from `from` to `to`. */
guint report_count(const GArray *tests, TestVerdict from, TestVerdict to);

/* The whole file's text; free with g_free. */
char *report_junit(const GArray *tests);

#endif
