/* The tables that a scenario asks for: measures by params, one row for each combination of values.
 */
#ifndef SIM_RUN_RESULTS_TABLE_H
#define SIM_RUN_RESULTS_TABLE_H

#include "sim/run/results.h"

typedef struct {
    char *text;   /* for people */
    char *exact;  /* for files: ns, decimals; "" for null, inf for a quantile on a null */
    bool is_word; /* false: a number */
} SimTableCell;

typedef struct {
    GPtrArray *heads; /* char * */
    GPtrArray *units; /* of the exact values of each column, const char *; "" for a plain number */
    GArray *cells;    /* SimTableCell, row after row */
    guint rows;
} SimTable;

void sim_table_free(SimTable *table);

/* Returns the scenario's tables (SimTable); if it has none, one of every measure by every swept
 * param. */
GPtrArray *sim_results_tables(const SimResults *results);

#endif
