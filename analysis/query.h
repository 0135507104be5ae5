/* Questions to a database: those that come ready, and anybody's own; and what answers look like.
 *
 * A ready query is a file of analysis/queries/, built into the binary. It opens with comments: the
 * first line is the question, a line "-- for: trace, level full" or "-- for: results" says what it
 * can be asked of.
 */
#ifndef ANALYSIS_QUERY_H
#define ANALYSIS_QUERY_H

#include "analysis/database.h"

#include <stdio.h>

typedef struct {
    const char *name, *sql;
} AnaQuery;

/* By name; ends with a NULL name. Generated from analysis/queries/. */
extern const AnaQuery ana_queries[];

const AnaQuery *ana_query_find(const char *name); /* or NULL */
/* The question; free with g_free. */
char *ana_query_question(const AnaQuery *query);
AnaKind ana_query_kind(const AnaQuery *query);
/* Whether the database has what the query reads; else an error that says what to do. */
bool ana_query_fits(const AnaQuery *query, const AnaDatabase *database, GError **error);

typedef enum { ANA_FORM_TABLE, ANA_FORM_CSV, ANA_FORM_JSON, ANA_FORM_MARKDOWN } AnaForm;

/* Runs one statement and prints its rows: aligned columns (widths are those of the first 500
 * rows), CSV with a line of names, one JSON array of objects, or a Markdown table. False with an
 * error; rows before it are printed. */
bool ana_query_print(AnaDatabase *database, const char *sql, AnaForm form, FILE *out,
                     GError **error);

#endif
