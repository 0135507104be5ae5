/* Compares a scenario with the abilities of live runs; see live_limits.h. */
#include "sim/cli/live_limits.h"

#include "sim/cli/live_stage.h"

static char *
at_place(const ScnScenario *scenario, ScnPlace place, const char *what)
{
    g_autofree char *where = scn_scenario_place(scenario, place, ": ");

    return g_strconcat(where, what, NULL);
}

/* Returns why processes cannot carry out the action, or NULL if they can. */
static const char *
why_not(const ScnItem *item, bool has_links)
{
    switch (item->kind) {
    case SCN_ITEM_PARTITION:
        return item->style != SCN_STYLE_DROP ? "a live cut drops what is sent: leave style= out"
                                             : NULL;
    case SCN_ITEM_CRASH:
        return item->count > 0 ? "a process is killed from outside, not in a write of its own"
                               : NULL;
    case SCN_ITEM_ONEWAY:
        if (item->style != SCN_STYLE_DROP)
            return "a live cut drops what is sent: leave style= out";
        return has_links ? NULL : "over the loopback a cut closes connections, both ways";
    case SCN_ITEM_IMPAIR:
        return "live links lose and delay by their options alone";
    case SCN_ITEM_ECLIPSE:
    case SCN_ITEM_STRATEGY:
    case SCN_ITEM_RELEASE:
        return "processes are honest nodes";
    case SCN_ITEM_DELIVER:
    case SCN_ITEM_ANNOUNCE:
    case SCN_ITEM_RECONNECT:
        return "processes send what their node sends";
    case SCN_ITEM_HAND:
    case SCN_ITEM_UPGRADE:
        return "live runs pass on no operator's hand and no upgrade yet";
    default:
        return NULL;
    }
}

static char *
find_item(const ScnScenario *scenario, bool has_links)
{
    for (guint i = 0; i < scenario->timed->len; i++) {
        const ScnTimed *timed = g_ptr_array_index(scenario->timed, i);

        for (guint k = 0; k < timed->items->len; k++) {
            const ScnItem *item = g_ptr_array_index(timed->items, k);
            const char *why = why_not(item, has_links);

            if (why != NULL) {
                g_autofree char *what = g_strdup_printf("%s: %s", item->text, why);

                return at_place(scenario, item->place, what);
            }
        }
    }
    return NULL;
}

static char *
find_node(const ScnScenario *scenario)
{
    for (guint i = 0; i < scenario->nodes->len; i++) {
        const ScnNode *node = &g_array_index(scenario->nodes, ScnNode, i);

        if (node->role == SCN_ROLE_SCRIPT)
            return at_place(scenario, node->place, "a process follows no script");
        if (node->strategy != SCN_NONE)
            return at_place(scenario, node->place, "processes are honest nodes");
    }
    return NULL;
}

char *
live_limits_find(const ScnScenario *scenario, bool has_links)
{
    char *found;

    if (scenario->nodes->len > LIVE_STAGE_NODES_MAX)
        return g_strdup_printf("%u nodes are more than the %d processes of a live run",
                               scenario->nodes->len, LIVE_STAGE_NODES_MAX);
    if (scenario->protocol.discovery)
        return g_strdup("live nodes keep the connections of the scenario: discovery=on is for "
                        "simulations");
    if (scenario->scripts->len > 0)
        return g_strdup("a process follows no script");
    found = find_node(scenario);
    return found != NULL ? found : find_item(scenario, has_links);
}

char *
live_limits_left_out(const ScnScenario *scenario, bool has_links)
{
    GString *out = g_string_new(NULL);
    bool has_draws = false, has_drift = false;

    for (guint i = 0; i < scenario->nodes->len; i++) {
        const ScnNode *node = &g_array_index(scenario->nodes, ScnNode, i);

        has_drift |= node->drift != 0;
        for (unsigned k = 0; k < SCN_DRAWN_COUNT; k++)
            has_draws |= node->drawn[k] != 0;
    }
    if (scenario->links->len > 0 && !has_links)
        g_string_append(out, "latency, loss and rates of links");
    if (has_draws)
        g_string_append_printf(out, "%srates and checking times of nodes",
                               out->len > 0 ? ", " : "");
    if (has_drift)
        g_string_append_printf(out, "%sdrift of clocks", out->len > 0 ? ", " : "");
    return g_string_free(out, out->len == 0);
}
