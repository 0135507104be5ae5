/* The parts of the data of a report: a key of the page, and the SQL of its rows.
 *
 * ?1 and ?2 are the window of messages. Limits keep the page small; analysis/web/src/limits.js has
 * those that a reader is told of.
 */
#ifndef ANALYSIS_REPORT_PART_H
#define ANALYSIS_REPORT_PART_H

#include <stddef.h>

typedef struct {
    const char *key;
    const char *sql; /* NULL: key is a ready query, left out if the trace does not fit it */
} AnaReportPart;

typedef struct {
    const AnaReportPart *parts;
    size_t count;
    const char *needed; /* the group is left out if the file lacks this table; NULL: never */
} AnaReportGroup;

#define ANA_REPORT_SWEEP_GROUPS 3

extern const AnaReportGroup ana_report_run;
extern const AnaReportGroup ana_report_sweep[ANA_REPORT_SWEEP_GROUPS];

#endif
