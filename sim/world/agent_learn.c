/* What members of a pool make and hear of, and how the others and the strategy learn of it; see
 * agent.h. */
#include "sim/world/agent.h"

/* Gives a member those blocks up to `entry` that it does not have, from another member's chain. */
static void
share(SimHost *to, const SimHost *from, const KetteEntry *entry)
{
    g_autoptr(GPtrArray) path = g_ptr_array_new();
    const KetteChain *chain = kette_node_chain(to->node);

    while (entry->parent != NULL && !kette_chain_knows_body(chain, &entry->id)) {
        g_ptr_array_add(path, (gpointer)entry);
        entry = entry->parent;
    }
    to->told_by = from;
    while (path->len > 0) {
        KetteVerdict verdict;

        entry = g_ptr_array_steal_index(path, path->len - 1);
        verdict = kette_node_submit_block(to->node, entry->block, sim_host_now(to));
        if (verdict != KETTE_OK)
            break; /* its clock is behind, for example; the next block brings this one again */
    }
    to->told_by = NULL;
}

/* Gives a member what the others have. */
void
sim_agent_catch_up(SimHost *host)
{
    const SimAgent *agent = host->agent;

    for (guint i = 0; sim_agent_acts(host) && i < agent->members->len; i++) {
        const SimHost *other = sim_agent_member(agent, i);
        const KetteChain *chain = kette_node_chain(other->node);
        const KetteEntry *base =
            agent->ground == SIM_GROUND_BLOCK ? kette_chain_find(chain, &agent->base) : NULL;

        if (other == host)
            continue;
        share(host, other, kette_chain_tip(chain));
        if (base != NULL && kette_chain_has_joined(chain, base))
            share(host, other, base);
    }
}

void
sim_agent_on_return(SimHost *host)
{
    if (host->agent != NULL && host->agent->strategy != NULL)
        sim_agent_catch_up(host);
}

static bool
is_first_to_hear(const SimHost *host, const KetteHash *id)
{
    for (guint i = 0; i < host->agent->members->len; i++) {
        const SimHost *other = sim_agent_member(host->agent, i);

        if (other != host && kette_chain_knows_body(kette_node_chain(other->node), id))
            return false;
    }
    return true;
}

static void
learn_later(SimHost *host, uint32_t block, bool is_own)
{
    SimWorld *world = host->world;

    sim_engine_schedule(world->engine, sim_time_add(sim_engine_now(world->engine), 1),
                        SIM_CLASS_RUN, host->key, host->counter++, world->learn_handler, host,
                        (uint64_t)block << 1 | is_own);
}

void
sim_agent_on_own_block(SimHost *host, const KetteEntry *block)
{
    SimAgent *agent = host->agent;
    const SimHeld held = {block->id, host->index};

    if (agent->ground == SIM_GROUND_BLOCK &&
        kette_hash_equal(&block->header.previous, &agent->base))
        agent->base = block->id;
    if (!agent->holds)
        return;
    sim_agent_add_held(agent, &held);
    sim_agent_tell(agent, SIM_FACT_WITHHELD, &held);
}

void
sim_agent_on_body(SimHost *host, const KetteEntry *entry, uint32_t block, bool is_own)
{
    const SimAgent *agent = host->agent;

    if (agent->strategy == NULL)
        return;
    if (is_own || is_first_to_hear(host, &entry->id))
        learn_later(host, block, is_own);
}

static void
hear(SimAgent *agent, SimHost *host, const KetteEntry *entry, bool is_own)
{
    void (*heard)(SimAgent * agent, const KetteEntry *block) =
        is_own ? agent->strategy->on_own_block : agent->strategy->on_public_block;

    if (heard == NULL)
        return;
    agent->here = host;
    heard(agent, sim_agent_in_tree(agent, entry));
    agent->here = NULL;
}

/* 1 ns ago a member made or heard of a block. */
void
sim_agent_on_learn(void *user, const SimEvent *event)
{
    SimHost *host = event->data;
    SimWorld *world = user;
    SimAgent *agent = host->agent;
    const KetteChain *chain = kette_node_chain(host->node);
    const KetteEntry *entry =
        kette_chain_find(chain, &sim_ledger_block(&world->ledger, event->arg >> 1)->id);

    if (agent == NULL || agent->strategy == NULL || entry == NULL ||
        !kette_chain_has_joined(chain, entry) || kette_chain_is_failed(chain, entry))
        return;
    for (guint i = 0; i < agent->members->len; i++) {
        if (sim_agent_member(agent, i) != host && sim_agent_acts(sim_agent_member(agent, i)))
            share(sim_agent_member(agent, i), host, entry);
    }
    hear(agent, host, entry, event->arg & 1);
    sim_engine_touch(world->engine);
}

void
sim_agent_on_tip(SimHost *host, const KetteEntry *tip)
{
    SimAgent *agent = host->agent;

    if (agent->strategy == NULL || agent->strategy->on_tip == NULL || sim_agent_here(agent) != host)
        return;
    agent->here = host;
    agent->strategy->on_tip(agent, tip);
    agent->here = NULL;
}
