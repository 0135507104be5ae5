/* The table of functions, in the order of the language's own table. */
#include "sim/scenario/function.h"

#include <string.h>

#define EACH SCN_SHAPE_EACH
#define WHOLE SCN_SHAPE_WHOLE
#define PLAIN(word, id, shape, type)                                                               \
    {                                                                                              \
        word, id, shape, type, SCN_TYPE_ANY, NULL, SCN_TYPE_ANY                                    \
    }
#define PAIR(word, id, type, second)                                                               \
    {                                                                                              \
        word, id, EACH, type, second, NULL, SCN_TYPE_ANY                                           \
    }

static const ScnFunction functions[] = {
    PLAIN("tip", SCN_FN_TIP, EACH, SCN_TYPE_BLOCK),
    PLAIN("height", SCN_FN_HEIGHT, EACH, SCN_TYPE_NUMBER),
    PLAIN("work", SCN_FN_WORK, EACH, SCN_TYPE_WORK),
    PLAIN("bits", SCN_FN_BITS, EACH, SCN_TYPE_NUMBER),
    PLAIN("difficulty", SCN_FN_DIFFICULTY, EACH, SCN_TYPE_NUMBER),
    PAIR("status", SCN_FN_STATUS, SCN_TYPE_STATUS, SCN_TYPE_BLOCK),
    PAIR("arrived", SCN_FN_ARRIVED, SCN_TYPE_TIME, SCN_TYPE_BLOCK),
    PAIR("in_mempool", SCN_FN_IN_MEMPOOL, SCN_TYPE_BOOL, SCN_TYPE_TX),
    PAIR("confirmations", SCN_FN_CONFIRMATIONS, SCN_TYPE_NUMBER, SCN_TYPE_TX),
    PAIR("final", SCN_FN_FINAL, SCN_TYPE_BOOL, SCN_TYPE_TX),
    PAIR("balance", SCN_FN_BALANCE, SCN_TYPE_NUMBER, SCN_TYPE_WALLET),
    PAIR("nonce", SCN_FN_NONCE, SCN_TYPE_NUMBER, SCN_TYPE_WALLET),
    PLAIN("state_root", SCN_FN_STATE_ROOT, EACH, SCN_TYPE_HASH),
    PLAIN("supply_ok", SCN_FN_SUPPLY_OK, EACH, SCN_TYPE_BOOL),
    PLAIN("peers", SCN_FN_PEERS, EACH, SCN_TYPE_NUMBER),
    PLAIN("connected", SCN_FN_CONNECTED, EACH, SCN_TYPE_NUMBER),
    PLAIN("orphans", SCN_FN_ORPHANS, EACH, SCN_TYPE_NUMBER),
    PLAIN("chain_quality", SCN_FN_CHAIN_QUALITY, EACH, SCN_TYPE_NUMBER),
    PLAIN("chain_growth", SCN_FN_CHAIN_GROWTH, EACH, SCN_TYPE_NUMBER),
    PLAIN("reorgs", SCN_FN_REORGS, SCN_SHAPE_SUM, SCN_TYPE_NUMBER),
    PLAIN("mined", SCN_FN_MINED, SCN_SHAPE_SUM, SCN_TYPE_NUMBER),
    PLAIN("stale", SCN_FN_STALE, SCN_SHAPE_SUM, SCN_TYPE_NUMBER),
    PLAIN("revenue", SCN_FN_REVENUE, SCN_SHAPE_SUM, SCN_TYPE_NUMBER),
    {"messages", SCN_FN_MESSAGES, SCN_SHAPE_ALONE, SCN_TYPE_NUMBER, SCN_TYPE_KIND, NULL,
     SCN_TYPE_ANY},
    PLAIN("bytes", SCN_FN_BYTES, SCN_SHAPE_SUM, SCN_TYPE_SIZE),
    {"refused", SCN_FN_REFUSED, SCN_SHAPE_SUM, SCN_TYPE_NUMBER, SCN_TYPE_VERDICT, NULL,
     SCN_TYPE_ANY},
    PLAIN("max_reorg", SCN_FN_MAX_REORG, SCN_SHAPE_MAX, SCN_TYPE_NUMBER),
    PLAIN("best_tip", SCN_FN_BEST_TIP, WHOLE, SCN_TYPE_BLOCK),
    {"same_tip", SCN_FN_SAME_TIP, WHOLE, SCN_TYPE_BOOL, SCN_TYPE_ANY, "ignore-last",
     SCN_TYPE_NUMBER},
    {"common_prefix", SCN_FN_COMMON_PREFIX, WHOLE, SCN_TYPE_BOOL, SCN_TYPE_NUMBER, NULL,
     SCN_TYPE_ANY},
    {"time_to_agree", SCN_FN_TIME_TO_AGREE, WHOLE, SCN_TYPE_TIME, SCN_TYPE_ANY, "since",
     SCN_TYPE_TIME},
    {"propagation", SCN_FN_PROPAGATION, SCN_SHAPE_ALONE, SCN_TYPE_TIME, SCN_TYPE_SHARE, NULL,
     SCN_TYPE_ANY},
    {"wire_size", SCN_FN_WIRE_SIZE, SCN_SHAPE_ALONE, SCN_TYPE_NUMBER, SCN_TYPE_BLOCK, NULL,
     SCN_TYPE_ANY},
    PLAIN("any", SCN_FN_ANY, SCN_SHAPE_REDUCE, SCN_TYPE_BOOL),
    PLAIN("min", SCN_FN_MIN, SCN_SHAPE_REDUCE, SCN_TYPE_ANY),
    PLAIN("max", SCN_FN_MAX, SCN_SHAPE_REDUCE, SCN_TYPE_ANY),
    PLAIN("sum", SCN_FN_SUM, SCN_SHAPE_REDUCE, SCN_TYPE_ANY),
    PLAIN("count", SCN_FN_COUNT, SCN_SHAPE_REDUCE, SCN_TYPE_NUMBER),
    PLAIN("role", SCN_FN_NONE, SCN_SHAPE_SET, SCN_TYPE_NODES),
    PLAIN("region", SCN_FN_NONE, SCN_SHAPE_SET, SCN_TYPE_NODES),
    PLAIN("random", SCN_FN_NONE, SCN_SHAPE_SET, SCN_TYPE_NODES),
};

const ScnFunction *
scn_function_find(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(functions); i++) {
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    }
    return NULL;
}

void
scn_function_names(GPtrArray *names)
{
    for (guint i = 0; i < G_N_ELEMENTS(functions); i++)
        g_ptr_array_add(names, (gpointer)functions[i].name);
}

/* ---- statistics ---- */

static const char *const stat_words[] = {"n",   "nulls", "mean",  "sd", "se",
                                         "min", "max",   "share", "p",  "near"};

bool
scn_stat_parse(ScnStat *ret_stat, const char *word)
{
    char *end = NULL;
    guint64 percent = 0;

    for (guint i = 0; i < G_N_ELEMENTS(stat_words); i++) {
        if (i != SCN_STAT_QUANTILE && strcmp(stat_words[i], word) == 0) {
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
    return g_strdup(stat_words[stat.kind]);
}

void
scn_stat_names(GPtrArray *names)
{
    for (guint i = 0; i < G_N_ELEMENTS(stat_words); i++)
        g_ptr_array_add(names, (gpointer)(i == SCN_STAT_QUANTILE ? "p95" : stat_words[i]));
}

const char *
scn_type_name(ScnType type)
{
    static const char *const names[] = {
        "a value",   "a condition",    "a number",    "a time",
        "a size",    "a rate",         "a frequency", "a work",
        "a block",   "a status",       "a hash",      "a set of nodes",
        "a wallet",  "a transaction",  "a text",      "a kind of message",
        "a verdict", "a share as p50",
    };
    return names[type];
}
