/* Questions to a network: conditions, expressions, and the state of a node. */
#include "sim/lib/network_impl.h"
#include "sim/world/fault.h"
#include "sim/world/observe.h"

ScnTerm *
lib_bind_condition(SimNetwork *network, const char *condition)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    ScnTerm *term = scn_line_condition(network->scenario, condition, errors);

    if (term == NULL)
        lib_fail_parse(network, errors);
    return term;
}

static bool
has_run(SimNetwork *network)
{
    return network->run != NULL || lib_fail(network, "the network has not started");
}

bool
sim_network_holds(SimNetwork *network, const char *condition)
{
    g_autoptr(ScnTerm) term = NULL;
    g_autofree char *error = NULL, *why = NULL;
    bool holds;

    if (!has_run(network))
        return false;
    term = lib_bind_condition(network, condition);
    if (term == NULL)
        return false;
    holds = sim_checks_ask(sim_run_mutable_checks(network->run), term, sim_network_now(network),
                           &error);
    if (error != NULL)
        return lib_fail(network, "%s", error);
    if (holds)
        return true;
    why = sim_checks_explain(sim_run_mutable_checks(network->run), term, sim_network_now(network));
    return lib_fail(network, "%s does not hold: %s", condition, why);
}

const char *
sim_network_ask(SimNetwork *network, const char *expression)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnTerm) term = NULL;
    g_autofree char *error = NULL;

    if (!has_run(network))
        return NULL;
    term = scn_line_value(network->scenario, expression, errors);
    if (term == NULL) {
        lib_fail_parse(network, errors);
        return NULL;
    }
    g_string_truncate(network->answer, 0);
    if (!sim_checks_evaluate(sim_run_mutable_checks(network->run), term, sim_network_now(network),
                             network->answer, &error)) {
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
