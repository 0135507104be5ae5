/* What a network can be asked: conditions, expressions, and the state of a node. */
#include "sim/lib/network_impl.h"

#include <string.h>

const ScnExpr *
lib_parse_condition(SimNetwork *network, const char *condition)
{
    g_autofree char *line = g_strconcat("finally ", condition, NULL);
    const ScnScenario *scenario;
    const ScnCheck *check;

    if (strchr(condition, '\n') != NULL) {
        lib_fail(network, "a condition is one line");
        return NULL;
    }
    scenario = lib_parse(network, line);
    if (scenario == NULL)
        return NULL;
    check = g_ptr_array_index(scenario->checks, scenario->checks->len - 1);
    return check->condition;
}

static bool
has_run(SimNetwork *network)
{
    return network->run != NULL || lib_fail(network, "the network has not started");
}

bool
sim_network_holds(SimNetwork *network, const char *condition)
{
    const ScnExpr *expr;
    g_autofree char *error = NULL;
    bool holds;

    if (!has_run(network) || (expr = lib_parse_condition(network, condition)) == NULL)
        return false;
    holds = sim_checks_ask(sim_run_mutable_checks(network->run), expr, sim_network_now(network),
                           &error);
    if (error != NULL)
        return lib_fail(network, "%s", error);
    return holds || lib_fail(network, "%s does not hold", condition);
}

const char *
sim_network_ask(SimNetwork *network, const char *expression)
{
    g_autofree char *line = g_strconcat("measure asked_now = ", expression, NULL);
    const ScnScenario *scenario;
    const ScnMeasure *measure;
    g_autofree char *error = NULL;

    if (!has_run(network))
        return NULL;
    if (strchr(expression, '\n') != NULL) {
        lib_fail(network, "an expression is one line");
        return NULL;
    }
    scenario = lib_parse(network, line);
    if (scenario == NULL)
        return NULL;
    measure = g_ptr_array_index(scenario->measures, scenario->measures->len - 1);
    g_string_truncate(network->answer, 0);
    if (!sim_checks_evaluate(sim_run_mutable_checks(network->run), measure->value,
                             sim_network_now(network), network->answer, &error)) {
        lib_fail(network, "%s", error);
        return NULL;
    }
    return network->answer->str;
}

bool
sim_network_ask_number(SimNetwork *network, const char *expression, double *ret_value)
{
    const char *text = sim_network_ask(network, expression);
    char *end = NULL;
    double value;

    if (text == NULL)
        return false;
    value = g_ascii_strtod(text, &end);
    if (end == text || *end != '\0')
        return lib_fail(network, "%s is '%s', which is not one number", expression, text);
    *ret_value = value;
    return true;
}

bool
sim_network_status(SimNetwork *network, const char *node, SimNodeStatus *ret_status)
{
    SimWorld *world;
    uint32_t n;

    if (!has_run(network) || !lib_find_node(network, &n, node))
        return false;
    world = sim_run_world(network->run);
    *ret_status = (SimNodeStatus){
        .up = sim_world_node_up(world, n),
        .height = sim_world_block_height(world, sim_world_tip(world, n)),
        .connections = kette_node_ready_peers(sim_world_node(world, n)),
        .mempool = (uint32_t)kette_mempool_count(kette_node_mempool(sim_world_node(world, n))),
        .reorgs = sim_world_reorgs(world, n),
    };
    lib_hex(ret_status->tip, sim_world_block_hash(world, sim_world_tip(world, n))->b);
    return true;
}

uint32_t
sim_network_node_count(const SimNetwork *network)
{
    return network->run != NULL ? sim_world_node_count(sim_run_world(network->run)) : 0;
}

const char *
sim_network_node_name(const SimNetwork *network, uint32_t index)
{
    return index < sim_network_node_count(network)
               ? sim_world_node_name(sim_run_world(network->run), index)
               : NULL;
}

const char *
sim_network_digest(const SimNetwork *network)
{
    return network->is_stopped ? sim_run_digest(network->run) : "";
}

const char *
sim_network_outcome(const SimNetwork *network)
{
    return network->is_stopped ? sim_run_outcome(network->run) : "";
}
