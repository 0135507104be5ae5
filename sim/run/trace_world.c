/* Writes the rows of node, edge and block; see trace_world.h. */
#include "sim/run/trace_world.h"

#include "sim/run/link_option.h"
#include "sim/world/observe.h"

static const char *
region_name(const ScnScenario *scenario, uint32_t node)
{
    uint32_t region =
        scenario ? g_array_index(scenario->nodes, ScnNode, node).region : (uint32_t)SCN_NONE;

    return region == SCN_NONE ? NULL : g_ptr_array_index(scenario->regions, region);
}

static SimTraceCell *
put_rate(SimTraceCell *at, uint64_t bps)
{
    return sim_trace_put_integer(at, bps > 0 ? (int64_t)bps : SIM_TRACE_NULL);
}

/* Returns the word of the node's strategy at the end, else of that at the start; NULL: honest. */
static const char *
strategy_word(const SimWorld *world, const ScnScenario *scenario, uint32_t node)
{
    const SimStrategy *last = sim_world_strategy(world, node);
    guint32 first =
        scenario == NULL ? SCN_NONE : g_array_index(scenario->nodes, ScnNode, node).strategy;

    if (last != NULL)
        return last->name;
    return first == SCN_NONE ? NULL : g_array_index(scenario->strategies, ScnStrategy, first).word;
}

static void
write_nodes(SimTraceWriter *writer, SimWorld *world, const ScnScenario *scenario)
{
    const SimNet *net = sim_world_net(world);

    for (uint32_t node = 0; node < sim_world_node_count(world); node++) {
        uint32_t tip = sim_world_tip(world, node);
        SimTraceCell *at = sim_trace_writer_begin(writer, SIM_TABLE_NODE);

        at = sim_trace_put_integer(at, node);
        at = sim_trace_put_text(at, sim_world_node_name(world, node));
        at = sim_trace_put_text(at, sim_world_node_is_miner(world, node) ? "miner" : "full");
        at = sim_trace_put_text(at, region_name(scenario, node));
        at = sim_trace_put_integer(at, sim_world_node_port(world, node));
        at = sim_trace_put_integer(at, sim_world_node_share_ppb(world, node));
        at = sim_trace_put_integer(at, tip);
        at = sim_trace_put_integer(at, (int64_t)sim_world_block_height(world, tip));
        at = sim_trace_put_integer(at, (int64_t)sim_world_reorgs(world, node));
        at = sim_trace_put_integer(at, (int64_t)sim_world_max_reorg(world, node));
        at = sim_trace_put_integer(at, (int64_t)sim_world_mined(world, node));
        at = put_rate(at, sim_net_node_up_bps(net, node));
        at = put_rate(at, sim_net_node_down_bps(net, node));
        at = sim_trace_put_text(at, strategy_word(world, scenario, node));
        sim_trace_writer_end(writer, SIM_TABLE_NODE, at);
    }
}

/* Writes the edges. There are many edges but few kinds of links, so the text of a latency is made
 * only if it differs from that of the previous edge. */
static void
write_edges(SimTraceWriter *writer, GStringChunk *texts, const SimNet *net,
            const ScnScenario *scenario)
{
    const SimLinkSpec *before = NULL;
    const char *latency = NULL;

    for (uint32_t edge = 0; edge < sim_net_edge_count(net); edge++) {
        const SimLinkSpec *link = sim_net_link(net, edge);
        SimTraceCell *at = sim_trace_writer_begin(writer, SIM_TABLE_EDGE);

        if (before == NULL || !sim_link_spec_equal(before, link)) {
            g_autofree char *text = sim_link_latency_text(scenario, net, &link->latency);

            latency = g_string_chunk_insert_const(texts, text);
            before = link;
        }
        at = sim_trace_put_integer(at, edge);
        at = sim_trace_put_integer(at, sim_net_edge_src(net, edge));
        at = sim_trace_put_integer(at, sim_net_edge_dst(net, edge));
        at = sim_trace_put_text(at, latency);
        for (const SimLinkField *field = sim_link_fields + 1; field->option != NULL; field++)
            at = sim_trace_put_integer(at, sim_link_has(link, field)
                                               ? (int64_t)sim_link_get(link, field)
                                               : SIM_TRACE_NULL);
        at = sim_trace_put_integer(at, sim_net_edge_shut(net, edge));
        sim_trace_writer_end(writer, SIM_TABLE_EDGE, at);
    }
}

/* Returns for each block whether it is in the chain of the best of all tips. Free with g_free. */
static bool *
active_blocks(SimWorld *world)
{
    uint32_t nodes = sim_world_node_count(world), block;
    bool *active = g_new0(bool, sim_world_block_count(world));
    g_autofree uint32_t *all = g_new(uint32_t, nodes);

    for (uint32_t node = 0; node < nodes; node++)
        all[node] = node;
    block = sim_world_best_tip(world, all, nodes);
    for (; block != SIM_BLOCK_NONE; block = sim_world_block_parent(world, block))
        active[block] = true;
    return active;
}

static void
write_blocks(SimTraceWriter *writer, SimWorld *world)
{
    g_autofree bool *active = active_blocks(world);

    for (uint32_t block = 0; block < sim_world_block_count(world); block++) {
        SimTraceCell *at = sim_trace_writer_begin(writer, SIM_TABLE_BLOCK);

        at = sim_trace_put_integer(at, block);
        at = sim_trace_put_hash(at, sim_world_block_hash(world, block)->b);
        at = sim_trace_put_ref(at, sim_world_block_parent(world, block));
        at = sim_trace_put_integer(at, (int64_t)sim_world_block_height(world, block));
        at = sim_trace_put_ref(at, sim_world_block_miner(world, block));
        at = sim_trace_put_integer(at, sim_world_block_found(world, block));
        at = sim_trace_put_work(at, sim_world_block_work(world, block));
        at = sim_trace_put_integer(at, sim_world_block_bytes(world, block));
        at = sim_trace_put_integer(at, sim_world_block_tx_count(world, block));
        at = sim_trace_put_integer(at, active[block]);
        sim_trace_writer_end(writer, SIM_TABLE_BLOCK, at);
    }
}

void
sim_trace_write_world(SimTraceWriter *writer, GStringChunk *texts, SimWorld *world,
                      const ScnScenario *scenario)
{
    write_nodes(writer, world, scenario);
    write_edges(writer, texts, sim_world_net(world), scenario);
    write_blocks(writer, world);
}
