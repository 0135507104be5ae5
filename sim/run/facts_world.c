/* Answers each function of the language: one row each, answered by the world. */
#include "sim/run/facts_world.h"

#include "sim/engine/assert.h"
#include "sim/world/fault.h"
#include "sim/world/observe.h"
#include "sim/world/tree.h"

#include <string.h>

/* A negative time means: never. */
static ScnScalar
time_of(SimTime time, uint32_t node)
{
    return scn_scalar_time(time < 0 ? SCN_TIME_NULL : time, node);
}

/* Marks a block named in the scenario whose body no node has; the number in the scenario follows.
 */
#define NAMED (1u << 31)

static bool
is_named(uint32_t block)
{
    return block != SCN_NONE && (block & NAMED) != 0;
}

static uint32_t
named_block(void *world, uint32_t named)
{
    uint32_t ref = sim_world_named_ref(world, named);

    if (ref != SIM_BLOCK_NONE)
        return ref;
    return sim_world_named_id(world, named) != NULL ? NAMED | named : SCN_NONE;
}

/* Returns whether a node of a set is asked: script nodes have no chain. */
static bool
node_up(void *world, uint32_t node)
{
    return sim_world_node_up(world, node) && !sim_world_node_is_script(world, node);
}

/* --- of a node ---------------------------------------------------------------------------- */

static ScnScalar
count_of(uint64_t count, const SimQuestion *q)
{
    return scn_scalar_count((int64_t)count, q->node);
}

/* In units of 10^-12; a negative portion means: not known yet. */
static ScnScalar
portion_of(int64_t portion, const SimQuestion *q)
{
    return portion < 0 ? scn_scalar_null(q->node)
                       : scn_scalar_quantity(SCN_DIM_NUMBER, portion, q->node);
}

static ScnScalar
tip(SimWorld *world, const SimQuestion *q)
{
    return scn_scalar_block(sim_world_tip(world, q->node), q->node);
}

static ScnScalar
height(SimWorld *world, const SimQuestion *q)
{
    return count_of(sim_world_block_height(world, sim_world_tip(world, q->node)), q);
}

static ScnScalar
work(SimWorld *world, const SimQuestion *q)
{
    ScnScalar scalar = scn_scalar(SCN_VALUE_WORK, q->node);

    memcpy(scalar.work.limb, sim_world_block_work(world, sim_world_tip(world, q->node))->limb,
           sizeof scalar.work.limb);
    return scalar;
}

static ScnScalar
bits(SimWorld *world, const SimQuestion *q)
{
    return count_of(sim_world_bits(world, q->node), q);
}

static ScnScalar
difficulty(SimWorld *world, const SimQuestion *q)
{
    return scn_scalar_quantity(SCN_DIM_NUMBER, sim_world_difficulty_ppt(world, q->node), q->node);
}

static ScnScalar
arrival_delay(SimWorld *world, const SimQuestion *q)
{
    return time_of(sim_world_arrival_delay(world, q->node, q->number == SCN_AVERAGE_MEAN), q->node);
}

static ScnScalar
state_root(SimWorld *world, const SimQuestion *q)
{
    ScnScalar scalar = scn_scalar(SCN_VALUE_HASH, q->node);
    KetteHash root = sim_world_state_root(world, q->node);

    memcpy(scalar.hash, root.b, 32);
    return scalar;
}

static ScnScalar
upgrade_needed(SimWorld *world, const SimQuestion *q)
{
    return scn_scalar_bool(sim_world_upgrade_needed(world, q->node), q->node);
}

static ScnScalar
supply_ok(SimWorld *world, const SimQuestion *q)
{
    return scn_scalar_bool(sim_world_supply_holds(world, q->node), q->node);
}

static ScnScalar
peers(SimWorld *world, const SimQuestion *q)
{
    return count_of(sim_world_known_addresses(world, q->node), q);
}

/* Counts peers with a finished handshake. */
static ScnScalar
connected(SimWorld *world, const SimQuestion *q)
{
    return count_of(kette_node_ready_peers(sim_world_node(world, q->node)), q);
}

static ScnScalar
orphans(SimWorld *world, const SimQuestion *q)
{
    return count_of(kette_chain_orphan_count(kette_node_chain(sim_world_node(world, q->node))), q);
}

static ScnScalar
mempool(SimWorld *world, const SimQuestion *q)
{
    return count_of(kette_mempool_count(kette_node_mempool(sim_world_node(world, q->node))), q);
}

static ScnScalar
waiting(SimWorld *world, const SimQuestion *q)
{
    return count_of(kette_node_waiting(sim_world_node(world, q->node)), q);
}

static ScnScalar
chain_quality(SimWorld *world, const SimQuestion *q)
{
    return portion_of(sim_world_chain_quality_ppt(world, q->node, q->nodes, q->count), q);
}

static ScnScalar
chain_growth(SimWorld *world, const SimQuestion *q)
{
    return portion_of(sim_world_chain_growth_ppt(world, q->node), q);
}

static ScnScalar
strategy_share(SimWorld *world, const SimQuestion *q)
{
    return portion_of(sim_world_strategy_share_ppt(world, q->node), q);
}

static ScnScalar
withheld(SimWorld *world, const SimQuestion *q)
{
    return count_of(sim_world_withheld(world, q->node), q);
}

static ScnScalar
reorgs(SimWorld *world, const SimQuestion *q)
{
    return count_of(sim_world_reorgs(world, q->node), q);
}

static ScnScalar
max_reorg(SimWorld *world, const SimQuestion *q)
{
    return count_of(sim_world_max_reorg(world, q->node), q);
}

static ScnScalar
mined(SimWorld *world, const SimQuestion *q)
{
    return count_of(sim_world_mined(world, q->node), q);
}

static ScnScalar
stale(SimWorld *world, const SimQuestion *q)
{
    return count_of(sim_world_stale(world, q->node), q);
}

static ScnScalar
blamed(SimWorld *world, const SimQuestion *q)
{
    return count_of(sim_world_blamed(world, q->node), q);
}

static ScnScalar
revenue(SimWorld *world, const SimQuestion *q)
{
    return scn_scalar_amount((__int128)sim_world_revenue(world, q->node), q->node);
}

static ScnScalar
bytes(SimWorld *world, const SimQuestion *q)
{
    return scn_scalar_quantity(SCN_DIM_SIZE, (ScnNumber)sim_world_bytes(world, q->node), q->node);
}

static ScnScalar
refused(SimWorld *world, const SimQuestion *q)
{
    return count_of(sim_world_refused(world, q->node, (KetteVerdict)q->about), q);
}

/* --- of a node, about a block, a transaction or a wallet ---------------------------------- */

static ScnScalar
block_status(SimWorld *world, const SimQuestion *q)
{
    static const ScnBlockStatus statuses[] = {
        [KETTE_STATUS_UNKNOWN] = SCN_STATUS_UNKNOWN,
        [KETTE_STATUS_ACTIVE] = SCN_STATUS_ACTIVE,
        [KETTE_STATUS_SIDE] = SCN_STATUS_SIDE,
        [KETTE_STATUS_ORPHAN] = SCN_STATUS_ORPHAN,
        [KETTE_STATUS_INVALID] = SCN_STATUS_INVALID,
        [KETTE_STATUS_INVALID_ANCESTOR] = SCN_STATUS_INVALID_ANCESTOR,
        [KETTE_STATUS_PARKED] = SCN_STATUS_PARKED,
    };
    ScnScalar scalar = scn_scalar(SCN_VALUE_STATUS, q->node);

    scalar.status =
        statuses[is_named(q->about) ? sim_world_named_status(world, q->node, q->about & ~NAMED)
                                    : sim_world_status(world, q->node, q->about)];
    return scalar;
}

/* Returns null for a NAMED block: no node has its body, so it has arrived nowhere. */
static ScnScalar
arrived(SimWorld *world, const SimQuestion *q)
{
    if (is_named(q->about))
        return scn_scalar_null(q->node);
    return time_of(sim_world_arrived(world, q->node, q->about), q->node);
}

static ScnScalar
in_mempool(SimWorld *world, const SimQuestion *q)
{
    return scn_scalar_bool(sim_world_in_mempool(world, q->node, q->about), q->node);
}

static ScnScalar
confirmations(SimWorld *world, const SimQuestion *q)
{
    return count_of(sim_world_confirmations(world, q->node, q->about), q);
}

static ScnScalar
final(SimWorld *world, const SimQuestion *q)
{
    return scn_scalar_bool(sim_world_confirmations(world, q->node, q->about) >=
                               q->scenario->chain.final_after,
                           q->node);
}

static ScnScalar
undone(SimWorld *world, const SimQuestion *q)
{
    uint64_t least = q->number == 0 ? 1 : (uint64_t)MAX(q->number / SCN_ONE, 1);

    return count_of(sim_world_undone(world, q->node, q->about, least), q);
}

static ScnScalar
balance(SimWorld *world, const SimQuestion *q)
{
    return scn_scalar_amount((__int128)sim_world_balance(world, q->node, q->about), q->node);
}

static ScnScalar
nonce(SimWorld *world, const SimQuestion *q)
{
    return count_of(sim_world_nonce(world, q->node, q->about), q);
}

/* --- of a whole set, or of none ----------------------------------------------------------- */

static uint64_t
whole_number(const SimQuestion *q)
{
    return (uint64_t)MAX(q->number / SCN_ONE, 0);
}

static ScnScalar
best_tip(SimWorld *world, const SimQuestion *q)
{
    return scn_scalar_block(sim_world_best_tip(world, q->nodes, q->count), SCN_NONE);
}

static ScnScalar
same_tip(SimWorld *world, const SimQuestion *q)
{
    return scn_scalar_bool(sim_world_same_tip(world, q->nodes, q->count, whole_number(q)),
                           SCN_NONE);
}

static ScnScalar
common_prefix(SimWorld *world, const SimQuestion *q)
{
    return scn_scalar_bool(sim_world_common_prefix(world, q->nodes, q->count, whole_number(q)),
                           SCN_NONE);
}

static ScnScalar
time_to_agree(SimWorld *world, const SimQuestion *q)
{
    return time_of(sim_world_time_to_agree(world, q->nodes, q->count, (SimTime)q->number),
                   SCN_NONE);
}

static ScnScalar
messages(SimWorld *world, const SimQuestion *q)
{
    return scn_scalar_count((int64_t)sim_world_messages(world, (KetteMessageKind)q->about),
                            SCN_NONE);
}

static ScnScalar
propagation(SimWorld *world, const SimQuestion *q)
{
    return time_of(
        sim_world_propagation_over_blocks(world, q->about, q->number == SCN_AVERAGE_MEAN),
        SCN_NONE);
}

static ScnScalar
wire_size(SimWorld *world, const SimQuestion *q)
{
    return scn_scalar_count((int64_t)(is_named(q->about)
                                          ? sim_world_named_bytes(world, q->about & ~NAMED)
                                          : sim_world_block_bytes(world, q->about)),
                            SCN_NONE);
}

static ScnScalar
now(SimWorld *world, const SimQuestion *q)
{
    return time_of(sim_engine_now(sim_world_engine(world)), q->node);
}

/* --- all of them -------------------------------------------------------------------------- */

static ScnScalar (*const answers[])(SimWorld *world, const SimQuestion *q) = {
    [SCN_FN_TIP] = tip,
    [SCN_FN_HEIGHT] = height,
    [SCN_FN_WORK] = work,
    [SCN_FN_BITS] = bits,
    [SCN_FN_DIFFICULTY] = difficulty,
    [SCN_FN_STATUS] = block_status,
    [SCN_FN_ARRIVED] = arrived,
    [SCN_FN_IN_MEMPOOL] = in_mempool,
    [SCN_FN_CONFIRMATIONS] = confirmations,
    [SCN_FN_FINAL] = final,
    [SCN_FN_BALANCE] = balance,
    [SCN_FN_NONCE] = nonce,
    [SCN_FN_STATE_ROOT] = state_root,
    [SCN_FN_SUPPLY_OK] = supply_ok,
    [SCN_FN_UPGRADE_NEEDED] = upgrade_needed,
    [SCN_FN_PEERS] = peers,
    [SCN_FN_CONNECTED] = connected,
    [SCN_FN_ORPHANS] = orphans,
    [SCN_FN_CHAIN_QUALITY] = chain_quality,
    [SCN_FN_CHAIN_GROWTH] = chain_growth,
    [SCN_FN_REORGS] = reorgs,
    [SCN_FN_MAX_REORG] = max_reorg,
    [SCN_FN_MINED] = mined,
    [SCN_FN_STALE] = stale,
    [SCN_FN_BLAMED] = blamed,
    [SCN_FN_REVENUE] = revenue,
    [SCN_FN_BYTES] = bytes,
    [SCN_FN_REFUSED] = refused,
    [SCN_FN_BEST_TIP] = best_tip,
    [SCN_FN_SAME_TIP] = same_tip,
    [SCN_FN_COMMON_PREFIX] = common_prefix,
    [SCN_FN_TIME_TO_AGREE] = time_to_agree,
    [SCN_FN_MESSAGES] = messages,
    [SCN_FN_PROPAGATION] = propagation,
    [SCN_FN_ARRIVAL_DELAY] = arrival_delay,
    [SCN_FN_WIRE_SIZE] = wire_size,
    [SCN_FN_NOW] = now,
    [SCN_FN_UNDONE] = undone,
    [SCN_FN_WITHHELD] = withheld,
    [SCN_FN_STRATEGY_SHARE] = strategy_share,
    [SCN_FN_MEMPOOL] = mempool,
    [SCN_FN_WAITING] = waiting,
};

bool
sim_facts_know(ScnFunctionId function)
{
    return function < G_N_ELEMENTS(answers) && answers[function] != NULL;
}

static ScnScalar
ask(void *world, const SimQuestion *question)
{
    sim_assert(sim_facts_know(question->function));
    return answers[question->function](world, question);
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
        .ask = ask,
        .named_block = named_block,
        .block_hash = block_hash,
        .block_height = block_height,
    };
}
