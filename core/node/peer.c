/* The record of what a peer has; see peer.h. */
#include "core/node/peer.h"

#include "core/base/bytes.h"
#include "core/base/limits.h"

#define SETS_START 2
#define SETS_MAX (KETTE_KNOWN_MAX / KETTE_KNOWN_WAYS)

_Static_assert((SETS_MAX & (SETS_MAX - 1)) == 0, "sets double up to the limit");

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
    uint64_t key = kette_get_le64(id->b + 8);

    return key != 0 ? key : 1;
}

static uint64_t *
set_of(KetteKnown *known, uint64_t key)
{
    return known->keys + (key & (known->sets - 1)) * KETTE_KNOWN_WAYS;
}

static uint64_t *
find(const KettePeer *peer, uint64_t key)
{
    uint64_t *set;

    if (peer->known == NULL)
        return NULL;
    set = set_of(peer->known, key);
    for (unsigned i = 0; i < KETTE_KNOWN_WAYS; i++) {
        if (set[i] == key)
            return &set[i];
    }
    return NULL;
}

bool
kette_peer_knows(const KettePeer *peer, const KetteHash *id)
{
    return find(peer, key_of(id)) != NULL;
}

/* The newest goes to the front; what falls off the end of a full set is forgotten. */
static void
put(KetteKnown *known, uint64_t key)
{
    uint64_t *set = set_of(known, key);

    memmove(set + 1, set, (KETTE_KNOWN_WAYS - 1) * sizeof *set);
    set[0] = key;
}

static KetteKnown *
known_new(uint32_t sets)
{
    KetteKnown *known = g_malloc0(sizeof(KetteKnown) + sets * KETTE_KNOWN_WAYS * sizeof(uint64_t));

    known->sets = sets;
    return known;
}

/* Twice the sets; the oldest of each go over first, so that their order stays. */
static KetteKnown *
grown(KetteKnown *old)
{
    KetteKnown *known = known_new(2 * old->sets);

    for (uint32_t way = KETTE_KNOWN_WAYS; way-- > 0;) {
        for (uint32_t set = 0; set < old->sets; set++) {
            uint64_t key = old->keys[set * KETTE_KNOWN_WAYS + way];

            if (key != 0)
                put(known, key);
        }
    }
    g_free(old);
    return known;
}

void
kette_peer_learn(KettePeer *peer, const KetteHash *id)
{
    uint64_t key = key_of(id);

    if (find(peer, key) != NULL)
        return;
    if (peer->known == NULL)
        peer->known = known_new(SETS_START);
    while (set_of(peer->known, key)[KETTE_KNOWN_WAYS - 1] != 0 && peer->known->sets < SETS_MAX)
        peer->known = grown(peer->known);
    put(peer->known, key);
}

void
kette_peer_forget(KettePeer *peer, const KetteHash *id)
{
    uint64_t *at = find(peer, key_of(id)), *end;

    if (at == NULL)
        return;
    end = set_of(peer->known, key_of(id)) + KETTE_KNOWN_WAYS;
    memmove(at, at + 1, (size_t)(end - at - 1) * sizeof *at);
    end[-1] = 0;
}
