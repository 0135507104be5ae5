/* Generated payments; see load.h. */
#include "sim/world/load.h"

#include "core/chain/tx.h"
#include "sim/engine/assert.h"
#include "sim/engine/distribution.h"
#include "sim/world/world_impl.h"

#define UP_TRIES 16

struct SimLoad {
    SimLoadSpec spec;
    uint32_t *nodes;
    uint64_t key;     /* source of its events */
    uint32_t counter; /* of its events */
    SimRandom random; /* for the waits */
    uint64_t made;
};

void
sim_load_free(gpointer data)
{
    SimLoad *load = data;

    g_free(load->nodes);
    g_free(load);
}

void
sim_world_add_load(SimWorld *world, const SimLoadSpec *spec)
{
    SimLoad *load = g_new0(SimLoad, 1);
    g_autofree char *name = g_strdup_printf("load %u", world->loads->len);

    sim_assert(!world->started && spec->gap > 0 && spec->node_count > 0);
    load->spec = *spec;
    load->nodes = g_memdup2(spec->nodes, spec->node_count * sizeof *spec->nodes);
    load->spec.nodes = load->nodes;
    load->key = sim_key(name);
    sim_random_init_key(&load->random, world->config.seed, sim_key("load"), load->key);
    if (world->load_origins == NULL)
        world->load_origins =
            g_hash_table_new_full(kette_hash_table_hash, kette_hash_table_equal, NULL, g_free);
    g_ptr_array_add(world->loads, load);
}

static void
schedule(SimWorld *world, SimLoad *load)
{
    SimTime wait = sim_random_exponential(&load->random, load->spec.gap);

    sim_engine_schedule(world->engine, sim_time_add(sim_engine_now(world->engine), MAX(wait, 1)),
                        SIM_CLASS_RUN, load->key, load->counter++, world->load_handler, load, 0);
}

void
sim_load_start(SimWorld *world)
{
    for (guint i = 0; i < world->loads->len; i++)
        schedule(world, g_ptr_array_index(world->loads, i));
}

static bool
takes_payments(const SimHost *host)
{
    return host->running && !host->paused && !sim_host_is_away(host) && !host->is_script &&
           sim_remote_answers(host);
}

/* Returns a node that is up, or NULL if there is none. */
static SimHost *
draw_host(SimWorld *world, const SimLoad *load, SimRandom *random)
{
    size_t count = load->spec.node_count;
    uint64_t at = 0;

    for (unsigned i = 0; i < UP_TRIES; i++) {
        SimHost *host;

        at = sim_random_below(random, count);
        host = sim_world_host(world, load->nodes[at]);
        if (takes_payments(host))
            return host;
    }
    for (size_t i = 1; i < count; i++) {
        SimHost *host = sim_world_host(world, load->nodes[(at + i) % count]);

        if (takes_payments(host))
            return host;
    }
    return NULL;
}

static uint32_t
draw_wallet(const SimWorld *world, SimRandom *random, uint32_t wanted, uint32_t other)
{
    uint32_t drawn;

    if (wanted != SIM_WALLET_RANDOM)
        return wanted;
    if (other == SIM_WALLET_RANDOM)
        return (uint32_t)sim_random_below(random, world->wallets->len);
    drawn = (uint32_t)sim_random_below(random, world->wallets->len - 1);
    return drawn + (drawn >= other);
}

static void
note_origin(SimWorld *world, const KetteTx *tx, const SimHost *host)
{
    SimTxOrigin *origin;

    if (g_hash_table_contains(world->load_origins, &tx->id))
        return;
    origin = g_new(SimTxOrigin, 1);
    *origin = (SimTxOrigin){tx->id, host->index, sim_engine_now(world->engine)};
    g_hash_table_replace(world->load_origins, &origin->id, origin);
}

static void
submit(SimWorld *world, SimLoad *load)
{
    const SimLoadSpec *spec = &load->spec;
    const SimWallet *sender, *receiver;
    g_autoptr(KetteTx) tx = NULL;
    uint64_t amount, nonce;
    uint32_t from, to;
    SimRandom random;
    SimHost *host;

    sim_random_init_key(&random, world->config.seed, sim_key("payment"),
                        sim_key_combine(load->key, load->made++));
    from = draw_wallet(world, &random, spec->from, spec->to);
    to = draw_wallet(world, &random, spec->to, from);
    amount = spec->amount_low + sim_random_below(&random, spec->amount_high - spec->amount_low + 1);
    host = draw_host(world, load, &random);
    if (host == NULL)
        return;
    sender = g_ptr_array_index(world->wallets, from);
    receiver = g_ptr_array_index(world->wallets, to);
    nonce = sim_world_nonce(world, host->index, from) +
            kette_mempool_pending(kette_node_mempool(host->node), &sender->address);
    tx = kette_tx_new(world->hasher, sender->key, &receiver->address, amount, spec->fee, nonce,
                      &kette_store_genesis(world->store)->id);
    note_origin(world, tx, host);
    (void)!sim_host_submit(host, tx);
    sim_engine_touch(world->engine);
}

void
sim_load_on_event(void *user, const SimEvent *event)
{
    SimWorld *world = user;
    SimLoad *load = event->data;

    submit(world, load);
    schedule(world, load);
}
