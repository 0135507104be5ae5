/* Blocks, arrivals and tips of a run; see ledger.h. */
#include "sim/world/ledger.h"

#include "core/node/message.h"
#include "sim/engine/assert.h"

void
sim_ledger_init(SimLedger *ledger, const SimForget *forget)
{
    sim_assert(forget->share_count <= SIM_SHARES_MAX);
    ledger->forget = *forget;
    ledger->complete = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    ledger->blocks = g_array_new(FALSE, TRUE, sizeof(SimLedgerBlock));
    ledger->by_id =
        g_hash_table_new_full(kette_hash_table_hash, kette_hash_table_equal, g_free, NULL);
    ledger->tip_moves = g_array_new(FALSE, FALSE, sizeof(SimTipMove));
    ledger->tips = g_array_new(FALSE, TRUE, sizeof(uint32_t));
}

void
sim_ledger_clear(SimLedger *ledger)
{
    for (guint i = 0; i < ledger->blocks->len; i++) {
        SimLedgerBlock *block = &g_array_index(ledger->blocks, SimLedgerBlock, i);

        g_clear_pointer(&block->arrivals, g_array_unref);
        g_free(block->quantiles);
    }
    g_array_unref(ledger->blocks);
    g_array_unref(ledger->complete);
    g_hash_table_unref(ledger->by_id);
    g_array_unref(ledger->tip_moves);
    g_array_unref(ledger->tips);
}

void
sim_ledger_add_node(SimLedger *ledger)
{
    uint32_t genesis = 0;

    g_array_append_val(ledger->tips, genesis);
}

uint32_t
sim_ledger_find(const SimLedger *ledger, const KetteHash *id)
{
    unsigned found = GPOINTER_TO_UINT(g_hash_table_lookup(ledger->by_id, id));

    return found == 0 ? SIM_BLOCK_NONE : found - 1;
}

static gint
compare_times(gconstpointer a, gconstpointer b)
{
    SimTime x = *(const SimTime *)a, y = *(const SimTime *)b;

    return (x > y) - (x < y);
}

/* Returns the smallest time, counted from found_ns, by which `need` of the times have passed; -1:
 * never. */
static SimTime
time_of_share(GArray *times, uint64_t need, SimTime found_ns)
{
    if (need == 0 || times->len < need)
        return -1;
    g_array_sort(times, compare_times);
    return g_array_index(times, SimTime, need - 1) - found_ns;
}

static GArray *
times_of_all(const SimLedgerBlock *block)
{
    GArray *times = g_array_new(FALSE, FALSE, sizeof(SimTime));

    for (guint i = 0; block->arrivals != NULL && i < block->arrivals->len; i++) {
        SimTime at = g_array_index(block->arrivals, SimArrival, i).body_ns;

        if (at >= 0)
            g_array_append_val(times, at);
    }
    return times;
}

static uint64_t
needed(uint64_t nodes, uint32_t permille)
{
    return (nodes * permille + 999) / 1000;
}

static void
let_go(SimLedger *ledger, SimLedgerBlock *block)
{
    g_autoptr(GArray) times = times_of_all(block);

    block->quantiles = g_new(SimTime, ledger->forget.share_count + 1);
    for (size_t i = 0; i < ledger->forget.share_count; i++)
        block->quantiles[i] = time_of_share(
            times, needed(ledger->tips->len, ledger->forget.shares[i]), block->found_ns);
    g_clear_pointer(&block->arrivals, g_array_unref);
}

/* Returns the propagation time of a block whose arrivals were freed. */
static SimTime
kept_quantile(const SimLedger *ledger, const SimLedgerBlock *block, uint32_t permille)
{
    size_t i = 0;

    while (i < ledger->forget.share_count && ledger->forget.shares[i] != permille)
        i++;
    sim_assert(i < ledger->forget.share_count);
    return block->quantiles[i];
}

uint32_t
sim_ledger_intern(SimLedger *ledger, bool *ret_new, const KetteEntry *entry, uint32_t miner,
                  SimTime found_ns)
{
    uint32_t ref = sim_ledger_find(ledger, &entry->id);
    SimLedgerBlock block = {
        .id = entry->id,
        .work = entry->work,
        .height = entry->height,
        .parent = SIM_BLOCK_NONE,
        .miner = miner,
        .bytes = KETTE_FRAME_BYTES,
        .reward = entry->block != NULL ? entry->block->reward : 0,
        .found_ns = found_ns,
    };

    *ret_new = ref == SIM_BLOCK_NONE;
    if (!*ret_new)
        return ref;
    for (guint i = 0; i < ledger->complete->len; i++)
        let_go(ledger, &g_array_index(ledger->blocks, SimLedgerBlock,
                                      g_array_index(ledger->complete, uint32_t, i)));
    g_array_set_size(ledger->complete, 0);
    sim_assert(entry->block != NULL);
    block.bytes += (uint32_t)kette_block_bytes(entry->block);
    block.tx_count = entry->block->tx_count;
    if (entry->parent != NULL) {
        block.parent = sim_ledger_find(ledger, &entry->parent->id);
        sim_assert(block.parent != SIM_BLOCK_NONE);
    }
    ref = ledger->blocks->len;
    g_array_append_val(ledger->blocks, block);
    g_hash_table_insert(ledger->by_id, g_memdup2(&entry->id, sizeof entry->id),
                        GUINT_TO_POINTER(ref + 1));
    return ref;
}

const SimLedgerBlock *
sim_ledger_block(const SimLedger *ledger, uint32_t block)
{
    sim_assert(block < ledger->blocks->len);
    return &g_array_index(ledger->blocks, SimLedgerBlock, block);
}

uint32_t
sim_ledger_count(const SimLedger *ledger)
{
    return ledger->blocks->len;
}

void
sim_ledger_prefetch(const SimLedger *ledger, uint32_t node)
{
    const SimLedgerBlock *newest =
        &g_array_index(ledger->blocks, SimLedgerBlock, ledger->blocks->len - 1);

    __builtin_prefetch(&g_array_index(ledger->tips, uint32_t, node), 1);
    if (newest->arrivals != NULL && node < newest->arrivals->len)
        __builtin_prefetch(&g_array_index(newest->arrivals, SimArrival, node), 1);
}

/* Returns NULL if the block's arrivals were freed: then all nodes have it. */
static SimArrival *
find_arrival(SimLedger *ledger, uint32_t block, uint32_t node)
{
    SimLedgerBlock *b = &g_array_index(ledger->blocks, SimLedgerBlock, block);
    const SimArrival never = {-1, -1, -1};

    if (b->quantiles != NULL)
        return NULL;
    if (b->arrivals == NULL)
        b->arrivals =
            g_array_sized_new(FALSE, FALSE, sizeof(SimArrival), MAX(node + 1, ledger->tips->len));
    while (b->arrivals->len <= node)
        g_array_append_val(b->arrivals, never);
    return &g_array_index(b->arrivals, SimArrival, node);
}

void
sim_ledger_set_header(SimLedger *ledger, SimTime now, uint32_t block, uint32_t node)
{
    SimArrival *arrival = find_arrival(ledger, block, node);

    if (arrival != NULL && arrival->header_ns < 0)
        arrival->header_ns = now;
}

void
sim_ledger_set_body(SimLedger *ledger, SimTime now, uint32_t block, uint32_t node)
{
    SimArrival *arrival = find_arrival(ledger, block, node);

    sim_ledger_set_header(ledger, now, block, node);
    if (arrival != NULL && arrival->body_ns < 0)
        arrival->body_ns = now;
}

/* A block that is in all trees now keeps its arrivals until the next new block, because the
 * watchers have not been told of this one yet. */
void
sim_ledger_set_joined(SimLedger *ledger, SimTime now, uint32_t block, uint32_t node)
{
    SimArrival *arrival = find_arrival(ledger, block, node);
    SimLedgerBlock *b = &g_array_index(ledger->blocks, SimLedgerBlock, block);

    sim_ledger_set_body(ledger, now, block, node);
    if (arrival == NULL || arrival->joined_ns >= 0)
        return;
    arrival->joined_ns = now;
    if (++b->joined == ledger->tips->len && ledger->forget.arrivals)
        g_array_append_val(ledger->complete, block);
}

SimArrival
sim_ledger_arrived(const SimLedger *ledger, uint32_t block, uint32_t node)
{
    const SimLedgerBlock *b = sim_ledger_block(ledger, block);

    sim_assert(b->quantiles == NULL);
    return b->arrivals != NULL && node < b->arrivals->len
               ? g_array_index(b->arrivals, SimArrival, node)
               : (SimArrival){-1, -1, -1};
}

void
sim_ledger_move_tip(SimLedger *ledger, SimTime now, uint32_t node, uint32_t block)
{
    SimTipMove move = {now, node, block};

    ledger->move_count++;
    if (!ledger->forget.tip_moves)
        g_array_append_val(ledger->tip_moves, move);
    g_array_index(ledger->tips, uint32_t, node) = block;
}

uint32_t
sim_ledger_tip(const SimLedger *ledger, uint32_t node)
{
    sim_assert(node < ledger->tips->len);
    return g_array_index(ledger->tips, uint32_t, node);
}

uint32_t
sim_ledger_best_tip(const SimLedger *ledger, const uint32_t *nodes, size_t count)
{
    uint32_t best = SIM_BLOCK_NONE;

    for (size_t i = 0; i < count; i++) {
        uint32_t tip = sim_ledger_tip(ledger, nodes[i]);
        const SimLedgerBlock *a = sim_ledger_block(ledger, tip), *b;
        int order = 1;

        if (best != SIM_BLOCK_NONE) {
            b = sim_ledger_block(ledger, best);
            order = kette_u256_compare(&a->work, &b->work);
            if (order == 0)
                order = -kette_hash_compare(&a->id, &b->id);
        }
        if (order > 0)
            best = tip;
    }
    return best;
}

static uint32_t
common_ancestor(const SimLedger *ledger, uint32_t a, uint32_t b)
{
    while (a != b) {
        const SimLedgerBlock *block_a = sim_ledger_block(ledger, a);
        const SimLedgerBlock *block_b = sim_ledger_block(ledger, b);

        if (block_a->height >= block_b->height)
            a = block_a->parent;
        if (block_b->height >= block_a->height)
            b = block_b->parent;
    }
    return a;
}

bool
sim_ledger_same_tip(const SimLedger *ledger, const uint32_t *nodes, size_t count,
                    uint64_t ignore_last)
{
    uint64_t highest = 0;
    uint32_t common, last;

    if (count == 0)
        return true;
    common = last = sim_ledger_tip(ledger, nodes[0]);
    for (size_t i = 0; i < count; i++) {
        uint32_t tip = sim_ledger_tip(ledger, nodes[i]);

        highest = MAX(highest, sim_ledger_block(ledger, tip)->height);
        if (tip != last)
            common = common_ancestor(ledger, common, tip);
        last = tip;
    }
    return highest - sim_ledger_block(ledger, common)->height <= ignore_last;
}

SimTime
sim_ledger_time_to_agree(const SimLedger *ledger, const uint32_t *nodes, size_t count,
                         SimTime since_ns)
{
    g_autofree uint32_t *holders = g_new0(uint32_t, ledger->blocks->len);
    g_autofree uint32_t *tips = g_new0(uint32_t, ledger->tips->len);
    g_autofree bool *member = g_new0(bool, ledger->tips->len);
    bool agreed = true;
    guint i = 0;

    sim_assert(!ledger->forget.tip_moves);
    if (count == 0)
        return -1;
    for (size_t k = 0; k < count; k++)
        member[nodes[k]] = true;
    holders[0] = (uint32_t)count;
    /* First all moves up to and including since_ns, then instant by instant */
    for (SimTime now = since_ns;; now = g_array_index(ledger->tip_moves, SimTipMove, i).time_ns) {
        for (; i < ledger->tip_moves->len; i++) {
            const SimTipMove *move = &g_array_index(ledger->tip_moves, SimTipMove, i);

            if (move->time_ns > now)
                break;
            if (!member[move->node])
                continue;
            holders[tips[move->node]]--;
            tips[move->node] = move->block;
            holders[move->block]++;
        }
        agreed = holders[tips[nodes[0]]] == count;
        if (agreed)
            return now - since_ns;
        if (i == ledger->tip_moves->len)
            return -1;
    }
}

SimTime
sim_ledger_propagation_among(const SimLedger *ledger, uint32_t block, uint32_t permille,
                             const uint32_t *nodes, size_t count)
{
    const SimLedgerBlock *b = sim_ledger_block(ledger, block);
    g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(SimTime));

    if (b->quantiles != NULL) {
        sim_assert(count == ledger->tips->len);
        return kept_quantile(ledger, b, permille);
    }
    for (size_t i = 0; i < count; i++) {
        SimTime at = sim_ledger_arrived(ledger, block, nodes[i]).body_ns;

        if (at >= 0)
            g_array_append_val(times, at);
    }
    return time_of_share(times, needed(count, permille), b->found_ns);
}

static bool
is_prefix(const SimLedger *ledger, uint32_t block, uint64_t less, uint32_t of)
{
    for (; less > 0 && sim_ledger_block(ledger, block)->parent != SIM_BLOCK_NONE; less--)
        block = sim_ledger_block(ledger, block)->parent;
    return common_ancestor(ledger, block, of) == block;
}

/* Compares pairs of different tips only: many nodes have few different tips. */
bool
sim_ledger_common_prefix(const SimLedger *ledger, const uint32_t *nodes, size_t count,
                         uint64_t less)
{
    g_autoptr(GArray) tips = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (size_t i = 0; i < count; i++) {
        uint32_t tip = sim_ledger_tip(ledger, nodes[i]);
        bool seen = false;

        for (guint k = 0; k < tips->len && !seen; k++)
            seen = g_array_index(tips, uint32_t, k) == tip;
        if (!seen)
            g_array_append_val(tips, tip);
    }
    for (guint i = 0; i < tips->len; i++) {
        for (guint k = i + 1; k < tips->len; k++) {
            uint32_t a = g_array_index(tips, uint32_t, i), b = g_array_index(tips, uint32_t, k);

            if (!is_prefix(ledger, a, less, b) && !is_prefix(ledger, b, less, a))
                return false;
        }
    }
    return true;
}

SimTime
sim_ledger_propagation(const SimLedger *ledger, uint32_t block, uint32_t permille)
{
    const SimLedgerBlock *b = sim_ledger_block(ledger, block);
    g_autoptr(GArray) times = NULL;

    if (b->quantiles != NULL)
        return kept_quantile(ledger, b, permille);
    times = times_of_all(b);
    return time_of_share(times, needed(ledger->tips->len, permille), b->found_ns);
}

size_t
sim_ledger_memory(const SimLedger *ledger)
{
    size_t bytes =
        ledger->tip_moves->len * sizeof(SimTipMove) + ledger->tips->len * sizeof(uint32_t);

    for (guint i = 0; i < ledger->blocks->len; i++) {
        const SimLedgerBlock *block = sim_ledger_block(ledger, i);

        /* its id, and about two entries of the table */
        bytes += sizeof *block + sizeof(KetteHash) + 4 * sizeof(gpointer);
        bytes += block->arrivals != NULL ? block->arrivals->len * sizeof(SimArrival) : 0;
        bytes += block->quantiles != NULL ? (ledger->forget.share_count + 1) * sizeof(SimTime) : 0;
    }
    return bytes;
}
