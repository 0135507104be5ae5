/* Messages that a strategy delays, stops or makes itself; see agent.h. */
#include "core/base/limits.h"
#include "core/chain/retarget.h"
#include "core/chain/rules.h"
#include "sim/world/agent.h"
#include "sim/world/strategy/forgery.h"

/* Returns what leaves in place of a message, which it takes over. */
static KetteMessage *
replace(SimAgent *agent, KetteMessage *message)
{
    KetteMessage *other = agent->strategy->on_replace(agent, message);

    if (other == NULL)
        return message;
    agent->has_acted = true;
    kette_message_unref(message);
    return other;
}

KetteMessage *
sim_agent_let_out(SimHost *host, uint32_t edge, KetteMessage *message)
{
    SimAgent *agent = host->agent;
    SimTime delay = 0;

    if (agent->strategy != NULL && agent->strategy->on_replace != NULL)
        message = replace(agent, message);
    if (agent->strategy != NULL && agent->strategy->on_send != NULL)
        delay = agent->strategy->on_send(agent, message);
    if (delay == 0)
        return message;
    agent->has_acted = true;
    if (delay == SIM_TIME_NEVER)
        kette_message_unref(message);
    else
        sim_late_add(host, edge, message, delay);
    return NULL;
}

void
sim_agent_send(SimAgent *agent, KetteMessage *message)
{
    SimHost *host = sim_agent_member(agent, 0);
    const SimNet *net = agent->world->net;
    size_t count;
    const uint32_t *edges = sim_net_out_edges(net, &count, host->index);

    for (size_t i = 0; sim_agent_acts(host) && i < count; i++) {
        uint32_t edge = edges[agent->edge_at++ % count];

        if (!sim_net_edge_open(net, edge))
            continue;
        agent->has_acted = true;
        sim_host_send_over(host, edge, message);
        return;
    }
    kette_message_unref(message);
}

static bool
takes_payments(const SimHost *host)
{
    return sim_agent_acts(host) && !host->is_script &&
           (host->agent == NULL || host->agent->strategy == NULL);
}

/* Returns the first honest neighbour of a member; else the first honest node; NONE without any. */
static uint32_t
find_customer(const SimAgent *agent)
{
    const SimWorld *world = agent->world;
    uint32_t first = SIM_NODE_NONE;

    for (guint i = 0; i < agent->members->len; i++) {
        size_t count;
        const uint32_t *edges =
            sim_net_out_edges(world->net, &count, sim_agent_member(agent, i)->index);

        for (size_t k = 0; k < count; k++) {
            uint32_t node = sim_net_edge_dst(world->net, edges[k]);

            if (node < first && sim_net_edge_open(world->net, edges[k]) &&
                takes_payments(sim_world_host(world, node)))
                first = node;
        }
    }
    for (uint32_t node = 0; first == SIM_NODE_NONE && node < world->host_count; node++)
        first = takes_payments(sim_world_host(world, node)) ? node : first;
    return first;
}

KetteVerdict
sim_agent_pay(SimAgent *agent, uint32_t tx)
{
    uint32_t node = find_customer(agent);
    KetteVerdict verdict = KETTE_MEMPOOL_FULL;

    if (node != SIM_NODE_NONE)
        verdict = sim_world_submit(agent->world, tx, node);
    agent->has_acted |= verdict == KETTE_OK;
    return verdict;
}

/* --- blocks that nobody has --------------------------------------------------------------- */

KetteBlock *
sim_agent_forge(SimAgent *agent, const KetteEntry *parent, uint64_t number, uint64_t extra)
{
    KetteHasher *hasher = kette_store_hasher(agent->tree);
    const KetteEntry *tip = parent != NULL ? parent : sim_agent_tip(agent);
    const KetteParams *params = kette_store_params_above(agent->tree, tip);
    KetteBlockSpec spec = {
        .header = {.version = kette_store_version_above(agent->tree, tip),
                   .previous = tip->id,
                   .time = (uint32_t)kette_rules_earliest_time(params, tip)},
        .height = tip->height + 1,
    };
    bool mutated;

    spec.header.bits = kette_retarget_next(params, tip, spec.header.time);
    kette_put_le64(spec.miner.b, number);
    spec.reward = kette_params_subsidy(params, spec.height) + extra;
    if (parent == NULL)
        spec.header.previous =
            kette_sha256d_pair(hasher, "nobody's block ", 15, spec.miner.b, sizeof spec.miner.b);
    spec.header.commitment = kette_block_commitment(hasher, &mutated, &spec);
    if (params->pow == KETTE_POW_SIMULATED)
        spec.header.nonce = kette_header_seal(hasher, &spec.header, &params->seal_key);
    return kette_block_new(hasher, &spec);
}

KetteBlock *
sim_agent_with_wrong_body(SimAgent *agent, const KetteBlock *block)
{
    KetteBlockSpec spec = kette_block_spec(block);

    spec.reward++;
    return kette_block_new(kette_store_hasher(agent->tree), &spec);
}

KetteMessage *
sim_agent_forged_payments(SimAgent *agent, uint64_t n)
{
    const GPtrArray *wallets = agent->world->wallets;
    uint8_t secret[32] = {0};
    g_autoptr(KetteKey) stranger = NULL;

    if (wallets->len > 0) {
        const SimWallet *wallet = g_ptr_array_index(wallets, n / 2 % wallets->len);

        return sim_forgery_of_payments_new(agent->tree, sim_agent_tip(agent), wallet->key, n);
    }
    kette_put_le64(secret, n);
    stranger = kette_key_new(secret);
    return sim_forgery_of_payments_new(agent->tree, sim_agent_tip(agent), stranger, n);
}

KetteMessage *
sim_agent_forgery(SimAgent *agent, uint64_t n)
{
    const KetteEntry *tip = sim_agent_tip(agent);

    return tip->parent != NULL ? sim_forgery_new(agent->tree, tip, n) : NULL;
}
