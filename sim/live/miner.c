/* Mining at a live node; see miner.h. */
#include "sim/live/miner.h"

#include "core/base/exponential.h"
#include "core/node/race.h"
#include "sim/live/timer.h"

#define SECOND_NS INT64_C(1000000000)
#define MEAN_MAX (INT64_C(1) << 53) /* of kette_exponential(): a hundred days and more */

struct LiveMiner {
    LiveMinerSpec spec;
    LiveTimer *timer;
    uint64_t num, den;
    int64_t clock_offset_ns;
    uint32_t bits;      /* the difficulty for which the time was drawn */
    bool waits;         /* the timer is for easier bits, not for a block */
    KetteBlock *ground; /* real proof of work: the block to be shown, or NULL */
};

static const KetteEntry *
base_of(const LiveMiner *miner)
{
    return kette_chain_tip(kette_node_chain(miner->spec.node));
}

static int64_t
wall_of(const LiveMiner *miner)
{
    return live_clock_now(miner->spec.clock) + miner->clock_offset_ns;
}

static void
set_timer(LiveMiner *miner, int64_t wait_ns)
{
    int64_t now = live_clock_now(miner->spec.clock);

    if (wait_ns < INT64_MAX - now)
        live_timer_set(miner->timer, live_clock_moment(miner->spec.clock, now + wait_ns));
}

static void
arm_simulated(LiveMiner *miner)
{
    const KetteEntry *base = base_of(miner);
    KetteStore *store = miner->spec.store;
    bool may_fall = kette_store_params_above(store, base)->min_difficulty_after_s > 0;
    uint32_t bits = kette_race_bits(store, base, wall_of(miner));
    int64_t wait, easier;

    if (live_timer_is_set(miner->timer) && bits == miner->bits && !may_fall)
        return;
    live_timer_stop(miner->timer);
    wait = kette_race_mean_ns(kette_store_params(store), bits, miner->num, miner->den);
    wait =
        wait < MEAN_MAX ? kette_exponential(wait, miner->spec.random(miner->spec.user)) : INT64_MAX;
    easier = kette_race_until_easier(store, base, bits, wall_of(miner));
    miner->bits = bits;
    miner->waits = easier < wait;
    set_timer(miner, MIN(wait, easier));
}

/* Starts to grind unless a block on this tip waits to be shown. */
static void
arm_real(LiveMiner *miner)
{
    if (live_timer_is_set(miner->timer) &&
        (miner->ground == NULL ||
         kette_hash_equal(&miner->ground->header.previous, &base_of(miner)->id)))
        return;
    g_clear_pointer(&miner->ground, kette_block_unref);
    set_timer(miner, 0);
}

void
live_miner_arm(LiveMiner *miner)
{
    if (miner->num == 0)
        return;
    switch (kette_store_params(miner->spec.store)->pow) {
    case KETTE_POW_SIMULATED:
        arm_simulated(miner);
        break;
    case KETTE_POW_REAL:
        arm_real(miner);
        break;
    case KETTE_POW_OFF:
        break;
    }
}

/* Grinds a block, and sets the timer to when this share of the hash power would have found it. */
static void
grind(LiveMiner *miner)
{
    const KetteParams *params = kette_store_params(miner->spec.store);
    KetteU256 work = kette_work_of_bits(params->genesis_bits), wait;
    KetteVerdict verdict;
    uint64_t tries;

    miner->ground = kette_node_build_block(miner->spec.node, &verdict, &tries,
                                           live_clock_now(miner->spec.clock));
    wait = kette_u256_from_u64((uint64_t)params->spacing_ns);
    if (miner->ground == NULL) {
        set_timer(miner, SECOND_NS); /* the clock may have passed the median time then */
    } else if (!kette_u256_mul_div(&wait, &wait, miner->den, miner->num) &&
               !kette_u256_mul_u64(&wait, &wait, tries)) {
        kette_u256_div(&wait, &wait, &work);
        set_timer(miner, kette_u256_bits(&wait) > 62 ? INT64_MAX : (int64_t)wait.limb[0]);
    }
}

static void
show_ground(LiveMiner *miner)
{
    g_autoptr(KetteBlock) block = g_steal_pointer(&miner->ground);

    (void)!kette_node_submit_block(miner->spec.node, block, live_clock_now(miner->spec.clock));
}

static void
on_timer(void *user)
{
    LiveMiner *miner = user;
    KetteVerdict verdict = KETTE_OK;

    if (miner->num == 0)
        return;
    if (kette_store_params(miner->spec.store)->pow == KETTE_POW_REAL) {
        if (miner->ground == NULL)
            grind(miner);
        else
            show_ground(miner);
    } else if (!miner->waits) {
        kette_block_unref(kette_node_mine_pending_transactions(miner->spec.node, &verdict,
                                                               live_clock_now(miner->spec.clock)));
        if (verdict != KETTE_OK && !live_timer_is_set(miner->timer))
            set_timer(miner, SECOND_NS);
    }
    live_miner_arm(miner);
    miner->spec.acted(miner->spec.user);
}

void
live_miner_set_share(LiveMiner *miner, uint64_t num, uint64_t den)
{
    live_timer_stop(miner->timer);
    g_clear_pointer(&miner->ground, kette_block_unref);
    miner->num = num;
    miner->den = den;
    live_miner_arm(miner);
}

void
live_miner_set_clock_offset(LiveMiner *miner, int64_t offset_ns)
{
    miner->clock_offset_ns = offset_ns;
}

LiveMiner *
live_miner_new(const LiveMinerSpec *spec)
{
    LiveMiner *miner = g_new0(LiveMiner, 1);

    miner->spec = *spec;
    miner->den = 1;
    miner->timer = live_timer_new(on_timer, miner);
    return miner;
}

void
live_miner_free(LiveMiner *miner)
{
    if (miner == NULL)
        return;
    live_timer_free(miner->timer);
    kette_block_unref(miner->ground);
    g_free(miner);
}
