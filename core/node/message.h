/* The messages between nodes, and their bytes.
 *
 * On the wire a message is framed as
 *
 *    0  magic     first 4 bytes of the genesis id: another chain's messages are noise
 *    4  kind      uint8
 *    5  length    uint32 of the payload, at most KETTE_MESSAGE_MAX_BYTES
 *    9  checksum  first 4 bytes of SHA-256d(payload)
 *   13  payload
 *
 * Kinds 0 to 8 have the numbers of the original system; further ones follow from 9. Payloads:
 *
 *   HANDSHAKE        version u32 | genesis 32 | tip 32 | height u64 | port u16 | reply u8
 *   NEW_TRANSACTION  transaction
 *   NEW_BLOCK        block
 *   REQUEST_CHAIN    count u16 | locator hashes | where side blocks weigh, a sum u64 for each hash
 *                    (kette_chain_sums()); asks for what follows on the peer's chain
 *   RESPONSE_CHAIN   count u16 | headers, 80 bytes each, oldest first; none: nothing follows
 *   SYNC_REQUEST     last 32 | count u16: the bodies of `last` and the count - 1 before it
 *   SYNC_RESPONSE    last 32 | count u16 | blocks, oldest first; fewer than asked: not here
 *   PEER_LIST        count u16 | addresses: host 16 bytes, port u16
 *   ACK              kind u8 | id 32: of the announcement that arrived
 *   INVENTORY        kind u8 | count u16 | ids that the sender has: NEW_TRANSACTION or NEW_BLOCK
 *   GET_DATA         kind u8 | count u16 | ids to send: these kinds, or COMPACT_BLOCK
 *   NOT_FOUND        kind u8 | count u16 | ids that were asked for and are not here
 *   COMPACT_BLOCK    first 148 bytes of a block | salt u64 | count u32 | short ids of 6 bytes
 *   GET_BLOCK_TXS    block id 32 | count u16 | indices u32, rising
 *   BLOCK_TXS        block id 32 | count u16 | transactions, in the order asked for
 *   KEEP_ALIVE       empty
 *   GET_PEERS        empty: asks for a PEER_LIST
 *   GET_PAYMENTS     sender 20 | first u64 | count u16: its payments in the mempool with the nonces
 *                    from `first` on; each comes as a NEW_TRANSACTION
 *   SEND_COMPACT     unasked u8: 1 asks for the next blocks as COMPACT_BLOCK, unasked; 0: no longer
 *
 * A KetteMessage is immutable and refcounted; in a simulation it goes from node to node as it is,
 * or through its bytes, with the same result. Not shared between threads.
 */
#ifndef CORE_NODE_MESSAGE_H
#define CORE_NODE_MESSAGE_H

#include "core/chain/block.h"

#define KETTE_PROTOCOL_VERSION 1
#define KETTE_FRAME_BYTES 13

typedef enum {
    KETTE_MSG_HANDSHAKE = 0,
    KETTE_MSG_NEW_TRANSACTION = 1,
    KETTE_MSG_NEW_BLOCK = 2,
    KETTE_MSG_REQUEST_CHAIN = 3,
    KETTE_MSG_RESPONSE_CHAIN = 4,
    KETTE_MSG_SYNC_REQUEST = 5,
    KETTE_MSG_SYNC_RESPONSE = 6,
    KETTE_MSG_PEER_LIST = 7,
    KETTE_MSG_ACK = 8,
    KETTE_MSG_INVENTORY = 9,
    KETTE_MSG_GET_DATA = 10,
    KETTE_MSG_NOT_FOUND = 11,
    KETTE_MSG_COMPACT_BLOCK = 12,
    KETTE_MSG_GET_BLOCK_TXS = 13,
    KETTE_MSG_BLOCK_TXS = 14,
    KETTE_MSG_KEEP_ALIVE = 15,
    KETTE_MSG_GET_PEERS = 16,
    KETTE_MSG_GET_PAYMENTS = 17,
    KETTE_MSG_SEND_COMPACT = 18,
    KETTE_MSG_COUNT
} KetteMessageKind;

typedef struct {
    uint8_t host[16];
    uint16_t port;
} KettePeerAddress;

typedef struct {
    uint32_t version;
    KetteHash genesis;
    KetteHash tip;
    uint64_t height;
    uint16_t port; /* this node listens on; 0: it accepts nobody */
    bool reply;    /* answers a handshake: is not answered itself */
} KetteHandshake;

typedef struct {
    KetteHash last;
    uint16_t count;
} KetteRange;

/* Kinds and ids of INVENTORY, GET_DATA and NOT_FOUND. */
typedef struct {
    KetteMessageKind kind;
    uint16_t count;
    KetteHash *ids; /* &one where there is one: most announcements are of one thing */
    KetteHash one;
} KetteInventory;

/* Payments of one sender, by nonce. */
typedef struct {
    KetteAddress sender;
    uint64_t first;
    uint16_t count;
} KetteSpan;

/* A block with its transactions as short ids: see compact.h. */
typedef struct {
    KetteBlockSpec head; /* its txs are NULL; tx_count counts the short ids */
    uint64_t salt;
    uint64_t *short_ids; /* 48 bits each */
} KetteCompactBlock;

typedef struct {
    KetteMessageKind kind;
    uint32_t refs;
    uint32_t bytes; /* on the wire, framing included */
    union {
        KetteHandshake handshake;
        KetteTx *tx;
        KetteBlock *block;
        struct {
            uint16_t count;
            KetteHash *hashes;
            uint64_t *sums; /* as many; or NULL */
        } locator;
        struct {
            uint16_t count;
            KetteHeader *headers;
        } chain;
        KetteRange range;
        struct {
            KetteRange range; /* of the request; count is that of the blocks here */
            KetteBlock **blocks;
        } bodies;
        struct {
            uint16_t count;
            KettePeerAddress *addresses;
        } peers;
        struct {
            KetteMessageKind kind;
            KetteHash id;
        } ack;
        KetteInventory inventory;
        KetteSpan payments;
        bool unasked;
        KetteCompactBlock compact;
        struct {
            KetteHash block;
            uint16_t count;
            uint32_t *indices;
        } want_txs;
        struct {
            KetteHash block;
            uint16_t count;
            KetteTx **txs;
        } block_txs;
    };
} KetteMessage;

/* Returns "handshake", "new-block", …: the names of traces and filters. */
const char *kette_message_kind_name(KetteMessageKind kind);

/* Make a message with one reference; what they are given is copied or referenced. */
KetteMessage *kette_message_handshake(const KetteHandshake *handshake);
KetteMessage *kette_message_transaction(KetteTx *tx);
KetteMessage *kette_message_block(KetteBlock *block);
KetteMessage *kette_message_request_chain(const KetteHash *locator, uint16_t count);
KetteMessage *kette_message_request_chain_sums(const KetteHash *locator, const uint64_t *sums,
                                               uint16_t count);
KetteMessage *kette_message_response_chain(const KetteHeader *headers, uint16_t count);
KetteMessage *kette_message_sync_request(const KetteRange *range);
KetteMessage *kette_message_sync_response(const KetteHash *last, KetteBlock *const *blocks,
                                          uint16_t count);
KetteMessage *kette_message_peer_list(const KettePeerAddress *addresses, uint16_t count);
KetteMessage *kette_message_ack(KetteMessageKind kind, const KetteHash *id);

/* Makes a message of ids. `what`: INVENTORY, GET_DATA or NOT_FOUND; `of`: the kind of the things.
 */
KetteMessage *kette_message_inventory(KetteMessageKind what, KetteMessageKind of,
                                      const KetteHash *ids, uint16_t count);
KetteMessage *kette_message_compact(const KetteCompactBlock *compact);
KetteMessage *kette_message_get_block_txs(const KetteHash *block, const uint32_t *indices,
                                          uint16_t count);
KetteMessage *kette_message_block_txs(const KetteHash *block, KetteTx *const *txs, uint16_t count);

KetteMessage *kette_message_keep_alive(void);
KetteMessage *kette_message_send_compact(bool unasked);
KetteMessage *kette_message_get_peers(void);
KetteMessage *kette_message_get_payments(const KetteSpan *payments);

KetteMessage *kette_message_ref(KetteMessage *message);
void kette_message_unref(KetteMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KetteMessage, kette_message_unref)

/* Returns the frame and the payload: `bytes` of them. */
GByteArray *kette_message_serialize(KetteHasher *hasher, const KetteMessage *message,
                                    const KetteHash *genesis);

/* Parses one whole message. Returns NULL for anything that is not exactly one: wrong magic, kind,
 * length, checksum, counts, or bytes left over. The input is untrusted; it allocates no more than
 * the input's size. */
KetteMessage *kette_message_parse(KetteHasher *hasher, const uint8_t *data, size_t len,
                                  const KetteHash *genesis);

#endif
