/* The notes that schema.c prints: one for each table, view and column of a trace or of results. */
#ifndef ANALYSIS_SCHEMA_NOTE_H
#define ANALYSIS_SCHEMA_NOTE_H

#include <stddef.h>

/* No column: a note about the table. Column "*": about all columns without a note of their own,
 * because a scenario names them. Units: ns since the start (or duration), bytes, ppb = 10^-9. */
typedef struct {
    const char *table, *column, *unit, *text;
} AnaNote;

/* Both end with a note whose table is NULL. */
extern const AnaNote ana_trace_notes[];
extern const AnaNote ana_results_notes[];

#endif
