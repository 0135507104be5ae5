/* The last few messages made, by kind and id; see mint.h. */
#include "core/node/mint.h"

#include "core/base/limits.h"
#include "core/chain/chain.h"

/* A power of two: so many things may be in flood at a time and have their messages kept. */
#define PLACES 16

struct KetteMint {
    KetteMessage *made[KETTE_MSG_COUNT][PLACES];
};

KetteMint *
kette_mint_new(void)
{
    return g_new0(KetteMint, 1);
}

void
kette_mint_free(KetteMint *mint)
{
    if (mint == NULL)
        return;
    for (unsigned kind = 0; kind < KETTE_MSG_COUNT; kind++) {
        for (unsigned i = 0; i < PLACES; i++)
            kette_message_unref(mint->made[kind][i]);
    }
    g_free(mint);
}

static KetteMessage **
place_of(KetteMint *mint, KetteMessageKind kind, const KetteHash *id)
{
    return &mint->made[kind][id->b[0] % PLACES];
}

/* Takes over the message and gives a reference on it. */
static KetteMessage *
keep(KetteMessage **place, KetteMessage *message)
{
    kette_message_unref(*place);
    *place = message;
    return kette_message_ref(message);
}

static bool
is_same_handshake(const KetteHandshake *a, const KetteHandshake *b)
{
    return a->version == b->version && kette_hash_equal(&a->genesis, &b->genesis) &&
           kette_hash_equal(&a->tip, &b->tip) && a->height == b->height && a->port == b->port &&
           a->reply == b->reply;
}

KetteMessage *
kette_mint_handshake(KetteMint *mint, const KetteHandshake *handshake)
{
    KetteMessage **place;

    if (mint == NULL)
        return kette_message_handshake(handshake);
    place = &mint->made[KETTE_MSG_HANDSHAKE][handshake->reply];
    if (*place != NULL && is_same_handshake(&(*place)->handshake, handshake))
        return kette_message_ref(*place);
    return keep(place, kette_message_handshake(handshake));
}

KetteMessage *
kette_mint_transaction(KetteMint *mint, KetteTx *tx)
{
    KetteMessage **place;

    if (mint == NULL)
        return kette_message_transaction(tx);
    place = place_of(mint, KETTE_MSG_NEW_TRANSACTION, &tx->id);
    if (*place != NULL && (*place)->tx == tx)
        return kette_message_ref(*place);
    return keep(place, kette_message_transaction(tx));
}

KetteMessage *
kette_mint_block(KetteMint *mint, KetteBlock *block)
{
    KetteMessage **place;

    if (mint == NULL)
        return kette_message_block(block);
    place = place_of(mint, KETTE_MSG_NEW_BLOCK, &block->id);
    if (*place != NULL && (*place)->block == block)
        return kette_message_ref(*place);
    return keep(place, kette_message_block(block));
}

KetteMessage *
kette_mint_ack(KetteMint *mint, KetteMessageKind kind, const KetteHash *id)
{
    KetteMessage **place;

    if (mint == NULL)
        return kette_message_ack(kind, id);
    place = place_of(mint, KETTE_MSG_ACK, id);
    if (*place != NULL && (*place)->ack.kind == kind && kette_hash_equal(&(*place)->ack.id, id))
        return kette_message_ref(*place);
    return keep(place, kette_message_ack(kind, id));
}

KetteMessage *
kette_mint_inventory(KetteMint *mint, KetteMessageKind what, KetteMessageKind of,
                     const KetteHash *id)
{
    KetteMessage **place;

    if (mint == NULL)
        return kette_message_inventory(what, of, id, 1);
    place = place_of(mint, what, id);
    if (*place != NULL && (*place)->inventory.kind == of &&
        kette_hash_equal(&(*place)->inventory.one, id))
        return kette_message_ref(*place);
    return keep(place, kette_message_inventory(what, of, id, 1));
}

static KetteMessage *
request_from(const KetteEntry *from)
{
    KetteHash locator[KETTE_LOCATOR_MAX];

    return kette_message_request_chain(locator, (uint16_t)kette_chain_locator(from, from, locator));
}

/* Compares the first hash alone: a locator begins with its entry, and the rest follows from that.
 */
KetteMessage *
kette_mint_request_chain(KetteMint *mint, const KetteEntry *from)
{
    KetteMessage **place;

    if (mint == NULL)
        return request_from(from);
    place = place_of(mint, KETTE_MSG_REQUEST_CHAIN, &from->id);
    if (*place != NULL && kette_hash_equal(&(*place)->locator.hashes[0], &from->id))
        return kette_message_ref(*place);
    return keep(place, request_from(from));
}

KetteMessage *
kette_mint_nothing_follows(KetteMint *mint)
{
    KetteMessage **place;

    if (mint == NULL)
        return kette_message_response_chain(NULL, 0);
    place = &mint->made[KETTE_MSG_RESPONSE_CHAIN][0];
    return *place != NULL ? kette_message_ref(*place)
                          : keep(place, kette_message_response_chain(NULL, 0));
}
