/* A node fed with a script of hostile bytes: each step is one byte of what and its operands.
 *
 *   0 PEER        connect PEER (0..3)           1 PEER          disconnect it
 *   2 PEER K L…   a message of kind K with a payload of L bytes (u16), from PEER
 *   3 TIMER S     S seconds pass, then TIMER    4               mine a block
 *   5 PEER N      the N-th good block, whole    6 PEER N        its header, as an answer
 *   7 PEER N      its id, announced
 *
 * The first byte chooses relay, fork choice, ties and limits. Proof of work is off and bits are
 * free, so that made-up headers get past the door. Peers 0 and 1 are standing ones, 2 and 3 are
 * not. The audit runs every few steps and at the end.
 *
 * What the node saved is then given to two others: whole, which must lead to the same tip, and with
 * records left out, doubled and changed (their checksums made good again), which must lead to
 * something sound.
 */
#include "core/node/node.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#define PEERS 4
#define BLOCKS 12
#define SECOND INT64_C(1000000000)

typedef struct {
    KetteStore *store;
    KetteNode *node;
    KetteBlock *blocks[BLOCKS]; /* a line of 6, then another of 6 */
    int64_t now_ns;
    uint64_t random;
    size_t sent;
    GByteArray *log; /* what was saved, or NULL: nothing is */
    KetteReader in;
} World;

static void
host_send(void *user, uint32_t peer, KetteMessage *message)
{
    (void)peer;
    ((World *)user)->sent++;
    kette_message_unref(message);
}

static void
host_set_timer(void *user, KetteTimer timer, int64_t delay_ns)
{
    (void)user;
    if (timer >= KETTE_TIMER_COUNT || delay_ns <= 0)
        abort();
}

static void
host_cancel_timer(void *user, KetteTimer timer)
{
    (void)user;
    (void)timer;
}

static uint64_t
host_random(void *user)
{
    return ((World *)user)->random += UINT64_C(0x9e3779b97f4a7c15);
}

static void
host_save(void *user, const uint8_t *record, size_t len)
{
    World *w = user;

    if (w->log != NULL)
        kette_write_bytes(w->log, record, len);
}

/* Whoever is disconnected is gone from the node already. */
static void
host_disconnect(void *user, uint32_t peer)
{
    (void)user;
    (void)peer;
}

static void
build_line(World *w, size_t from, uint8_t label)
{
    g_autoptr(KetteStore) builder = kette_store_new(kette_store_params(w->store), NULL, 0);
    KetteNodeConfig config;
    const KetteHost door = {.user = w,
                            .send = host_send,
                            .set_timer = host_set_timer,
                            .cancel_timer = host_cancel_timer,
                            .random = host_random};
    g_autoptr(KetteNode) miner = NULL;
    KetteVerdict verdict;

    kette_node_config_init(&config);
    config.miner.b[0] = label;
    miner = kette_node_new(builder, &config, &door);
    for (size_t i = 0; i < BLOCKS / 2; i++)
        w->blocks[from + i] = kette_node_mine_pending_transactions(miner, &verdict, 0);
}

static KetteNode *
node_new(World *w, KetteStore *store, uint8_t choice)
{
    const KetteHost door = {.user = w,
                            .send = host_send,
                            .set_timer = host_set_timer,
                            .cancel_timer = host_cancel_timer,
                            .random = host_random,
                            .save = host_save,
                            .disconnect = host_disconnect};
    KetteNodeConfig config;

    kette_node_config_init(&config);
    config.relay = (KetteRelay)(choice >> 6);
    config.tx_relay =
        config.relay == KETTE_RELAY_PUSH ? KETTE_TX_RELAY_TRICKLE : KETTE_TX_RELAY_AT_ONCE;
    config.compact_high = 3;
    config.relay_before_check = config.relay == KETTE_RELAY_COMPACT;
    config.ack = (choice & 128) != 0;
    config.orphan_limit = 5;
    config.mempool_bytes = 1000;
    return kette_node_new(store, &config, &door);
}

static void
world_init(World *w, uint8_t choice)
{
    KetteParams params;

    kette_params_init(&params);
    params.pow = KETTE_POW_OFF;
    params.free_bits = (choice & 1) != 0;
    params.fork_choice = (KetteForkChoice)(choice >> 1 & 3) % 3;
    params.tie = (KetteTie)(choice >> 3 & 3) % 3;
    params.max_reorg = (choice & 32) != 0 ? 2 : KETTE_NO_LIMIT;
    params.unpark = (choice & 33) == 33 ? 1500 : 0;
    params.parks_when_synced = (choice & 34) == 34;
    params.finality = (choice & 64) != 0 ? 3 : 0;
    w->store = kette_store_new(&params, NULL, 0);
    build_line(w, 0, 1);
    build_line(w, BLOCKS / 2, 2);
    w->log = g_byte_array_new();
    w->node = node_new(w, w->store, choice);
    kette_node_start(w->node, 0);
}

static void
world_clear(World *w)
{
    for (size_t i = 0; i < BLOCKS; i++)
        kette_block_unref(w->blocks[i]);
    g_byte_array_unref(w->log);
    kette_node_free(w->node);
    kette_store_free(w->store);
}

static void
audit(const KetteNode *node)
{
    const char *wrong = kette_node_audit(node);

    if (wrong != NULL) {
        fprintf(stderr, "audit: %s\n", wrong);
        abort();
    }
}

/* Takes over the message. */
static void
deliver(World *w, uint32_t peer, KetteMessage *message)
{
    kette_node_receive(w->node, peer, message, w->now_ns);
    kette_message_unref(message);
}

static void
greet(World *w, uint32_t peer)
{
    const KetteHash *genesis = &kette_store_genesis(w->store)->id;
    const KetteHandshake hello = {.version = KETTE_PROTOCOL_VERSION,
                                  .genesis = *genesis,
                                  .tip = w->blocks[BLOCKS - 1]->id,
                                  .reply = true};

    deliver(w, peer, kette_message_handshake(&hello));
}

static void
raw_message(World *w, uint32_t peer)
{
    KetteHasher *hasher = kette_store_hasher(w->store);
    const KetteHash *genesis = &kette_store_genesis(w->store)->id;
    uint8_t kind = kette_read_u8(&w->in);
    size_t wanted = kette_read_u16(&w->in);
    size_t length = MIN(wanted, kette_reader_left(&w->in));
    g_autofree uint8_t *framed = g_malloc0(KETTE_FRAME_BYTES + length);
    KetteMessage *message;
    KetteHash checksum;

    memcpy(framed, genesis->b, 4);
    framed[4] = kind;
    kette_put_le32(framed + 5, (uint32_t)length);
    kette_read_bytes(&w->in, framed + KETTE_FRAME_BYTES, length);
    checksum = kette_sha256d(hasher, framed + KETTE_FRAME_BYTES, length);
    memcpy(framed + 9, checksum.b, 4);
    message = kette_message_parse(hasher, framed, KETTE_FRAME_BYTES + length, genesis);
    if (message != NULL)
        deliver(w, peer, message);
}

static void
step(World *w)
{
    uint8_t what = kette_read_u8(&w->in) % 8;
    uint32_t peer = what == 3 || what == 4 ? 0 : kette_read_u8(&w->in) % PEERS;
    KetteVerdict verdict;
    uint8_t n;

    switch (what) {
    case 0:
        kette_node_remove_peer(w->node, peer, w->now_ns);
        if (peer < 2)
            kette_node_add_peer(w->node, peer, peer % 2 == 0, w->now_ns);
        else
            kette_node_add_peer_at(w->node, peer, peer % 2 == 0,
                                   &(KettePeerAddress){{(uint8_t)peer}, 8001}, w->now_ns);
        greet(w, peer);
        break;
    case 1:
        kette_node_remove_peer(w->node, peer, w->now_ns);
        break;
    case 2:
        raw_message(w, peer);
        break;
    case 3:
        n = kette_read_u8(&w->in);
        w->now_ns += kette_read_u8(&w->in) * SECOND;
        kette_node_timer(w->node, (KetteTimer)(n % KETTE_TIMER_COUNT), w->now_ns);
        break;
    case 4:
        kette_block_unref(kette_node_mine_pending_transactions(w->node, &verdict, w->now_ns));
        break;
    case 5:
        n = kette_read_u8(&w->in) % BLOCKS;
        deliver(w, peer, kette_message_block(w->blocks[n]));
        break;
    case 6:
        n = kette_read_u8(&w->in) % BLOCKS;
        kette_node_request_chain_sync(w->node, peer, w->now_ns);
        deliver(w, peer, kette_message_response_chain(&w->blocks[n]->header, 1));
        break;
    case 7:
        n = kette_read_u8(&w->in) % BLOCKS;
        deliver(w, peer,
                kette_message_inventory(KETTE_MSG_INVENTORY, KETTE_MSG_NEW_BLOCK, &w->blocks[n]->id,
                                        1));
        break;
    }
}

/* A node that comes back from this log; the same tip if it is the true one. */
static void
come_back(World *w, uint8_t choice, const GByteArray *log, bool is_true)
{
    g_autoptr(KetteStore) store = kette_store_new(kette_store_params(w->store), NULL, 0);
    g_autoptr(KetteNode) node = node_new(w, store, choice);
    size_t good = kette_node_restore(node, log->data, log->len, w->now_ns);

    audit(node);
    if (is_true &&
        (good != log->len || !kette_hash_equal(&kette_chain_tip(kette_node_chain(node))->id,
                                               &kette_chain_tip(kette_node_chain(w->node))->id))) {
        fprintf(stderr, "a restart led to another tip\n");
        abort();
    }
}

/* The log with each record as a byte of the input says: 1 left out, 2 twice, 3 a byte changed. */
static GByteArray *
tamper(World *w, const uint8_t *data, size_t size)
{
    GByteArray *out = g_byte_array_new();
    size_t i = 0;

    for (size_t at = 0; at < w->log->len; i++) {
        uint32_t length = kette_get_le32(w->log->data + at);
        uint8_t what = data[i % size], *copy;

        for (int times = what % 4 == 1 ? 0 : what % 4 == 2 ? 2 : 1; times > 0; times--) {
            kette_write_bytes(out, w->log->data + at, 8 + length);
            copy = out->data + out->len - length;
            if (what % 4 == 3) {
                KetteHash checksum;

                copy[data[(i + 1) % size] % length] ^= (uint8_t)(1 << what / 4 % 8);
                checksum = kette_sha256d(kette_store_hasher(w->store), copy, length);
                memcpy(copy - 4, checksum.b, 4);
            }
        }
        at += 8 + length;
    }
    return out;
}

void
fuzz_node(const uint8_t *data, size_t size)
{
    World w = {.random = 1};
    g_autoptr(GByteArray) tampered = NULL;

    if (size == 0)
        return;
    world_init(&w, data[0]);
    kette_reader_init(&w.in, data + 1, size - 1);
    for (unsigned i = 0; kette_reader_left(&w.in) > 0 && i < 400; i++) {
        step(&w);
        if (i % 8 == 0)
            audit(w.node);
    }
    audit(w.node);
    come_back(&w, data[0], w.log, true);
    tampered = tamper(&w, data, size);
    come_back(&w, data[0], tampered, false);
    world_clear(&w);
}
