/* One thin wrapper a question; the answers are the world's. */
#include "sim/run/facts_world.h"

#include "sim/engine/assert.h"

#include <string.h>

static SimTime
or_null(SimTime time)
{
    return time < 0 ? SIM_TIME_NULL : time;
}

/* A block that has a name in the scenario and whose body no node has: its number there, marked. */
#define NAMED (1u << 31)

static bool
is_named(uint32_t block)
{
    return block != SIM_REF_NONE && (block & NAMED) != 0;
}

static uint32_t
named_block(void *world, uint32_t named)
{
    uint32_t ref = sim_world_named_ref(world, named);

    if (ref != SIM_BLOCK_NONE)
        return ref;
    return sim_world_named_id(world, named) != NULL ? NAMED | named : SIM_REF_NONE;
}

/* Sets leave script nodes out: they have no chain. */
static bool
node_up(void *world, uint32_t node)
{
    return sim_world_node_up(world, node) && !sim_world_node_is_script(world, node);
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
block_status(void *world, uint32_t node, uint32_t block)
{
    KetteBlockStatus status = is_named(block) ? sim_world_named_status(world, node, block & ~NAMED)
                                              : sim_world_status(world, node, block);

    switch (status) {
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
    return is_named(block) ? SIM_TIME_NULL : or_null(sim_world_arrived(world, node, block));
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

static int64_t
bits(void *world, uint32_t node)
{
    return sim_world_bits(world, node);
}

static __int128
difficulty(void *world, uint32_t node)
{
    return sim_world_difficulty_ppt(world, node);
}

static int64_t
peers(void *world, uint32_t node)
{
    return (int64_t)sim_world_known_addresses(world, node);
}

static int64_t
chain_quality(void *world, uint32_t node, const uint32_t *of, size_t count)
{
    return sim_world_chain_quality_ppt(world, node, of, count);
}

static int64_t
chain_growth(void *world, uint32_t node)
{
    return sim_world_chain_growth_ppt(world, node);
}

static __int128
revenue(void *world, uint32_t node)
{
    return (__int128)sim_world_revenue(world, node);
}

static int64_t
bytes(void *world, uint32_t node)
{
    return (int64_t)sim_world_bytes(world, node);
}

static int64_t
refused(void *world, uint32_t node, uint32_t verdict)
{
    return (int64_t)sim_world_refused(world, node, (KetteVerdict)verdict);
}

static bool
common_prefix(void *world, const uint32_t *nodes, size_t count, int64_t less)
{
    return sim_world_common_prefix(world, nodes, count, (uint64_t)MAX(less, 0));
}

static int64_t
messages(void *world, uint32_t kind)
{
    return (int64_t)sim_world_messages(world, (KetteMessageKind)kind);
}

static int64_t
propagation(void *world, uint32_t permille)
{
    return or_null(sim_world_median_propagation(world, permille));
}

static int64_t
wire_size(void *world, uint32_t block)
{
    return is_named(block) ? sim_world_named_bytes(world, block & ~NAMED)
                           : sim_world_block_bytes(world, block);
}

static void
block_hash(void *world, uint32_t block, uint8_t ret_hash[32])
{
    const KetteHash *id = is_named(block) ? sim_world_named_id(world, block & ~NAMED)
                                          : sim_world_block_hash(world, block);

    for (int i = 0; i < 32; i++)
        ret_hash[i] = id->b[31 - i];
}

static int64_t
block_height(void *world, uint32_t block)
{
    return is_named(block) ? 0 : (int64_t)sim_world_block_height(world, block);
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
        .status = block_status,
        .named_block = named_block,
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
        .bits = bits,
        .difficulty = difficulty,
        .peers = peers,
        .chain_quality = chain_quality,
        .chain_growth = chain_growth,
        .revenue = revenue,
        .bytes = bytes,
        .refused = refused,
        .common_prefix = common_prefix,
        .messages = messages,
        .propagation = propagation,
        .wire_size = wire_size,
        .best_tip = best_tip,
        .same_tip = same_tip,
        .time_to_agree = time_to_agree,
        .block_hash = block_hash,
        .block_height = block_height,
    };
}
