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

#define COINS "an amount has no unit: write 5, or 0.00000001 for the least"
#define NO_FIT "write lognormal(MEDIAN, SIGMA), or empirical(\"FILE.csv\") with measured times"
#define CONDITION "write finally P, always P, or at T expect P"
#define TIMED "time passes by itself: write at T before what happens then"
#define REPEATED "write every T from T until T, or when P each"
#define RATE "write stale(all) / mined(all)"
#define POINTS "write LO..HI lin N, LO..HI log N, or the values with commas between"
#define NO_NULL "nothing compares with null: nulls(E) over seeds counts it, a measure shows it"
#define MINERS "write role=miner, and strategy=selfish or another beside it"

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
    {"unit", "msecs", "ms", NULL},
    {"unit", "millisecond", "ms", NULL},
    {"unit", "milliseconds", "ms", NULL},
    {"unit", "microsecond", "us", NULL},
    {"unit", "microseconds", "us", NULL},
    {"unit", "nanosecond", "ns", NULL},
    {"unit", "nanoseconds", "ns", NULL},
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
    {"unit", "Kibit", NULL, "write kbps: 1 Kibit is 1.024 kbit"},
    {"unit", "Mibit", NULL, "write Mbps: 1 Mibit is 1.048576 Mbit"},
    {"unit", "Gibit", NULL, "write Gbps: 1 Gibit is 1.073741824 Gbit"},
    {"unit", "BTC", NULL, COINS},
    {"unit", "coins", NULL, COINS},
    {"unit", "tokens", NULL, COINS},
    {"unit", "sat", NULL, COINS},
    {"unit", "satoshi", NULL, COINS},
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
    {"unit", "/sec", "/s", NULL},
    {"unit", "/second", "/s", NULL},
    {"unit", "/min", "/m", NULL},
    {"unit", "/minute", "/m", NULL},
    {"unit", "/minutes", "/m", NULL},
    {"unit", "/hr", "/h", NULL},
    {"unit", "/hour", "/h", NULL},
    {"unit", "/day", NULL, "write it an hour: 24 a day are 1/h"},
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
    {"distribution", "weibull", NULL, NO_FIT},
    {"distribution", "gamma", NULL, NO_FIT},
    {"distribution", "erlang", NULL, NO_FIT},
    {"distribution", "beta", NULL, NO_FIT},
    {"distribution", "UniformRandomVariable", "uniform", NULL},
    {"distribution", "NormalRandomVariable", "normal", NULL},
    {"distribution", "LogNormalRandomVariable", "lognormal", NULL},
    {"distribution", "ExponentialRandomVariable", "exponential", NULL},
    {"distribution", "ParetoRandomVariable", "pareto", NULL},
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
    {"statement", "while", NULL, REPEATED},
    {"statement", "until", NULL, REPEATED},
    {"statement", "host", "nodes", NULL},
    {"statement", "hosts", "nodes", NULL},
    {"statement", "process", "nodes", NULL},
    {"statement", "processes", "nodes", NULL},
    {"statement", "stop-time", "duration", NULL},
    {"statement", "simulation-time", "duration", NULL},
    {"statement", "wait", NULL, TIMED},
    {"statement", "sleep", NULL, TIMED},
    {"statement", "run", NULL, "write duration T for how long the run lasts"},
    {"statement", "in", "at", NULL},
    {"statement", "schedule", "at", NULL},
    {"statement", "eventually", NULL, "write at T expect within T P, or sometimes P"},
    {"statement", "must", NULL, CONDITION},
    {"statement", "require", NULL, CONDITION},
    {"statement", "ensure", NULL, CONDITION},
    {"statement", "verify", NULL, CONDITION},
    {"statement", "assume", NULL, CONDITION},
    {"statement", "assert-equal", NULL, CONDITION},
    {"statement", "invariant", "always", NULL},
    {"statement", "print", NULL, "write measure NAME = E: the run prints it at the end"},
    {"statement", "echo", NULL, "write measure NAME = E: the run prints it at the end"},
    {"statement", "log", NULL, "write measure NAME = E, or type kettensim run FILE --log"},
    {"statement", "output", NULL, "the command names files: kettensim run FILE -o run.db"},
    {"statement", "trace", NULL, "the command says what to trace: kettensim run FILE --trace full"},
    {"statement", "def", NULL, "there are no functions of your own; let NAME = E keeps a value"},
    {"statement", "loop", "every", NULL},
    {"statement", "if", NULL, "write when P …, or a check with if P at its end"},
    {"statement", "for", NULL,
     "write sweep NAME = … for other values, or every T … for other times"},
    /* actions */
    {"action", "down", "crash", NULL},
    {"action", "take-down", "crash", NULL},
    {"action", "turn-off", "crash", NULL},
    {"action", "split", "partition", NULL},
    {"action", "unpartition", "heal", NULL},
    {"action", "disconnect", "cut", NULL},
    {"action", "disconnect-nodes", "cut", NULL},
    {"action", "disconnectnode", "cut", NULL},
    {"action", "connect-nodes", "join-edge", NULL},
    {"action", "addnode", "join-edge", NULL},
    {"action", "sendtoaddress", "submit", NULL},
    {"action", "sendrawtransaction", "submit", NULL},
    {"action", "generatetoaddress", "mine", NULL},
    {"action", "generateblock", "mine", NULL},
    {"action", "shutdown", "crash", NULL},
    {"action", "terminate", "crash", NULL},
    {"action", "invalidateblock", "invalidate", NULL},
    {"action", "reconsiderblock", "reconsider", NULL},
    {"action", "wait", NULL, TIMED},
    {"action", "sleep", NULL, TIMED},
    {"action", "sync-all", NULL, "write expect within T same_tip(all)"},
    {"action", "sync-blocks", NULL, "write expect within T same_tip(all)"},
    {"action", "wait-until", NULL, "write expect within T P"},
    {"action", "assert-equal", NULL, "write expect A == B"},
    {"action", "then", NULL, "leave it out"},
    {"action", "do", NULL, "leave it out"},
    {"action", "for", NULL, "write until T: every 10s from 1m until 5m"},
    {"action", "connect", "join-edge", NULL},
    {"action", "kill", "crash", NULL},
    {"action", "stop", "crash", NULL},
    {"action", "start", "restart", NULL},
    {"action", "reboot", "restart", NULL},
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
    {"function", "active", NULL, "write status(S, B) == active"},
    {"function", "on_chain", NULL, "write status(S, B) == active"},
    {"function", "is_active", NULL, "write status(S, B) == active"},
    {"function", "in_chain", NULL, "write status(S, B) == active"},
    {"function", "synced", "same_tip", NULL},
    {"function", "in_sync", "same_tip", NULL},
    {"function", "is_synced", "same_tip", NULL},
    {"function", "consensus", "same_tip", NULL},
    {"function", "getblockcount", "height", NULL},
    {"function", "getbestblockhash", "tip", NULL},
    {"function", "getbalance", "balance", NULL},
    {"function", "getrawmempool", "mempool", NULL},
    {"function", "getconnectioncount", "peers", NULL},
    {"function", "getpeerinfo", "peers", NULL},
    {"function", "getdifficulty", "difficulty", NULL},
    {"function", "reorg_depth", "max_reorg", NULL},
    {"function", "latency", "propagation", NULL},
    {"function", "delay", "propagation", NULL},
    {"function", "confirmed", NULL, "write confirmations(S, TX) >= 1"},
    {"function", "double_spent", NULL, "write undone(S, TX, k=1) >= 1"},
    {"function", "stale_rate", NULL, RATE},
    {"function", "fork_rate", NULL, RATE},
    {"function", "orphan_rate", NULL, RATE},
    {"function", "uncle_rate", NULL, RATE},
    {"function", "range", NULL, POINTS},
    {"function", "linspace", NULL, POINTS},
    {"function", "logspace", NULL, POINTS},
    {"function", "arange", NULL, POINTS},
    {"function", "abs", NULL, "write max(A - B, B - A)"},
    {"function", "all", NULL, "a check of a list holds if it is true for every node"},
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
    {"option", "data-rate", "rate", NULL},
    {"option", "throughput", "rate", NULL},
    {"option", "tps", "rate", NULL},
    {"option", "speed", "rate", NULL},
    {"option", "drop", "loss", NULL},
    {"option", "dup", "duplicate", NULL},
    {"option", "hashrate", "share", NULL},
    {"option", "hash", "share", NULL},
    {"option", "power", "share", NULL},
    {"option", "hash-power", "share", NULL},
    {"option", "hashpower", "share", NULL},
    {"option", "mining-power", "share", NULL},
    {"option", "upload", "uplink", NULL},
    {"option", "download", "downlink", NULL},
    {"option", "interval", "spacing", NULL},
    {"option", "block-time", "spacing", NULL},
    {"option", "blocktime", "spacing", NULL},
    {"option", "difficulty", "bits", NULL},
    {"option", "degree", "k", NULL},
    {"option", "gas", "fee", NULL},
    {"option", "beta", "p", NULL},
    {"option", "prob", "p", NULL},
    {"option", "probability", "p", NULL},
    {"option", "difficulty-adjustment", "algorithm", NULL},
    {"option", "retarget", "algorithm", NULL},
    {"option", "consensus", "fork-choice", NULL},
    {"option", "type", "role", NULL},
    {"option", "kind", "role", NULL},
    {"option", "behavior", "strategy", NULL},
    {"option", "behaviour", "strategy", NULL},
    {"option", "maxconnections", "inbound", NULL},
    {"option", "max-connections", "inbound", NULL},
    {"option", "gossip", "relay", NULL},
    {"option", "propagation", "relay", NULL},
    {"option", "count", NULL, "write c[1..5] for five nodes"},
    {"option", "number", NULL, "write c[1..5] for five nodes"},
    {"option", "mining", NULL, "write role=full for a node that does not mine"},
    {"option", "mtu", NULL, "messages are not cut into packets: rate and queue bound them"},
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
    {"topology", "random-regular", "regular", NULL},
    {"topology", "grid", NULL, "write the edges, or topology file=\"grid.graphml\""},
    {"topology", "torus", NULL, "write the edges, or topology file=\"torus.graphml\""},
    {"topology", "chain", "line", NULL},
    {"topology", "erdos-renyi", "random", NULL},
    {"topology", "barabasi-albert", "scalefree", NULL},
    {"topology", "watts-strogatz", "smallworld", NULL},
    {NULL, "udp", "datagram", NULL},
    {NULL, "tcp", "stream", NULL},
    {NULL, "gossip", "flood", NULL},
    {NULL, "inv", "inventory", NULL},
    {NULL, "bip152", "compact", NULL},
    {NULL, "cmpctblock", "compact", NULL},
    {NULL, "daa", NULL, "write cw-144 for Bitcoin Cash of 2017, asert for that of 2020"},
    {NULL, "nakamoto", "most-work", NULL},
    {"role", "attacker", NULL, MINERS},
    {"role", "adversary", NULL, MINERS},
    {"role", "selfish", NULL, MINERS},
    {"name", "null", NULL, NO_NULL},
    {"name", "None", NULL, NO_NULL},
    {"name", "NaN", NULL, NO_NULL},
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

/* Compares without regard to case, and takes - and _ for one letter. */
static int
compare_loosely(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0') {
        char x = *a == '_' ? '-' : g_ascii_tolower(*a), y = *b == '_' ? '-' : g_ascii_tolower(*b);

        if (x != y)
            return 1;
        a++;
        b++;
    }
    return *a != *b;
}

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

/* Returns the nearest word if at least half of the letters agree, or one word is in the other: a
 * word that is merely the least far away misleads. */
static const char *
find_near(const char *wrong, const GPtrArray *words)
{
    const char *near = scn_word_nearest_of(wrong, words);

    if (!near)
        return NULL;
    if (2 * scn_word_distance(wrong, near) <= MAX(strlen(wrong), strlen(near)))
        return near;
    return strlen(near) > 2 && strstr(wrong, near) ? near : NULL;
}

const char *
scn_remedy_find(const char *what, const char *wrong, const GPtrArray *words, const char **ret_help)
{
    const Row *row = find_row(what, wrong, words, strcmp);
    const char *same = find_word(words, wrong, compare_loosely);

    if (!row && !same)
        row = find_row(what, wrong, words, compare_loosely);
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
            compare_loosely(rows[i].wrong, wrong) == 0)
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
