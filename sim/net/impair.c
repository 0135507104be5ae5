/* Impairments: what is done for a time to messages between two sets of nodes.
 *
 * Each holds a byte a node that existed when it began; a later node is in none, but for an
 * impairment everywhere. Nothing is asked while none is active.
 */
#include "sim/net/net_private.h"

#include "sim/engine/assert.h"

#define FROM 1u
#define TO 2u
#define KIND_BITS 64

struct SimImpair {
    SimImpairKind kind;
    uint32_t ppb;
    SimTime delay;
    uint64_t kinds;
    bool everywhere;
    bool ended;
    uint32_t node_count;
    uint8_t *members;
};

static void
free_impair(gpointer data)
{
    SimImpair *impair = data;

    g_free(impair->members);
    g_free(impair);
}

void
sim_net_impairs_init(SimNet *net)
{
    net->impairs = g_ptr_array_new_with_free_func(free_impair);
    net->active_impairs = g_ptr_array_new();
}

void
sim_net_impairs_clear(SimNet *net)
{
    g_ptr_array_unref(net->active_impairs);
    g_ptr_array_unref(net->impairs);
}

static void
add_members(SimImpair *impair, uint8_t side, const uint32_t *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sim_assert(nodes[i] < impair->node_count);
        impair->members[nodes[i]] |= side;
    }
}

uint32_t
sim_net_impair(SimNet *net, const SimImpairSpec *spec)
{
    SimImpair *impair = g_new0(SimImpair, 1);

    sim_assert(spec->kind <= SIM_IMPAIR_CORRUPT);
    sim_assert(spec->ppb <= SIM_PPB);
    sim_assert(spec->delay >= 0);
    impair->kind = spec->kind;
    impair->ppb = spec->ppb;
    impair->delay = spec->delay;
    impair->kinds = spec->kinds;
    impair->everywhere = spec->everywhere;
    if (!spec->everywhere) {
        impair->node_count = net->node_count;
        impair->members = g_new0(uint8_t, (size_t)net->node_count + 1);
        add_members(impair, FROM, spec->from, spec->from_count);
        add_members(impair, TO, spec->to, spec->to_count);
    }
    g_ptr_array_add(net->impairs, impair);
    g_ptr_array_add(net->active_impairs, impair);
    return net->impairs->len - 1;
}

bool
sim_net_impair_end(SimNet *net, uint32_t id)
{
    SimImpair *impair;

    sim_assert(id < net->impairs->len);
    impair = g_ptr_array_index(net->impairs, id);
    if (impair->ended)
        return false;
    impair->ended = true;
    g_clear_pointer(&impair->members, g_free);
    g_ptr_array_remove(net->active_impairs, impair);
    return true;
}

static bool
is_meant(const SimImpair *impair, const SimPacket *packet)
{
    bool kind = packet->kind < KIND_BITS ? impair->kinds >> packet->kind & 1
                                         : impair->kinds == SIM_KINDS_ALL;

    if (!kind || impair->everywhere)
        return kind;
    return packet->src < impair->node_count && packet->dst < impair->node_count &&
           (impair->members[packet->src] & FROM) != 0 && (impair->members[packet->dst] & TO) != 0;
}

uint32_t
sim_ppb_either(uint32_t p, uint32_t q)
{
    return (uint32_t)((uint64_t)p + q - (uint64_t)p * q / SIM_PPB);
}

static void
add_impair(SimOdds *odds, const SimImpair *impair)
{
    switch (impair->kind) {
    case SIM_IMPAIR_LOSS:
        odds->loss_ppb = sim_ppb_either(odds->loss_ppb, impair->ppb);
        odds->bad_loss_ppb = sim_ppb_either(odds->bad_loss_ppb, impair->ppb);
        return;
    case SIM_IMPAIR_DELAY:
        odds->delay = sim_time_add(odds->delay, impair->delay);
        return;
    case SIM_IMPAIR_DUPLICATE:
        odds->duplicate_ppb = sim_ppb_either(odds->duplicate_ppb, impair->ppb);
        return;
    case SIM_IMPAIR_REORDER:
        odds->reorder_ppb = sim_ppb_either(odds->reorder_ppb, impair->ppb);
        return;
    case SIM_IMPAIR_CORRUPT:
        odds->corrupt_ppb = sim_ppb_either(odds->corrupt_ppb, impair->ppb);
        return;
    }
    sim_assert(!"a kind of impairment");
}

void
sim_net_add_impairs(const SimNet *net, SimOdds *odds, const SimPacket *packet)
{
    for (guint i = 0; i < net->active_impairs->len; i++) {
        const SimImpair *impair = g_ptr_array_index(net->active_impairs, i);

        if (is_meant(impair, packet))
            add_impair(odds, impair);
    }
}
