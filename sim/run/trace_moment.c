/* Reconstructs a moment from events; see trace_moment.h. */
#include "sim/run/trace_moment.h"

#include "sim/engine/assert.h"
#include "sim/run/build.h"

#include <string.h>

typedef void (*TakeEvent)(void *user, const SimTraceReader *reader, const SimTraceEvent *event);

/* Calls func for every event of a kind up to and including `until`. */
static bool
each_event(SimTraceReader *reader, const SimCursorSpec *spec, TakeEvent take, void *user,
           GError **error)
{
    g_autoptr(SimTraceCursor) cursor = sim_trace_cursor_new(reader, spec, error);
    g_autoptr(GError) failure = NULL;
    SimTraceEvent event;

    if (cursor == NULL)
        return false;
    while (sim_trace_cursor_next(cursor, &event, &failure)) {
        if (spec->order == SIM_CURSOR_ALL && event.time > spec->time)
            break;
        take(user, reader, &event);
    }
    if (failure == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

/* --- faults ------------------------------------------------------------------------------- */

/* Returns whether the row that ended something, if any, is later. */
static bool
ends_after(const SimTraceReader *reader, uint32_t ends, SimTime at)
{
    return ends == UINT32_MAX || sim_trace_reader_fault(reader, ends)->time > at;
}

static bool
is_in_force(const SimTraceReader *reader, const SimTraceFault *fault, SimTime at)
{
    return fault->begins && fault->time <= at && ends_after(reader, fault->ends, at);
}

GArray *
sim_moment_fault_nodes(const SimTraceReader *reader, uint32_t fault, SimTime at)
{
    const SimTraceFaultNode *nodes = sim_trace_reader_fault_nodes(reader, fault);
    GArray *still = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (uint32_t i = 0; i < sim_trace_reader_fault(reader, fault)->node_count; i++)
        if (ends_after(reader, nodes[i].ends, at))
            g_array_append_val(still, nodes[i].node);
    return still;
}

static void
find_faults(const SimTraceReader *reader, SimMoment *moment)
{
    for (uint32_t fault = 0; fault < sim_trace_reader_fault_count(reader); fault++) {
        if (is_in_force(reader, sim_trace_reader_fault(reader, fault), moment->at))
            g_array_append_val(moment->faults, fault);
    }
}

/* --- tips, secrets, messages, transactions ------------------------------------------------ */

static void
take_tip(void *user, const SimTraceReader *reader, const SimTraceEvent *event)
{
    (void)reader;
    g_array_index(((SimMoment *)user)->tips, uint32_t, event->node) = event->block;
}

static const char *const secrets[] = {"withheld", "given-up"};

static void
take_strategy(void *user, const SimTraceReader *reader, const SimTraceEvent *event)
{
    const char **secret = &g_array_index(((SimMoment *)user)->secrets, const char *, event->block);

    (void)reader;
    *secret = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++)
        *secret = strcmp(event->text, secrets[i]) == 0 ? secrets[i] : *secret;
}

static void
message_free(gpointer data)
{
    SimMomentMessage *message = data;

    g_free(message->kind);
    g_free(message->fate);
    g_free(message);
}

static void
take_message(void *user, const SimTraceReader *reader, const SimTraceEvent *event)
{
    SimMomentMessage *message = g_new0(SimMomentMessage, 1);

    (void)reader;
    *message = (SimMomentMessage){.sent_ns = event->other,
                                  .due_ns = event->time,
                                  .src = event->node,
                                  .dst = event->peer,
                                  .bytes = event->number,
                                  .kind = g_strdup(event->text),
                                  .fate = g_strdup(event->more)};
    g_ptr_array_add(((SimMoment *)user)->messages, message);
}

typedef struct {
    GArray *txs;       /* SimMomentTx */
    GHashTable *index; /* node and tx -> index + 1 */
} Pools;

static void
take_tx(void *user, const SimTraceReader *reader, const SimTraceEvent *event)
{
    Pools *pools = user;
    gint64 key = (gint64)event->node << 32 | event->tx;
    guint at = GPOINTER_TO_UINT(g_hash_table_lookup(pools->index, &key));
    SimMomentTx *tx;

    (void)reader;
    if (at == 0) {
        const SimMomentTx fresh = {.node = event->node, .tx = event->tx};

        g_array_append_val(pools->txs, fresh);
        at = pools->txs->len;
        g_hash_table_insert(pools->index, g_memdup2(&key, sizeof key), GUINT_TO_POINTER(at));
    }
    tx = &g_array_index(pools->txs, SimMomentTx, at - 1);
    tx->time = event->time;
    tx->held = strcmp(event->text, "dropped") != 0 && strcmp(event->text, "lost") != 0;
    tx->returned = strcmp(event->text, "returned") == 0;
}

/* Returns for each transaction whether a block of the tip's chain contains it. Free with g_free. */
static bool *
confirmed_under(const SimTraceReader *reader, uint32_t tip)
{
    bool *confirmed = g_new0(bool, sim_trace_reader_tx_count(reader) + 1);

    for (uint32_t b = tip; b != UINT32_MAX; b = sim_trace_reader_block(reader, b)->parent) {
        const uint32_t *txs = sim_trace_reader_block_txs(reader, b);

        for (uint32_t i = 0; i < sim_trace_reader_block(reader, b)->tx_count; i++)
            confirmed[txs[i]] = true;
    }
    return confirmed;
}

/* Keeps transactions that are in no block. There are many nodes but few tips, so each tip's chain
 * is walked once. */
static void
keep_held(const SimTraceReader *reader, SimMoment *moment, const GArray *all)
{
    g_autoptr(GHashTable) by_tip = g_hash_table_new_full(NULL, NULL, NULL, g_free);

    for (guint i = 0; i < all->len; i++) {
        const SimMomentTx *tx = &g_array_index(all, SimMomentTx, i);
        uint32_t tip = g_array_index(moment->tips, uint32_t, tx->node);
        const bool *confirmed;

        if (!tx->held)
            continue;
        confirmed = g_hash_table_lookup(by_tip, GUINT_TO_POINTER(tip));
        if (confirmed == NULL) {
            bool *fresh = confirmed_under(reader, tip);

            g_hash_table_insert(by_tip, GUINT_TO_POINTER(tip), fresh);
            confirmed = fresh;
        }
        if (!confirmed[tx->tx])
            g_array_append_vals(moment->txs, tx, 1);
    }
}

static bool
read_txs(SimTraceReader *reader, SimMoment *moment, GError **error)
{
    const SimCursorSpec spec = {SIM_EVENT_TX, SIM_CURSOR_ALL, moment->at, 0, 0, 0};
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(SimMomentTx));
    g_autoptr(GHashTable) index = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    Pools pools = {all, index};

    if (!each_event(reader, &spec, take_tx, &pools, error))
        return false;
    keep_held(reader, moment, all);
    return true;
}

bool
sim_moment_read(SimTraceReader *reader, SimTime at, SimMoment *ret_moment, GError **error)
{
    g_auto(SimMoment) moment = {
        .at = at,
        .tips = g_array_new(FALSE, TRUE, sizeof(uint32_t)),
        .faults = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
        .secrets = g_array_new(FALSE, TRUE, sizeof(const char *)),
        .messages = g_ptr_array_new_with_free_func(message_free),
        .txs = g_array_new(FALSE, FALSE, sizeof(SimMomentTx)),
    };
    const SimCursorSpec tips = {SIM_EVENT_TIP, SIM_CURSOR_ALL, at, 0, 0, 0};
    const SimCursorSpec strategies = {SIM_EVENT_STRATEGY, SIM_CURSOR_ALL, at, 0, 0, 0};
    const SimCursorSpec flying = {SIM_EVENT_MESSAGE, SIM_CURSOR_FLYING, at, 0, 0, 0};

    g_array_set_size(moment.tips, sim_trace_reader_node_count(reader));
    g_array_set_size(moment.secrets, sim_trace_reader_block_count(reader));
    if (!each_event(reader, &tips, take_tip, &moment, error) ||
        !each_event(reader, &strategies, take_strategy, &moment, error) ||
        !each_event(reader, &flying, take_message, &moment, error) ||
        !read_txs(reader, &moment, error))
        return false;
    find_faults(reader, &moment);
    *ret_moment = moment;
    memset(&moment, 0, sizeof moment);
    return true;
}

void
sim_moment_clear(SimMoment *moment)
{
    g_clear_pointer(&moment->tips, g_array_unref);
    g_clear_pointer(&moment->faults, g_array_unref);
    g_clear_pointer(&moment->secrets, g_array_unref);
    g_clear_pointer(&moment->messages, g_ptr_array_unref);
    g_clear_pointer(&moment->txs, g_array_unref);
}

/* --- a block's life ----------------------------------------------------------------------- */

typedef struct {
    GPtrArray *steps;
    uint32_t block, tx; /* exactly one is set */
} Life;

static void
step_free(gpointer data)
{
    SimLifeStep *step = data;

    g_free(step->detail);
    g_free(step);
}

static SimLifeStep *
add_step(Life *life, SimTime time, uint32_t node, const char *what)
{
    SimLifeStep *step = g_new0(SimLifeStep, 1);

    step->time = time;
    step->node = node;
    step->from = step->tip = UINT32_MAX;
    step->what = what;
    step->confirmations = -1;
    g_ptr_array_add(life->steps, step);
    return step;
}

static void
live_arrival(void *user, const SimTraceReader *reader, const SimTraceEvent *event)
{
    Life *life = user;

    (void)reader;
    if (event->block != life->block)
        return;
    if (event->other >= 0 && event->other != event->time)
        add_step(life, event->other, event->node, "header");
    add_step(life, event->time, event->node, "body")->from = event->peer;
}

static void
live_verdict(void *user, const SimTraceReader *reader, const SimTraceEvent *event)
{
    Life *life = user;
    bool is_tx = life->block == UINT32_MAX;
    const char *hash = is_tx ? sim_trace_reader_tx(reader, life->tx)->hash
                             : sim_trace_reader_block(reader, life->block)->hash;
    SimLifeStep *step;

    if (event->number != is_tx || strcmp(event->more, hash) != 0)
        return;
    step = add_step(life, event->time, event->node, "verdict");
    step->from = event->peer;
    step->detail = g_strdup(event->text);
}

/* Returns whether the block is `tip` or an ancestor of `tip`. */
static bool
is_under(const SimTraceReader *reader, uint32_t block, uint32_t tip)
{
    uint32_t height = sim_trace_reader_block(reader, block)->height;

    while (tip != UINT32_MAX && sim_trace_reader_block(reader, tip)->height > height)
        tip = sim_trace_reader_block(reader, tip)->parent;
    return tip == block;
}

/* Adds a step if the move added or removed the block. A block below the fork of both branches is
 * not affected, so no walk is needed. */
static void
live_tip(void *user, const SimTraceReader *reader, const SimTraceEvent *event)
{
    Life *life = user;
    int64_t height = sim_trace_reader_block(reader, life->block)->height;
    bool was, is;

    if (height <= sim_trace_reader_block(reader, event->old)->height - event->number)
        return;
    was = is_under(reader, life->block, event->old);
    is = is_under(reader, life->block, event->block);
    if (was != is)
        add_step(life, event->time, event->node, is ? "active" : "out")->tip = event->block;
}

static void
live_strategy(void *user, const SimTraceReader *reader, const SimTraceEvent *event)
{
    static const char *const words[] = {"withheld", "released", "given-up"};
    Life *life = user;

    (void)reader;
    for (size_t i = 0; i < G_N_ELEMENTS(words) && event->block == life->block; i++) {
        if (strcmp(event->text, words[i]) == 0)
            add_step(life, event->time, event->node, words[i]);
    }
}

static gint
compare_steps(gconstpointer a, gconstpointer b)
{
    const SimLifeStep *x = *(SimLifeStep *const *)a, *y = *(SimLifeStep *const *)b;

    return x->time < y->time ? -1 : x->time > y->time;
}

/* g_ptr_array_sort is a merge sort, so steps of one time keep the order in which they were added.
 */
GPtrArray *
sim_block_life(SimTraceReader *reader, uint32_t block, GError **error)
{
    const SimTraceBlock *b = sim_trace_reader_block(reader, block);
    const SimCursorSpec arrivals = {SIM_EVENT_ARRIVAL, SIM_CURSOR_ALL, INT64_MAX, 0, 0, 0};
    const SimCursorSpec verdicts = {SIM_EVENT_VERDICT, SIM_CURSOR_ALL, INT64_MAX, 0, 0, 0};
    const SimCursorSpec tips = {SIM_EVENT_TIP, SIM_CURSOR_ALL, INT64_MAX, 0, 0, 0};
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(step_free);
    const SimCursorSpec strategies = {SIM_EVENT_STRATEGY, SIM_CURSOR_ALL, INT64_MAX, 0, 0, 0};
    Life life = {steps, block, UINT32_MAX};

    add_step(&life, b->found_ns, b->miner, "found");
    if (!each_event(reader, &arrivals, live_arrival, &life, error) ||
        !each_event(reader, &verdicts, live_verdict, &life, error) ||
        !each_event(reader, &tips, live_tip, &life, error) ||
        !each_event(reader, &strategies, live_strategy, &life, error))
        return NULL;
    g_ptr_array_sort(steps, compare_steps);
    return g_steal_pointer(&steps);
}

/* --- a transaction's ---------------------------------------------------------------------- */

static void
live_tx(void *user, const SimTraceReader *reader, const SimTraceEvent *event)
{
    static const char *const words[] = {"accepted", "returned", "dropped", "lost"};
    Life *life = user;

    (void)reader;
    for (size_t i = 0; i < G_N_ELEMENTS(words) && event->tx == life->tx; i++) {
        if (strcmp(event->text, words[i]) == 0)
            add_step(life, event->time, event->node, words[i])->from = event->peer;
    }
}

static void
live_undone(void *user, const SimTraceReader *reader, const SimTraceEvent *event)
{
    Life *life = user;

    (void)reader;
    if (event->tx == life->tx)
        add_step(life, event->time, event->node, "undone")->confirmations = event->number;
}

GPtrArray *
sim_tx_life(SimTraceReader *reader, uint32_t tx, GError **error)
{
    const SimCursorSpec events = {SIM_EVENT_TX, SIM_CURSOR_ALL, INT64_MAX, 0, 0, 0};
    const SimCursorSpec verdicts = {SIM_EVENT_VERDICT, SIM_CURSOR_ALL, INT64_MAX, 0, 0, 0};
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(step_free);
    const SimCursorSpec undone = {SIM_EVENT_UNDONE, SIM_CURSOR_ALL, INT64_MAX, 0, 0, 0};
    Life life = {steps, UINT32_MAX, tx};

    if (!each_event(reader, &events, live_tx, &life, error) ||
        !each_event(reader, &verdicts, live_verdict, &life, error) ||
        !each_event(reader, &undone, live_undone, &life, error))
        return NULL;
    g_ptr_array_sort(steps, compare_steps);
    return g_steal_pointer(&steps);
}

GArray *
sim_tx_blocks(const SimTraceReader *reader, uint32_t tx)
{
    GArray *blocks = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (uint32_t block = 0; block < sim_trace_reader_block_count(reader); block++) {
        const uint32_t *txs = sim_trace_reader_block_txs(reader, block);
        uint32_t count = sim_trace_reader_block(reader, block)->tx_count, i = 0;

        while (i < count && txs[i] != tx)
            i++;
        if (i < count)
            g_array_append_val(blocks, block);
    }
    return blocks;
}
