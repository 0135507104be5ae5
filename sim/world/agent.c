/* What the world does for a strategy: see strategy/strategy.h.
 *
 * A held block is removed from everything that members of the pool send to others. The agent holds
 * it, not the strategy: if the nodes get another strategy, the block stays held until it is
 * published. The place where the miners build and a pending wake-up end with the strategy.
 *
 * A strategy compares blocks that different members have heard of. With a store for each node
 * (isolate) these are entries of different trees, so the agent enters each in the tree of its first
 * member, and shows the strategy the entries of that tree alone. No member's own view changes by
 * that.
 */
#include "sim/engine/assert.h"
#include "sim/world/agent.h"

/* --- beginning and ending ----------------------------------------------------------------- */

/* Files the label of a strategy, if it has one, by whether the strategy has acted. */
static void
judge_strategy(SimAgent *agent)
{
    SimWorld *world = agent->world;
    const char *why = agent->why != NULL ? agent->why
                      : agent->strategy != NULL && agent->strategy->holds
                          ? "it changed nothing: its nodes found no block"
                          : "it changed nothing in all its time";

    if (agent->label == NULL)
        return;
    if (agent->has_acted) {
        g_hash_table_add(world->active, g_steal_pointer(&agent->label));
        return;
    }
    g_ptr_array_add(world->idle, g_steal_pointer(&agent->label));
    g_ptr_array_add(world->idle, g_strdup(why));
}

/* Returns whether what the members send must be shown to the strategy. */
static bool
is_sieve(const SimStrategy *strategy)
{
    return strategy->on_replace != NULL || strategy->on_send != NULL;
}

static void
end_strategy(SimAgent *agent)
{
    if (agent->strategy == NULL)
        return;
    judge_strategy(agent);
    g_clear_pointer(&agent->why, g_free);
    if (agent->strategy->end != NULL)
        agent->strategy->end(agent->state);
    agent->world->sieves -= is_sieve(agent->strategy);
    agent->strategy = NULL;
    agent->state = NULL;
}

static void
agent_free(SimAgent *agent)
{
    end_strategy(agent);
    if (g_hash_table_size(agent->hidden) > 0)
        agent->world->sieves--;
    g_hash_table_unref(agent->hidden);
    g_array_unref(agent->held);
    g_ptr_array_unref(agent->members);
    g_free(agent);
}

/* Takes the host out of its pool; the last one frees it. */
void
sim_agent_leave(SimHost *host)
{
    SimAgent *agent = host->agent;

    if (agent == NULL)
        return;
    host->agent = NULL;
    host->has_agent = false;
    g_ptr_array_remove(agent->members, host);
    if (agent->members->len > 0)
        return;
    sim_engine_cancel(agent->world->engine, agent->wake, NULL);
    agent_free(agent);
}

static SimAgent *
agent_new(SimWorld *world, SimHost *first)
{
    SimAgent *agent = g_new0(SimAgent, 1);

    agent->world = world;
    agent->members = g_ptr_array_new();
    agent->tree = first->store;
    agent->held = g_array_new(FALSE, FALSE, sizeof(SimHeld));
    agent->hidden =
        g_hash_table_new_full(kette_hash_table_hash, kette_hash_table_equal, g_free, NULL);
    return agent;
}

/* Takes over what another pool holds: the members of a new one may come from several. */
static void
take_held(SimAgent *agent, const SimAgent *from)
{
    for (guint i = 0; from != NULL && i < from->held->len; i++) {
        const SimHeld *held = &g_array_index(from->held, SimHeld, i);

        if (g_hash_table_contains(agent->hidden, &held->id))
            continue;
        sim_agent_add_held(agent, held);
    }
}

static bool
is_this_pool(const SimAgent *agent, SimWorld *world, const uint32_t *nodes, size_t count)
{
    if (agent == NULL || agent->members->len != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (g_ptr_array_index(agent->members, i) != sim_world_host(world, nodes[i]))
            return false;
    }
    return true;
}

static SimAgent *
pool_of(SimWorld *world, const uint32_t *nodes, size_t count)
{
    SimHost *first = sim_world_host(world, nodes[0]);
    SimAgent *agent;

    if (is_this_pool(first->agent, world, nodes, count))
        return first->agent;
    agent = agent_new(world, first);
    for (size_t i = 0; i < count; i++) {
        SimHost *host = sim_world_host(world, nodes[i]);

        take_held(agent, host->agent);
        sim_agent_leave(host);
        g_ptr_array_add(agent->members, host);
        host->agent = agent;
        host->has_agent = true;
    }
    return agent;
}

void
sim_world_set_strategy(SimWorld *world, const uint32_t *nodes, size_t count,
                       const SimStrategy *strategy, const SimStrategyOptions *options)
{
    static const SimStrategyOptions none = {0};
    SimAgent *agent;

    sim_assert(count > 0);
    if (strategy == NULL && count == 1 && sim_world_host(world, nodes[0])->agent == NULL)
        return;
    agent = pool_of(world, nodes, count);
    end_strategy(agent);
    agent->tree = sim_agent_member(agent, 0)->store; /* an upgrade gives it another */
    for (guint i = 0; strategy != NULL && i < agent->members->len; i++)
        sim_agent_catch_up(sim_agent_member(agent, i));
    sim_engine_cancel(world->engine, agent->wake, NULL);
    agent->wake = (SimHandle){0};
    agent->strategy = strategy;
    agent->label = options != NULL ? g_strdup(options->label) : NULL;
    agent->has_acted = false;
    agent->holds = strategy != NULL && strategy->holds;
    world->sieves += strategy != NULL && is_sieve(strategy);
    agent->ground = SIM_GROUND_NONE; /* what is being ground was planned by another strategy */
    sim_agent_mine_on_tip(agent);
    if (strategy != NULL && strategy->begin != NULL)
        agent->state = strategy->begin(agent, options != NULL ? options : &none);
    sim_engine_touch(world->engine);
}

bool
sim_world_can_be_pool(const SimWorld *world, const uint32_t *nodes, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (sim_world_host(world, nodes[i])->knows != sim_world_host(world, nodes[0])->knows)
            return false;
    }
    return true;
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

void
sim_agent_explain(SimAgent *agent, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (agent->why == NULL)
        agent->why = g_strdup_vprintf(format, args);
    va_end(args);
}

void
sim_world_idle_strategies(SimWorld *world,
                          void (*func)(void *user, const char *label, const char *why), void *user)
{
    for (uint32_t node = 0; node < world->host_count; node++) {
        if (sim_world_host(world, node)->agent != NULL)
            judge_strategy(sim_world_host(world, node)->agent);
    }
    for (guint i = 0; i < world->idle->len; i += 2) {
        const char *label = g_ptr_array_index(world->idle, i);

        if (!g_hash_table_contains(world->active, label))
            func(user, label, g_ptr_array_index(world->idle, i + 1));
    }
}

/* --- what is asked ------------------------------------------------------------------------ */

SimHost *
sim_agent_here(const SimAgent *agent)
{
    if (agent->here != NULL)
        return agent->here;
    for (guint i = 0; i < agent->members->len; i++) {
        if (sim_agent_acts(sim_agent_member(agent, i)))
            return sim_agent_member(agent, i);
    }
    return sim_agent_member(agent, 0);
}

/* Returns the entry of the same block in the agent's tree if all that `entry` has is there. */
static const KetteEntry *
find_whole(const SimAgent *agent, const KetteEntry *entry)
{
    const KetteEntry *known = kette_store_find(agent->tree, &entry->id);

    return known != NULL && (known->block != NULL || entry->block == NULL) ? known : NULL;
}

const KetteEntry *
sim_agent_in_tree(SimAgent *agent, const KetteEntry *entry)
{
    g_autoptr(GPtrArray) path = g_ptr_array_new();
    const KetteEntry *known;

    while ((known = find_whole(agent, entry)) == NULL) {
        g_ptr_array_add(path, (gpointer)entry);
        entry = entry->parent;
    }
    while (path->len > 0) {
        KetteVerdict verdict = KETTE_OK;

        entry = g_ptr_array_steal_index(path, path->len - 1);
        known = kette_store_find(agent->tree, &entry->id);
        if (known == NULL)
            verdict = kette_store_add_header(agent->tree, &known, &entry->header, &entry->id);
        if (verdict == KETTE_OK && entry->block != NULL)
            verdict = kette_store_add_body(agent->tree, known, entry->block);
        sim_assert(verdict == KETTE_OK);
    }
    return known;
}

void *
sim_agent_state(const SimAgent *agent)
{
    return agent->state;
}

const KetteEntry *
sim_agent_tip(SimAgent *agent)
{
    return sim_agent_in_tree(agent, kette_chain_tip(kette_node_chain(sim_agent_here(agent)->node)));
}

const KetteParams *
sim_agent_params(const SimAgent *agent)
{
    return kette_store_params(agent->tree);
}

SimTime
sim_agent_now(const SimAgent *agent)
{
    return sim_host_now(sim_agent_here(agent));
}

uint32_t
sim_agent_held(const SimAgent *agent)
{
    return agent->held->len;
}

const KetteEntry *
sim_agent_find(SimAgent *agent, const KetteHash *id)
{
    for (guint i = 0; i < agent->members->len; i++) {
        const KetteChain *chain = kette_node_chain(sim_agent_member(agent, i)->node);
        const KetteEntry *entry = kette_chain_find(chain, id);

        if (entry != NULL && kette_chain_has_joined(chain, entry))
            return sim_agent_in_tree(agent, entry);
    }
    return NULL;
}

const KetteTx *
sim_agent_tx(const SimAgent *agent, uint32_t tx)
{
    return ((const SimTx *)g_ptr_array_index(agent->world->txs, tx))->tx;
}

/* --- where it builds ---------------------------------------------------------------------- */

static void
set_ground(SimAgent *agent, SimGround ground)
{
    bool is_other = agent->ground != ground;

    agent->ground = ground;
    for (guint i = 0; i < agent->members->len; i++) {
        if (is_other)
            sim_mining_forget(sim_agent_member(agent, i));
        sim_mining_arm(sim_agent_member(agent, i));
    }
}

void
sim_agent_mine_on(SimAgent *agent, const KetteEntry *block)
{
    agent->base = block->id;
    set_ground(agent, SIM_GROUND_BLOCK);
}

void
sim_agent_mine_on_tip(SimAgent *agent)
{
    set_ground(agent, SIM_GROUND_TIP);
}

void
sim_agent_mine_nothing(SimAgent *agent)
{
    agent->has_acted = true;
    set_ground(agent, SIM_GROUND_NONE);
}

bool
sim_agent_rests(const SimHost *host)
{
    return host->has_agent && host->agent->ground == SIM_GROUND_NONE;
}

const KetteEntry *
sim_agent_base(const SimHost *host)
{
    const KetteChain *chain = kette_node_chain(host->node);
    const KetteEntry *base = NULL;

    if (host->has_agent && host->agent->ground == SIM_GROUND_BLOCK)
        base = kette_chain_find(chain, &host->agent->base);
    return base != NULL && kette_chain_has_joined(chain, base) ? base : kette_chain_tip(chain);
}

void
sim_agent_plan(SimHost *host, const KetteEntry *base, SimPlan *plan)
{
    SimAgent *agent = host->agent;
    const SimPlan honest = *plan;

    if (agent->strategy == NULL || agent->strategy->plan == NULL)
        return;
    agent->here = host;
    agent->strategy->plan(agent, base, plan);
    agent->here = NULL;
    agent->has_acted |= plan->now_ns != honest.now_ns || plan->is_bare != honest.is_bare;
}

/* --- time --------------------------------------------------------------------------------- */

void
sim_agent_wake(SimAgent *agent, SimTime delay)
{
    SimHost *host = sim_agent_member(agent, 0);
    SimWorld *world = agent->world;

    sim_assert(delay > 0);
    sim_engine_cancel(world->engine, agent->wake, NULL);
    agent->wake = sim_engine_schedule(
        world->engine, sim_time_add(sim_engine_now(world->engine), delay), SIM_CLASS_RUN, host->key,
        host->counter++, world->wake_handler, agent, 0);
}

void
sim_agent_on_wake(void *user, const SimEvent *event)
{
    SimAgent *agent = event->data;

    (void)user;
    agent->wake = (SimHandle){0};
    if (agent->strategy != NULL && agent->strategy->on_wake != NULL)
        agent->strategy->on_wake(agent);
    sim_engine_touch(agent->world->engine);
}
