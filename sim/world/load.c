/* Transactions that come by themselves; see load.h. */
#include "sim/world/load.h"

#include "core/chain/tx.h"
#include "sim/engine/assert.h"
#include "sim/engine/distribution.h"
#include "sim/world/world_impl.h"

#define UP_TRIES 16

struct SimLoad {
    SimLoadSpec spec;
    uint32_t *nodes;
    uint64_t key;     /* the source of its events */
    uint32_t counter; /* of its events */
    SimRandom random;
    uint64_t made, taken;
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

/* NULL: none of those drawn is up. */
static SimHost *
draw_host(SimWorld *world, SimLoad *load)
{
    for (unsigned i = 0; i < UP_TRIES; i++) {
        uint64_t at = sim_random_below(&load->random, load->spec.node_count);
        SimHost *host = sim_world_host(world, load->nodes[at]);

        if (host->running && !host->paused && !host->is_script)
            return host;
    }
    return NULL;
}

static uint32_t
draw_wallet(const SimWorld *world, SimLoad *load, uint32_t wanted, uint32_t other)
{
    uint32_t drawn;

    if (wanted != SIM_WALLET_RANDOM)
        return wanted;
    if (other == SIM_WALLET_RANDOM)
        return (uint32_t)sim_random_below(&load->random, world->wallets->len);
    drawn = (uint32_t)sim_random_below(&load->random, world->wallets->len - 1);
    return drawn + (drawn >= other);
}

static void
note_origin(SimWorld *world, const KetteTx *tx, const SimHost *host)
{
    SimTxOrigin *origin = g_new(SimTxOrigin, 1);

    *origin = (SimTxOrigin){tx->id, host->index, sim_engine_now(world->engine)};
    g_hash_table_replace(world->load_origins, &origin->id, origin);
}

static void
submit(SimWorld *world, SimLoad *load, SimHost *host)
{
    uint32_t from = draw_wallet(world, load, load->spec.from, load->spec.to);
    uint32_t to = draw_wallet(world, load, load->spec.to, from);
    uint64_t span = load->spec.amount_high - load->spec.amount_low;
    uint64_t amount = load->spec.amount_low + sim_random_below(&load->random, span + 1);
    const SimWallet *sender = g_ptr_array_index(world->wallets, from);
    const SimWallet *receiver = g_ptr_array_index(world->wallets, to);
    uint64_t nonce = sim_world_nonce(world, host->index, from) +
                     kette_mempool_pending(kette_node_mempool(host->node), &sender->address);
    g_autoptr(KetteTx) tx =
        kette_tx_new(world->hasher, sender->key, &receiver->address, amount, load->spec.fee, nonce,
                     &kette_store_genesis(world->store)->id);

    note_origin(world, tx, host);
    load->made++;
    load->taken +=
        kette_node_validate_and_add_transaction(host->node, tx, sim_host_now(host)) == KETTE_OK;
    sim_engine_touch(world->engine);
}

void
sim_load_on_event(void *user, const SimEvent *event)
{
    SimWorld *world = user;
    SimLoad *load = event->data;
    SimHost *host = draw_host(world, load);

    if (host != NULL)
        submit(world, load, host);
    schedule(world, load);
}

uint64_t
sim_world_load_made(const SimWorld *world)
{
    uint64_t made = 0;

    for (guint i = 0; i < world->loads->len; i++)
        made += ((const SimLoad *)g_ptr_array_index(world->loads, i))->made;
    return made;
}

uint64_t
sim_world_load_taken(const SimWorld *world)
{
    uint64_t taken = 0;

    for (guint i = 0; i < world->loads->len; i++)
        taken += ((const SimLoad *)g_ptr_array_index(world->loads, i))->taken;
    return taken;
}
