/* The address book: where other nodes may be found, bounded and hard to fill with lies.
 *
 * After Bitcoin Core's addrman (src/addrman.cpp; Heilman, Kendler, Zohar & Goldberg, "Eclipse
 * attacks on Bitcoin's peer-to-peer network", USENIX Security 2015): addresses heard of go into
 * `new` buckets, those that a connection was made to into `tried` ones. Bucket and place follow
 * from a secret of the node's own, from the address's group and, for new, from the group of whoever
 * told it, so that one source reaches few buckets and nobody can foresee which. A group is the
 * first two bytes of a host, a /16.
 *
 * Smaller than Bitcoin's (which has 1024 new and 256 tried buckets of 64): networks here have
 * thousands of nodes, and every one of them may keep a book. An address has one place.
 */
#ifndef CORE_NODE_BOOK_H
#define CORE_NODE_BOOK_H

#include "core/node/message.h"

#define KETTE_BOOK_NEW_BUCKETS 64
#define KETTE_BOOK_TRIED_BUCKETS 16
#define KETTE_BOOK_BUCKET 16
#define KETTE_BOOK_NEW_PER_SOURCE 8  /* buckets that one group of sources reaches */
#define KETTE_BOOK_TRIED_PER_GROUP 4 /* buckets that one group of addresses reaches */
#define KETTE_BOOK_FAILURES 3        /* attempts without success that make a place free */
#define KETTE_BOOK_ANCHORS_MAX 8

typedef struct KetteBook KetteBook;

/* Makes a book; `secret` is 128 even bits of the node's own. */
KetteBook *kette_book_new(const uint64_t secret[2]);
void kette_book_free(KetteBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KetteBook, kette_book_free)

/* Adds `address`, of which `source` told. Returns whether it is new and its place was free or held
 * by an address that never answered. */
bool kette_book_add(KetteBook *book, const KettePeerAddress *address,
                    const KettePeerAddress *source);

/* Notes that a connection is being tried. */
void kette_book_attempt(KetteBook *book, const KettePeerAddress *address, int64_t now_ns);
/* Notes that a handshake was completed: the address moves to "tried". An address that holds the
 * place there and still answers keeps it, and this one stays in "new". An address that was not
 * known is added as told by itself. */
void kette_book_good(KetteBook *book, const KettePeerAddress *address, int64_t now_ns);

/* An address to try: tried and new in turn by chance, none whose back-off (min doubling with each
 * failure up to max) has not passed, none of the `skip`, where port 0 stands for a whole host.
 * `draw` gives even bits. */
typedef struct {
    int64_t now_ns, backoff_min_ns, backoff_max_ns;
    const KettePeerAddress *skip;
    size_t skip_count;
    uint64_t (*draw)(void *user);
    void *draw_user;
} KetteBookPick;

bool kette_book_pick(const KetteBook *book, KettePeerAddress *ret_address,
                     const KetteBookPick *pick);

/* Writes up to `most` addresses in an order by chance, for PEER_LIST. Returns how many. */
uint16_t kette_book_list(const KetteBook *book, KettePeerAddress *ret_addresses, uint16_t most,
                         uint64_t (*draw)(void *user), void *draw_user);

/* Anchors: addresses that a node was connected to when it stopped, to be tried first when it comes
 * back, as Bitcoin Core's anchors.dat (src/addrdb.cpp) has them: whoever has filled the book with
 * addresses of his own does not get all connections of a node that restarts. Adds one, unless there
 * are KETTE_BOOK_ANCHORS_MAX. */
void kette_book_add_anchor(KetteBook *book, const KettePeerAddress *address);
void kette_book_clear_anchors(KetteBook *book);
/* Takes the first one out; false when there is none. */
bool kette_book_take_anchor(KetteBook *book, KettePeerAddress *ret_address);

size_t kette_book_count(const KetteBook *book);
size_t kette_book_tried_count(const KetteBook *book);
bool kette_book_has(const KetteBook *book, const KettePeerAddress *address);

#endif
