/* Questions about chains and traffic that need more than a look-up; see observe.h. */
#include "sim/world/world_impl.h"

#include <string.h>

#define PPT INT64_C(1000000000000) /* one, in units of 10^-12 */

static const KetteEntry *
tip_of(const SimWorld *world, uint32_t node)
{
    return kette_chain_tip(kette_node_chain(sim_world_host(world, node)->node));
}

uint32_t
sim_world_bits(const SimWorld *world, uint32_t node)
{
    return tip_of(world, node)->header.bits;
}

/* Saturates at 127 bits, which only scripted targets reach. */
__int128
sim_world_difficulty_ppt(const SimWorld *world, uint32_t node)
{
    KetteU256 work = kette_work_of_bits(sim_world_bits(world, node));
    KetteU256 genesis = kette_work_of_bits(world->config.params.genesis_bits);

    if (kette_u256_mul_ratio(&work, PPT, &work, &genesis) || kette_u256_bits(&work) > 125)
        return (__int128)INT64_MAX << 62;
    return (__int128)work.limb[1] << 64 | work.limb[0];
}

uint64_t
sim_world_known_addresses(const SimWorld *world, uint32_t node)
{
    const KetteBook *book = kette_node_book(sim_world_host(world, node)->node);

    return book != NULL ? kette_book_count(book) : 0;
}

int64_t
sim_world_chain_quality_ppt(const SimWorld *world, uint32_t node, const uint32_t *of, size_t count)
{
    g_autofree bool *member = g_new0(bool, world->host_count + 1);
    uint64_t total = 0, made = 0;
    uint32_t block = sim_ledger_tip(&world->ledger, node);

    for (size_t i = 0; i < count; i++)
        member[of[i]] = true;
    for (const SimLedgerBlock *b = sim_ledger_block(&world->ledger, block);
         b->parent != SIM_BLOCK_NONE; b = sim_ledger_block(&world->ledger, b->parent)) {
        total++;
        made += b->miner != SIM_NODE_NONE && member[b->miner];
    }
    return total == 0 ? -1 : (int64_t)((unsigned __int128)made * PPT / total);
}

int64_t
sim_world_chain_growth_ppt(const SimWorld *world, uint32_t node)
{
    SimTime now = sim_engine_now(world->engine);
    uint64_t height = tip_of(world, node)->height;

    if (now == 0)
        return -1;
    return (int64_t)((unsigned __int128)height * (uint64_t)world->config.params.spacing_ns * PPT /
                     (uint64_t)now);
}

static uint32_t
best_tip_of_all(const SimWorld *world)
{
    g_autofree uint32_t *all = g_new(uint32_t, world->host_count + 1);

    for (guint i = 0; i < world->host_count; i++)
        all[i] = i;
    return sim_ledger_best_tip(&world->ledger, all, world->host_count);
}

unsigned __int128
sim_world_revenue(const SimWorld *world, uint32_t node)
{
    unsigned __int128 sum = 0;

    for (uint32_t block = best_tip_of_all(world); block != SIM_BLOCK_NONE;
         block = sim_ledger_block(&world->ledger, block)->parent) {
        const SimLedgerBlock *b = sim_ledger_block(&world->ledger, block);

        sum += b->miner == node ? b->reward : 0;
    }
    return sum;
}

int64_t
sim_world_strategy_share_ppt(const SimWorld *world, uint32_t node)
{
    unsigned __int128 own = 0, sum = 0;

    for (uint32_t block = best_tip_of_all(world); block != SIM_BLOCK_NONE;
         block = sim_ledger_block(&world->ledger, block)->parent) {
        const SimLedgerBlock *b = sim_ledger_block(&world->ledger, block);

        own += b->miner == node ? b->reward : 0;
        sum += b->miner != SIM_NODE_NONE ? b->reward : 0;
    }
    return sum == 0 ? -1 : (int64_t)(own * PPT / sum);
}

static gint
compare_times(gconstpointer a, gconstpointer b)
{
    SimTime x = *(const SimTime *)a, y = *(const SimTime *)b;

    return (x > y) - (x < y);
}

/* Returns the median of times, of which -1 stands for never, later than any; or the mean of those
 * that are. -1 if that is never, or if there is none. */
static SimTime
average_of(GArray *times, bool mean)
{
    unsigned __int128 sum = 0;
    uint64_t count = 0;

    for (guint i = 0; i < times->len; i++) {
        SimTime *time = &g_array_index(times, SimTime, i);

        count += *time >= 0;
        sum += *time >= 0 ? (uint64_t)*time : 0;
        if (*time < 0)
            *time = SIM_TIME_NEVER;
    }
    if (count == 0)
        return -1;
    if (mean)
        return (SimTime)(sum / count);
    g_array_sort(times, compare_times);
    SimTime median = g_array_index(times, SimTime, (times->len - 1) / 2);
    return median == SIM_TIME_NEVER ? -1 : median;
}

SimTime
sim_world_propagation_over_blocks(const SimWorld *world, uint32_t permille, bool mean)
{
    g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(SimTime));
    g_autofree uint32_t *up = g_new(uint32_t, world->host_count + 1);
    size_t count = 0;

    for (guint i = 0; i < world->host_count; i++) {
        const SimHost *host = sim_world_host(world, i);

        if (host->running && !host->is_script)
            up[count++] = i;
    }
    for (uint32_t block = best_tip_of_all(world); block != SIM_BLOCK_NONE;
         block = sim_ledger_block(&world->ledger, block)->parent) {
        SimTime time = sim_ledger_propagation_among(&world->ledger, block, permille, up, count);

        if (sim_ledger_block(&world->ledger, block)->parent != SIM_BLOCK_NONE)
            g_array_append_val(times, time);
    }
    return average_of(times, mean);
}

SimTime
sim_world_arrival_delay(const SimWorld *world, uint32_t node, bool mean)
{
    g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(SimTime));

    for (uint32_t block = best_tip_of_all(world); block != SIM_BLOCK_NONE;
         block = sim_ledger_block(&world->ledger, block)->parent) {
        const SimLedgerBlock *b = sim_ledger_block(&world->ledger, block);
        SimTime at = sim_ledger_arrived(&world->ledger, block, node).body_ns;
        SimTime time = at < 0 ? -1 : at - b->found_ns;

        if (b->parent != SIM_BLOCK_NONE && b->miner != node)
            g_array_append_val(times, time);
    }
    return average_of(times, mean);
}

/* --- traffic and refusals ----------------------------------------------------------------- */

uint64_t
sim_world_messages(const SimWorld *world, KetteMessageKind kind)
{
    return world->sent_by_kind[kind];
}

uint64_t
sim_world_bytes(const SimWorld *world, uint32_t node)
{
    return sim_world_host(world, node)->bytes_sent;
}

void
sim_question_refused(SimHost *host, const KetteHash *id, KetteVerdict verdict)
{
    uint8_t key[33];
    g_autoptr(GBytes) bytes = NULL;

    key[0] = (uint8_t)verdict;
    memcpy(key + 1, id->b, 32);
    bytes = g_bytes_new(key, sizeof key);
    if (host->refused == NULL) {
        host->refused =
            g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
        host->refused_counts = g_new0(uint32_t, KETTE_VERDICT_COUNT);
    }
    if (g_hash_table_add(host->refused, g_steal_pointer(&bytes)))
        host->refused_counts[verdict]++;
}

uint64_t
sim_world_refused(const SimWorld *world, uint32_t node, KetteVerdict verdict)
{
    const SimHost *host = sim_world_host(world, node);

    return host->refused_counts != NULL ? host->refused_counts[verdict] : 0;
}

bool
sim_world_common_prefix(const SimWorld *world, const uint32_t *nodes, size_t count, uint64_t less)
{
    return sim_ledger_common_prefix(&world->ledger, nodes, count, less);
}
