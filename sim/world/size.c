/* Counts the heap memory of a world. */
#include "sim/world/world_impl.h"

SimWorldMemory
sim_world_memory(const SimWorld *world)
{
    SimWorldMemory sum = {
        .hosts = world->host_count * sizeof(SimHost),
        .links = sim_net_memory(world->net),
        .store = kette_store_memory(world->store),
        .ledger = sim_ledger_memory(&world->ledger),
        .queue = sim_engine_memory(world->engine),
    };

    GHashTableIter iter;
    gpointer store;

    for (guint i = 0; i < world->host_count; i++) {
        const SimHost *host = sim_world_host(world, i);

        if (host->node != NULL)
            kette_node_memory(host->node, &sum.nodes);
    }
    for (guint i = 0; i < world->own_stores->len; i++)
        sum.store += kette_store_memory(world->own_stores->pdata[i]);
    g_hash_table_iter_init(&iter, world->stores);
    while (g_hash_table_iter_next(&iter, NULL, &store))
        sum.store += kette_store_memory(store);
    return sum;
}
