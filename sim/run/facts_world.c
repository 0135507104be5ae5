/* One thin wrapper a question; the answers are the world's. */
#include "sim/run/facts_world.h"

#include "sim/engine/assert.h"

#include <string.h>

static SimTime
or_null(SimTime time)
{
    return time < 0 ? SIM_TIME_NULL : time;
}

static bool
node_up(void *world, uint32_t node)
{
    return sim_net_node_up(sim_world_net(world), node);
}

static uint32_t
tip(void *world, uint32_t node)
{
    return sim_world_tip(world, node);
}

static int64_t
height(void *world, uint32_t node)
{
    return (int64_t)sim_world_block_height(world, sim_world_tip(world, node));
}

static SimWork
work(void *world, uint32_t node)
{
    SimWork out;

    memcpy(out.limb, sim_world_block_work(world, sim_world_tip(world, node))->limb,
           sizeof out.limb);
    return out;
}

static SimBlockStatus
status(void *world, uint32_t node, uint32_t block)
{
    switch (sim_world_status(world, node, block)) {
    case KETTE_STATUS_ACTIVE:
        return SIM_STATUS_ACTIVE;
    case KETTE_STATUS_SIDE:
        return SIM_STATUS_SIDE;
    case KETTE_STATUS_ORPHAN:
        return SIM_STATUS_ORPHAN;
    case KETTE_STATUS_INVALID:
        return SIM_STATUS_INVALID;
    case KETTE_STATUS_INVALID_ANCESTOR:
        return SIM_STATUS_INVALID_ANCESTOR;
    case KETTE_STATUS_PARKED:
        return SIM_STATUS_PARKED;
    case KETTE_STATUS_UNKNOWN:
        break;
    }
    return SIM_STATUS_UNKNOWN;
}

static int64_t
arrived(void *world, uint32_t node, uint32_t block)
{
    return or_null(sim_world_arrived(world, node, block));
}

static bool
in_mempool(void *world, uint32_t node, uint32_t tx)
{
    return sim_world_in_mempool(world, node, tx);
}

static int64_t
confirmations(void *world, uint32_t node, uint32_t tx)
{
    return (int64_t)sim_world_confirmations(world, node, tx);
}

static int64_t
balance(void *world, uint32_t node, uint32_t wallet)
{
    return (int64_t)sim_world_balance(world, node, wallet);
}

static int64_t
nonce(void *world, uint32_t node, uint32_t wallet)
{
    return (int64_t)sim_world_nonce(world, node, wallet);
}

static void
state_root(void *world, uint32_t node, uint8_t ret_root[32])
{
    KetteHash root = sim_world_state_root(world, node);

    memcpy(ret_root, root.b, 32);
}

static bool
supply_ok(void *world, uint32_t node)
{
    return sim_world_supply_holds(world, node);
}

static int64_t
orphans(void *world, uint32_t node)
{
    return kette_chain_orphan_count(kette_node_chain(sim_world_node(world, node)));
}

static int64_t
connected(void *world, uint32_t node)
{
    return kette_node_ready_peers(sim_world_node(world, node));
}

static int64_t
reorgs(void *world, uint32_t node)
{
    return (int64_t)sim_world_reorgs(world, node);
}

static int64_t
max_reorg(void *world, uint32_t node)
{
    return (int64_t)sim_world_max_reorg(world, node);
}

static int64_t
mined(void *world, uint32_t node)
{
    return (int64_t)sim_world_mined(world, node);
}

static int64_t
stale(void *world, uint32_t node)
{
    return (int64_t)sim_world_stale(world, node);
}

static uint32_t
best_tip(void *world, const uint32_t *nodes, size_t count)
{
    return sim_world_best_tip(world, nodes, count);
}

static bool
same_tip(void *world, const uint32_t *nodes, size_t count, int64_t ignore_last)
{
    return sim_world_same_tip(world, nodes, count, (uint64_t)MAX(ignore_last, 0));
}

static int64_t
time_to_agree(void *world, const uint32_t *nodes, size_t count, int64_t since_ns)
{
    return or_null(sim_world_time_to_agree(world, nodes, count, since_ns));
}

static void
block_hash(void *world, uint32_t block, uint8_t ret_hash[32])
{
    const KetteHash *id = sim_world_block_hash(world, block);

    for (int i = 0; i < 32; i++)
        ret_hash[i] = id->b[31 - i];
}

static int64_t
block_height(void *world, uint32_t block)
{
    return (int64_t)sim_world_block_height(world, block);
}

SimFacts
sim_facts_of_world(SimWorld *world)
{
    return (SimFacts){
        .world = world,
        .node_up = node_up,
        .tip = tip,
        .height = height,
        .work = work,
        .status = status,
        .arrived = arrived,
        .in_mempool = in_mempool,
        .confirmations = confirmations,
        .balance = balance,
        .nonce = nonce,
        .state_root = state_root,
        .supply_ok = supply_ok,
        .orphans = orphans,
        .connected = connected,
        .reorgs = reorgs,
        .max_reorg = max_reorg,
        .mined = mined,
        .stale = stale,
        .best_tip = best_tip,
        .same_tip = same_tip,
        .time_to_agree = time_to_agree,
        .block_hash = block_hash,
        .block_height = block_height,
    };
}
