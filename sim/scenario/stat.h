/* Statistics over many runs, in tables and in checks over seeds or the sweep. */
#ifndef SIM_SCENARIO_STAT_H
#define SIM_SCENARIO_STAT_H

#include "sim/scenario/type.h"

typedef enum {
    SCN_STAT_N,
    SCN_STAT_NULLS,
    SCN_STAT_MEAN,
    SCN_STAT_SD,
    SCN_STAT_SE,
    SCN_STAT_CI,
    SCN_STAT_MIN,
    SCN_STAT_MAX,
    SCN_STAT_SHARE,    /* fraction of the runs in which a condition holds */
    SCN_STAT_QUANTILE, /* p1 .. p100 */
    SCN_STAT_NEAR,     /* whether a value lies in the t-interval of the mean */
} ScnStatKind;

typedef struct {
    ScnStatKind kind;
    guint percent; /* for SCN_STAT_QUANTILE */
} ScnStat;

/* A row of the table of statistics. */
typedef struct {
    const char *word;
    ScnType takes;     /* input. SCN_TYPE_BOOL: a condition; SCN_TYPE_ANY: a number or quantity */
    ScnType gives;     /* result. SCN_TYPE_ANY: the type of the input */
    bool is_of_table;  /* allowed in stat= */
    bool has_interval; /* takes a second value, of the first one's type, and ci= */
    const char *usage;
    const char *text; /* one line of Markdown */
} ScnStatRow;

/* Returns false if the word is not a statistic. */
bool scn_stat_parse(ScnStat *ret_stat, const char *word);
char *scn_stat_name(ScnStat stat); /* "p95"; free with g_free */
const ScnStatRow *scn_stat_row(ScnStatKind kind);
const ScnStatRow *scn_stat_get(guint index); /* NULL when index is past the last row */
/* Adds all words, with p95 for the quantiles. */
void scn_stat_names(GPtrArray *names);

#endif
