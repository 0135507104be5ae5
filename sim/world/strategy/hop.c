/* hop: mines where it pays. It stops when the difficulty due on its tip reaches `leave` times that
 * of the genesis block, and comes back when it is at most `return` times (Meshkov, Chepurnoy and
 * Jansen, "Short Paper: Revisiting Difficulty Control for Blockchain Systems", CBT 2017).
 */
#include "core/chain/retarget.h"
#include "sim/engine/assert.h"
#include "sim/world/strategy/strategies.h"

#define PPM 1000000

typedef struct {
    uint64_t leave_ppm, return_ppm;
    bool is_away;
} Hopper;

static KetteU256
work_of(uint32_t bits, uint64_t times)
{
    KetteU256 target, work;
    KetteCompact status = kette_compact_decode(&target, bits);
    bool overflows;

    sim_assert(status == KETTE_COMPACT_OK);
    work = kette_work_of_target(&target);
    overflows = kette_u256_mul_u64(&work, &work, times);
    sim_assert(!overflows); /* work is below 2^128 */
    return work;
}

/* Compares the difficulty due with a multiple of the first one, in 10^-6. */
static int
compare_due(const KetteParams *params, uint32_t bits, uint64_t ppm)
{
    const KetteU256 due = work_of(bits, PPM), limit = work_of(params->genesis_bits, ppm);

    return kette_u256_compare(&due, &limit);
}

static void
decide(SimAgent *agent, Hopper *hopper, const KetteEntry *tip)
{
    const KetteParams *params = sim_agent_params(agent);
    uint32_t bits = kette_retarget_next(params, tip);

    if (hopper->is_away && compare_due(params, bits, hopper->return_ppm) <= 0) {
        hopper->is_away = false;
        sim_agent_mine_on_tip(agent);
    } else if (!hopper->is_away && compare_due(params, bits, hopper->leave_ppm) >= 0) {
        hopper->is_away = true;
        sim_agent_mine_nothing(agent);
    }
}

static void *
begin(SimAgent *agent, const SimStrategyOptions *options)
{
    Hopper *hopper = g_new0(Hopper, 1);

    hopper->leave_ppm = options->leave_ppm;
    hopper->return_ppm = options->return_ppm;
    decide(agent, hopper, sim_agent_tip(agent));
    return hopper;
}

static void
on_tip(SimAgent *agent, const KetteEntry *tip)
{
    decide(agent, sim_agent_state(agent), tip);
}

const SimStrategy sim_strategy_hop = {
    .name = "hop", .begin = begin, .end = g_free, .on_tip = on_tip};
