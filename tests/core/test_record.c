/* What a node saves and how it comes back: whole, torn at every byte, flipped at every byte. */
#include "core/node/record.h"
#include "core/node/node.h"
#include "tests/core/fixture.h"
#include "tests/harness/harness.h"

#define SECOND INT64_C(1000000000)

typedef struct {
    Fixture f;
    GByteArray *log;
    GArray *tips; /* KetteHash: every tip there ever was */
} Disk;

static void
host_send(void *user, uint32_t peer, KetteMessage *message)
{
    (void)user;
    (void)peer;
    kette_message_unref(message);
}

static void
host_set_timer(void *user, KetteTimer timer, int64_t delay_ns)
{
    (void)user;
    (void)timer;
    (void)delay_ns;
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
    (void)user;
    return 7;
}

static void
host_save(void *user, const uint8_t *record, size_t len)
{
    kette_write_bytes(((Disk *)user)->log, record, len);
}

static void
host_note(void *user, const KetteNote *note)
{
    if (note->kind == KETTE_NOTE_TIP)
        g_array_append_vals(((Disk *)user)->tips, &note->entry->id, 1);
}

static KetteNode *
node_new(Disk *disk, KetteStore *store)
{
    const KetteHost door = {.user = disk,
                            .send = host_send,
                            .set_timer = host_set_timer,
                            .cancel_timer = host_cancel_timer,
                            .random = host_random,
                            .save = host_save,
                            .note = host_note};
    KetteNodeConfig config;

    kette_node_config_init(&config);
    config.ban_ns = 0; /* one peer brings all that is bad */
    return kette_node_new(store, &config, &door);
}

static KetteNode *
node_with_peer(Disk *disk, KetteStore *store)
{
    KetteNode *node = node_new(disk, store);
    const KetteHandshake hello = {.version = KETTE_PROTOCOL_VERSION,
                                  .genesis = kette_store_genesis(store)->id,
                                  .reply = true};
    g_autoptr(KetteMessage) message = kette_message_handshake(&hello);

    kette_node_add_peer(node, 0, false, 0);
    kette_node_receive(node, 0, message, 0);
    return node;
}

static void
give(KetteNode *node, KetteBlock *block)
{
    g_autoptr(KetteMessage) message = kette_message_block(block);

    kette_node_receive(node, 0, message, SECOND);
}

static void
spoil_root(KetteBlockSpec *spec)
{
    spec->state_root.b[0] ^= 1;
}

/* A line of five, then one of six that takes all of it out, a tie on top, an invalid block, orphans
 * that come in before their parents. */
static void
write_history(Disk *disk)
{
    g_autoptr(KetteStore) store = NULL;
    g_autoptr(KetteNode) node = NULL;
    const KetteBlock *a, *b;
    KetteBlock *line[6];

    fixture_init(&disk->f);
    disk->log = g_byte_array_new();
    disk->tips = g_array_new(FALSE, FALSE, sizeof(KetteHash));
    store = fixture_store(&disk->f);
    g_array_append_vals(disk->tips, &kette_store_genesis(store)->id, 1);
    node = node_with_peer(disk, store);
    a = b = fixture_genesis(&disk->f);
    for (unsigned i = 0; i < 5; i++) {
        KetteBlock *block = fixture_block(&disk->f, a, 10 + i, NULL, 0);

        give(node, block);
        a = block;
    }
    for (unsigned i = 0; i < 6; i++)
        b = line[i] = fixture_block(&disk->f, b, 20 + i, NULL, 0);
    for (unsigned i = 6; i-- > 0;)
        give(node, line[i]);
    give(node, fixture_block(&disk->f, a, 30, NULL, 0));        /* a tie: stays aside */
    give(node, fixture_bad_block(&disk->f, b, 31, spoil_root)); /* does not connect */
    CU_ASSERT_TRUE(kette_hash_equal(&kette_chain_tip(kette_node_chain(node))->id, &b->id));
}

static void
disk_clear(Disk *disk)
{
    g_byte_array_unref(disk->log);
    g_array_unref(disk->tips);
    fixture_clear(&disk->f);
}

static bool
was_a_tip(const Disk *disk, const KetteHash *id)
{
    for (guint i = 0; i < disk->tips->len; i++) {
        if (kette_hash_equal(&g_array_index(disk->tips, KetteHash, i), id))
            return true;
    }
    return false;
}

/* Restores from `len` bytes; the tip must be one that once was, and the good prefix is returned. */
static size_t
restore(Disk *disk, const uint8_t *log, size_t len, KetteHash *ret_tip)
{
    g_autoptr(KetteStore) store = fixture_store(&disk->f);
    g_autoptr(KetteNode) node = node_new(disk, store);
    size_t before = disk->log->len;
    size_t good = kette_node_restore(node, log, len, SECOND);
    const char *wrong = kette_node_audit(node);

    TEST_STR_EQUAL(wrong ? wrong : "ok", "ok");
    CU_ASSERT_TRUE(good <= len);
    CU_ASSERT_EQUAL(disk->log->len, before); /* nothing is saved again */
    *ret_tip = kette_chain_tip(kette_node_chain(node))->id;
    return good;
}

static void
test_whole_log(void)
{
    Disk disk;
    KetteHash tip;

    write_history(&disk);
    CU_ASSERT_EQUAL(restore(&disk, disk.log->data, disk.log->len, &tip), disk.log->len);
    CU_ASSERT_TRUE(
        kette_hash_equal(&tip, &g_array_index(disk.tips, KetteHash, disk.tips->len - 1)));
    disk_clear(&disk);
}

/* Torn at any byte: the tip is old or new, never something in between. A branch that arrived with
 * its last block may show a part of itself, if that part outweighs. */
static void
test_torn_at_every_byte(void)
{
    Disk disk;
    KetteHash tip, last = {{0}};
    size_t good_before = 0;
    unsigned moves = 0;

    write_history(&disk);
    for (size_t len = 0; len <= disk.log->len; len++) {
        size_t good = restore(&disk, disk.log->data, len, &tip);

        CU_ASSERT_TRUE(good >= good_before);
        CU_ASSERT_TRUE(was_a_tip(&disk, &tip));
        moves += len > 0 && !kette_hash_equal(&tip, &last);
        last = tip;
        good_before = good;
    }
    CU_ASSERT_EQUAL(moves, 6); /* five of the first line, one reorganisation */
    CU_ASSERT_EQUAL(good_before, disk.log->len);
    disk_clear(&disk);
}

/* A flipped byte ends the sound part at its record, wherever it is. */
static void
test_flipped_at_every_byte(void)
{
    Disk disk;
    KetteHash tip;

    write_history(&disk);
    for (size_t at = 0; at < disk.log->len; at += 3) {
        disk.log->data[at] ^= 0x10;
        CU_ASSERT_TRUE(restore(&disk, disk.log->data, disk.log->len, &tip) <= at);
        CU_ASSERT_TRUE(was_a_tip(&disk, &tip));
        disk.log->data[at] ^= 0x10;
    }
    disk_clear(&disk);
}

/* A log made by hand, and the node that comes back from it. */
typedef struct {
    Disk disk;
    KetteStore *store;
    KetteNode *node;
} Back;

static void
back_init(Back *b)
{
    fixture_init(&b->disk.f);
    b->disk.log = g_byte_array_new();
    b->disk.tips = g_array_new(FALSE, FALSE, sizeof(KetteHash));
    b->store = fixture_store(&b->disk.f);
    b->node = node_new(&b->disk, b->store);
}

static void
back_clear(Back *b)
{
    kette_node_free(b->node);
    kette_store_free(b->store);
    disk_clear(&b->disk);
}

/* Takes over the record. */
static void
write_record(Back *b, GByteArray *record)
{
    kette_write_bytes(b->disk.log, record->data, record->len);
    g_byte_array_unref(record);
}

static void
come_back(Back *b)
{
    const char *wrong;

    CU_ASSERT_EQUAL(kette_node_restore(b->node, b->disk.log->data, b->disk.log->len, SECOND),
                    b->disk.log->len);
    wrong = kette_node_audit(b->node);
    TEST_STR_EQUAL(wrong ? wrong : "ok", "ok");
}

/* Two blocks of equal weight: the tip record decides, not who joined first or is preferred. */
static void
test_saved_tip_keeps_precedence(void)
{
    Back b;
    KetteHasher *hasher;
    KetteBlock *first, *second;

    back_init(&b);
    hasher = kette_store_hasher(b.store);
    first = fixture_block(&b.disk.f, fixture_genesis(&b.disk.f), 40, NULL, 0);
    second = fixture_block(&b.disk.f, fixture_genesis(&b.disk.f), 41, NULL, 0);
    write_record(&b, kette_record_block(hasher, first, 2));
    write_record(&b, kette_record_tip(hasher, &first->id));
    write_record(&b, kette_record_block(hasher, second, 3));
    write_record(&b, kette_record_tip(hasher, &second->id));
    come_back(&b);
    CU_ASSERT_TRUE(kette_hash_equal(&kette_chain_tip(kette_node_chain(b.node))->id, &second->id));
    back_clear(&b);
}

static void
test_caught_up(void)
{
    g_autoptr(KetteHasher) hasher = kette_hasher_new();
    g_autoptr(GByteArray) bytes = kette_record_caught_up(hasher);
    KetteRecord record;

    CU_ASSERT_EQUAL(kette_record_parse(hasher, &record, bytes->data, bytes->len), bytes->len);
    CU_ASSERT_EQUAL(record.kind, KETTE_RECORD_CAUGHT_UP);
    CU_ASSERT_EQUAL(kette_record_parse(hasher, &record, bytes->data, bytes->len - 1), 0);
}

/* What an operator did comes back by name, and under an unknown name it is no record. */
static void
test_hand(void)
{
    Back b;
    KetteHasher *hasher;
    const KetteHash id = {{7}};
    KetteRecord record;

    back_init(&b);
    hasher = kette_store_hasher(b.store);
    for (KetteHand hand = 0; kette_hand_name(hand) != NULL; hand++) {
        g_autoptr(GByteArray) bytes = kette_record_hand(hasher, hand, &id);
        KetteHash checksum;

        CU_ASSERT_EQUAL(kette_record_parse(hasher, &record, bytes->data, bytes->len), bytes->len);
        CU_ASSERT_EQUAL(record.kind, KETTE_RECORD_HAND);
        CU_ASSERT_EQUAL(record.hand, hand);
        CU_ASSERT_TRUE(kette_hash_equal(&record.id, &id));
        bytes->data[10] ^= 1; /* of the name */
        checksum = kette_sha256d(hasher, bytes->data + 8, bytes->len - 8);
        memcpy(bytes->data + 4, checksum.b, 4);
        CU_ASSERT_EQUAL(kette_record_parse(hasher, &record, bytes->data, bytes->len), 0);
    }
    back_clear(&b);
}

static void
spoil_time(KetteBlockSpec *spec)
{
    spec->header.time = 1700000000; /* of genesis: not above the median */
}

static void
spoil_height(KetteBlockSpec *spec)
{
    spec->height++;
}

static KetteBlockStatus
status_of(KetteNode *node, const KetteBlock *block)
{
    return kette_chain_status(kette_node_chain(node), &block->id);
}

/* Shows node a header in an answer to its own question. */
static void
show_header(KetteNode *node, const KetteBlock *block)
{
    g_autoptr(KetteMessage) message = kette_message_response_chain(&block->header, 1);

    kette_node_request_chain_sync(node, 0, SECOND);
    kette_node_receive(node, 0, message, SECOND);
}

/* What was bad before a restart is bad after it, though its body never joined and is not saved: by
 * its header, by its body, by its ancestor, above a header without a body, and when executed. The
 * log does not grow when the same comes again. */
static void
test_marks_come_back(void)
{
    Back b;
    Fixture *f = &b.disk.f;
    g_autoptr(KetteStore) store = NULL;
    KetteNode *before;
    KetteBlock *good, *way, *early, *tall, *child, *above, *root, *shown;
    size_t length;

    back_init(&b);
    store = fixture_store(f);
    before = node_with_peer(&b.disk, store);
    good = fixture_block(f, fixture_genesis(f), 1, NULL, 0);
    early = fixture_bad_block(f, fixture_genesis(f), 2, spoil_time);
    tall = fixture_bad_block(f, fixture_genesis(f), 3, spoil_height);
    child = fixture_child_of_bad(f, tall, 4);
    way = fixture_block(f, fixture_genesis(f), 5, NULL, 0);
    above = fixture_bad_block(f, way, 6, spoil_height);
    root = fixture_bad_block(f, good, 7, spoil_root);
    shown = fixture_bad_block(f, fixture_genesis(f), 8, spoil_time);
    give(before, good);
    give(before, early);
    show_header(before, tall);
    show_header(before, child);
    give(before, tall);
    show_header(before, way);
    give(before, above);
    length = b.disk.log->len;
    give(before, above);
    CU_ASSERT_EQUAL(b.disk.log->len, length);
    give(before, root);
    show_header(before, shown);
    kette_node_free(before);
    come_back(&b);
    CU_ASSERT_EQUAL(status_of(b.node, early), KETTE_STATUS_INVALID);
    CU_ASSERT_EQUAL(status_of(b.node, tall), KETTE_STATUS_INVALID);
    CU_ASSERT_EQUAL(status_of(b.node, child), KETTE_STATUS_INVALID_ANCESTOR);
    CU_ASSERT_EQUAL(status_of(b.node, above), KETTE_STATUS_INVALID);
    CU_ASSERT_EQUAL(status_of(b.node, root), KETTE_STATUS_INVALID);
    CU_ASSERT_EQUAL(status_of(b.node, shown), KETTE_STATUS_INVALID);
    CU_ASSERT_PTR_NOT_NULL(kette_chain_find(kette_node_chain(b.node), &way->id));
    CU_ASSERT_FALSE(kette_chain_is_failed(kette_node_chain(b.node),
                                          kette_chain_find(kette_node_chain(b.node), &way->id)));
    back_clear(&b);
}

/* The verdict comes back too, by its name. */
static void
test_mark_round_trip(void)
{
    g_autoptr(KetteHasher) hasher = kette_hasher_new();
    const KetteHeader header = {.version = 1, .time = 5, .bits = 6, .nonce = 7};
    const KetteVerdict good[] = {KETTE_OK, KETTE_BAD_NONCE, KETTE_REORG_TOO_DEEP};
    const KetteVerdict no_mark[] = {KETTE_TIME_TOO_NEW, KETTE_UNKNOWN_PARENT, KETTE_AFTER_FINAL};
    KetteRecord record;

    for (size_t i = 0; i < 3; i++) {
        g_autoptr(GByteArray) yes = kette_record_mark(hasher, &header, good[i]);
        g_autoptr(GByteArray) no = kette_record_mark(hasher, &header, no_mark[i]);

        CU_ASSERT_EQUAL_FATAL(kette_record_parse(hasher, &record, yes->data, yes->len), yes->len);
        CU_ASSERT_EQUAL(record.kind, KETTE_RECORD_MARK);
        CU_ASSERT_EQUAL(record.verdict, good[i]);
        CU_ASSERT_EQUAL(record.header.nonce, 7);
        CU_ASSERT_EQUAL(kette_record_parse(hasher, &record, no->data, no->len), 0);
    }
}

/* Marks that a log cannot truly hold do no harm: on genesis, on the way to the saved tip, on a
 * header of an unknown place. */
static void
test_lying_marks(void)
{
    Back b;
    Fixture *f = &b.disk.f;
    KetteHasher *hasher;
    KetteBlock *one, *two, *side;

    back_init(&b);
    hasher = kette_store_hasher(b.store);
    one = fixture_block(f, fixture_genesis(f), 1, NULL, 0);
    two = fixture_block(f, one, 2, NULL, 0);
    side = fixture_block(f, fixture_genesis(f), 3, NULL, 0);
    write_record(&b, kette_record_mark(hasher, &two->header, KETTE_BAD_NONCE));
    write_record(&b, kette_record_mark(hasher, &fixture_genesis(f)->header, KETTE_BAD_NONCE));
    write_record(&b, kette_record_mark(hasher, &fixture_genesis(f)->header, KETTE_REORG_TOO_DEEP));
    write_record(&b, kette_record_mark(hasher, &side->header, KETTE_REORG_TOO_DEEP));
    write_record(&b, kette_record_block(hasher, one, 2));
    write_record(&b, kette_record_block(hasher, two, 3));
    write_record(&b, kette_record_tip(hasher, &two->id));
    write_record(&b, kette_record_mark(hasher, &one->header, KETTE_REORG_TOO_DEEP));
    write_record(&b, kette_record_mark(hasher, &two->header, KETTE_BAD_NONCE));
    write_record(&b, kette_record_mark(hasher, &two->header, KETTE_REORG_TOO_DEEP));
    write_record(&b, kette_record_block(hasher, side, 4));
    come_back(&b);
    /* Believed, and the best of the rest is taken. */
    CU_ASSERT_TRUE(kette_hash_equal(&kette_chain_tip(kette_node_chain(b.node))->id, &side->id));
    back_clear(&b);
}
TEST_SUITE(record, {"a whole log", test_whole_log}, {"torn at every byte", test_torn_at_every_byte},
           {"flipped at every byte", test_flipped_at_every_byte},
           {"a saved tip keeps its precedence", test_saved_tip_keeps_precedence},
           {"an operator's hand", test_hand}, {"the first sync", test_caught_up},
           {"marks come back", test_marks_come_back},
           {"a mark there and back", test_mark_round_trip}, {"lying marks", test_lying_marks})
