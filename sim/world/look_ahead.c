/* Prefetching for messages that are due soon at a host: the node, and what passing a block on
 * reads. It changes nothing but speed; docs/performance.md has the figures. */
#include "core/node/look_ahead.h"

#include "sim/net/look_ahead.h"
#include "sim/world/world_impl.h"

/* Returns whether a message of that kind may be passed on to every neighbour. */
static bool
spreads(uint8_t kind)
{
    return kind == KETTE_MSG_NEW_BLOCK || kind == KETTE_MSG_NEW_TRANSACTION ||
           kind == KETTE_MSG_COMPACT_BLOCK || kind == KETTE_MSG_BLOCK_TXS;
}

/* Prefetches along pointers that earlier stages have prefetched. Returns false if it is unknown
 * what else the message will read. */
static bool
look_further(const SimWorld *world, const SimLookedAt *message, unsigned stage)
{
    const SimHost *host = sim_world_host(world, message->dst);
    const SimHostTimer *request = &host->timers[KETTE_TIMER_REQUEST];
    bool more = kette_node_prefetch(host->node, message->back,
                                    world->config.wire ? NULL : message->payload, stage);

    if (stage == 1 && more) /* the node will request it, or has requested it */
        __builtin_prefetch(request, 1);
    if (spreads(message->kind)) {
        sim_net_prefetch_out(world->net, message->dst, stage + 1);
        if (stage == 0) {
            sim_ledger_prefetch(&world->ledger, message->dst);
            __builtin_prefetch(&host->store, 1);
        }
        if (stage == 2)
            sim_engine_prefetch(world->engine, request->handle);
    }
    return more;
}

void
sim_world_look_ahead(void *user, SimLookedAt *messages, uint32_t count)
{
    const SimWorld *world = user;

    for (uint32_t k = 0; k < count; k++) {
        SimHost *host = sim_world_host(world, messages[k].dst);

        __builtin_prefetch(host, 1);
        __builtin_prefetch(sim_host_node_room(host), 1);
        if (spreads(messages[k].kind))
            sim_net_prefetch_out(world->net, messages[k].dst, 0);
    }
    for (unsigned stage = 0; count > 0; stage++) {
        uint32_t asking = 0;

        for (uint32_t k = 0; k < count; k++) {
            if (look_further(world, &messages[k], stage))
                messages[asking++] = messages[k];
        }
        count = asking;
    }
}
