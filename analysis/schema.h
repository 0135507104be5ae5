/* What each table, view and column of a trace or a results file means: notes (schema_trace.c,
 * schema_results.c), printed beside what the database says of itself. The generated parts of
 * docs/trace-schema.md and docs/sweeps.md are this; tests/analysis compares them. */
#ifndef ANALYSIS_SCHEMA_H
#define ANALYSIS_SCHEMA_H

#include "analysis/database.h"

#include <stdio.h>

/* What has no note is marked "not described". False with an error. */
bool ana_schema_print(AnaDatabase *database, FILE *out, GError **error);

/* The first note that fits no column or table of the database, as "table.column"; NULL: all fit.
 * Free with g_free. */
char *ana_schema_stray_note(AnaDatabase *database);

#endif
