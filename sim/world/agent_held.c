/* What a pool holds back; see agent.h. */
#include "sim/world/agent.h"

static void
hide(SimAgent *agent, const KetteHash *id)
{
    if (g_hash_table_size(agent->hidden) == 0)
        agent->world->sieves++;
    g_hash_table_add(agent->hidden, g_memdup2(id, sizeof *id));
}

static void
stop_hiding(SimAgent *agent, const KetteHash *id)
{
    g_hash_table_remove(agent->hidden, id);
    if (g_hash_table_size(agent->hidden) == 0)
        agent->world->sieves--;
}

void
sim_agent_add_held(SimAgent *agent, const SimHeld *held)
{
    agent->has_acted = true;
    hide(agent, &held->id);
    g_array_append_vals(agent->held, held, 1);
}

bool
sim_agent_hides(const SimHost *host, const KetteHash *id)
{
    return host->agent != NULL && g_hash_table_contains(host->agent->hidden, id);
}

bool
sim_agent_hides_any(const SimHost *host)
{
    return host->agent != NULL && g_hash_table_size(host->agent->hidden) > 0;
}

/* Sends a block to all peers that are not members of the same pool. */
void
sim_agent_send_to_all(SimHost *host, const KetteBlock *block)
{
    SimWorld *world = host->world;
    size_t count;
    const uint32_t *edges = sim_net_out_edges(world->net, &count, host->index);

    for (uint32_t peer = 0; peer < count; peer++) {
        const SimHost *to = sim_world_host(world, sim_net_edge_dst(world->net, edges[peer]));

        if (sim_net_edge_open(world->net, edges[peer]) && to->agent != host->agent)
            sim_host_send(host, peer, kette_message_block((KetteBlock *)block));
    }
}

static void
send_from(SimHost *host, const KetteHash *id)
{
    const KetteChain *chain = kette_node_chain(host->node);
    const KetteEntry *entry = kette_chain_find(chain, id);

    if (entry != NULL && kette_chain_has_joined(chain, entry) && sim_agent_acts(host))
        sim_agent_send_to_all(host, entry->block);
}

void
sim_agent_tell(SimAgent *agent, SimFactKind kind, const SimHeld *held)
{
    const SimFact fact = {
        .kind = kind,
        .time = sim_engine_now(agent->world->engine),
        .node = held->maker,
        .from = SIM_NODE_NONE,
        .block = sim_ledger_find(&agent->world->ledger, &held->id),
        .old_block = SIM_BLOCK_NONE,
        .hash = held->id.b,
    };

    sim_world_tell(agent->world, &fact);
}

/* Publishes blocks that are no longer in `held`, oldest first. */
static uint32_t
publish(SimAgent *agent, const GArray *published)
{
    for (guint i = 0; i < published->len; i++)
        stop_hiding(agent, &g_array_index(published, SimHeld, i).id);
    for (guint i = 0; i < published->len; i++) {
        const SimHeld *held = &g_array_index(published, SimHeld, i);

        sim_agent_tell(agent, SIM_FACT_RELEASED, held);
        for (guint k = 0; k < agent->members->len; k++)
            send_from(sim_agent_member(agent, k), &held->id);
    }
    sim_engine_touch(agent->world->engine);
    return published->len;
}

void
sim_agent_hold(SimAgent *agent, bool on)
{
    agent->holds = on;
}

uint32_t
sim_agent_publish(SimAgent *agent, uint32_t count)
{
    g_autoptr(GArray) published = g_array_new(FALSE, FALSE, sizeof(SimHeld));

    count = count == 0 ? agent->held->len : MIN(count, agent->held->len);
    if (count == 0)
        return 0;
    g_array_append_vals(published, agent->held->data, count);
    g_array_remove_range(agent->held, 0, count);
    return publish(agent, published);
}

uint32_t
sim_agent_publish_branch(SimAgent *agent, const KetteEntry *last)
{
    g_autoptr(GArray) published = g_array_new(FALSE, FALSE, sizeof(SimHeld));
    guint i = 0;

    while (i < agent->held->len) {
        const SimHeld *held = &g_array_index(agent->held, SimHeld, i);
        const KetteEntry *entry = kette_store_find(agent->tree, &held->id);

        if (entry != NULL && kette_entry_ancestor(last, entry->height) == entry) {
            g_array_append_vals(published, held, 1);
            g_array_remove_index(agent->held, i);
        } else {
            i++;
        }
    }
    return published->len > 0 ? publish(agent, published) : 0;
}

void
sim_agent_drop(SimAgent *agent)
{
    g_autoptr(GArray) dropped = g_steal_pointer(&agent->held);

    agent->held = g_array_new(FALSE, FALSE, sizeof(SimHeld));
    for (guint i = 0; i < dropped->len; i++)
        sim_agent_tell(agent, SIM_FACT_GIVEN_UP, &g_array_index(dropped, SimHeld, i));
}

uint32_t
sim_world_release(SimWorld *world, uint32_t node, uint32_t count)
{
    SimHost *host = sim_world_host(world, node);

    return host->agent != NULL ? sim_agent_publish(host->agent, count) : 0;
}

uint32_t
sim_world_withheld(const SimWorld *world, uint32_t node)
{
    const SimHost *host = sim_world_host(world, node);
    uint32_t count = 0;

    for (guint i = 0; host->agent != NULL && i < host->agent->held->len; i++)
        count += g_array_index(host->agent->held, SimHeld, i).maker == node;
    return count;
}
