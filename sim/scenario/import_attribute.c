/* Interprets attributes of edges and nodes: link options under our names and those of other tools,
 * and values as these tools write them ("10 ms", "1 Gbit"). */
#include "sim/scenario/import.h"

#include "sim/scenario/word.h"

#include <string.h>

#define TYPING_ERROR 1 /* largest edit distance of a misspelt option */

/* Attributes of Shadow and monerosim, of the Topology Zoo, and self-explanatory ones, with the unit
 * of a bare number. */
static const struct {
    const char *name, *word, *unit;
} aliases[] = {
    {"packet_loss", "loss", ""}, {"packet-loss", "loss", ""}, {"packetloss", "loss", ""},
    {"delay", "latency", ""},    {"bandwidth", "rate", ""},   {"LinkSpeedRaw", "rate", "bps"},
};

static const struct {
    const char *name;
    bool up;
} node_rates[] = {
    {"uplink", true},       {"downlink", false},       {"host_bandwidth_up", true},
    {"bandwidth_up", true}, {"bandwidth_down", false}, {"host_bandwidth_down", false},
    {"bandwidthup", true},  {"bandwidthdown", false},
};

/* An unknown attribute that contains one of these is probably about links, so it is not ignored. */
static const char *const telling[] = {"latency",   "delay",      "jitter",   "loss",
                                      "bandwidth", "throughput", "capacity", "rtt"};

const char *
scn_graph_link_word(const char *name, const char **ret_unit)
{
    *ret_unit = "";
    for (guint i = 0; i < G_N_ELEMENTS(aliases); i++) {
        if (strcmp(aliases[i].name, name) != 0)
            continue;
        *ret_unit = aliases[i].unit;
        return aliases[i].word;
    }
    return scn_option_find(&scn_link_options, name) ? name : NULL;
}

bool
scn_graph_is_link_word(const char *name)
{
    const char *unit;

    return scn_graph_link_word(name, &unit) != NULL;
}

bool
scn_graph_is_node_rate(const char *name, bool *ret_up)
{
    for (guint i = 0; i < G_N_ELEMENTS(node_rates); i++) {
        if (strcmp(node_rates[i].name, name) != 0)
            continue;
        *ret_up = node_rates[i].up;
        return true;
    }
    return false;
}

const char *
scn_graph_nearest_word(const char *name)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    for (guint i = 0; i < scn_link_options.count; i++)
        g_ptr_array_add(words, (gpointer)scn_link_options.rows[i].spec.name);
    return scn_word_nearest_of(name, words);
}

char *
scn_graph_doubt(const char *name)
{
    const char *nearest = scn_graph_nearest_word(name);
    g_autofree char *lower = g_ascii_strdown(name, -1);

    if (scn_graph_is_link_word(name))
        return NULL;
    if (scn_word_distance(name, nearest) <= TYPING_ERROR)
        return g_strdup_printf("a link has no '%s', but '%s'", name, nearest);
    for (guint i = 0; i < G_N_ELEMENTS(telling); i++) {
        if (strstr(lower, telling[i]))
            return g_strdup_printf("'%s' may mean an option of links: give it the option's name, "
                                   "or leave it out",
                                   name);
    }
    return NULL;
}

/* Rewrites a value in our spelling: "10 ms" without its blank, "1 Gbit" as 1Gbps. */
static char *
without_blank(const char *text, bool is_rate)
{
    gsize digits = strspn(text, "0123456789."), blanks = strspn(text + digits, " \t");
    const char *unit = text + digits + blanks;
    gsize letters = strcspn(unit, " \t(,");
    static const char *const bits[] = {"bit", "bits", "bit/s", "bits/s", "b/s"};

    if (digits == 0 || unit[letters] != '\0')
        return g_strdup(text);
    for (guint i = 0; i < G_N_ELEMENTS(bits) && is_rate; i++) {
        gsize length = strlen(bits[i]);
        if (letters < length || strcmp(unit + letters - length, bits[i]) != 0)
            continue;
        g_autofree char *scale = g_strndup(unit, letters - length);
        return g_strdup_printf("%.*s%sbps", (int)digits, text,
                               strcmp(scale, "K") == 0 ? "k" : scale);
    }
    return g_strdup_printf("%.*s%s", (int)digits, text, unit);
}

char *
scn_graph_value(const char *word, const char *unit, const char *text)
{
    const ScnOptSpec *spec = &scn_option_find(&scn_link_options, word)->spec;
    g_autofree char *plain = without_blank(text, spec->kind == SCN_OPT_RATE);
    bool bare = strspn(plain, "0123456789.") == strlen(plain);
    gint64 ns;

    /* A bare time is in milliseconds; measured times may have many decimals. */
    if ((spec->kind == SCN_OPT_TIME || strcmp(word, "latency") == 0) &&
        scn_read_time(plain, strlen(plain), &ns))
        return g_strdup_printf("%" G_GINT64_FORMAT "ns", ns);
    return g_strconcat(plain, bare ? unit : "", NULL);
}
