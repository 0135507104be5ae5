/* Buckets of addresses; see book.h. */
#include "core/node/book.h"

#include "core/base/assert.h"
#include "core/base/siphash.h"

#define NEW_PLACES (KETTE_BOOK_NEW_BUCKETS * KETTE_BOOK_BUCKET)
#define TRIED_PLACES (KETTE_BOOK_TRIED_BUCKETS * KETTE_BOOK_BUCKET)
#define PLACES (NEW_PLACES + TRIED_PLACES)

typedef struct {
    KettePeerAddress address;
    bool taken;
    uint8_t failures; /* attempts since the last success */
    int64_t last_try_ns;
    KettePeerAddress source;
} Place;

struct KetteBook {
    uint64_t secret[2];
    size_t count, tried_count;
    KettePeerAddress anchors[KETTE_BOOK_ANCHORS_MAX];
    size_t anchor_count;
    Place places[PLACES]; /* new buckets, then tried ones */
};

KetteBook *
kette_book_new(const uint64_t secret[2])
{
    KetteBook *book = g_new0(KetteBook, 1);

    book->secret[0] = secret[0];
    book->secret[1] = secret[1];
    return book;
}

void
kette_book_free(KetteBook *book)
{
    g_free(book);
}

static bool
same(const KettePeerAddress *a, const KettePeerAddress *b)
{
    return a->port == b->port && memcmp(a->host, b->host, sizeof a->host) == 0;
}

/* --- places -------------------------------------------------------------------------------- */

/* Returns a keyed hash of up to two hosts and two numbers. */
static uint64_t
keyed(const KetteBook *book, const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len,
      uint64_t x, uint64_t y)
{
    uint8_t raw[2 * 18 + 16] = {0};

    memcpy(raw, a, a_len);
    memcpy(raw + 18, b, b_len);
    kette_put_le64(raw + 36, x);
    kette_put_le64(raw + 44, y);
    return kette_siphash(book->secret[0], book->secret[1], raw, sizeof raw);
}

static void
address_bytes(const KettePeerAddress *address, uint8_t ret_raw[18])
{
    memcpy(ret_raw, address->host, 16);
    ret_raw[16] = (uint8_t)address->port;
    ret_raw[17] = (uint8_t)(address->port >> 8);
}

enum { IN_BUCKET = 1, NEW_BUCKET, NEW_CHOICE, TRIED_BUCKET, TRIED_CHOICE };

static size_t
place_in(const KetteBook *book, size_t first, uint64_t bucket, const KettePeerAddress *address)
{
    uint8_t raw[18];

    address_bytes(address, raw);
    return first + bucket * KETTE_BOOK_BUCKET +
           keyed(book, raw, sizeof raw, raw, 0, IN_BUCKET, first + bucket) % KETTE_BOOK_BUCKET;
}

static size_t
new_place(const KetteBook *book, const KettePeerAddress *address, const KettePeerAddress *source)
{
    uint64_t choice =
        keyed(book, address->host, 2, source->host, 2, NEW_CHOICE, 0) % KETTE_BOOK_NEW_PER_SOURCE;
    uint64_t bucket =
        keyed(book, source->host, 2, source->host, 0, NEW_BUCKET, choice) % KETTE_BOOK_NEW_BUCKETS;

    return place_in(book, 0, bucket, address);
}

static size_t
tried_place(const KetteBook *book, const KettePeerAddress *address)
{
    uint8_t raw[18];
    uint64_t choice, bucket;

    address_bytes(address, raw);
    choice = keyed(book, raw, sizeof raw, raw, 0, TRIED_CHOICE, 0) % KETTE_BOOK_TRIED_PER_GROUP;
    bucket = keyed(book, address->host, 2, address->host, 0, TRIED_BUCKET, choice) %
             KETTE_BOOK_TRIED_BUCKETS;
    return place_in(book, NEW_PLACES, bucket, address);
}

/* Returns where the address stands, or PLACES. */
static size_t
find(const KetteBook *book, const KettePeerAddress *address)
{
    size_t i = 0;

    while (i < PLACES && !(book->places[i].taken && same(&book->places[i].address, address)))
        i++;
    return i;
}

static void
put(KetteBook *book, size_t at, const Place *place)
{
    kette_assert(!book->places[at].taken);
    book->places[at] = *place;
    book->places[at].taken = true;
    book->count++;
    book->tried_count += at >= NEW_PLACES;
}

static Place
take(KetteBook *book, size_t at)
{
    Place place = book->places[at];

    kette_assert(place.taken);
    book->places[at].taken = false;
    book->count--;
    book->tried_count -= at >= NEW_PLACES;
    return place;
}

/* Puts into new unless the place is held by one that may still answer. */
static bool
put_new(KetteBook *book, const Place *place)
{
    size_t at = new_place(book, &place->address, &place->source);

    if (book->places[at].taken) {
        if (book->places[at].failures < KETTE_BOOK_FAILURES)
            return false;
        take(book, at);
    }
    put(book, at, place);
    return true;
}

/* --- keeping ------------------------------------------------------------------------------- */

bool
kette_book_add(KetteBook *book, const KettePeerAddress *address, const KettePeerAddress *source)
{
    const Place place = {.address = *address, .source = *source, .last_try_ns = INT64_MIN};

    return address->port != 0 && find(book, address) == PLACES && put_new(book, &place);
}

void
kette_book_attempt(KetteBook *book, const KettePeerAddress *address, int64_t now_ns)
{
    size_t at = find(book, address);

    if (at == PLACES)
        return;
    book->places[at].last_try_ns = now_ns;
    if (book->places[at].failures < UINT8_MAX)
        book->places[at].failures++;
}

void
kette_book_good(KetteBook *book, const KettePeerAddress *address, int64_t now_ns)
{
    size_t at = find(book, address), to = tried_place(book, address);
    Place place = {.address = *address, .source = *address};

    if (address->port == 0)
        return;
    if (at != PLACES)
        place = take(book, at);
    place.failures = 0;
    place.last_try_ns = now_ns;
    if (book->places[to].taken && book->places[to].failures > 0) {
        Place loser = take(book, to);

        put_new(book, &loser); /* or it is forgotten */
    }
    if (!book->places[to].taken)
        put(book, to, &place);
    else
        put_new(book, &place);
}

/* --- choosing ------------------------------------------------------------------------------ */

static bool
may_try(const Place *place, const KetteBookPick *pick)
{
    int64_t wait = pick->backoff_min_ns;

    if (!place->taken)
        return false;
    for (size_t i = 0; i < pick->skip_count; i++) {
        if (same(&place->address, &pick->skip[i]) ||
            (pick->skip[i].port == 0 &&
             memcmp(place->address.host, pick->skip[i].host, sizeof place->address.host) == 0))
            return false;
    }
    if (place->failures == 0)
        return true;
    for (uint8_t i = 1; i < place->failures && wait < pick->backoff_max_ns; i++)
        wait *= 2;
    return place->last_try_ns == INT64_MIN ||
           pick->now_ns - place->last_try_ns >= MIN(wait, pick->backoff_max_ns);
}

/* Finds the first address that will do, from a start by chance, within `count` places from `first`.
 */
static bool
pick_from(const KetteBook *book, KettePeerAddress *ret_address, const KetteBookPick *pick,
          size_t first, size_t count)
{
    size_t start = pick->draw(pick->draw_user) % count;

    for (size_t i = 0; i < count; i++) {
        const Place *place = &book->places[first + (start + i) % count];

        if (may_try(place, pick)) {
            *ret_address = place->address;
            return true;
        }
    }
    return false;
}

bool
kette_book_pick(const KetteBook *book, KettePeerAddress *ret_address, const KetteBookPick *pick)
{
    if (pick->draw(pick->draw_user) % 2 == 0)
        return pick_from(book, ret_address, pick, NEW_PLACES, TRIED_PLACES) ||
               pick_from(book, ret_address, pick, 0, NEW_PLACES);
    return pick_from(book, ret_address, pick, 0, NEW_PLACES) ||
           pick_from(book, ret_address, pick, NEW_PLACES, TRIED_PLACES);
}

/* Returns a step by chance that visits every place once: the number of places is even but not a
 * power of two, so a step that shares a factor with it is made smaller until it does not. */
static size_t
coprime_step(uint64_t drawn)
{
    size_t step = (size_t)(drawn % (PLACES - 1)) + 1;

    for (;; step = step == 1 ? PLACES - 1 : step - 1) {
        size_t a = PLACES, b = step;

        while (b != 0) {
            size_t rest = a % b;

            a = b;
            b = rest;
        }
        if (a == 1)
            return step;
    }
}

uint16_t
kette_book_list(const KetteBook *book, KettePeerAddress *ret_addresses, uint16_t most,
                uint64_t (*draw)(void *user), void *draw_user)
{
    size_t at = draw(draw_user) % PLACES, step = coprime_step(draw(draw_user));
    uint16_t count = 0;

    for (size_t i = 0; i < PLACES && count < most; i++, at = (at + step) % PLACES) {
        if (book->places[at].taken)
            ret_addresses[count++] = book->places[at].address;
    }
    return count;
}

void
kette_book_add_anchor(KetteBook *book, const KettePeerAddress *address)
{
    if (book->anchor_count < KETTE_BOOK_ANCHORS_MAX)
        book->anchors[book->anchor_count++] = *address;
}

void
kette_book_clear_anchors(KetteBook *book)
{
    book->anchor_count = 0;
}

bool
kette_book_take_anchor(KetteBook *book, KettePeerAddress *ret_address)
{
    if (book->anchor_count == 0)
        return false;
    *ret_address = book->anchors[0];
    book->anchor_count--;
    memmove(book->anchors, book->anchors + 1, book->anchor_count * sizeof *book->anchors);
    return true;
}

size_t
kette_book_count(const KetteBook *book)
{
    return book->count;
}

size_t
kette_book_tried_count(const KetteBook *book)
{
    return book->tried_count;
}

bool
kette_book_has(const KetteBook *book, const KettePeerAddress *address)
{
    return find(book, address) < PLACES;
}
