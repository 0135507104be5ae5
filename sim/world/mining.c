/* The mining race: for each node with hash power, the time to its next block.
 *
 * With proof of work simulated, finding a block is a Poisson process: the time to the next one is
 * exponential with mean spacing * (work due / genesis work) / share. The exponential has no
 * memory, so a draw stays good when the tip changes, and only another difficulty asks for a new
 * one.
 */
#include "core/chain/retarget.h"
#include "sim/engine/assert.h"
#include "sim/world/world_impl.h"

static uint32_t
due_bits(const SimHost *host)
{
    return kette_retarget_next(kette_store_params(host->store),
                               kette_chain_tip(kette_node_chain(host->node)));
}

/* spacing * den / num * work(bits) / work(genesis bits), saturating. */
static SimTime
mean_time(const SimHost *host, uint32_t bits)
{
    const KetteParams *params = kette_store_params(host->store);
    KetteU256 target, mean = kette_u256_from_u64((uint64_t)params->spacing_ns), work;
    KetteCompact status;

    if (kette_u256_mul_div(&mean, &mean, host->share_den, host->share_num))
        return SIM_TIME_NEVER;
    if (bits != params->genesis_bits) {
        status = kette_compact_decode(&target, bits);
        sim_assert(status == KETTE_COMPACT_OK);
        work = kette_work_of_target(&target);
        if (kette_u256_mul_u64(&work, &work, mean.limb[0]))
            return SIM_TIME_NEVER;
        status = kette_compact_decode(&target, params->genesis_bits);
        sim_assert(status == KETTE_COMPACT_OK);
        target = kette_work_of_target(&target);
        kette_u256_div(&mean, &work, &target);
    }
    return kette_u256_bits(&mean) > 62 ? SIM_TIME_NEVER : (SimTime)mean.limb[0];
}

/* a * b / c for a time, saturating. */
static SimTime
scaled(const KetteU256 *a, uint64_t b, const KetteU256 *c)
{
    KetteU256 product;

    if (kette_u256_mul_u64(&product, a, b))
        return SIM_TIME_NEVER;
    kette_u256_div(&product, &product, c);
    return kette_u256_bits(&product) > 62 ? SIM_TIME_NEVER : (SimTime)product.limb[0];
}

/* An account is a key, and a key costs 30 us, which most nodes of a large network never need. */
KetteNode *
sim_mining_node(SimHost *host)
{
    SimWorld *world = host->world;

    if (!host->has_account) {
        const KetteAddress address =
            sim_world_address_of_name(world, sim_net_node_name(world->net, host->index));

        kette_node_set_miner(host->node, &address);
        host->has_account = true;
    }
    return host->node;
}

/* Grinds the next block and says how long that takes the node. */
static SimTime
grind(SimHost *host)
{
    const KetteParams *params = kette_store_params(host->store);
    KetteU256 target, work, tries_work;
    KetteVerdict verdict;
    uint64_t tries;
    KetteCompact status = kette_compact_decode(&target, params->genesis_bits);

    sim_assert(status == KETTE_COMPACT_OK);
    kette_block_unref(host->ground);
    host->ground =
        kette_node_build_block(sim_mining_node(host), &verdict, &tries, sim_host_now(host));
    work = kette_work_of_target(&target);
    tries_work = kette_u256_from_u64(tries);
    if (kette_u256_mul_u64(&tries_work, &tries_work, host->share_den) ||
        kette_u256_mul_u64(&work, &work, host->share_num))
        return SIM_TIME_NEVER;
    return scaled(&tries_work, (uint64_t)params->spacing_ns, &work);
}

enum { FOUND, BEGIN }; /* what the one mining event of a node means */

static void
schedule(SimHost *host, SimTime wait, uint64_t what)
{
    SimEngine *engine = host->world->engine;

    host->mining_timer = sim_engine_schedule(
        engine, sim_time_add(sim_engine_now(engine), MAX(wait, 1)), SIM_CLASS_RUN, host->key,
        host->counter++, host->world->mining_handler, host, what);
}

/* The draw stays good while the difficulty does. */
static void
arm_simulated(SimHost *host)
{
    uint32_t bits = due_bits(host);
    SimTime wait;

    if (host->mining_timer.id != 0 && bits == host->mining_bits)
        return;
    sim_mining_stop(host);
    wait = mean_time(host, bits);
    if (wait != SIM_TIME_NEVER)
        wait = sim_random_exponential(&host->mining_random, wait);
    host->mining_bits = bits;
    schedule(host, wait, FOUND);
}

/* The node is in the middle of moving its tip when this is called, so grinding begins 1 ns later.
 */
static void
arm_real(SimHost *host)
{
    const KetteHash *tip = &kette_chain_tip(kette_node_chain(host->node))->id;

    if (host->mining_timer.id != 0 &&
        (host->ground == NULL || kette_hash_equal(&host->ground->header.previous, tip)))
        return;
    sim_mining_stop(host);
    g_clear_pointer(&host->ground, kette_block_unref);
    schedule(host, 1, BEGIN);
}

void
sim_mining_arm(SimHost *host)
{
    if (!host->mining || host->share_num == 0 || !host->world->started || !host->running ||
        host->paused)
        return;
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
    sim_engine_cancel(host->world->engine, host->mining_timer, NULL);
    host->mining_timer = (SimHandle){0};
}

/* A second later the clock may have caught up with the median time. */
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
    SimTime now = sim_host_now(host);
    KetteVerdict verdict = KETTE_OK;

    host->mining_timer = (SimHandle){0};
    if (event->arg == BEGIN) {
        SimTime wait = grind(host);

        if (host->ground != NULL)
            schedule(host, wait, FOUND);
        else
            on_no_block(host);
        return;
    }
    /* Taking the block in moves the tip, and that begins the next one. */
    if (world->config.params.pow == KETTE_POW_REAL) {
        g_autoptr(KetteBlock) block = g_steal_pointer(&host->ground);

        verdict = kette_node_submit_block(host->node, block, now);
    } else {
        kette_block_unref(
            kette_node_mine_pending_transactions(sim_mining_node(host), &verdict, now));
    }
    if (verdict != KETTE_OK)
        on_no_block(host);
    sim_mining_arm(host);
}
