/* Makes, frees and names the parts of a model. */
#include "sim/scenario/resolve.h"

#include "sim/policy/table.h"

#include <string.h>

/* ---- freeing ---- */

static void
param_clear(gpointer data)
{
    ScnParam *param = data;
    g_free(param->name);
    g_free(param->value);
    g_free(param->default_value);
    g_free(param->low);
    g_free(param->high);
    g_free(param->help);
}

static void
group_clear(gpointer data)
{
    ScnNodeGroup *group = data;
    g_free(group->name);
    g_array_unref(group->nodes);
}

/* Clears a node, wallet, transaction, mark or cut: each begins with its name. */
static void
named_clear(gpointer data)
{
    g_free(*(char **)data);
}

static void
topology_clear(gpointer data)
{
    ScnTopology *topology = data;

    g_clear_pointer(&topology->degrees, g_array_unref);
    g_clear_pointer(&topology->of, g_array_unref);
    g_clear_pointer(&topology->to, g_array_unref);
}

static void
load_clear(gpointer data)
{
    g_array_unref(((ScnLoad *)data)->at);
}

void
scn_link_rule_free(gpointer data)
{
    ScnLinkRule *rule = data;
    if (!rule)
        return;
    g_clear_pointer(&rule->from, g_array_unref);
    g_clear_pointer(&rule->to, g_array_unref);
    g_clear_pointer(&rule->pairs, g_array_unref);
    g_clear_pointer(&rule->values, g_array_unref);
    g_free(rule);
}

static void
matrix_free(gpointer data)
{
    ScnMatrix *matrix = data;
    g_free(matrix->means_ns);
    g_free(matrix);
}

void
scn_set_free(ScnSet *set)
{
    if (!set)
        return;
    g_clear_pointer(&set->nodes, g_array_unref);
    scn_set_free(set->of);
    scn_set_free(set->without);
    g_free(set);
}

void
scn_item_free(gpointer data)
{
    ScnItem *item = data;
    g_free(item->text);
    g_clear_pointer(&item->groups, g_ptr_array_unref);
    scn_set_free(item->set);
    scn_set_free(item->other);
    scn_term_free(item->value);
    g_free(item);
}

void
scn_timed_free(gpointer data)
{
    ScnTimed *timed = data;
    g_ptr_array_set_free_func(timed->items, scn_item_free);
    g_ptr_array_unref(timed->items);
    scn_term_free(timed->condition);
    g_free(timed);
}

static void
block_clear(gpointer data)
{
    ScnBlock *block = data;
    g_free(block->name);
    g_free(block->miner);
    g_clear_pointer(&block->txs, g_array_unref);
}

static void
line_free(gpointer data)
{
    ScnLine *line = data;
    if (line->item)
        scn_item_free(line->item);
    g_array_unref(line->replies);
    g_free(line);
}

static void
script_free(gpointer data)
{
    ScnScript *script = data;
    g_ptr_array_set_free_func(script->lines, line_free);
    g_ptr_array_unref(script->lines);
    g_free(script);
}

static void
check_free(gpointer data)
{
    ScnCheck *check = data;
    g_free(check->text);
    scn_term_free(check->condition);
    scn_term_free(check->guard);
    g_free(check);
}

static void
measure_free(gpointer data)
{
    ScnMeasure *measure = data;
    g_free(measure->name);
    g_free(measure->text);
    scn_term_free(measure->value);
    g_free(measure);
}

static void
sweep_clear(gpointer data)
{
    g_ptr_array_unref(((ScnSweep *)data)->values);
}

static void
table_free(gpointer data)
{
    ScnTable *table = data;
    g_array_unref(table->measures);
    g_array_unref(table->params);
    g_array_unref(table->stats);
    g_free(table);
}

static void
sample_clear(gpointer data)
{
    scn_term_free(((ScnSample *)data)->value);
}

static GArray *
new_array(guint size, GDestroyNotify clear)
{
    GArray *array = g_array_new(FALSE, FALSE, size);
    if (clear)
        g_array_set_clear_func(array, clear);
    return array;
}

ScnScenario *
scn_scenario_new(void)
{
    ScnScenario *scenario = g_new0(ScnScenario, 1);
    scenario->sources = scn_sources_new();
    scenario->params = new_array(sizeof(ScnParam), param_clear);
    scenario->seed = 1;
    scenario->groups = new_array(sizeof(ScnNodeGroup), group_clear);
    scenario->nodes = new_array(sizeof(ScnNode), named_clear);
    scenario->strategies = g_array_new(FALSE, FALSE, sizeof(ScnStrategy));
    scenario->policies = g_ptr_array_new_with_free_func((GDestroyNotify)policy_table_free);
    scenario->regions = g_ptr_array_new_with_free_func(g_free);
    scenario->topologies = new_array(sizeof(ScnTopology), topology_clear);
    scenario->edges = new_array(sizeof(ScnEdge), NULL);
    scenario->draws = new_array(sizeof(ScnDist), NULL);
    g_array_append_vals(scenario->draws, &(ScnDist){.kind = SCN_DIST_CONSTANT}, 1);
    scenario->tables = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    scenario->table_sources = new_array(sizeof(guint32), NULL);
    scenario->matrices = g_ptr_array_new_with_free_func(matrix_free);
    scenario->links = g_ptr_array_new_with_free_func(scn_link_rule_free);
    scenario->upgrades = new_array(sizeof(ScnUpgrade), named_clear);
    scenario->wallets = new_array(sizeof(ScnWallet), named_clear);
    scenario->txs = new_array(sizeof(ScnTx), named_clear);
    scenario->loads = new_array(sizeof(ScnLoad), load_clear);
    scenario->blocks = new_array(sizeof(ScnBlock), block_clear);
    scenario->scripts = g_ptr_array_new_with_free_func(script_free);
    scenario->timed = g_ptr_array_new_with_free_func(scn_timed_free);
    scenario->cuts = new_array(sizeof(ScnCut), named_clear);
    scenario->marks = new_array(sizeof(ScnMark), named_clear);
    scenario->unused = new_array(sizeof(ScnUnused), named_clear);
    scenario->checks = g_ptr_array_new_with_free_func(check_free);
    scenario->measures = g_ptr_array_new_with_free_func(measure_free);
    scenario->sweeps = new_array(sizeof(ScnSweep), sweep_clear);
    scenario->result_tables = g_ptr_array_new_with_free_func(table_free);
    scenario->samples = new_array(sizeof(ScnSample), sample_clear);
    return scenario;
}

void
scn_scenario_free(ScnScenario *scenario)
{
    if (!scenario)
        return;
    g_free(scenario->title);
    g_ptr_array_unref(scenario->sources);
    g_array_unref(scenario->params);
    g_array_unref(scenario->groups);
    g_array_unref(scenario->nodes);
    g_array_unref(scenario->strategies);
    g_ptr_array_unref(scenario->policies);
    g_ptr_array_unref(scenario->regions);
    scn_term_free(scenario->stop);
    g_array_unref(scenario->topologies);
    g_array_unref(scenario->edges);
    g_array_unref(scenario->draws);
    g_ptr_array_unref(scenario->tables);
    g_array_unref(scenario->table_sources);
    g_ptr_array_unref(scenario->matrices);
    g_ptr_array_unref(scenario->links);
    g_array_unref(scenario->upgrades);
    g_array_unref(scenario->wallets);
    g_array_unref(scenario->txs);
    g_array_unref(scenario->loads);
    g_array_unref(scenario->blocks);
    g_ptr_array_unref(scenario->scripts);
    g_ptr_array_unref(scenario->timed);
    g_array_unref(scenario->cuts);
    g_array_unref(scenario->marks);
    g_array_unref(scenario->unused);
    g_ptr_array_unref(scenario->checks);
    g_ptr_array_unref(scenario->measures);
    g_array_unref(scenario->sweeps);
    g_ptr_array_unref(scenario->result_tables);
    g_array_unref(scenario->samples);
    scn_resolver_free(scenario->resolver);
    scn_syntax_free(scenario->syntax);
    g_free(scenario);
}

/* ---- questions ---- */

/* Appends a word as a shell passes it on: unchanged, or in single quotes. */
static void
append_argument(GString *out, const char *name, const char *value)
{
    static const char safe[] = "%+-./:=_";
    g_autofree char *argument = g_strdup_printf("%s=%s", name, value);
    bool plain = true;
    for (const char *p = argument; *p; p++)
        plain = plain && (g_ascii_isalnum(*p) || strchr(safe, *p));
    g_autofree char *quoted = plain ? g_strdup(argument) : g_shell_quote(argument);
    g_string_append_printf(out, "-P %s ", quoted);
}

char *
scn_scenario_reproduce(const ScnScenario *scenario)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < scenario->params->len; i++) {
        const ScnParam *param = &g_array_index(scenario->params, ScnParam, i);
        if (param->overridden)
            append_argument(out, param->name, param->value);
    }
    g_string_append_printf(out, "--seed %" G_GUINT64_FORMAT, scenario->seed);
    return g_string_free(out, FALSE);
}

bool
scn_link_sets(const ScnLink *link, const char *word)
{
    const ScnOptRow *row = scn_option_find(&scn_link_options, word);
    return row && (link->set >> (row - scn_link_options.rows) & 1);
}

const char *
scn_scenario_file(const ScnScenario *scenario, ScnPlace place)
{
    const ScnSource *source = scenario->sources->pdata[place.source];

    return source->is_unnamed ? "" : source->name;
}

char *
scn_scenario_place(const ScnScenario *scenario, ScnPlace place, const char *after)
{
    const char *file = scn_scenario_file(scenario, place);

    return *file != '\0' ? g_strdup_printf("%s:%u:%u%s", file, place.line, place.column, after)
                         : g_strdup("");
}

char *
scn_scenario_line(const ScnScenario *scenario, ScnPlace place)
{
    g_autofree char *file = g_path_get_basename(scn_scenario_file(scenario, place));

    return place.source == 0 ? g_strdup_printf("line %u", place.line)
                             : g_strdup_printf("%s:%u", file, place.line);
}

guint32
scn_scenario_find_node(const ScnScenario *scenario, const char *name)
{
    for (guint32 i = 0; i < scenario->nodes->len; i++) {
        if (strcmp(g_array_index(scenario->nodes, ScnNode, i).name, name) == 0)
            return i;
    }
    return SCN_NONE;
}
