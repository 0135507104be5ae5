/* Miners that keep blocks to themselves, and what becomes of them; see fault.h.
 *
 * A block that is withheld is sieved out of everything that its maker sends. Releasing sends it
 * whole to all peers, oldest first, as if it had just been found.
 */
#include "sim/world/world_impl.h"

bool
sim_withhold_hides(const SimHost *host, const KetteHash *id)
{
    for (guint i = 0; host->withheld != NULL && i < host->withheld->len; i++) {
        if (kette_hash_equal(&g_array_index(host->withheld, KetteHash, i), id))
            return true;
    }
    return false;
}

void
sim_withhold_made(SimHost *host, const KetteHash *id)
{
    if (host->withheld == NULL) {
        host->withheld = g_array_new(FALSE, FALSE, sizeof(KetteHash));
        host->world->sieves++;
    }
    g_array_append_vals(host->withheld, id, 1);
}

void
sim_world_withhold(SimWorld *world, uint32_t node, bool on)
{
    sim_world_host(world, node)->withholds = on;
}

uint32_t
sim_world_withheld(const SimWorld *world, uint32_t node)
{
    const SimHost *host = sim_world_host(world, node);

    return host->withheld != NULL ? host->withheld->len : 0;
}

static void
send_to_all(SimHost *host, const KetteBlock *block)
{
    SimWorld *world = host->world;
    size_t count;
    const uint32_t *edges = sim_net_out_edges(world->net, &count, host->index);

    for (uint32_t peer = 0; peer < count; peer++) {
        if (sim_net_edge_open(world->net, edges[peer]))
            sim_host_send(host, peer, kette_message_block((KetteBlock *)block));
    }
}

uint32_t
sim_world_release(SimWorld *world, uint32_t node, uint32_t count)
{
    SimHost *host = sim_world_host(world, node);
    uint32_t held = sim_world_withheld(world, node);
    g_autoptr(GArray) released = g_array_new(FALSE, FALSE, sizeof(KetteHash));

    count = count == 0 ? held : MIN(count, held);
    if (count == 0)
        return 0;
    g_array_append_vals(released, host->withheld->data, count);
    g_array_remove_range(host->withheld, 0, count);
    if (host->withheld->len == 0) {
        g_clear_pointer(&host->withheld, g_array_unref);
        world->sieves--;
    }
    for (uint32_t i = 0; i < count; i++) {
        const KetteEntry *entry =
            kette_chain_find(kette_node_chain(host->node), &g_array_index(released, KetteHash, i));

        if (entry != NULL && entry->block != NULL && host->running)
            send_to_all(host, entry->block);
    }
    sim_engine_touch(world->engine);
    return count;
}
