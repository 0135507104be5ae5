/* Messages: making, bytes and strict parsing; see message.h for the layouts. */
#include "core/node/message.h"

#include "core/base/assert.h"
#include "core/base/limits.h"

#define ADDRESS_BYTES 18
#define COMPACT_FIXED_BYTES 148 /* a block's, up to its count */
#define SHORT_ID_BYTES 6

const char *
kette_message_kind_name(KetteMessageKind kind)
{
    static const char names[KETTE_MSG_COUNT][20] = {
        "handshake",    "new-transaction", "new-block",     "request-chain", "response-chain",
        "sync-request", "sync-response",   "peer-list",     "ack",           "inventory",
        "get-data",     "not-found",       "compact-block", "get-block-txs", "block-txs",
        "keep-alive",   "get-peers",       "get-payments",  "send-compact"};

    kette_assert(kind < KETTE_MSG_COUNT);
    return names[kind];
}

static KetteMessage *
message_new(KetteMessageKind kind, size_t payload_bytes)
{
    KetteMessage *message = g_new0(KetteMessage, 1);

    kette_assert(payload_bytes <= KETTE_MESSAGE_MAX_BYTES);
    message->kind = kind;
    message->refs = 1;
    message->bytes = (uint32_t)(KETTE_FRAME_BYTES + payload_bytes);
    return message;
}

KetteMessage *
kette_message_handshake(const KetteHandshake *handshake)
{
    KetteMessage *message = message_new(KETTE_MSG_HANDSHAKE, 4 + 32 + 32 + 8 + 2 + 1);

    message->handshake = *handshake;
    return message;
}

KetteMessage *
kette_message_transaction(KetteTx *tx)
{
    KetteMessage *message = message_new(KETTE_MSG_NEW_TRANSACTION, KETTE_TX_BYTES);

    message->tx = kette_tx_ref(tx);
    return message;
}

KetteMessage *
kette_message_block(KetteBlock *block)
{
    KetteMessage *message = message_new(KETTE_MSG_NEW_BLOCK, kette_block_bytes(block));

    message->block = kette_block_ref(block);
    return message;
}

KetteMessage *
kette_message_request_chain(const KetteHash *locator, uint16_t count)
{
    KetteMessage *message = message_new(KETTE_MSG_REQUEST_CHAIN, 2 + 32 * (size_t)count);

    kette_assert(count <= KETTE_LOCATOR_MAX);
    message->locator.count = count;
    message->locator.hashes = g_memdup2(locator, count * sizeof *locator);
    return message;
}

KetteMessage *
kette_message_request_chain_sums(const KetteHash *locator, const uint64_t *sums, uint16_t count)
{
    KetteMessage *message = kette_message_request_chain(locator, count);

    message->locator.sums = g_memdup2(sums, count * sizeof *sums);
    message->bytes += count * (uint32_t)sizeof *sums;
    return message;
}

KetteMessage *
kette_message_response_chain(const KetteHeader *headers, uint16_t count)
{
    KetteMessage *message =
        message_new(KETTE_MSG_RESPONSE_CHAIN, 2 + KETTE_HEADER_BYTES * (size_t)count);

    kette_assert(count <= KETTE_HEADERS_MAX);
    message->chain.count = count;
    message->chain.headers = g_memdup2(headers, count * sizeof *headers);
    return message;
}

KetteMessage *
kette_message_sync_request(const KetteRange *range)
{
    KetteMessage *message = message_new(KETTE_MSG_SYNC_REQUEST, 32 + 2);

    kette_assert(range->count <= KETTE_SYNC_BLOCKS_MAX);
    message->range = *range;
    return message;
}

KetteMessage *
kette_message_sync_response(const KetteHash *last, KetteBlock *const *blocks, uint16_t count)
{
    KetteMessage *message;
    size_t bytes = 32 + 2;

    kette_assert(count <= KETTE_SYNC_BLOCKS_MAX);
    for (uint16_t i = 0; i < count; i++)
        bytes += kette_block_bytes(blocks[i]);
    message = message_new(KETTE_MSG_SYNC_RESPONSE, bytes);
    message->bodies.range = (KetteRange){*last, count};
    message->bodies.blocks = g_new(KetteBlock *, count);
    for (uint16_t i = 0; i < count; i++)
        message->bodies.blocks[i] = kette_block_ref(blocks[i]);
    return message;
}

KetteMessage *
kette_message_peer_list(const KettePeerAddress *addresses, uint16_t count)
{
    KetteMessage *message = message_new(KETTE_MSG_PEER_LIST, 2 + ADDRESS_BYTES * (size_t)count);

    kette_assert(count <= KETTE_PEER_LIST_MAX);
    message->peers.count = count;
    message->peers.addresses = g_memdup2(addresses, count * sizeof *addresses);
    return message;
}

KetteMessage *
kette_message_ack(KetteMessageKind kind, const KetteHash *id)
{
    KetteMessage *message = message_new(KETTE_MSG_ACK, 1 + 32);

    message->ack.kind = kind;
    message->ack.id = *id;
    return message;
}

KetteMessage *
kette_message_inventory(KetteMessageKind what, KetteMessageKind of, const KetteHash *ids,
                        uint16_t count)
{
    KetteMessage *message = message_new(what, 1 + 2 + 32 * (size_t)count);

    kette_assert(count <= KETTE_INVENTORY_MAX);
    message->inventory.kind = of;
    message->inventory.count = count;
    message->inventory.ids = &message->inventory.one;
    if (count == 1)
        message->inventory.one = *ids;
    else
        message->inventory.ids = g_memdup2(ids, count * sizeof *ids);
    return message;
}

KetteMessage *
kette_message_compact(const KetteCompactBlock *compact)
{
    size_t count = compact->head.tx_count;
    KetteMessage *message =
        message_new(KETTE_MSG_COMPACT_BLOCK, COMPACT_FIXED_BYTES + 8 + 4 + SHORT_ID_BYTES * count);

    message->compact = *compact;
    message->compact.head.txs = NULL;
    message->compact.short_ids = g_memdup2(compact->short_ids, count * sizeof(uint64_t));
    return message;
}

KetteMessage *
kette_message_get_block_txs(const KetteHash *block, const uint32_t *indices, uint16_t count)
{
    KetteMessage *message = message_new(KETTE_MSG_GET_BLOCK_TXS, 32 + 2 + 4 * (size_t)count);

    message->want_txs.block = *block;
    message->want_txs.count = count;
    message->want_txs.indices = g_memdup2(indices, count * sizeof *indices);
    return message;
}

KetteMessage *
kette_message_block_txs(const KetteHash *block, KetteTx *const *txs, uint16_t count)
{
    KetteMessage *message =
        message_new(KETTE_MSG_BLOCK_TXS, 32 + 2 + KETTE_TX_BYTES * (size_t)count);

    message->block_txs.block = *block;
    message->block_txs.count = count;
    message->block_txs.txs = g_new(KetteTx *, count);
    for (uint16_t i = 0; i < count; i++)
        message->block_txs.txs[i] = kette_tx_ref(txs[i]);
    return message;
}

KetteMessage *
kette_message_get_peers(void)
{
    return message_new(KETTE_MSG_GET_PEERS, 0);
}

KetteMessage *
kette_message_get_payments(const KetteSpan *payments)
{
    KetteMessage *message = message_new(KETTE_MSG_GET_PAYMENTS, sizeof payments->sender.b + 8 + 2);

    message->payments = *payments;
    return message;
}

KetteMessage *
kette_message_keep_alive(void)
{
    return message_new(KETTE_MSG_KEEP_ALIVE, 0);
}

KetteMessage *
kette_message_send_compact(bool unasked)
{
    KetteMessage *message = message_new(KETTE_MSG_SEND_COMPACT, 1);

    message->unasked = unasked;
    return message;
}

KetteMessage *
kette_message_ref(KetteMessage *message)
{
    kette_assert(message->refs > 0);
    message->refs++;
    return message;
}

static void
clear_payload(KetteMessage *message)
{
    switch (message->kind) {
    case KETTE_MSG_NEW_TRANSACTION:
        kette_tx_unref(message->tx);
        break;
    case KETTE_MSG_NEW_BLOCK:
        kette_block_unref(message->block);
        break;
    case KETTE_MSG_REQUEST_CHAIN:
        g_free(message->locator.hashes);
        g_free(message->locator.sums);
        break;
    case KETTE_MSG_RESPONSE_CHAIN:
        g_free(message->chain.headers);
        break;
    case KETTE_MSG_SYNC_RESPONSE:
        for (uint16_t i = 0; i < message->bodies.range.count; i++)
            kette_block_unref(message->bodies.blocks[i]);
        g_free(message->bodies.blocks);
        break;
    case KETTE_MSG_PEER_LIST:
        g_free(message->peers.addresses);
        break;
    case KETTE_MSG_INVENTORY:
    case KETTE_MSG_GET_DATA:
    case KETTE_MSG_NOT_FOUND:
        if (message->inventory.ids != &message->inventory.one)
            g_free(message->inventory.ids);
        break;
    case KETTE_MSG_COMPACT_BLOCK:
        g_free(message->compact.short_ids);
        break;
    case KETTE_MSG_GET_BLOCK_TXS:
        g_free(message->want_txs.indices);
        break;
    case KETTE_MSG_BLOCK_TXS:
        for (uint16_t i = 0; i < message->block_txs.count; i++)
            kette_tx_unref(message->block_txs.txs[i]);
        g_free(message->block_txs.txs);
        break;
    case KETTE_MSG_HANDSHAKE:
    case KETTE_MSG_SYNC_REQUEST:
    case KETTE_MSG_ACK:
    case KETTE_MSG_KEEP_ALIVE:
    case KETTE_MSG_GET_PEERS:
    case KETTE_MSG_GET_PAYMENTS:
    case KETTE_MSG_SEND_COMPACT:
    case KETTE_MSG_COUNT:
        break;
    }
}

void
kette_message_unref(KetteMessage *message)
{
    if (message == NULL)
        return;
    kette_assert(message->refs > 0);
    if (--message->refs > 0)
        return;
    clear_payload(message);
    g_free(message);
}

/* --- writing ----------------------------------------------------------------------------- */

static void
write_hash(GByteArray *out, const KetteHash *hash)
{
    kette_write_bytes(out, hash->b, sizeof hash->b);
}

static void
write_handshake(GByteArray *out, const KetteHandshake *handshake)
{
    kette_write_u32(out, handshake->version);
    write_hash(out, &handshake->genesis);
    write_hash(out, &handshake->tip);
    kette_write_u64(out, handshake->height);
    kette_write_u16(out, handshake->port);
    kette_write_u8(out, handshake->reply);
}

static void
write_compact(GByteArray *out, const KetteCompactBlock *compact)
{
    uint8_t raw[KETTE_HEADER_BYTES];

    kette_header_serialize(&compact->head.header, raw);
    kette_write_bytes(out, raw, sizeof raw);
    kette_write_u64(out, compact->head.height);
    kette_write_bytes(out, compact->head.miner.b, sizeof compact->head.miner.b);
    write_hash(out, &compact->head.state_root);
    kette_write_u64(out, compact->head.reward);
    kette_write_u64(out, compact->salt);
    kette_write_u32(out, compact->head.tx_count);
    for (uint32_t i = 0; i < compact->head.tx_count; i++) {
        kette_put_le64(raw, compact->short_ids[i]);
        kette_write_bytes(out, raw, SHORT_ID_BYTES);
    }
}

static void
write_tx(GByteArray *out, const KetteTx *tx)
{
    uint8_t raw[KETTE_TX_BYTES];

    kette_tx_serialize(tx, raw);
    kette_write_bytes(out, raw, sizeof raw);
}

static void
write_hashes(GByteArray *out, const KetteHash *hashes, uint16_t count)
{
    kette_write_u16(out, count);
    for (uint16_t i = 0; i < count; i++)
        write_hash(out, &hashes[i]);
}

static void
write_headers(GByteArray *out, const KetteHeader *headers, uint16_t count)
{
    uint8_t raw[KETTE_HEADER_BYTES];

    kette_write_u16(out, count);
    for (uint16_t i = 0; i < count; i++) {
        kette_header_serialize(&headers[i], raw);
        kette_write_bytes(out, raw, sizeof raw);
    }
}

static void
write_range(GByteArray *out, const KetteRange *range)
{
    write_hash(out, &range->last);
    kette_write_u16(out, range->count);
}

static void
write_addresses(GByteArray *out, const KettePeerAddress *addresses, uint16_t count)
{
    kette_write_u16(out, count);
    for (uint16_t i = 0; i < count; i++) {
        kette_write_bytes(out, addresses[i].host, sizeof addresses[i].host);
        kette_write_u16(out, addresses[i].port);
    }
}

/* Writes what asks for transactions of a block, and what brings them. */
static void
write_block_txs(GByteArray *out, const KetteMessage *message)
{
    bool asks = message->kind == KETTE_MSG_GET_BLOCK_TXS;
    uint16_t count = asks ? message->want_txs.count : message->block_txs.count;

    write_hash(out, asks ? &message->want_txs.block : &message->block_txs.block);
    kette_write_u16(out, count);
    for (uint16_t i = 0; i < count; i++) {
        if (asks)
            kette_write_u32(out, message->want_txs.indices[i]);
        else
            write_tx(out, message->block_txs.txs[i]);
    }
}

static void
write_payload(GByteArray *out, const KetteMessage *message)
{
    switch (message->kind) {
    case KETTE_MSG_HANDSHAKE:
        write_handshake(out, &message->handshake);
        break;
    case KETTE_MSG_NEW_TRANSACTION:
        write_tx(out, message->tx);
        break;
    case KETTE_MSG_NEW_BLOCK:
        kette_block_serialize(message->block, out);
        break;
    case KETTE_MSG_REQUEST_CHAIN:
        write_hashes(out, message->locator.hashes, message->locator.count);
        for (uint16_t i = 0; message->locator.sums != NULL && i < message->locator.count; i++)
            kette_write_u64(out, message->locator.sums[i]);
        break;
    case KETTE_MSG_RESPONSE_CHAIN:
        write_headers(out, message->chain.headers, message->chain.count);
        break;
    case KETTE_MSG_SYNC_REQUEST:
        write_range(out, &message->range);
        break;
    case KETTE_MSG_SYNC_RESPONSE:
        write_range(out, &message->bodies.range);
        for (uint16_t i = 0; i < message->bodies.range.count; i++)
            kette_block_serialize(message->bodies.blocks[i], out);
        break;
    case KETTE_MSG_PEER_LIST:
        write_addresses(out, message->peers.addresses, message->peers.count);
        break;
    case KETTE_MSG_ACK:
        kette_write_u8(out, (uint8_t)message->ack.kind);
        write_hash(out, &message->ack.id);
        break;
    case KETTE_MSG_INVENTORY:
    case KETTE_MSG_GET_DATA:
    case KETTE_MSG_NOT_FOUND:
        kette_write_u8(out, (uint8_t)message->inventory.kind);
        write_hashes(out, message->inventory.ids, message->inventory.count);
        break;
    case KETTE_MSG_COMPACT_BLOCK:
        write_compact(out, &message->compact);
        break;
    case KETTE_MSG_GET_BLOCK_TXS:
    case KETTE_MSG_BLOCK_TXS:
        write_block_txs(out, message);
        break;
    case KETTE_MSG_GET_PAYMENTS:
        kette_write_bytes(out, message->payments.sender.b, sizeof message->payments.sender.b);
        kette_write_u64(out, message->payments.first);
        kette_write_u16(out, message->payments.count);
        break;
    case KETTE_MSG_SEND_COMPACT:
        kette_write_u8(out, message->unasked);
        break;
    case KETTE_MSG_KEEP_ALIVE:
    case KETTE_MSG_GET_PEERS:
        break;
    case KETTE_MSG_COUNT:
        kette_assert(!"a kind of message");
    }
}

GByteArray *
kette_message_serialize(KetteHasher *hasher, const KetteMessage *message, const KetteHash *genesis)
{
    GByteArray *out = g_byte_array_sized_new(message->bytes);
    uint8_t frame[KETTE_FRAME_BYTES] = {0};
    KetteHash checksum;

    kette_write_bytes(out, frame, sizeof frame);
    write_payload(out, message);
    kette_assert(out->len == message->bytes);
    memcpy(out->data, genesis->b, 4);
    out->data[4] = (uint8_t)message->kind;
    kette_put_le32(out->data + 5, out->len - KETTE_FRAME_BYTES);
    checksum = kette_sha256d(hasher, out->data + KETTE_FRAME_BYTES, out->len - KETTE_FRAME_BYTES);
    memcpy(out->data + 9, checksum.b, 4);
    return out;
}

/* --- reading ----------------------------------------------------------------------------- */

static KetteHash
read_hash(KetteReader *reader)
{
    KetteHash hash;

    kette_read_bytes(reader, hash.b, sizeof hash.b);
    return hash;
}

static KetteMessage *
read_handshake(KetteReader *reader)
{
    KetteHandshake handshake;
    uint8_t reply;

    handshake.version = kette_read_u32(reader);
    handshake.genesis = read_hash(reader);
    handshake.tip = read_hash(reader);
    handshake.height = kette_read_u64(reader);
    handshake.port = kette_read_u16(reader);
    reply = kette_read_u8(reader);
    handshake.reply = reply == 1;
    return reply <= 1 ? kette_message_handshake(&handshake) : NULL;
}

static KetteMessage *
read_transaction(KetteReader *reader, KetteHasher *hasher)
{
    g_autoptr(KetteTx) tx = kette_tx_parse(hasher, reader);

    return tx ? kette_message_transaction(tx) : NULL;
}

static KetteMessage *
read_block(KetteReader *reader, KetteHasher *hasher)
{
    g_autoptr(KetteBlock) block = kette_block_parse(hasher, reader);

    return block ? kette_message_block(block) : NULL;
}

/* Reads the count of items of `size` bytes that must fill the rest exactly; false when they do not.
 */
static bool
read_count(KetteReader *reader, uint16_t *ret_count, size_t size, uint16_t most)
{
    *ret_count = kette_read_u16(reader);
    return !reader->failed && *ret_count <= most && kette_reader_left(reader) == *ret_count * size;
}

static KetteMessage *
read_request_chain(KetteReader *reader)
{
    KetteHash hashes[KETTE_LOCATOR_MAX];
    uint64_t sums[KETTE_LOCATOR_MAX];
    uint16_t count = kette_read_u16(reader);
    size_t left = kette_reader_left(reader);

    if (reader->failed || count > KETTE_LOCATOR_MAX || (left != count * 32u && left != count * 40u))
        return NULL;
    for (uint16_t i = 0; i < count; i++)
        hashes[i] = read_hash(reader);
    if (left == count * 32u)
        return kette_message_request_chain(hashes, count);
    for (uint16_t i = 0; i < count; i++)
        sums[i] = kette_read_u64(reader);
    return kette_message_request_chain_sums(hashes, sums, count);
}

static KetteMessage *
read_response_chain(KetteReader *reader)
{
    g_autofree KetteHeader *headers = NULL;
    uint8_t raw[KETTE_HEADER_BYTES];
    uint16_t count;

    if (!read_count(reader, &count, KETTE_HEADER_BYTES, KETTE_HEADERS_MAX))
        return NULL;
    headers = g_new(KetteHeader, count);
    for (uint16_t i = 0; i < count; i++) {
        kette_read_bytes(reader, raw, sizeof raw);
        kette_header_parse(&headers[i], raw);
    }
    return kette_message_response_chain(headers, count);
}

static KetteMessage *
read_sync_request(KetteReader *reader)
{
    KetteRange range;

    range.last = read_hash(reader);
    range.count = kette_read_u16(reader);
    return range.count <= KETTE_SYNC_BLOCKS_MAX ? kette_message_sync_request(&range) : NULL;
}

static KetteMessage *
read_sync_response(KetteReader *reader, KetteHasher *hasher)
{
    KetteBlock *blocks[KETTE_SYNC_BLOCKS_MAX] = {NULL};
    KetteMessage *message = NULL;
    KetteHash last = read_hash(reader);
    uint16_t count = kette_read_u16(reader), got = 0;

    if (count > KETTE_SYNC_BLOCKS_MAX)
        return NULL;
    while (got < count && (blocks[got] = kette_block_parse(hasher, reader)) != NULL)
        got++;
    if (got == count)
        message = kette_message_sync_response(&last, blocks, count);
    while (got > 0)
        kette_block_unref(blocks[--got]);
    return message;
}

static KetteMessage *
read_peer_list(KetteReader *reader)
{
    KettePeerAddress addresses[KETTE_PEER_LIST_MAX];
    uint16_t count;

    if (!read_count(reader, &count, ADDRESS_BYTES, KETTE_PEER_LIST_MAX))
        return NULL;
    for (uint16_t i = 0; i < count; i++) {
        kette_read_bytes(reader, addresses[i].host, 16);
        addresses[i].port = kette_read_u16(reader);
    }
    return kette_message_peer_list(addresses, count);
}

static KetteMessage *
read_ack(KetteReader *reader)
{
    uint8_t kind = kette_read_u8(reader);
    KetteHash id = read_hash(reader);

    return kind < KETTE_MSG_COUNT ? kette_message_ack(kind, &id) : NULL;
}

static KetteMessage *
read_inventory(KetteReader *reader, KetteMessageKind what)
{
    g_autofree KetteHash *ids = NULL;
    uint8_t of = kette_read_u8(reader);
    uint16_t count;

    if (of != KETTE_MSG_NEW_TRANSACTION && of != KETTE_MSG_NEW_BLOCK &&
        !(of == KETTE_MSG_COMPACT_BLOCK && what != KETTE_MSG_INVENTORY))
        return NULL;
    if (!read_count(reader, &count, 32, KETTE_INVENTORY_MAX))
        return NULL;
    ids = g_new(KetteHash, count);
    for (uint16_t i = 0; i < count; i++)
        ids[i] = read_hash(reader);
    return kette_message_inventory(what, of, ids, count);
}

static KetteMessage *
read_compact(KetteReader *reader)
{
    KetteCompactBlock compact = {0};
    g_autofree uint64_t *short_ids = NULL;
    uint8_t raw[KETTE_HEADER_BYTES] = {0};

    kette_read_bytes(reader, raw, sizeof raw);
    kette_header_parse(&compact.head.header, raw);
    compact.head.height = kette_read_u64(reader);
    kette_read_bytes(reader, compact.head.miner.b, sizeof compact.head.miner.b);
    compact.head.state_root = read_hash(reader);
    compact.head.reward = kette_read_u64(reader);
    compact.salt = kette_read_u64(reader);
    compact.head.tx_count = kette_read_u32(reader);
    if (reader->failed ||
        kette_reader_left(reader) != (size_t)compact.head.tx_count * SHORT_ID_BYTES)
        return NULL;
    short_ids = g_new(uint64_t, compact.head.tx_count);
    for (uint32_t i = 0; i < compact.head.tx_count; i++) {
        memset(raw, 0, 8);
        kette_read_bytes(reader, raw, SHORT_ID_BYTES);
        short_ids[i] = kette_get_le64(raw);
    }
    compact.short_ids = short_ids;
    return kette_message_compact(&compact);
}

static KetteMessage *
read_get_block_txs(KetteReader *reader)
{
    KetteHash block = read_hash(reader);
    g_autofree uint32_t *indices = NULL;
    uint16_t count;

    if (!read_count(reader, &count, 4, UINT16_MAX))
        return NULL;
    indices = g_new(uint32_t, count);
    for (uint16_t i = 0; i < count; i++) {
        indices[i] = kette_read_u32(reader);
        if (i > 0 && indices[i] <= indices[i - 1])
            return NULL;
    }
    return kette_message_get_block_txs(&block, indices, count);
}

static KetteMessage *
read_block_txs(KetteReader *reader, KetteHasher *hasher)
{
    KetteHash block = read_hash(reader);
    g_autoptr(GPtrArray) txs = g_ptr_array_new_with_free_func((GDestroyNotify)kette_tx_unref);
    uint16_t count;

    if (!read_count(reader, &count, KETTE_TX_BYTES, UINT16_MAX))
        return NULL;
    for (uint16_t i = 0; i < count; i++)
        g_ptr_array_add(txs, kette_tx_parse(hasher, reader));
    return kette_message_block_txs(&block, (KetteTx *const *)txs->pdata, count);
}

static KetteMessage *
read_get_payments(KetteReader *reader)
{
    KetteSpan payments = {.count = 0};

    kette_read_bytes(reader, payments.sender.b, sizeof payments.sender.b);
    payments.first = kette_read_u64(reader);
    payments.count = kette_read_u16(reader);
    return payments.count <= KETTE_PAYMENTS_MAX ? kette_message_get_payments(&payments) : NULL;
}

static KetteMessage *
read_send_compact(KetteReader *reader)
{
    uint8_t unasked = kette_read_u8(reader);

    return unasked <= 1 ? kette_message_send_compact(unasked == 1) : NULL;
}

static KetteMessage *
read_payload(KetteReader *reader, KetteHasher *hasher, uint8_t kind)
{
    switch (kind) {
    case KETTE_MSG_HANDSHAKE:
        return read_handshake(reader);
    case KETTE_MSG_NEW_TRANSACTION:
        return read_transaction(reader, hasher);
    case KETTE_MSG_NEW_BLOCK:
        return read_block(reader, hasher);
    case KETTE_MSG_REQUEST_CHAIN:
        return read_request_chain(reader);
    case KETTE_MSG_RESPONSE_CHAIN:
        return read_response_chain(reader);
    case KETTE_MSG_SYNC_REQUEST:
        return read_sync_request(reader);
    case KETTE_MSG_SYNC_RESPONSE:
        return read_sync_response(reader, hasher);
    case KETTE_MSG_PEER_LIST:
        return read_peer_list(reader);
    case KETTE_MSG_ACK:
        return read_ack(reader);
    case KETTE_MSG_INVENTORY:
    case KETTE_MSG_GET_DATA:
    case KETTE_MSG_NOT_FOUND:
        return read_inventory(reader, kind);
    case KETTE_MSG_COMPACT_BLOCK:
        return read_compact(reader);
    case KETTE_MSG_GET_BLOCK_TXS:
        return read_get_block_txs(reader);
    case KETTE_MSG_BLOCK_TXS:
        return read_block_txs(reader, hasher);
    case KETTE_MSG_KEEP_ALIVE:
        return kette_message_keep_alive();
    case KETTE_MSG_GET_PEERS:
        return kette_message_get_peers();
    case KETTE_MSG_GET_PAYMENTS:
        return read_get_payments(reader);
    case KETTE_MSG_SEND_COMPACT:
        return read_send_compact(reader);
    default:
        return NULL;
    }
}

KetteMessage *
kette_message_parse(KetteHasher *hasher, const uint8_t *data, size_t len, const KetteHash *genesis)
{
    g_autoptr(KetteMessage) message = NULL;
    KetteReader reader;
    KetteHash checksum;

    if (len < KETTE_FRAME_BYTES || len - KETTE_FRAME_BYTES > KETTE_MESSAGE_MAX_BYTES ||
        memcmp(data, genesis->b, 4) != 0 || kette_get_le32(data + 5) != len - KETTE_FRAME_BYTES)
        return NULL;
    checksum = kette_sha256d(hasher, data + KETTE_FRAME_BYTES, len - KETTE_FRAME_BYTES);
    if (memcmp(data + 9, checksum.b, 4) != 0)
        return NULL;
    kette_reader_init(&reader, data + KETTE_FRAME_BYTES, len - KETTE_FRAME_BYTES);
    message = read_payload(&reader, hasher, data[4]);
    return message != NULL && kette_reader_done(&reader) ? g_steal_pointer(&message) : NULL;
}
