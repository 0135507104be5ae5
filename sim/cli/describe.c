/* Computes the description of a scenario; see describe.h. */
#include "sim/cli/describe.h"

#include "sim/run/link_option.h"

#include <string.h>

/* -- links ---------------------------------------------------------------------------------- */

static void
append_quantity(GString *out, const char *name, ScnDim dim, ScnNumber value)
{
    g_autofree char *text = scn_quantity_text((ScnQuantity){dim, value});

    g_string_append_printf(out, "%s%s%s", name, *name ? " " : "", text);
}

static void
append_time(GString *out, const char *name, SimTime value)
{
    append_quantity(out, name, SCN_DIM_TIME, value);
}

static gint
compare_links(gconstpointer a, gconstpointer b)
{
    guint32 x = ((const DescribedLinks *)a)->count, y = ((const DescribedLinks *)b)->count;

    return (x < y) - (x > y);
}

/* Counts links by class: edges of one class have the same spec. */
static void
count_links(Description *d, const SimNet *net)
{
    g_autoptr(GHashTable) index = g_hash_table_new(NULL, NULL);
    SimLinkSpec standard = sim_link_standard(d->scenario);

    for (uint32_t edge = 0; edge < sim_net_edge_count(net); edge++) {
        const SimLinkSpec *spec = sim_net_link(net, edge);
        guint found = GPOINTER_TO_UINT(g_hash_table_lookup(index, spec));

        if (found == 0) {
            DescribedLinks links = {0, sim_link_text(d->scenario, net, spec, &standard)};

            g_array_append_val(d->links, links);
            found = d->links->len;
            g_hash_table_insert(index, (gpointer)spec, GUINT_TO_POINTER(found));
        }
        g_array_index(d->links, DescribedLinks, found - 1).count++;
    }
    g_array_sort(d->links, compare_links);
}

static void
links_clear(gpointer data)
{
    g_free(((DescribedLinks *)data)->text);
}

/* -- the graph ------------------------------------------------------------------------------ */

static void
measure_graph(Description *d, const SimNet *net)
{
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(SimPair));

    for (uint32_t edge = 0; edge < sim_net_edge_count(net); edge += 2) {
        SimPair pair = {sim_net_edge_src(net, edge), sim_net_edge_dst(net, edge)};

        g_array_append_val(pairs, pair);
    }
    d->shape = sim_shape_measure(pairs, sim_net_node_count(net));
}

static void
count_regions(Description *d)
{
    g_array_set_size(d->regions, d->scenario->regions->len);
    for (guint i = 0; i < d->scenario->nodes->len; i++) {
        guint32 region = g_array_index(d->scenario->nodes, ScnNode, i).region;

        if (region != SCN_NONE)
            g_array_index(d->regions, guint32, region)++;
    }
}

/* -- the timeline --------------------------------------------------------------------------- */

/* Returns the expression as written, with single blanks. */
static char *
source_text(const ScnScenario *scenario, ScnSpan span)
{
    const ScnSource *source = g_ptr_array_index(scenario->sources, span.source);
    g_autofree char *text = g_strndup(source->text + span.offset, span.length);
    g_auto(GStrv) words = g_strsplit_set(text, " \t\r\n\\", -1);
    GString *out = g_string_new(NULL);

    for (char **word = words; *word != NULL; word++)
        if (**word != '\0')
            g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "", *word);
    return g_string_free(out, FALSE);
}

static char *
when_text(const ScnScenario *scenario, const ScnTimed *timed)
{
    GString *out = g_string_new(NULL);

    switch (timed->kind) {
    case SCN_TIMED_AT:
        append_time(out, "", timed->at_ns);
        break;
    case SCN_TIMED_EVERY:
        append_time(out, "every", timed->period_ns);
        append_time(out, " from", timed->at_ns);
        if (timed->until_ns != SCN_TIME_NONE)
            append_time(out, " until", timed->until_ns);
        break;
    case SCN_TIMED_WHEN: {
        g_autofree char *condition = source_text(scenario, timed->condition->span);

        g_string_append_printf(out, "when %s%s", condition, timed->each ? " each" : "");
        break;
    }
    }
    return g_string_free(out, FALSE);
}

static const char *
item_text(const ScnScenario *scenario, const ScnItem *item)
{
    if (item->kind == SCN_ITEM_CHECK)
        return ((const ScnCheck *)g_ptr_array_index(scenario->checks, item->check))->text;
    return item->text;
}

static gint
compare_items(gconstpointer a, gconstpointer b)
{
    const DescribedItem *x = a, *y = b;

    if (x->time_ns != y->time_ns)
        return x->time_ns < y->time_ns ? -1 : 1;
    return (x->place.order > y->place.order) - (x->place.order < y->place.order);
}

static void
item_clear(gpointer data)
{
    g_free(((DescribedItem *)data)->when);
}

static void
build_timeline(Description *d)
{
    for (guint i = 0; i < d->scenario->timed->len; i++) {
        const ScnTimed *timed = g_ptr_array_index(d->scenario->timed, i);

        for (guint k = 0; k < timed->items->len; k++) {
            const ScnItem *item = g_ptr_array_index(timed->items, k);
            DescribedItem described = {
                .time_ns = timed->kind == SCN_TIMED_WHEN ? SCN_TIME_NONE : timed->at_ns,
                .place = item->place,
                .when = when_text(d->scenario, timed),
                .text = item_text(d->scenario, item),
            };

            g_array_append_val(d->timeline, described);
        }
    }
    g_array_sort(d->timeline, compare_items);
}

/* -- the whole ------------------------------------------------------------------------------ */

void
describe_init(Description *d, const ScnScenario *scenario, SimWorld *world, const char *path)
{
    const SimNet *net = sim_world_net(world);

    *d = (Description){.scenario = scenario, .path = path};
    d->regions = g_array_new(FALSE, TRUE, sizeof(guint32));
    d->links = g_array_new(FALSE, FALSE, sizeof(DescribedLinks));
    g_array_set_clear_func(d->links, links_clear);
    d->timeline = g_array_new(FALSE, FALSE, sizeof(DescribedItem));
    g_array_set_clear_func(d->timeline, item_clear);
    d->warnings = g_ptr_array_new_with_free_func(g_free);
    d->sweep = lint_sweep_size(scenario);
    measure_graph(d, net);
    count_regions(d);
    count_links(d, net);
    build_timeline(d);
    lint_find(d->warnings, scenario, NULL);
    lint_find(d->warnings, scenario, &(LintNetwork){net, &d->shape, d->regions});
}

void
describe_clear(Description *d)
{
    g_array_unref(d->regions);
    g_array_unref(d->links);
    g_array_unref(d->timeline);
    g_ptr_array_unref(d->warnings);
}
