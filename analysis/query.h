/* Questions to a database, ready ones and the user's own, and the format of answers.
 *
 * A ready query is a file of analysis/queries/, built into the binary. It begins with comments: the
 * first line is the question; a line "-- for: trace, level full" or "-- for: results" says which
 * databases can answer it.
 */
#ifndef ANALYSIS_QUERY_H
#define ANALYSIS_QUERY_H

#include "analysis/database.h"

#include <stdio.h>

typedef struct {
    const char *name, *sql;
} AnaQuery;

/* Sorted by name; ends with a NULL name. Generated from analysis/queries/. */
extern const AnaQuery ana_queries[];

const AnaQuery *ana_query_find(const char *name); /* or NULL */
/* Returns the question; free with g_free. */
char *ana_query_question(const AnaQuery *query);
AnaKind ana_query_kind(const AnaQuery *query);
/* Returns whether the database contains what the query reads; else sets an error that says what to
 * do. */
bool ana_query_fits(const AnaQuery *query, const AnaDatabase *database, GError **error);

typedef enum { ANA_FORM_TABLE, ANA_FORM_CSV, ANA_FORM_JSON, ANA_FORM_MARKDOWN } AnaForm;

/* Runs one statement and prints its rows: aligned columns (as wide as the first 500 rows need), CSV
 * with a head, one JSON array of objects, or a Markdown table. Returns false with an error; earlier
 * rows are printed. */
bool ana_query_print(AnaDatabase *database, const char *sql, AnaForm form, FILE *out,
                     GError **error);

#endif
