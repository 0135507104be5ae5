/* What a world takes on the heap. */
#include "sim/world/world_impl.h"

SimWorldBytes
sim_world_bytes_held(const SimWorld *world)
{
    SimWorldBytes sum = {
        .hosts = world->host_count * sizeof(SimHost),
        .links = sim_net_bytes(world->net),
        .store = kette_store_bytes(world->store),
        .ledger = sim_ledger_bytes(&world->ledger),
        .queue = sim_engine_bytes(world->engine),
    };

    for (guint i = 0; i < world->host_count; i++) {
        const SimHost *host = sim_world_host(world, i);

        if (host->node != NULL)
            kette_node_bytes(host->node, &sum.nodes);
        if (host->store != NULL && host->store != world->store)
            sum.store += kette_store_bytes(host->store);
    }
    return sum;
}
