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

    for (guint i = 0; i < world->host_count; i++) {
        const SimHost *host = sim_world_host(world, i);

        if (host->node != NULL)
            kette_node_memory(host->node, &sum.nodes);
    }
    for (guint i = 0; i < world->more_stores->len; i++)
        sum.store += kette_store_memory(world->more_stores->pdata[i]);
    return sum;
}
