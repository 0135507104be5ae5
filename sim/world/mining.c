/* The mining race: for each node with hash power, the time to its next block (core/node/race.h).
 *
 * A draw stays valid when the tip changes; only another difficulty needs a new one. With
 * min-difficulty-after the difficulty falls while a node mines on one tip: the draw then
 * holds until that moment, and another follows.
 */
#include "core/node/race.h"
#include "core/node/template.h"
#include "sim/engine/assert.h"
#include "sim/world/observe.h"
#include "sim/world/world_impl.h"

/* Returns the time that the strategy, or else the host's clock, would give a block on `base`; 0
 * where the difficulty does not depend on it, so that no strategy is asked in vain. */
static int64_t
planned_clock(SimHost *host, const KetteEntry *base)
{
    SimPlan plan = {.now_ns = sim_host_now(host) + host->clock_offset};

    if (kette_store_params_above(host->store, base)->min_difficulty_after_s == 0)
        return 0;
    if (host->has_agent)
        sim_agent_plan(host, base, &plan);
    return plan.now_ns;
}

static uint32_t
due_bits(SimHost *host)
{
    const KetteEntry *base = sim_agent_base(host);

    return kette_race_bits(host->store, base, planned_clock(host, base));
}

/* Returns a * b / c as a time, saturating. */
static SimTime
scaled(const KetteU256 *a, uint64_t b, const KetteU256 *c)
{
    KetteU256 product;

    if (kette_u256_mul_u64(&product, a, b))
        return SIM_TIME_NEVER;
    kette_u256_div(&product, &product, c);
    return kette_u256_bits(&product) > 62 ? SIM_TIME_NEVER : (SimTime)product.limb[0];
}

/* Returns the node, with its account made. The account is a key that takes 30 us to make, and most
 * nodes of a large network never need it. */
static KetteNode *
mining_node(SimHost *host)
{
    if (!host->has_account) {
        const KetteAddress address = sim_world_miner_address(host->world, host->index);

        kette_node_set_miner(host->node, &address);
        host->has_account = true;
    }
    return host->node;
}

/* --- the block ---------------------------------------------------------------------------- */

/* Executes those blocks of the branch up to `entry` that were not executed before. */
static KetteVerdict
connect_branch(KetteStore *store, const KetteEntry *entry)
{
    g_autoptr(GPtrArray) branch = g_ptr_array_new();
    KetteVerdict verdict;

    for (; !entry->connected; entry = entry->parent)
        g_ptr_array_add(branch, (gpointer)entry);
    verdict = entry->connect_verdict;
    while (branch->len > 0 && verdict == KETTE_OK)
        verdict = kette_store_connect(store, g_ptr_array_steal_index(branch, branch->len - 1));
    return verdict;
}

/* Returns a pool of the plan's payment alone; an empty one if the base does not allow it. */
static KetteMempool *
pool_of_one(KetteStore *store, const KetteEntry *base, const SimPlan *plan)
{
    KetteMempool *pool = kette_mempool_new(2 * KETTE_TX_BYTES, 0);

    if (kette_mempool_add(pool, NULL, kette_store_state(store, base), (KetteTx *)plan->tx) !=
        KETTE_OK)
        sim_assert(kette_mempool_count(pool) == 0);
    return pool;
}

/* Builds as the strategy of a host with an agent plans. Without a plan, a block beside the tip has
 * no payments, because the mempool is only valid for the tip. */
static KetteBlock *
build_as_planned(SimHost *host, KetteVerdict *ret_verdict, uint64_t *ret_tries,
                 const KetteEntry *base)
{
    KetteStore *store = host->store;
    const KetteNode *node = mining_node(host);
    const KetteHost door = sim_host_door(host);
    SimPlan plan = {
        .now_ns = sim_host_now(host) + host->clock_offset,
        .is_bare = base != kette_chain_tip(kette_node_chain(node)),
    };
    KetteMiner miner = {
        .address = kette_node_config(node)->miner,
        .go_on = door.go_on,
        .user = door.user,
    };
    g_autoptr(KetteMempool) one = NULL;

    sim_agent_plan(host, base, &plan);
    miner.now_ns = plan.now_ns;
    *ret_verdict = connect_branch(store, base);
    if (*ret_verdict != KETTE_OK)
        return NULL;
    (void)kette_store_state(store, base);
    if (plan.tx != NULL)
        one = pool_of_one(store, base, &plan);
    return kette_template_build(store, ret_verdict, ret_tries, base,
                                plan.is_bare ? one : kette_node_mempool(node), &miner);
}

static KetteBlock *
build(SimHost *host, KetteVerdict *ret_verdict, uint64_t *ret_tries)
{
    *ret_tries = 0;
    if (host->has_agent)
        return build_as_planned(host, ret_verdict, ret_tries, sim_agent_base(host));
    return kette_node_build_block(mining_node(host), ret_verdict, ret_tries, sim_host_now(host));
}

/* Hands a mined block to the node. The node announces only its tip, so another block is sent from
 * here; one that is held does not leave. */
static KetteVerdict
submit(SimHost *host, KetteBlock *block)
{
    KetteVerdict verdict = kette_node_submit_block(host->node, block, sim_host_now(host));
    const KetteEntry *tip = kette_chain_tip(kette_node_chain(host->node));

    if (verdict == KETTE_OK && host->has_agent && !kette_hash_equal(&tip->id, &block->id))
        sim_agent_send_to_all(host, block);
    return verdict;
}

KetteBlock *
sim_mining_make(SimHost *host, KetteVerdict *ret_verdict)
{
    uint64_t tries;
    KetteBlock *block;

    if (host->world->config.remote != NULL)
        return sim_remote_mine(host, ret_verdict);
    block = build(host, ret_verdict, &tries);
    if (block == NULL)
        return NULL;
    *ret_verdict = submit(host, block);
    if (*ret_verdict != KETTE_OK) /* the node has this block: it was mined before on the same tip */
        g_clear_pointer(&block, kette_block_unref);
    return block;
}

/* --- the race ----------------------------------------------------------------------------- */

/* Grinds the next block and returns how long that takes the node. */
static SimTime
grind(SimHost *host)
{
    const KetteParams *params = kette_store_params(host->store);
    KetteU256 work = kette_work_of_bits(params->genesis_bits), tries_work;
    KetteVerdict verdict;
    uint64_t tries;

    kette_block_unref(host->ground);
    host->ground = build(host, &verdict, &tries);
    tries_work = kette_u256_from_u64(tries);
    if (kette_u256_mul_u64(&tries_work, &tries_work, host->share_den) ||
        kette_u256_mul_u64(&work, &work, host->share_num))
        return SIM_TIME_NEVER;
    return scaled(&tries_work, (uint64_t)params->spacing_ns, &work);
}

enum { FOUND, BEGIN, EASIER }; /* what a mining event means */

static void
schedule(SimHost *host, SimTime wait, uint64_t what)
{
    SimEngine *engine = host->world->engine;

    host->mining_timer = sim_engine_schedule(
        engine, sim_time_add(sim_engine_now(engine), MAX(wait, 1)), SIM_CLASS_RUN, host->key,
        host->counter++, host->world->mining_handler, host, what);
}

/* Schedules the find, or what comes before it: the moment at which the difficulty falls. */
static void
schedule_found(SimHost *host, SimTime wait, uint32_t bits)
{
    const KetteEntry *base = sim_agent_base(host);
    SimTime easier = kette_race_until_easier(host->store, base, bits, planned_clock(host, base));

    schedule(host, MIN(wait, easier), easier < wait ? EASIER : FOUND);
}

/* A draw stays valid while the difficulty is the same. */
static void
arm_simulated(SimHost *host)
{
    const bool may_fall =
        kette_store_params_above(host->store, sim_agent_base(host))->min_difficulty_after_s > 0;
    uint32_t bits = due_bits(host);
    SimTime wait;

    if (host->mining_timer.id != 0 && bits == host->mining_bits && !may_fall)
        return;
    sim_mining_stop(host);
    wait =
        kette_race_mean_ns(kette_store_params(host->store), bits, host->share_num, host->share_den);
    if (wait != SIM_TIME_NEVER)
        wait = sim_random_exponential(&host->mining_random, wait);
    host->mining_bits = bits;
    schedule_found(host, wait, bits);
}

/* Called while the node moves its tip, so grinding begins 1 ns later. */
static void
arm_real(SimHost *host)
{
    const KetteHash *base = &sim_agent_base(host)->id;

    if (host->mining_timer.id != 0 &&
        (host->ground == NULL || kette_hash_equal(&host->ground->header.previous, base)))
        return;
    sim_mining_forget(host);
    schedule(host, 1, BEGIN);
}

void
sim_mining_arm(SimHost *host)
{
    if (host->world->config.remote != NULL) {
        sim_remote_tell_share(host);
        return;
    }
    if (!host->mining || host->share_num == 0 || !host->world->started || !host->running ||
        host->paused)
        return;
    if (sim_agent_rests(host)) {
        sim_mining_stop(host);
        return;
    }
    switch (host->world->config.params.pow) {
    case KETTE_POW_SIMULATED:
        arm_simulated(host);
        break;
    case KETTE_POW_REAL:
        arm_real(host);
        break;
    case KETTE_POW_OFF:
        break;
    }
}

void
sim_mining_stop(SimHost *host)
{
    if (host->world->config.remote != NULL) {
        sim_remote_tell_share(host);
        return;
    }
    sim_engine_cancel(host->world->engine, host->mining_timer, NULL);
    host->mining_timer = (SimHandle){0};
}

void
sim_mining_forget(SimHost *host)
{
    if (host->ground == NULL)
        return;
    sim_mining_stop(host);
    g_clear_pointer(&host->ground, kette_block_unref);
}

/* Tries again 1 s later, when the clock may have passed the median time. */
static void
on_no_block(SimHost *host)
{
    if (host->mining_timer.id == 0)
        schedule(host, SIM_S, host->world->config.params.pow == KETTE_POW_REAL ? BEGIN : FOUND);
}

void
sim_mining_on_event(void *user, const SimEvent *event)
{
    SimHost *host = event->data;
    SimWorld *world = user;
    KetteVerdict verdict = KETTE_OK;

    host->mining_timer = (SimHandle){0};
    if (event->arg == EASIER) {
        g_clear_pointer(&host->ground, kette_block_unref);
        sim_mining_arm(host);
        return;
    }
    if (event->arg == BEGIN) {
        SimTime wait = grind(host);

        if (host->ground != NULL)
            schedule_found(host, wait, host->ground->header.bits);
        else
            on_no_block(host);
        return;
    }
    /* The block moves the tip, and that begins the next one */
    if (world->config.params.pow == KETTE_POW_REAL) {
        g_autoptr(KetteBlock) block = g_steal_pointer(&host->ground);

        verdict = submit(host, block);
    } else {
        kette_block_unref(sim_mining_make(host, &verdict));
    }
    if (verdict != KETTE_OK)
        on_no_block(host);
    sim_mining_arm(host);
}
