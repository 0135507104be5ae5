/* Regions of nodes: one for the whole line, or by shares, drawn for each node or divided exactly;
 * and the rates of nodes' lines by region. */
#include "sim/scenario/resolve.h"

#include "sim/scenario/draw.h"

#include <string.h>

#define SLACK 1000 /* tolerance of the sum of shares, in 10^-12 */

static bool
find_region(const ScnScenario *scenario, const char *name, guint32 *ret_region)
{
    for (guint i = 0; i < scenario->regions->len; i++) {
        if (strcmp(scenario->regions->pdata[i], name) != 0)
            continue;
        *ret_region = i;
        return true;
    }
    return false;
}

bool
scn_find_or_add_region(ScnResolver *resolver, ScnSpan span, const char *name, guint32 *ret_region)
{
    ScnScenario *scenario = resolver->scenario;
    if (find_region(scenario, name, ret_region))
        return true;
    if (scenario->regions->len == SCN_REGIONS_MAX) {
        scn_report(resolver, span, NULL, "a scenario has at most %d regions", SCN_REGIONS_MAX);
        return false;
    }
    *ret_region = scenario->regions->len;
    g_ptr_array_add(scenario->regions, g_strdup(name));
    return true;
}

const char *
scn_region_name(ScnResolver *resolver, const ScnExpr *expr)
{
    ScnConst word = scn_const(resolver, expr);

    if (word.kind == SCN_CONST_WORD || (word.kind == SCN_CONST_TEXT && *word.text != '\0'))
        return word.text;
    if (word.kind != SCN_CONST_BAD)
        scn_report(resolver, expr->span, "as in eu, us-east-1 or \"New York\"",
                   "the name of a region is due here");
    return NULL;
}

static void
set_all(ScnResolver *resolver, guint first, guint32 region)
{
    GArray *nodes = resolver->scenario->nodes;
    for (guint i = first; i < nodes->len; i++)
        g_array_index(nodes, ScnNode, i).region = region;
}

typedef struct {
    guint32 region;
    ScnNumber up_to; /* sum of the shares up to this one */
} Portion;

static bool
read_portions(ScnResolver *resolver, const ScnOption *option, GArray *portions)
{
    ScnNumber sum = 0;
    for (guint i = 0; i < option->values->len; i++) {
        const ScnExpr *value = option->values->pdata[i];
        Portion portion;
        ScnNumber share;
        if (value->kind != SCN_EXPR_LABELLED) {
            scn_report(resolver, value->span, "write region=na:40%,eu:60%",
                       "a region and its share are due here");
            return false;
        }
        if (!scn_need_portion(resolver, scn_expr_at(value, 0), value->name, &share) ||
            !scn_find_or_add_region(resolver, value->span, value->name, &portion.region))
            return false;
        portion.up_to = sum += share;
        g_array_append_val(portions, portion);
    }
    if (sum + SLACK >= SCN_ONE && sum <= SCN_ONE + SLACK)
        return true;
    g_autofree char *text = scn_number_text(sum * 100);
    scn_report(resolver, option->name_span, NULL,
               "the shares of the regions add to %s%%, not 100%%", text);
    return false;
}

/* Draws a region for each node; the key is the node's name. */
static void
draw_regions(ScnResolver *resolver, const GArray *portions, guint first)
{
    GArray *nodes = resolver->scenario->nodes;
    ScnNumber total = g_array_index(portions, Portion, portions->len - 1).up_to;

    for (guint i = first; i < nodes->len; i++) {
        ScnNode *node = &g_array_index(nodes, ScnNode, i);
        guint64 bits = scn_draw(resolver->scenario->seed, "region", node->name, 0);
        ScnNumber at = (ScnNumber)((unsigned __int128)bits * (guint64)total >> 64);
        guint p = 0;

        while (p + 1 < portions->len && at >= g_array_index(portions, Portion, p).up_to)
            p++;
        node->region = g_array_index(portions, Portion, p).region;
    }
}

/* ---- exact quotas ---- */

/* A node's place in the order that the draws give. */
typedef struct {
    guint64 draw;
    guint32 node;
} Turn;

static int
compare_turns(const void *left, const void *right)
{
    const Turn *a = left, *b = right;

    if (a->draw != b->draw)
        return a->draw < b->draw ? -1 : 1;
    return a->node < b->node ? -1 : a->node > b->node;
}

/* Returns the nodes from `first` on, shuffled: sorted by the bits that each draws for its region.
 */
static GArray *
shuffle_nodes(const ScnScenario *scenario, guint first)
{
    GArray *turns = g_array_new(FALSE, FALSE, sizeof(Turn));

    for (guint i = first; i < scenario->nodes->len; i++) {
        const char *name = g_array_index(scenario->nodes, ScnNode, i).name;
        Turn turn = {scn_draw(scenario->seed, "region", name, 0), i};

        g_array_append_val(turns, turn);
    }
    g_array_sort(turns, compare_turns);
    return turns;
}

/* Rounding goes by region, so each has one share. Returns false after reporting one that has two.
 */
static bool
check_each_once(ScnResolver *resolver, const ScnOption *option)
{
    for (guint i = 0; i < option->values->len; i++) {
        const ScnExpr *value = option->values->pdata[i];

        for (guint k = 0; k < i; k++) {
            if (strcmp(((const ScnExpr *)option->values->pdata[k])->name, value->name) != 0)
                continue;
            scn_report(resolver, value->span, "add its shares", "'%s' is given twice", value->name);
            return false;
        }
    }
    return true;
}

typedef struct {
    guint count;    /* nodes that the portion gets */
    ScnNumber rest; /* of its share beyond these; -1: the rest has been rounded up */
} Seats;

/* Adds a node to the portion with the largest rest; among equals, to the one named first. */
static void
round_up_one(GArray *seats)
{
    Seats *best = &g_array_index(seats, Seats, 0);

    for (guint p = 1; p < seats->len; p++) {
        if (g_array_index(seats, Seats, p).rest > best->rest)
            best = &g_array_index(seats, Seats, p);
    }
    best->count++;
    best->rest = -1;
}

/* Divides `count` nodes among the portions by the method of largest remainders (Hamilton). */
static GArray *
divide_nodes(const GArray *portions, guint count)
{
    GArray *seats = g_array_new(FALSE, FALSE, sizeof(Seats));
    ScnNumber total = g_array_index(portions, Portion, portions->len - 1).up_to, before = 0;
    guint given = 0;

    for (guint p = 0; p < portions->len; p++) {
        ScnNumber up_to = g_array_index(portions, Portion, p).up_to;
        ScnNumber product = (up_to - before) * count;
        Seats seat = {(guint)(product / total), product % total};

        given += seat.count;
        before = up_to;
        g_array_append_val(seats, seat);
    }
    for (; given < count; given++)
        round_up_one(seats);
    return seats;
}

/* Nodes that drew low bits get the portions named first, as in draw_regions(), so few nodes have
 * another region than they would have drawn. */
static void
fill_quotas(ScnResolver *resolver, const GArray *portions, guint first)
{
    ScnScenario *scenario = resolver->scenario;
    g_autoptr(GArray) turns = shuffle_nodes(scenario, first);
    g_autoptr(GArray) seats = divide_nodes(portions, turns->len);
    guint turn = 0;

    for (guint p = 0; p < portions->len; p++) {
        for (guint k = 0; k < g_array_index(seats, Seats, p).count; k++) {
            guint32 node = g_array_index(turns, Turn, turn++).node;

            g_array_index(scenario->nodes, ScnNode, node).region =
                g_array_index(portions, Portion, p).region;
        }
    }
}

void
scn_resolve_regions(ScnResolver *resolver, const ScnOption *option, bool exact, guint first)
{
    const ScnExpr *value = option->values->pdata[0];
    guint32 region;

    if (option->values->len > 1 || value->kind == SCN_EXPR_LABELLED) {
        g_autoptr(GArray) portions = g_array_new(FALSE, FALSE, sizeof(Portion));
        if (!read_portions(resolver, option, portions))
            return;
        resolver->scenario->draws_regions |= !exact;
        if (!exact)
            draw_regions(resolver, portions, first);
        else if (check_each_once(resolver, option))
            fill_quotas(resolver, portions, first);
        return;
    }
    const char *name = scn_region_name(resolver, value);
    if (name && scn_find_or_add_region(resolver, value->span, name, &region))
        set_all(resolver, first, region);
}

/* ---- rates by region ---- */

static guint32 *
rate_of(ScnNode *node, const ScnOption *option)
{
    return &node->drawn[strcmp(option->name, "uplink") == 0 ? SCN_DRAWN_UPLINK
                                                            : SCN_DRAWN_DOWNLINK];
}

/* Reads a rate for each region; SCN_NONE for a region that the option does not name. */
static bool
read_rates(ScnResolver *resolver, const ScnOption *option, guint32 *rates)
{
    for (guint i = 0; i < option->values->len; i++) {
        const ScnExpr *value = option->values->pdata[i];
        guint32 region;

        if (value->kind != SCN_EXPR_LABELLED) {
            scn_report(resolver, value->span, "write uplink=na:20Mbps,eu:10Mbps",
                       "a region and its rate are due here");
            return false;
        }
        if (!find_region(resolver->scenario, value->name, &region)) {
            scn_report(resolver, value->span, "name it in region= first", "unknown region '%s'",
                       value->name);
            return false;
        }
        if (rates[region] != SCN_NONE) {
            scn_report(resolver, value->span, "leave one out", "'%s' is given twice", value->name);
            return false;
        }
        if (!scn_need_draw(resolver, scn_expr_at(value, 0), option->name, SCN_DIM_RATE,
                           &rates[region]))
            return false;
    }
    return true;
}

static void
rates_by_region(ScnResolver *resolver, const ScnOption *option, guint first)
{
    GArray *nodes = resolver->scenario->nodes;
    guint32 rates[SCN_REGIONS_MAX];

    for (guint i = 0; i < SCN_REGIONS_MAX; i++)
        rates[i] = SCN_NONE;
    if (!read_rates(resolver, option, rates))
        return;
    for (guint i = first; i < nodes->len; i++) {
        ScnNode *node = &g_array_index(nodes, ScnNode, i);

        if (node->region != SCN_NONE && rates[node->region] != SCN_NONE) {
            *rate_of(node, option) = rates[node->region];
            continue;
        }
        scn_report(resolver, option->name_span, "give one for each region of this line",
                   "there is no %s here for %s", option->name, node->name);
        return;
    }
}

void
scn_resolve_node_rates(ScnResolver *resolver, const ScnOption *option, guint first)
{
    GArray *nodes = resolver->scenario->nodes;
    const ScnExpr *value = option->values->pdata[0];
    guint32 rate;

    if (option->values->len > 1 || value->kind == SCN_EXPR_LABELLED) {
        rates_by_region(resolver, option, first);
        return;
    }
    if (!scn_option_value(resolver, option) ||
        !scn_need_draw(resolver, value, option->name, SCN_DIM_RATE, &rate))
        return;
    for (guint i = first; i < nodes->len; i++)
        *rate_of(&g_array_index(nodes, ScnNode, i), option) = rate;
}
