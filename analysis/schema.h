/* Describes the tables, views and columns of a trace or a results file: prints notes
 * (schema_trace.c, schema_results.c) beside the schema in the database. This makes the generated
 * parts of docs/trace-schema.md and docs/sweeps.md; tests/analysis compares them. */
#ifndef ANALYSIS_SCHEMA_H
#define ANALYSIS_SCHEMA_H

#include "analysis/database.h"

#include <stdio.h>

/* Marks what has no note as "not described". Returns false with an error. */
bool ana_schema_print(AnaDatabase *database, FILE *out, GError **error);

/* Returns the first note without a column or table in the database, as "table.column"; NULL if
 * there is none. Free with g_free. */
char *ana_schema_stray_note(AnaDatabase *database);

#endif
