/* Payments undone: those of the scenario that a reorganisation takes out and does not bring back.
 *
 * Only payments of the scenario are looked at, because those of loads are many and nobody asks.
 */
#include "sim/world/world_impl.h"

/* Returns the height of the transaction's block on the branch from `tip` down to `fork`; 0 if it
 * is not there. */
static uint64_t
height_on_branch(const KetteEntry *tip, const KetteEntry *fork, const KetteHash *id)
{
    for (const KetteEntry *entry = tip; entry != fork; entry = entry->parent) {
        for (uint32_t i = 0; i < entry->block->tx_count; i++) {
            if (kette_hash_equal(&entry->block->txs[i]->id, id))
                return entry->height;
        }
    }
    return 0;
}

static void
tell(const SimHost *host, const SimUndoing *undoing, const KetteHash *id)
{
    const SimWorld *world = host->world;

    for (guint i = 0; i < world->watchers->len; i++) {
        const SimWatcher *watcher = &g_array_index(world->watchers, SimWatcher, i);

        if (watcher->tx_undone != NULL)
            watcher->tx_undone(watcher->user, sim_engine_now(world->engine), host->index, id->b,
                               undoing->confirmations);
    }
}

void
sim_undoing_note(SimHost *host, const KetteEntry *old_tip, const KetteEntry *fork,
                 const KetteEntry *new_tip)
{
    SimWorld *world = host->world;

    for (uint32_t i = 0; i < world->txs->len; i++) {
        const KetteHash *id = &((const SimTx *)g_ptr_array_index(world->txs, i))->tx->id;
        uint64_t height = height_on_branch(old_tip, fork, id);
        SimUndoing undoing = {host->index, i, old_tip->height - height + 1};

        if (height == 0 || height_on_branch(new_tip, fork, id) > 0)
            continue;
        g_array_append_val(world->undoings, undoing);
        tell(host, &undoing, id);
    }
}

uint64_t
sim_world_undone(const SimWorld *world, uint32_t node, uint32_t tx, uint64_t least)
{
    uint64_t count = 0;

    for (guint i = 0; i < world->undoings->len; i++) {
        const SimUndoing *undoing = &g_array_index(world->undoings, SimUndoing, i);

        count += undoing->node == node && undoing->tx == tx && undoing->confirmations >= least;
    }
    return count;
}
