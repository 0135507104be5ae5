/* The table of statistics. */
#include "sim/scenario/stat.h"

#include <string.h>

/* Indexed by kind. */
static const ScnStatRow rows[] = {
    [SCN_STAT_N] = {"n", SCN_TYPE_ANY, SCN_TYPE_NUMBER, true, false, "n(E)", "how many runs"},
    [SCN_STAT_NULLS] = {"nulls", SCN_TYPE_ANY, SCN_TYPE_NUMBER, true, false, "nulls(E)",
                        "how many runs have no value"},
    [SCN_STAT_MEAN] = {"mean", SCN_TYPE_ANY, SCN_TYPE_ANY, true, false, "mean(E)",
                       "the mean of the values"},
    [SCN_STAT_SD] = {"sd", SCN_TYPE_ANY, SCN_TYPE_ANY, true, false, "sd(E)",
                     "the standard deviation of the values"},
    [SCN_STAT_SE] = {"se", SCN_TYPE_ANY, SCN_TYPE_ANY, true, false, "se(E)",
                     "the standard error of the mean"},
    [SCN_STAT_CI] = {"ci", SCN_TYPE_ANY, SCN_TYPE_ANY, true, false, "ci(E)",
                     "half the width of the 95 % t-interval of the mean, over means by seed"},
    [SCN_STAT_MIN] = {"min", SCN_TYPE_ANY, SCN_TYPE_ANY, true, false, "min(E)", "the least value"},
    [SCN_STAT_MAX] = {"max", SCN_TYPE_ANY, SCN_TYPE_ANY, true, false, "max(E)",
                      "the greatest value"},
    [SCN_STAT_SHARE] = {"share", SCN_TYPE_BOOL, SCN_TYPE_NUMBER, false, false, "share(P)",
                        "the share of runs in which a condition holds"},
    [SCN_STAT_QUANTILE] = {"p95", SCN_TYPE_ANY, SCN_TYPE_ANY, true, false, "p95(E)",
                           "a quantile, p1 to p100; a null counts as above every value"},
    [SCN_STAT_NEAR] = {"near", SCN_TYPE_ANY, SCN_TYPE_BOOL, false, true, "near(E, V, ci=99%)",
                       "whether V lies in the t-interval of the mean at confidence `ci`"},
};

const ScnStatRow *
scn_stat_row(ScnStatKind kind)
{
    return &rows[kind];
}

const ScnStatRow *
scn_stat_get(guint index)
{
    return index < G_N_ELEMENTS(rows) ? &rows[index] : NULL;
}

bool
scn_stat_parse(ScnStat *ret_stat, const char *word)
{
    char *end = NULL;
    guint64 percent = 0;

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (i != SCN_STAT_QUANTILE && strcmp(rows[i].word, word) == 0) {
            *ret_stat = (ScnStat){(ScnStatKind)i, 0};
            return true;
        }
    }
    if (word[0] == 'p' && g_ascii_isdigit(word[1]))
        percent = g_ascii_strtoull(word + 1, &end, 10);
    if (!end || *end || percent < 1 || percent > 100)
        return false;
    *ret_stat = (ScnStat){SCN_STAT_QUANTILE, (guint)percent};
    return true;
}

char *
scn_stat_name(ScnStat stat)
{
    if (stat.kind == SCN_STAT_QUANTILE)
        return g_strdup_printf("p%u", stat.percent);
    return g_strdup(rows[stat.kind].word);
}

void
scn_stat_names(GPtrArray *names)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        g_ptr_array_add(names, (gpointer)rows[i].word);
}
