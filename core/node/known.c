/* The record of what peers have; see known.h. */
#include "core/node/known.h"

#include "core/base/bytes.h"
#include "core/base/limits.h"

#include <glib.h>
#include <string.h>

#define SETS_START 2
#define SETS_MAX (KETTE_KNOWN_MAX / KETTE_KNOWN_WAYS)
#define HELD (UINT64_C(1) << 63)     /* of a stamp */
#define EXPECTED (UINT64_C(1) << 62) /* likewise */
#define HEAD 2                       /* words of a place before its bits: key and stamp */

_Static_assert((SETS_MAX & (SETS_MAX - 1)) == 0, "sets double up to the limit");

void
kette_known_clear(KetteKnown *known)
{
    g_free(known->places);
    *known = (KetteKnown){0};
}

/* Returns the key of an id. A clash of 64 bits costs one announcement that a peer must then get
 * from its tip poll. */
static inline uint64_t
key_of(const KetteHash *id)
{
    uint64_t key = kette_get_le64(id->b + 8);

    return key != 0 ? key : 1;
}

static inline size_t
stride(const KetteKnown *known)
{
    return HEAD + known->words;
}

static inline uint64_t *
set_of(const KetteKnown *known, uint64_t key)
{
    return known->places + (key & (known->sets - 1)) * KETTE_KNOWN_WAYS * stride(known);
}

static const uint64_t *
find_const(const KetteKnown *known, uint64_t key)
{
    const uint64_t *place;

    if (known->newest[0] == key)
        return known->newest;
    if (known->sets == 0)
        return NULL;
    place = set_of(known, key);
    for (unsigned i = 0; i < KETTE_KNOWN_WAYS; i++, place += stride(known)) {
        if (place[0] == key)
            return place;
    }
    return NULL;
}

static uint64_t *
find(KetteKnown *known, uint64_t key)
{
    return (uint64_t *)find_const(known, key);
}

bool
kette_known_has(const KetteKnown *known, uint32_t peer, const KetteHash *id)
{
    const uint64_t *place = find_const(known, key_of(id));

    return place != NULL && peer / 64 < known->words &&
           (place[HEAD + peer / 64] >> peer % 64 & 1) != 0;
}

/* --- room --------------------------------------------------------------------------------- */

static uint64_t *
oldest_of(const KetteKnown *known, uint64_t key)
{
    return set_of(known, key) + (KETTE_KNOWN_WAYS - 1) * stride(known);
}

/* Puts the newest place back into its set, in front, before places are made or move. */
static void
put_back_newest(KetteKnown *known)
{
    if (known->newest[0] == 0)
        return;
    memcpy(set_of(known, known->newest[0]), known->newest, sizeof known->newest);
    known->newest[0] = 0;
}

/* Makes a place in front of its set; what falls off the end of a full set is forgotten. */
static uint64_t *
put(KetteKnown *known, uint64_t key)
{
    uint64_t *set = set_of(known, key);
    size_t place = stride(known);

    memmove(set + place, set, (KETTE_KNOWN_WAYS - 1) * place * sizeof *set);
    memset(set, 0, place * sizeof *set);
    set[0] = key;
    return set;
}

/* Moves all places to a record of another size; the oldest go over first, so that the order stays.
 */
static void
resize(KetteKnown *known, uint32_t sets, uint32_t words)
{
    KetteKnown old;

    put_back_newest(known);
    old = *known;
    *known = (KetteKnown){.sets = sets, .words = words};
    known->places = g_new0(uint64_t, sets * KETTE_KNOWN_WAYS * stride(known));
    for (uint32_t way = KETTE_KNOWN_WAYS; way-- > 0;) {
        for (uint32_t set = 0; set < old.sets; set++) {
            const uint64_t *from = old.places + (set * KETTE_KNOWN_WAYS + way) * stride(&old);

            if (from[0] != 0)
                memcpy(put(known, from[0]), from, stride(&old) * sizeof *from);
        }
    }
    g_free(old.places);
}

static bool
is_worth_keeping(const uint64_t *place, uint64_t now_s)
{
    return place[0] != 0 && now_s - (place[1] & ~(HELD | EXPECTED)) < KETTE_KNOWN_KEEP_S;
}

static uint64_t *
make_place(KetteKnown *known, uint64_t key, uint64_t now_s)
{
    uint64_t *place;

    if (known->sets == 0)
        resize(known, SETS_START, 1);
    while (is_worth_keeping(oldest_of(known, key), now_s) && known->sets < SETS_MAX)
        resize(known, 2 * known->sets, known->words);
    put_back_newest(known);
    place = put(known, key);
    place[1] = now_s;
    if (known->words > 1)
        return place;
    memcpy(known->newest, place, sizeof known->newest);
    return known->newest;
}

static uint64_t *
place_for(KetteKnown *known, const KetteHash *id, int64_t now_ns)
{
    uint64_t key = key_of(id);
    uint64_t *place = find(known, key);

    return place != NULL ? place : make_place(known, key, (uint64_t)now_ns / UINT64_C(1000000000));
}

/* Returns the place of a thing, with room for the peer's bit. */
static uint64_t *
place_for_peer(KetteKnown *known, uint32_t peer, const KetteHash *id, int64_t now_ns)
{
    if (peer / 64 >= known->words)
        resize(known, MAX(known->sets, SETS_START), peer / 64 + 1);
    return place_for(known, id, now_ns);
}

bool
kette_known_learn_held(KetteKnown *known, uint32_t peer, const KetteHash *id, int64_t now_ns)
{
    uint64_t *place = place_for_peer(known, peer, id, now_ns);

    place[HEAD + peer / 64] |= UINT64_C(1) << peer % 64;
    return (place[1] & HELD) != 0;
}

uint64_t
kette_known_learn_all(KetteKnown *known, uint32_t word, uint64_t peers, const KetteHash *id,
                      int64_t now_ns)
{
    uint64_t *bits, had;

    if (peers == 0)
        return 0;
    bits = &place_for_peer(known, 64 * word, id, now_ns)[HEAD + word];
    had = *bits;
    *bits |= peers;
    return peers & ~had;
}

bool
kette_known_learn_if_held(KetteKnown *known, uint32_t peer, const KetteHash *id)
{
    uint64_t *place = find(known, key_of(id));

    if (place == NULL || (place[1] & HELD) == 0 || peer / 64 >= known->words)
        return false;
    place[HEAD + peer / 64] |= UINT64_C(1) << peer % 64;
    return true;
}

KetteKnownHint
kette_known_hint(const KetteKnown *known, const KetteHash *id)
{
    if (known->newest[0] != key_of(id))
        return KETTE_KNOWN_LITTLE;
    if (known->newest[1] & HELD)
        return KETTE_KNOWN_HELD;
    return known->newest[1] & EXPECTED ? KETTE_KNOWN_EXPECTED : KETTE_KNOWN_LITTLE;
}

void
kette_known_expect(KetteKnown *known, const KetteHash *id)
{
    uint64_t *place = find(known, key_of(id));

    if (place != NULL)
        place[1] |= EXPECTED;
}

void
kette_known_prefetch(const KetteKnown *known, const KetteHash *id)
{
    if (known->sets > 0)
        __builtin_prefetch(set_of(known, key_of(id)), 1);
}

bool
kette_known_is_held(const KetteKnown *known, const KetteHash *id)
{
    const uint64_t *place = find_const(known, key_of(id));

    return place != NULL && (place[1] & HELD) != 0;
}

void
kette_known_learn(KetteKnown *known, uint32_t peer, const KetteHash *id, int64_t now_ns)
{
    (void)kette_known_learn_held(known, peer, id, now_ns);
}

void
kette_known_hold(KetteKnown *known, const KetteHash *id, int64_t now_ns)
{
    place_for(known, id, now_ns)[1] |= HELD;
}

void
kette_known_release(KetteKnown *known, const KetteHash *id)
{
    uint64_t *place = find(known, key_of(id));

    if (place != NULL)
        place[1] &= ~HELD;
}

void
kette_known_forget(KetteKnown *known, uint32_t peer, const KetteHash *id)
{
    uint64_t *place = find(known, key_of(id));

    if (place != NULL && peer / 64 < known->words)
        place[HEAD + peer / 64] &= ~(UINT64_C(1) << peer % 64);
}

void
kette_known_forget_peer(KetteKnown *known, uint32_t peer)
{
    put_back_newest(known);
    for (size_t i = 0; peer / 64 < known->words && i < (size_t)known->sets * KETTE_KNOWN_WAYS; i++)
        known->places[i * stride(known) + HEAD + peer / 64] &= ~(UINT64_C(1) << peer % 64);
}

size_t
kette_known_memory(const KetteKnown *known)
{
    return (size_t)known->sets * KETTE_KNOWN_WAYS * stride(known) * sizeof *known->places;
}
