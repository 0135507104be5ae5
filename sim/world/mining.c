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

void
sim_mining_arm(SimHost *host)
{
    SimWorld *world = host->world;
    SimTime now = sim_engine_now(world->engine), wait;
    uint32_t bits;

    if (!host->mining || !world->started || world->config.params.pow != KETTE_POW_SIMULATED)
        return;
    bits = due_bits(host);
    if (host->mining_timer.id != 0 && bits == host->mining_bits)
        return;
    sim_mining_stop(host);
    wait = mean_time(host, bits);
    if (wait != SIM_TIME_NEVER)
        wait = sim_random_exponential(&host->mining_random, wait);
    host->mining_bits = bits;
    host->mining_timer = sim_engine_schedule(
        world->engine, wait >= SIM_TIME_NEVER - now ? SIM_TIME_NEVER : now + MAX(wait, 1),
        SIM_CLASS_RUN, host->key, host->counter++, world->mining_handler, host, 0);
}

void
sim_mining_stop(SimHost *host)
{
    sim_engine_cancel(host->world->engine, host->mining_timer, NULL);
    host->mining_timer = (SimHandle){0};
}

void
sim_mining_on_event(void *user, const SimEvent *event)
{
    SimHost *host = event->data;
    SimWorld *world = user;

    host->mining_timer = (SimHandle){0};
    /* Taking the block in moves the tip, and that draws the next time. */
    kette_block_unref(
        kette_node_mine_pending_transactions(host->node, sim_engine_now(world->engine)));
    sim_mining_arm(host);
}
