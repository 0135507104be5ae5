/* The tables of mistakes; see remedy.h. */
#include "sim/scenario/remedy.h"

#include "sim/scenario/word.h"

#include <string.h>

#define LISTED 8 /* a set of words as small as this is listed if none is near */

/* ---- words ---- */

typedef struct {
    const char *what; /* NULL: wherever `right` is a known word */
    const char *wrong;
    const char *right; /* NULL: the help says it all */
    const char *help;
} Row;

/* A row whose `right` is not among the known words of the place does not apply. */
static const Row rows[] = {
    /* units */
    {"unit", "min", "m", NULL},
    {"unit", "mins", "m", NULL},
    {"unit", "minute", "m", NULL},
    {"unit", "minutes", "m", NULL},
    {"unit", "sec", "s", NULL},
    {"unit", "secs", "s", NULL},
    {"unit", "second", "s", NULL},
    {"unit", "seconds", "s", NULL},
    {"unit", "msec", "ms", NULL},
    {"unit", "millis", "ms", NULL},
    {"unit", "usec", "us", NULL},
    {"unit", "hr", "h", NULL},
    {"unit", "hrs", "h", NULL},
    {"unit", "hour", "h", NULL},
    {"unit", "hours", "h", NULL},
    {"unit", "day", "d", NULL},
    {"unit", "days", "d", NULL},
    {"unit", "w", NULL, "the longest unit is d: a week is 7d"},
    {"unit", "week", NULL, "the longest unit is d: a week is 7d"},
    {"unit", "weeks", NULL, "the longest unit is d: a week is 7d"},
    {"unit", "b", "B", NULL},
    {"unit", "byte", "B", NULL},
    {"unit", "bytes", "B", NULL},
    {"unit", "k", NULL, "kB is for bytes, kbps for bits a second; write out a plain number"},
    {"unit", "M", NULL, "m is for minutes, MB for bytes, Mbps for bits a second"},
    {"unit", "G", NULL, "GB is for bytes, Gbps for bits a second"},
    {"unit", "bit", "bps", NULL},
    {"unit", "bits", "bps", NULL},
    {"unit", "kbit", "kbps", NULL},
    {"unit", "Mb", "Mbps", NULL},
    {"unit", "Mbit", "Mbps", NULL},
    {"unit", "Gb", "Gbps", NULL},
    {"unit", "Gbit", "Gbps", NULL},
    {"unit", "bit/s", "bps", NULL},
    {"unit", "kbit/s", "kbps", NULL},
    {"unit", "kb/s", "kbps", NULL},
    {"unit", "Mbit/s", "Mbps", NULL},
    {"unit", "Mb/s", "Mbps", NULL},
    {"unit", "Gbit/s", "Gbps", NULL},
    {"unit", "Gb/s", "Gbps", NULL},
    {"unit", "Hz", NULL, "a frequency is written /s, /m or /h, as in 2/s"},
    {"unit", "tps", NULL, "a frequency is written /s, /m or /h, as in 2/s"},
    {"unit", "pct", "%", NULL},
    {"unit", "percent", "%", NULL},
    /* what many runs give */
    {"statistic", "median", NULL, "write p50"},
    {"statistic", "q50", NULL, "write p50"},
    {"statistic", "avg", "mean", NULL},
    {"statistic", "average", "mean", NULL},
    {"statistic", "std", "sd", NULL},
    {"statistic", "stdev", "sd", NULL},
    {"statistic", "stddev", "sd", NULL},
    {"statistic", "var", "sd", NULL},
    {"statistic", "variance", "sd", NULL},
    {"statistic", "sem", "se", NULL},
    {"statistic", "stderr", "se", NULL},
    {"statistic", "count", "n", NULL},
    {"statistic", "ci95", "ci", NULL},
    {"statistic", "sum", NULL, "write mean and n: the sum is their product"},
    /* distributions */
    {"distribution", "gauss", "normal", NULL},
    {"distribution", "gaussian", "normal", NULL},
    {"distribution", "norm", "normal", NULL},
    {"distribution", "logn", "lognormal", NULL},
    {"distribution", "exp", "exponential", NULL},
    {"distribution", "expo", "exponential", NULL},
    {"distribution", "poisson", "exponential", NULL},
    {"distribution", "unif", "uniform", NULL},
    {"distribution", "rand", "uniform", NULL},
    {"distribution", "trace", "empirical", NULL},
    {"distribution", "csv", "empirical", NULL},
    {"distribution", "constant", NULL, "write the value alone, without a name before it"},
    {"distribution", "fixed", NULL, "write the value alone, without a name before it"},
    /* statements */
    {"statement", "assert", NULL, "write finally P, or always P, or at T expect P"},
    {"statement", "check", NULL, "write finally P, or always P, or at T expect P"},
    {"statement", "var", "let", NULL},
    {"statement", "const", "let", NULL},
    {"statement", "set", "let", NULL},
    {"statement", "import", "include", NULL},
    {"statement", "connect", "edge", NULL},
    {"statement", "peer", "edge", NULL},
    {"statement", "network", "topology", NULL},
    {"statement", "graph", "topology", NULL},
    {"statement", "miner", "nodes", NULL},
    {"statement", "miners", "nodes", NULL},
    {"statement", "transaction", "tx", NULL},
    {"statement", "account", "wallet", NULL},
    {"statement", "metric", "measure", NULL},
    {"statement", "time", "duration", NULL},
    {"statement", "runtime", "duration", NULL},
    {"statement", "after", "at", NULL},
    {"statement", "title", NULL, "the title stands in the first line: scn 1 \"title\""},
    {"statement", "repeat", "every", NULL},
    {"statement", "loop", "every", NULL},
    {"statement", "if", NULL, "write when P …, or a check with if P at its end"},
    {"statement", "for", NULL,
     "write sweep NAME = … for other values, or every T … for other times"},
    /* actions */
    {"action", "split", "partition", NULL},
    {"action", "unpartition", "heal", NULL},
    {"action", "disconnect", "cut", NULL},
    {"action", "connect", "join-edge", NULL},
    {"action", "kill", "crash", NULL},
    {"action", "stop", "crash", NULL},
    {"action", "start", "restart", NULL},
    {"action", "send", "submit", NULL},
    {"action", "broadcast", "submit", NULL},
    {"action", "generate", "mine", NULL},
    {"action", "latency", "delay", NULL},
    {"action", "drop", "loss", NULL},
    {"action", "assert", "expect", NULL},
    {"action", "check", "expect", NULL},
    {"action", "set", "mark", NULL},
    {"action", "let", "mark", NULL},
    /* functions */
    {"function", "synced", "same_tip", NULL},
    {"function", "agree", "same_tip", NULL},
    {"function", "converged", "same_tip", NULL},
    {"function", "len", "count", NULL},
    {"function", "average", NULL, "over nodes write sum(E) / count(P), over runs mean(E)"},
    {"function", "avg", NULL, "over nodes write sum(E) / count(P), over runs mean(E)"},
    {"function", "median", NULL, "over nodes write quantile(E, p50), over runs p50(E)"},
    {"function", "time", "now", NULL},
    {"function", "blocks", "mined", NULL},
    {"function", "forks", "stale", NULL},
    {"function", "hash", "tip", NULL},
    {"function", "every", NULL, "a check of a list holds if it is true for every node"},
    /* options and their words */
    {"option", "delay", "latency", NULL},
    {"option", "ping", "latency", NULL},
    {"option", "bandwidth", "rate", NULL},
    {"option", "bw", "rate", NULL},
    {"option", "speed", "rate", NULL},
    {"option", "drop", "loss", NULL},
    {"option", "dup", "duplicate", NULL},
    {"option", "hashrate", "share", NULL},
    {"option", "hash", "share", NULL},
    {"option", "power", "share", NULL},
    {"option", "upload", "uplink", NULL},
    {"option", "download", "downlink", NULL},
    {"option", "interval", "spacing", NULL},
    {"option", "block-time", "spacing", NULL},
    {"option", "blocktime", "spacing", NULL},
    {"option", "difficulty", "bits", NULL},
    {"option", "degree", "k", NULL},
    {"option", "peers", "k", NULL},
    {"option", "value", "amount", NULL},
    {"option", "sender", "from", NULL},
    {"option", "src", "from", NULL},
    {"option", "receiver", "to", NULL},
    {"option", "dst", "to", NULL},
    {"option", "balance", "funds", NULL},
    {"option", "height", "at-height", NULL},
    {"topology", "full", "mesh", NULL},
    {"topology", "complete", "mesh", NULL},
    {"topology", "clique", "mesh", NULL},
    {"topology", "chain", "line", NULL},
    {"topology", "erdos-renyi", "random", NULL},
    {"topology", "barabasi-albert", "scalefree", NULL},
    {"topology", "watts-strogatz", "smallworld", NULL},
    {NULL, "udp", "datagram", NULL},
    {NULL, "tcp", "stream", NULL},
    {NULL, "gossip", "flood", NULL},
    {NULL, "inv", "inventory", NULL},
    {NULL, "bitcoin", "epoch", NULL},
    {NULL, "heaviest", "most-work", NULL},
    {NULL, "light", "full", NULL},
    {NULL, "true", "on", NULL},
    {NULL, "true", "yes", NULL},
    {NULL, "yes", "on", NULL},
    {NULL, "on", "yes", NULL},
    {NULL, "false", "off", NULL},
    {NULL, "false", "no", NULL},
    {NULL, "no", "off", NULL},
    {NULL, "off", "no", NULL},
    {NULL, "none", "off", NULL},
    {NULL, "off", "none", NULL},
    /* words of conditions */
    {"operator", "AND", "and", NULL},
    {"operator", "OR", "or", NULL},
    {"operator", "NOT", "not", NULL},
    {"operator", "xor", NULL, "write != between two conditions in parentheses"},
    {"operator", "is", NULL, "write =="},
    {"operator", "equals", NULL, "write =="},
    {"operator", "mod", NULL, "write % with a blank on each side"},
};

typedef int (*Compare)(const char *a, const char *b);

static const char *
find_word(const GPtrArray *words, const char *word, Compare compare)
{
    for (guint i = 0; i < words->len; i++) {
        if (compare(words->pdata[i], word) == 0)
            return words->pdata[i];
    }
    return NULL;
}

static const Row *
find_row(const char *what, const char *wrong, const GPtrArray *words, Compare compare)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Row *row = &rows[i];
        bool here = !row->what || strcmp(row->what, what) == 0;

        if (here && compare(row->wrong, wrong) == 0 &&
            (!row->right || find_word(words, row->right, strcmp)))
            return row;
    }
    return NULL;
}

/* Returns the nearest word if it shares at least one letter with `wrong`. */
static const char *
find_near(const char *wrong, const GPtrArray *words)
{
    const char *near = scn_word_nearest_of(wrong, words);

    if (!near || scn_word_distance(wrong, near) >= MAX(strlen(wrong), strlen(near)))
        return NULL;
    return near;
}

const char *
scn_remedy_find(const char *what, const char *wrong, const GPtrArray *words, const char **ret_help)
{
    const Row *row = find_row(what, wrong, words, strcmp);
    const char *same = find_word(words, wrong, g_ascii_strcasecmp);

    if (!row && !same)
        row = find_row(what, wrong, words, g_ascii_strcasecmp);
    *ret_help = row ? row->help : NULL;
    if (row)
        return row->right;
    return same ? same : find_near(wrong, words);
}

bool
scn_remedy_has(const char *what, const char *wrong)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].what && strcmp(rows[i].what, what) == 0 &&
            g_ascii_strcasecmp(rows[i].wrong, wrong) == 0)
            return true;
    }
    return false;
}

char *
scn_remedy_text(const char *what, const char *wrong, const GPtrArray *words)
{
    const char *help = NULL, *right = scn_remedy_find(what, wrong, words, &help);
    GString *list;

    if (help)
        return g_strdup(help);
    if (right)
        return g_strdup_printf("write %s", right);
    if (words->len == 0 || words->len > LISTED)
        return NULL;
    list = g_string_new("write ");
    for (guint i = 0; i < words->len; i++)
        g_string_append_printf(list, "%s%s",
                               i == 0                ? ""
                               : i + 1 == words->len ? " or "
                                                     : ", ",
                               (const char *)words->pdata[i]);
    return g_string_free(list, FALSE);
}

char *
scn_remedy_text_of(const char *what, const char *wrong, const char *const *words)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();

    for (; *words; words++)
        g_ptr_array_add(list, (gpointer)*words);
    return scn_remedy_text(what, wrong, list);
}

/* ---- marks ---- */

#define OTHER_QUOTES "write \" around a text"
#define OTHER_COMMENT "a comment begins with # and ends with the line"

static const ScnRemedyMark marks[] = {
    {"&&", SCN_REMEDY_WORD, "and", NULL},
    {"&", SCN_REMEDY_WORD, "and", NULL},
    {"||", SCN_REMEDY_WORD, "or", NULL},
    {"!", SCN_REMEDY_WORD, "not", NULL},
    {"===", SCN_REMEDY_MARK, "==", NULL},
    {"!==", SCN_REMEDY_MARK, "!=", NULL},
    {"<>", SCN_REMEDY_MARK, "!=", NULL},
    {"=<", SCN_REMEDY_MARK, "<=", NULL},
    {"=>", SCN_REMEDY_MARK, ">=", NULL},
    {":=", SCN_REMEDY_MARK, "=", NULL},
    {"**", SCN_REMEDY_MARK, "^", NULL},
    {"...", SCN_REMEDY_MARK, "..", NULL},
    {"…", SCN_REMEDY_MARK, "..", NULL},
    {"≤", SCN_REMEDY_MARK, "<=", NULL},
    {"≥", SCN_REMEDY_MARK, ">=", NULL},
    {"≠", SCN_REMEDY_MARK, "!=", NULL},
    {"×", SCN_REMEDY_MARK, "*", NULL},
    {"÷", SCN_REMEDY_MARK, "/", NULL},
    {"–", SCN_REMEDY_MARK, "-", NULL},
    {"—", SCN_REMEDY_MARK, "-", NULL},
    {"−", SCN_REMEDY_MARK, "-", NULL},
    {"→", SCN_REMEDY_MARK, "->", NULL},
    {"µs", SCN_REMEDY_BAD, NULL, "write us for microseconds"},
    {"μs", SCN_REMEDY_BAD, NULL, "write us for microseconds"},
    {"//", SCN_REMEDY_COMMENT, NULL, OTHER_COMMENT},
    {"/*", SCN_REMEDY_COMMENT, NULL, OTHER_COMMENT},
    {";", SCN_REMEDY_LINE, NULL, "write each statement on a line of its own, without ;"},
    {"'", SCN_REMEDY_TEXT, NULL, OTHER_QUOTES},
    {"“", SCN_REMEDY_TEXT, NULL, OTHER_QUOTES},
    {"”", SCN_REMEDY_TEXT, NULL, OTHER_QUOTES},
    {"‘", SCN_REMEDY_TEXT, NULL, OTHER_QUOTES},
    {"’", SCN_REMEDY_TEXT, NULL, OTHER_QUOTES},
    {"`", SCN_REMEDY_TEXT, NULL, OTHER_QUOTES},
    {"\\", SCN_REMEDY_BAD, NULL, "\\ joins lines, at the end of one"},
};

const ScnRemedyMark *
scn_remedy_mark(const char *text)
{
    const ScnRemedyMark *longest = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (g_str_has_prefix(text, marks[i].wrong) &&
            (!longest || strlen(marks[i].wrong) > strlen(longest->wrong)))
            longest = &marks[i];
    }
    return longest;
}
