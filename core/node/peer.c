/* The record of what a peer has; see peer.h. */
#include "core/node/peer.h"

#include "core/base/bytes.h"
#include "core/base/limits.h"

/* Grows by doubling up to the limit, then wraps. */
#define KNOWN_START 16

void
kette_peer_clear(KettePeer *peer)
{
    g_free(peer->known);
    *peer = (KettePeer){0};
}

/* A clash of 64 bits costs one announcement that a peer must then get from its tip poll. */
static uint64_t
key_of(const KetteHash *id)
{
    return kette_get_le64(id->b + 8);
}

bool
kette_peer_knows(const KettePeer *peer, const KetteHash *id)
{
    uint64_t key = key_of(id);

    for (uint16_t i = 0; peer->known != NULL && i < peer->known->count; i++) {
        if (peer->known->keys[i] == key)
            return true;
    }
    return false;
}

static bool
is_power_of_two(unsigned n)
{
    return (n & (n - 1)) == 0;
}

void
kette_peer_learn(KettePeer *peer, const KetteHash *id)
{
    uint16_t count = peer->known ? peer->known->count : 0;

    if (kette_peer_knows(peer, id))
        return;
    if (count < KETTE_KNOWN_MAX) {
        if (count == 0 || (count >= KNOWN_START && is_power_of_two(count))) {
            size_t room = MAX(2 * (size_t)count, KNOWN_START);

            peer->known = g_realloc(peer->known, sizeof(KetteKnown) + room * sizeof(uint64_t));
            if (count == 0)
                peer->known->next = 0;
        }
        peer->known->keys[count] = key_of(id);
        peer->known->count = count + 1;
        return;
    }
    peer->known->keys[peer->known->next] = key_of(id);
    peer->known->next = (peer->known->next + 1) % KETTE_KNOWN_MAX;
}

/* The slot stays taken, by a key that no id has but by chance; it is overwritten in turn. */
void
kette_peer_forget(KettePeer *peer, const KetteHash *id)
{
    uint64_t key = key_of(id);

    for (uint16_t i = 0; peer->known != NULL && i < peer->known->count; i++) {
        if (peer->known->keys[i] == key)
            peer->known->keys[i] = 0;
    }
}
