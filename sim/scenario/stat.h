/* Statistics: what is asked of many runs, in tables and in checks over seeds or over the sweep. */
#ifndef SIM_SCENARIO_STAT_H
#define SIM_SCENARIO_STAT_H

#include "sim/scenario/type.h"

typedef enum {
    SCN_STAT_N,
    SCN_STAT_NULLS,
    SCN_STAT_MEAN,
    SCN_STAT_SD,
    SCN_STAT_SE,
    SCN_STAT_MIN,
    SCN_STAT_MAX,
    SCN_STAT_SHARE,    /* of the runs in which a condition holds */
    SCN_STAT_QUANTILE, /* p1 .. p100 */
    SCN_STAT_NEAR,     /* whether a value lies in the t-interval of the mean */
} ScnStatKind;

typedef struct {
    ScnStatKind kind;
    guint percent; /* of a quantile */
} ScnStat;

/* A row of the table of statistics. */
typedef struct {
    const char *word;
    ScnType takes;     /* SCN_TYPE_BOOL: a condition; SCN_TYPE_ANY: a number or quantity */
    ScnType gives;     /* SCN_TYPE_ANY: what it takes */
    bool is_of_table;  /* may stand behind stat= */
    bool has_interval; /* takes a second value, of the type of the first, and ci= */
    const char *usage;
    const char *text; /* one line of Markdown */
} ScnStatRow;

/* False for a word that is none. */
bool scn_stat_parse(ScnStat *ret_stat, const char *word);
char *scn_stat_name(ScnStat stat); /* "p95"; free with g_free */
const ScnStatRow *scn_stat_row(ScnStatKind kind);
const ScnStatRow *scn_stat_get(guint index); /* NULL when all have been seen */
/* Adds all words, p95 for the quantiles. */
void scn_stat_names(GPtrArray *names);

#endif
