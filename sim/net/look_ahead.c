/* Prefetching for messages that are due soon; see look_ahead.h. */
#include "sim/net/look_ahead.h"

#include "sim/net/net_private.h"

/* Prefetches all edges first, so that their cache misses overlap. */
void
sim_net_look_ahead(void *user, const SimEvent **events, uint32_t count)
{
    const SimNet *net = user;
    SimLookedAt messages[SIM_LOOK_AHEAD_MAX];

    for (uint32_t k = 0; k < count; k++)
        __builtin_prefetch(&net->edges[sim_message_edge(events[k])]);
    for (uint32_t k = 0; k < count; k++) {
        uint32_t edge = sim_message_edge(events[k]);

        messages[k] = (SimLookedAt){net->edges[edge].dst, net->edges[edge ^ 1].place,
                                    (uint8_t)events[k]->tag, events[k]->data};
        __builtin_prefetch(events[k]->data);
    }
    net->ops.look_ahead(net->ops.user, messages, count);
}

void
sim_net_prefetch_out(const SimNet *net, uint32_t node, unsigned stage)
{
    const SimNode *n = &net->nodes[node];
    const uint32_t *edges = net->out_edges + n->out_start;
    uint32_t step = stage == 1 ? SIM_CACHE_LINE / sizeof *edges : 1;

    if (stage == 0) {
        __builtin_prefetch(n, 1);
        return;
    }
    for (uint32_t i = 0; i < n->out_count; i += step) {
        if (stage == 1)
            __builtin_prefetch(&edges[i]);
        else if (stage == 2)
            __builtin_prefetch(&net->edges[edges[i]], 1);
        else
            __builtin_prefetch(&net->ends[net->edges[edges[i]].dst]);
    }
    if (stage == 1 && n->out_count > 0)
        __builtin_prefetch(&edges[n->out_count - 1]);
}
