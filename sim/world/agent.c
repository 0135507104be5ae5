/* What the world does for a strategy: it holds blocks back and decides where the miner builds; see
 * strategy/strategy.h.
 *
 * A held block is removed from everything that its maker sends. The agent holds it, not the
 * strategy: if the node gets another strategy, the block stays held until it is published or let
 * go. The place where the miner builds and a pending wake-up end with the strategy.
 */
#include "sim/engine/assert.h"
#include "sim/world/world_impl.h"

typedef enum { ON_TIP, ON_BLOCK, ON_NOTHING } Ground;

struct SimAgent {
    SimHost *host;
    const SimStrategy *strategy; /* NULL: honest */
    void *state;
    GArray *held; /* KetteHash, oldest first */
    Ground ground;
    KetteHash base; /* for ON_BLOCK */
    SimHandle wake;
};

/* --- beginning and ending ----------------------------------------------------------------- */

static SimAgent *
agent_of(SimHost *host)
{
    if (host->agent == NULL) {
        host->agent = g_new0(SimAgent, 1);
        host->agent->host = host;
        host->agent->held = g_array_new(FALSE, FALSE, sizeof(KetteHash));
        host->has_agent = true;
    }
    return host->agent;
}

static void
end_strategy(SimAgent *agent)
{
    if (agent->strategy != NULL && agent->strategy->end != NULL)
        agent->strategy->end(agent->state);
    agent->strategy = NULL;
    agent->state = NULL;
}

void
sim_agent_free(SimAgent *agent)
{
    if (agent == NULL)
        return;
    end_strategy(agent);
    g_array_unref(agent->held);
    g_free(agent);
}

void
sim_world_set_strategy(SimWorld *world, uint32_t node, const SimStrategy *strategy)
{
    SimHost *host = sim_world_host(world, node);
    SimAgent *agent;

    if (strategy == NULL && host->agent == NULL)
        return;
    agent = agent_of(host);
    end_strategy(agent);
    sim_engine_cancel(world->engine, agent->wake, NULL);
    agent->wake = (SimHandle){0};
    agent->strategy = strategy;
    sim_agent_mine_on_tip(agent);
    if (strategy != NULL && strategy->begin != NULL)
        agent->state = strategy->begin(agent);
    sim_engine_touch(world->engine);
}

SimAgent *
sim_world_agent(const SimWorld *world, uint32_t node)
{
    return sim_world_host(world, node)->agent;
}

const SimStrategy *
sim_world_strategy(const SimWorld *world, uint32_t node)
{
    const SimHost *host = sim_world_host(world, node);

    return host->agent != NULL ? host->agent->strategy : NULL;
}

/* --- what is asked ------------------------------------------------------------------------ */

void *
sim_agent_state(const SimAgent *agent)
{
    return agent->state;
}

const KetteChain *
sim_agent_chain(const SimAgent *agent)
{
    return kette_node_chain(agent->host->node);
}

SimTime
sim_agent_now(const SimAgent *agent)
{
    return sim_host_now(agent->host);
}

bool
sim_agent_is_own(const SimAgent *agent, const KetteEntry *block)
{
    const KetteNodeConfig *config = kette_node_config(agent->host->node);

    return agent->host->has_account && block->block != NULL &&
           memcmp(&block->block->miner, &config->miner, sizeof config->miner) == 0;
}

uint32_t
sim_agent_held(const SimAgent *agent)
{
    return agent->held->len;
}

/* --- what is held ------------------------------------------------------------------------- */

bool
sim_agent_hides(const SimHost *host, const KetteHash *id)
{
    for (guint i = 0; sim_agent_hides_any(host) && i < host->agent->held->len; i++) {
        if (kette_hash_equal(&g_array_index(host->agent->held, KetteHash, i), id))
            return true;
    }
    return false;
}

bool
sim_agent_hides_any(const SimHost *host)
{
    return host->agent != NULL && host->agent->held->len > 0;
}

static void
hold_block(SimAgent *agent, const KetteHash *id)
{
    if (agent->held->len == 0)
        agent->host->world->sieves++;
    g_array_append_vals(agent->held, id, 1);
}

/* Stops hiding the oldest `count` held blocks; count > 0. */
static void
stop_hiding(SimAgent *agent, uint32_t count)
{
    g_array_remove_range(agent->held, 0, count);
    if (agent->held->len == 0)
        agent->host->world->sieves--;
}

void
sim_agent_send_to_all(SimHost *host, const KetteBlock *block)
{
    SimWorld *world = host->world;
    size_t count;
    const uint32_t *edges = sim_net_out_edges(world->net, &count, host->index);

    for (uint32_t peer = 0; peer < count; peer++) {
        if (sim_net_edge_open(world->net, edges[peer]))
            sim_host_send(host, peer, kette_message_block((KetteBlock *)block));
    }
}

uint32_t
sim_agent_publish(SimAgent *agent, uint32_t count)
{
    SimHost *host = agent->host;
    g_autoptr(GArray) published = g_array_new(FALSE, FALSE, sizeof(KetteHash));

    count = count == 0 ? agent->held->len : MIN(count, agent->held->len);
    g_array_append_vals(published, agent->held->data, count);
    if (count == 0)
        return 0;
    stop_hiding(agent, count);
    for (uint32_t i = 0; i < count; i++) {
        const KetteEntry *entry =
            kette_chain_find(kette_node_chain(host->node), &g_array_index(published, KetteHash, i));

        if (entry != NULL && entry->block != NULL && host->running)
            sim_agent_send_to_all(host, entry->block);
    }
    sim_engine_touch(host->world->engine);
    return count;
}

void
sim_agent_let_go(SimAgent *agent)
{
    if (agent->held->len > 0)
        stop_hiding(agent, agent->held->len);
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

    return host->agent != NULL ? sim_agent_held(host->agent) : 0;
}

/* --- where it builds ---------------------------------------------------------------------- */

static void
set_ground(SimAgent *agent, Ground ground)
{
    agent->ground = ground;
    sim_mining_arm(agent->host);
}

void
sim_agent_mine_on(SimAgent *agent, const KetteEntry *block)
{
    agent->base = block->id;
    set_ground(agent, ON_BLOCK);
}

void
sim_agent_mine_on_tip(SimAgent *agent)
{
    set_ground(agent, ON_TIP);
}

void
sim_agent_mine_nothing(SimAgent *agent)
{
    set_ground(agent, ON_NOTHING);
}

bool
sim_agent_rests(const SimHost *host)
{
    return host->has_agent && host->agent->ground == ON_NOTHING;
}

const KetteEntry *
sim_agent_base(const SimHost *host)
{
    const KetteChain *chain = kette_node_chain(host->node);
    const KetteEntry *base = NULL;

    if (host->has_agent && host->agent->ground == ON_BLOCK)
        base = kette_chain_find(chain, &host->agent->base);
    return base != NULL && kette_chain_has_joined(chain, base) ? base : kette_chain_tip(chain);
}

/* --- callbacks ---------------------------------------------------------------------------- */

void
sim_agent_on_own_block(SimHost *host, const KetteEntry *block)
{
    SimAgent *agent = host->agent;
    const SimStrategy *strategy = agent->strategy;

    if (strategy != NULL && strategy->on_own_block != NULL && !strategy->on_own_block(agent, block))
        hold_block(agent, &block->id);
}

void
sim_agent_on_public_block(SimHost *host, const KetteEntry *block)
{
    SimAgent *agent = host->agent;
    const SimStrategy *strategy = agent->strategy;

    if (strategy != NULL && strategy->on_public_block != NULL)
        strategy->on_public_block(agent, block);
}

void
sim_agent_on_tip(SimHost *host, const KetteEntry *tip)
{
    const SimStrategy *strategy = host->agent->strategy;

    if (strategy != NULL && strategy->on_tip != NULL)
        strategy->on_tip(host->agent, tip);
}

void
sim_agent_wake(SimAgent *agent, SimTime delay)
{
    SimHost *host = agent->host;
    SimWorld *world = host->world;

    sim_assert(delay > 0);
    sim_engine_cancel(world->engine, agent->wake, NULL);
    agent->wake = sim_engine_schedule(
        world->engine, sim_time_add(sim_engine_now(world->engine), delay), SIM_CLASS_RUN, host->key,
        host->counter++, world->wake_handler, host, 0);
}

void
sim_agent_on_wake(void *user, const SimEvent *event)
{
    SimAgent *agent = ((SimHost *)event->data)->agent;

    (void)user;
    agent->wake = (SimHandle){0};
    if (agent->strategy != NULL && agent->strategy->on_wake != NULL)
        agent->strategy->on_wake(agent);
    sim_engine_touch(agent->host->world->engine);
}
