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
    return kette_node_new(store, &config, &door);
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
    KetteHandshake hello = {.version = KETTE_PROTOCOL_VERSION, .reply = true};
    g_autoptr(KetteMessage) message = NULL;
    const KetteBlock *a, *b;
    KetteBlock *line[6];

    fixture_init(&disk->f);
    disk->log = g_byte_array_new();
    disk->tips = g_array_new(FALSE, FALSE, sizeof(KetteHash));
    store = fixture_store(&disk->f);
    g_array_append_vals(disk->tips, &kette_store_genesis(store)->id, 1);
    node = node_new(disk, store);
    kette_node_add_peer(node, 0, false, 0);
    hello.genesis = kette_store_genesis(store)->id;
    message = kette_message_handshake(&hello);
    kette_node_receive(node, 0, message, 0);
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

/* Two blocks of equal weight: the saved tip stays the tip, and the saved draws decide later ties.
 */
static void
test_saved_tip_keeps_precedence(void)
{
    Disk disk;
    g_autoptr(KetteStore) store = NULL;
    g_autoptr(KetteChain) chain = NULL;
    KetteChainResult result;
    KetteBlock *a, *b;

    write_history(&disk);
    store = fixture_store(&disk.f);
    chain = kette_chain_new(store, 10);
    kette_chain_result_init(&result);
    a = fixture_block(&disk.f, fixture_genesis(&disk.f), 40, NULL, 0);
    b = fixture_block(&disk.f, fixture_genesis(&disk.f), 41, NULL, 0);
    CU_ASSERT_EQUAL(kette_chain_restore_block(chain, &result, a, 9, 0), KETTE_OK);
    CU_ASSERT_EQUAL(kette_chain_restore_block(chain, &result, b, 4, 0), KETTE_OK);
    CU_ASSERT_EQUAL(kette_chain_preference(chain, result.new_tip), 9);
    CU_ASSERT_TRUE(kette_chain_prefer(chain, &b->id));
    CU_ASSERT_TRUE(kette_hash_equal(&kette_chain_tip(chain)->id, &b->id));
    CU_ASSERT_FALSE(kette_chain_prefer(chain, &fixture_genesis(&disk.f)->id));
    kette_chain_result_clear(&result);
    disk_clear(&disk);
}

TEST_SUITE(record, {"a whole log", test_whole_log}, {"torn at every byte", test_torn_at_every_byte},
           {"flipped at every byte", test_flipped_at_every_byte},
           {"a saved tip keeps its precedence", test_saved_tip_keeps_precedence})
