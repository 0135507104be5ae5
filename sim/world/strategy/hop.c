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

/* Compares the difficulty due with a multiple of the first one, in 10^-6. */
static int
compare_due(const KetteParams *params, uint32_t bits, uint64_t ppm)
{
    const KetteU256 million = kette_u256_from_u64(PPM), due = kette_work_of_bits(bits);
    KetteU256 first = kette_work_of_bits(params->genesis_bits), limit;
    int order;

    if (kette_u256_mul_ratio(&limit, ppm, &first, &million))
        return -1; /* no work is that much */
    order = kette_u256_compare(&due, &limit);
    if (order != 0)
        return order;
    /* The limit was rounded down by less than 1. Then the products differ, in 256 bits, too. */
    kette_u256_mul_u64(&limit, &limit, PPM);
    kette_u256_mul_u64(&first, &first, ppm);
    return kette_u256_compare(&limit, &first) == 0 ? 0 : -1;
}

static void
decide(SimAgent *agent, Hopper *hopper, const KetteEntry *tip)
{
    const KetteParams *params = sim_agent_params(agent);
    uint32_t bits = kette_retarget_next_in_time(params, tip);

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
