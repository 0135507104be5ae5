/* Building, driving and asking a world; see world.h. */
#include "sim/world/world.h"

#include "core/base/limits.h"
#include "core/node/template.h"
#include "sim/engine/assert.h"
#include "sim/world/world_impl.h"

#include <stdio.h>

const char *
sim_fact_kind_name(SimFactKind kind)
{
    static const char *const names[SIM_FACT_KIND_COUNT] = {
        "block",       "header",      "body",       "orphan",        "tip",   "verdict",
        "tx-accepted", "tx-returned", "tx-dropped", "ready",         "fault", "banned",
        "withheld",    "released",    "given-up",   "upgrade-needed"};

    sim_assert(kind < SIM_FACT_KIND_COUNT);
    return names[kind];
}

static void
host_clear(SimHost *host)
{
    kette_block_unref(host->ground);
    sim_host_drop_backlog(host);
    g_clear_pointer(&host->late_changes, g_array_unref);
    g_clear_pointer(&host->log, g_byte_array_unref);
    g_clear_pointer(&host->refused, g_hash_table_unref);
    g_free(host->refused_counts);
    g_free(host->churn);
    g_free(host->eclipse);
    sim_late_clear(host);
    sim_agent_leave(host);
    kette_node_clear(host->node);
}

/* Allocates hosts in slabs that never move, because events, nodes and messages point at them. */
static SimHost *
host_new(SimWorld *world)
{
    SimHost *host;

    if (world->host_count % SIM_SLAB_HOSTS == 0) {
        uint32_t slab = world->host_count / SIM_SLAB_HOSTS;

        world->slabs = g_renew(char *, world->slabs, slab + 1);
        world->slabs[slab] = g_aligned_alloc(SIM_SLAB_HOSTS, world->host_stride, SIM_CACHE_LINE);
    }
    world->host_count++;
    host = sim_world_host(world, world->host_count - 1);
    *host = (SimHost){.world = world};
    return host;
}

static void
free_hosts(SimWorld *world)
{
    for (uint32_t i = 0; i < world->host_count; i++)
        host_clear(sim_world_host(world, i));
    for (uint32_t i = 0; i < world->host_count; i += SIM_SLAB_HOSTS)
        g_aligned_free(world->slabs[i / SIM_SLAB_HOSTS]);
    g_free(world->slabs);
}

static void
wallet_free(gpointer data)
{
    SimWallet *wallet = data;

    kette_key_free(wallet->key);
    g_free(wallet->name);
    g_free(wallet);
}

static void
tx_free(gpointer data)
{
    SimTx *tx = data;

    kette_tx_unref(tx->tx);
    g_free(tx->name);
    g_free(tx);
}

static void
free_store(gpointer store)
{
    kette_store_free(store);
}

SimWorld *
sim_world_new(const SimWorldConfig *config)
{
    KetteHasher *hasher = kette_hasher_new();
    SimWorld *world;
    SimNetOps ops;
    uint8_t seed[8];

    if (hasher == NULL)
        return NULL;
    world = g_new0(SimWorld, 1);
    world->own_stores = g_ptr_array_new_with_free_func(free_store);
    world->config = *config;
    world->config.upgrades =
        g_memdup2(config->upgrades, config->upgrade_count * sizeof *config->upgrades);
    world->hasher = hasher;
    world->mint = kette_mint_new();
    kette_put_le64(seed, config->seed);
    world->config.params.seal_key =
        kette_sha256d_pair(hasher, "kettensim seal", 14, seed, sizeof seed);
    world->engine = sim_engine_new(config->seed);
    ops = sim_host_net_ops(world);
    world->net = sim_net_new(world->engine, config->seed, &ops);
    sim_net_set_bandwidth(world->net, config->bandwidth);
    sim_net_set_uploads(world->net, config->uploads);
    sim_net_set_small_first(world->net, config->small_first);
    world->timer_handler = sim_engine_add_handler(world->engine, sim_host_on_timer, world);
    world->mining_handler = sim_engine_add_handler(world->engine, sim_mining_on_event, world);
    world->reconnect_handler =
        sim_engine_add_handler(world->engine, sim_connection_on_retry, world);
    world->validated_handler = sim_engine_add_handler(world->engine, sim_host_on_validated, world);
    world->crash_handler = sim_engine_add_handler(world->engine, sim_fault_on_crash, world);
    world->start_handler = sim_engine_add_handler(world->engine, sim_fault_on_start, world);
    world->churn_handler = sim_engine_add_handler(world->engine, sim_fault_on_churn, world);
    world->host_stride = sizeof(SimHost) + kette_node_size();
    world->faults = g_array_new(FALSE, FALSE, sizeof(SimFault));
    world->net_cuts = g_array_new(FALSE, FALSE, sizeof(SimFaultId));
    sim_fault_notes_init(&world->notes);
    world->parted = g_array_new(FALSE, TRUE, sizeof(bool));
    world->partings = g_array_new(FALSE, FALSE, 2 * sizeof(uint32_t));
    world->dynamic = g_array_new(FALSE, TRUE, sizeof(bool));
    world->discovery_handler = sim_engine_add_handler(world->engine, sim_discovery_on_event, world);
    world->wallets = g_ptr_array_new_with_free_func(wallet_free);
    world->txs = g_ptr_array_new_with_free_func(tx_free);
    world->idle = g_ptr_array_new_with_free_func(g_free);
    world->active = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    world->undoings = g_array_new(FALSE, FALSE, sizeof(SimUndoing));
    world->named = g_ptr_array_new_with_free_func(sim_named_free);
    world->loads = g_ptr_array_new_with_free_func(sim_load_free);
    world->load_handler = sim_engine_add_handler(world->engine, sim_load_on_event, world);
    world->wake_handler = sim_engine_add_handler(world->engine, sim_agent_on_wake, world);
    world->learn_handler = sim_engine_add_handler(world->engine, sim_agent_on_learn, world);
    world->late_handler = sim_engine_add_handler(world->engine, sim_late_on_event, world);
    world->watchers = g_array_new(FALSE, FALSE, sizeof(SimWatcher));
    sim_ledger_init(&world->ledger, &config->forget);
    return world;
}

void
sim_world_free(SimWorld *world)
{
    if (world == NULL)
        return;
    if (!world->finished && world->net != NULL) {
        g_array_set_size(world->watchers, 0);
        sim_net_finish(world->net);
    }
    free_hosts(world);
    g_ptr_array_unref(world->wallets);
    g_ptr_array_unref(world->txs);
    g_ptr_array_unref(world->idle);
    g_hash_table_unref(world->active);
    g_array_unref(world->undoings);
    g_ptr_array_unref(world->named);
    g_ptr_array_unref(world->loads);
    g_clear_pointer(&world->load_origins, g_hash_table_unref);
    g_free(world->on_chain);
    g_array_unref(world->faults);
    g_array_unref(world->net_cuts);
    sim_fault_notes_clear(&world->notes);
    g_array_unref(world->parted);
    g_array_unref(world->partings);
    g_array_unref(world->dynamic);
    g_clear_pointer(&world->by_address, g_hash_table_unref);
    g_array_unref(world->watchers);
    sim_opinion_free(world->opinion);
    sim_ledger_clear(&world->ledger);
    sim_net_free(world->net);
    sim_engine_free(world->engine);
    kette_mint_free(world->mint);
    g_free((gpointer)world->config.upgrades);
    for (size_t i = 0; i < G_N_ELEMENTS(world->stores); i++)
        kette_store_free(world->stores[i]);
    g_ptr_array_unref(world->own_stores);
    kette_store_free(world->store);
    kette_hasher_free(world->hasher);
    g_free(world);
}

/* --- building ---------------------------------------------------------------------------- */

KetteKey *
sim_world_key_of_name(SimWorld *world, const char *name)
{
    KetteHash secret =
        kette_sha256d_pair(world->hasher, "kettensim wallet ", 17, name, strlen(name));

    return kette_key_new(secret.b);
}

uint32_t
sim_world_add_wallet(SimWorld *world, const char *name, uint64_t funds)
{
    SimWallet *wallet = g_new0(SimWallet, 1);

    sim_assert(world->store == NULL);
    wallet->name = g_strdup(name);
    wallet->key = sim_world_key_of_name(world, name);
    wallet->address = kette_address_of(world->hasher, kette_key_public(wallet->key));
    wallet->funds = funds;
    g_ptr_array_add(world->wallets, wallet);
    return world->wallets->len - 1;
}

/* Makes a store of nodes that know these upgrades. */
static KetteStore *
store_new(SimWorld *world, uint32_t knows)
{
    g_autoptr(GArray) allocations = g_array_new(FALSE, FALSE, sizeof(KetteAllocation));
    KetteStore *store;

    for (guint i = 0; i < world->wallets->len; i++) {
        const SimWallet *wallet = g_ptr_array_index(world->wallets, i);
        KetteAllocation allocation = {wallet->address, wallet->funds};

        if (wallet->funds > 0)
            g_array_append_val(allocations, allocation);
    }
    store = kette_store_new(&world->config.params, (const KetteAllocation *)allocations->data,
                            allocations->len);
    sim_assert(store != NULL);
    for (size_t i = 0; i < world->config.upgrade_count; i++) {
        if ((knows >> world->config.upgrades[i].number & 1) != 0)
            kette_store_add_upgrade(store, &world->config.upgrades[i]);
    }
    return store;
}

static uint8_t
all_upgrades(const SimWorld *world)
{
    return (uint8_t)((1u << world->config.upgrade_count) - 1);
}

KetteStore *
sim_world_store_of(SimWorld *world, uint32_t knows)
{
    KetteStore *store;

    if (world->config.isolate) {
        store = store_new(world, knows);
        g_ptr_array_add(world->own_stores, store);
        return store;
    }
    if (knows == all_upgrades(world))
        return world->store;
    if (world->stores[knows] == NULL)
        world->stores[knows] = store_new(world, knows);
    return world->stores[knows];
}

void
sim_world_open(SimWorld *world)
{
    bool is_new;

    world->store = store_new(world, all_upgrades(world));
    if (world->config.model)
        world->opinion = sim_opinion_new(world);
    sim_ledger_intern(&world->ledger, &is_new, kette_store_genesis(world->store), SIM_NODE_NONE, 0);
}

/* Returns the account of a name, as of the node that gets rewards; its key is derived from the
 * name.
 */
KetteAddress
sim_world_address_of_name(SimWorld *world, const char *name)
{
    g_autoptr(KetteKey) key = sim_world_key_of_name(world, name);

    return kette_address_of(world->hasher, kette_key_public(key));
}

/* Returns the work of so many blocks of the genesis bits. */
static KetteU256
work_of_blocks(const KetteParams *params, uint32_t count)
{
    KetteU256 work = kette_work_of_bits(params->genesis_bits);

    if (kette_u256_mul_u64(&work, &work, count))
        return (KetteU256){{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    return work;
}

uint32_t
sim_world_add_node(SimWorld *world, const SimNodeSpec *spec)
{
    SimHost *host = host_new(world);
    KetteNodeConfig config = world->config.node;

    sim_assert(world->store != NULL);
    sim_assert(spec->share_num == 0 || spec->share_den > 0);
    host->index = sim_net_add_node(world->net, spec->name);
    sim_assert(host->index == world->host_count - 1);
    host->key = sim_net_node_key(world->net, host->index);
    sim_random_init(&host->random, world->config.seed, "node", spec->name);
    sim_random_init(&host->mining_random, world->config.seed, "mining", spec->name);
    host->knows = (uint8_t)(all_upgrades(world) & ~spec->without);
    host->store = sim_world_store_of(world, host->knows);
    host->share_num = spec->miner ? spec->share_num : 0;
    host->share_den = spec->share_den;
    host->is_miner = spec->miner;
    host->is_script = spec->script;
    host->mining = spec->miner;
    config.port = spec->no_listen ? 0 : spec->port;
    config.relay = spec->relay;
    if (spec->mempool_bytes > 0)
        config.mempool_bytes = spec->mempool_bytes;
    config.min_work = work_of_blocks(&world->config.params, spec->min_work);
    host->port = spec->port;
    host->start = spec->start;
    host->clock_offset = spec->clock_offset;
    host->drift_ppb = spec->drift_ppb;
    host->validate = spec->validate;
    host->validate_bps = spec->validate_bps;
    host->checks = spec->validate > 0 || spec->validate_bps > 0;
    host->log = world->config.keep_records ? g_byte_array_new() : NULL;
    sim_host_new_node(host, &config);
    kette_node_set_clock_offset(host->node, host->clock_offset);
    if (spec->up_bps > 0 || spec->down_bps > 0)
        sim_net_set_node_rates(world->net, host->index, spec->up_bps, spec->down_bps);
    sim_ledger_add_node(&world->ledger);
    return host->index;
}

/* Returns the edge from a to b. */
uint32_t
sim_world_add_edge(SimWorld *world, uint32_t a, uint32_t b)
{
    uint32_t edge = sim_net_add_edge(world->net, a, b);

    g_array_set_size(world->parted, sim_net_edge_count(world->net) / 2);
    g_array_set_size(world->dynamic, sim_net_edge_count(world->net) / 2);
    return edge;
}

uint32_t
sim_world_connect(SimWorld *world, uint32_t a, uint32_t b)
{
    uint32_t had = sim_net_edge_count(world->net), edge = sim_world_add_edge(world, a, b);

    if (world->started && sim_net_edge_count(world->net) > had) {
        /* A new edge is open, but no node has opened this connection yet */
        sim_net_set_edge_open(world->net, edge, false);
        sim_net_set_edge_open(world->net, edge ^ 1, false);
    }
    sim_parting_forget(world, edge);
    g_array_index(world->dynamic, bool, edge / 2) = false;
    if (world->started)
        sim_connection_open(world, edge);
    return edge;
}

uint32_t
sim_world_add_tx(SimWorld *world, const SimTxSpec *spec)
{
    SimTx *tx = g_new0(SimTx, 1);
    const SimWallet *from = g_ptr_array_index(world->wallets, spec->from);
    const SimWallet *to = g_ptr_array_index(world->wallets, spec->to);

    tx->submitted_at = SIM_NODE_NONE;
    tx->name = g_strdup(spec->name);
    tx->tx = kette_tx_new(world->hasher, from->key, &to->address, spec->amount, spec->fee,
                          spec->nonce, &kette_store_genesis(world->store)->id);
    g_ptr_array_add(world->txs, tx);
    return world->txs->len - 1;
}

void
sim_world_add_watcher(SimWorld *world, const SimWatcher *watcher)
{
    g_array_append_vals(world->watchers, watcher, 1);
}

static void
start_host(SimHost *host)
{
    SimWorld *world = host->world;
    size_t edges;

    sim_net_out_edges(world->net, &edges, host->index);
    kette_node_expect_peers(host->node, (uint32_t)edges);
    if (host->start == 0) {
        host->has_started = host->running = true;
        if (!host->is_script)
            kette_node_start(host->node, sim_host_now(host));
        sim_remote_start(host);
        return;
    }
    sim_net_set_node_up(world->net, host->index, false);
    sim_engine_schedule(world->engine, host->start, SIM_CLASS_FAULT, host->key, 0,
                        world->start_handler, host, 0);
}

/* Opens the connection, unless one of its nodes starts later: that node opens it. */
static void
start_edge(SimWorld *world, uint32_t edge)
{
    SimHost *host = sim_world_host(world, sim_net_edge_src(world->net, edge));

    if (!sim_connection_allowed(world, edge))
        sim_net_set_edge_open(world->net, edge, false);
    else if (host->is_script)
        sim_script_connected(host, edge, edge % 2 == 0);
    else
        kette_node_add_peer(host->node, sim_net_edge_place(world->net, edge), edge % 2 == 0,
                            sim_host_now(host));
}

void
sim_world_start(SimWorld *world)
{
    sim_net_freeze(world->net);
    world->started = true;
    sim_discovery_start(world);
    for (guint i = 0; i < world->host_count; i++)
        start_host(sim_world_host(world, i));
    for (uint32_t e = 0; e < sim_net_edge_count(world->net); e++)
        start_edge(world, e);
    for (uint32_t e = 0; e < sim_net_edge_count(world->net); e += 2) {
        if (sim_connection_is_open(world, e))
            sim_connection_tell(world, e, true);
    }
    for (guint i = 0; i < world->host_count; i++)
        sim_mining_arm(sim_world_host(world, i));
    sim_load_start(world);
}

SimEngine *
sim_world_engine(SimWorld *world)
{
    return world->engine;
}

SimNet *
sim_world_net(SimWorld *world)
{
    return world->net;
}

void
sim_world_tell(SimWorld *world, const SimFact *fact)
{
    for (guint i = 0; i < world->watchers->len; i++) {
        const SimWatcher *watcher = &g_array_index(world->watchers, SimWatcher, i);

        watcher->fact(watcher->user, fact);
    }
}

/* --- driving ----------------------------------------------------------------------------- */

KetteVerdict
sim_world_mine(SimWorld *world, uint32_t node, uint32_t count)
{
    SimHost *host = sim_world_host(world, node);
    KetteVerdict verdict = KETTE_OK;

    for (uint32_t i = 0; i < count && verdict == KETTE_OK; i++)
        kette_block_unref(sim_mining_make(host, &verdict));
    return verdict;
}

void
sim_world_set_mining(SimWorld *world, uint32_t node, bool on)
{
    SimHost *host = sim_world_host(world, node);

    if (!host->is_miner || host->mining == on)
        return;
    host->mining = on;
    if (on) {
        sim_host_end_fault(host, SIM_FAULT_MINING);
        sim_mining_arm(host);
    } else {
        (void)sim_host_begin_fault(host, SIM_FAULT_MINING);
        sim_mining_stop(host);
    }
}

KetteVerdict
sim_world_submit(SimWorld *world, uint32_t tx, uint32_t node)
{
    SimTx *entry = g_ptr_array_index(world->txs, tx);
    SimHost *host = sim_world_host(world, node);

    entry->submitted_at = node;
    entry->submitted_ns = sim_engine_now(world->engine);
    return sim_host_submit(host, entry->tx);
}

bool
sim_world_finish(SimWorld *world, GString *report)
{
    bool balanced = sim_net_books_balance(world->net, report);

    if (world->opinion != NULL)
        sim_opinion_finish(world->opinion);
    sim_net_finish(world->net);
    world->finished = true;
    return balanced;
}
