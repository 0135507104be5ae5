/* The mint: one message for many nodes, and never another one than was asked for. */
#include "core/node/mint.h"
#include "tests/core/fixture.h"
#include "tests/harness/harness.h"

static KetteHash
id_of(uint8_t first, uint8_t last)
{
    KetteHash id = {{0}};

    id.b[0] = first;
    id.b[31] = last;
    return id;
}

static void
test_one_for_all(void)
{
    KetteMint *mint = kette_mint_new();
    const KetteHash id = id_of(1, 1);
    KetteMessage *a = kette_mint_inventory(mint, KETTE_MSG_INVENTORY, KETTE_MSG_NEW_BLOCK, &id);
    KetteMessage *b = kette_mint_inventory(mint, KETTE_MSG_INVENTORY, KETTE_MSG_NEW_BLOCK, &id);

    CU_ASSERT_PTR_EQUAL(a, b);
    kette_message_unref(b);
    kette_mint_free(mint); /* a outlives it */
    CU_ASSERT_EQUAL(a->refs, 1);
    CU_ASSERT_TRUE(kette_hash_equal(&a->inventory.ids[0], &id));
    kette_message_unref(a);
}

/* Ids that share a place, kinds, and kinds of things are told apart. */
static void
test_never_another(void)
{
    KetteMint *mint = kette_mint_new();

    for (unsigned n = 0; n < 200; n++) {
        const KetteHash id = id_of((uint8_t)(n % 3), n % 7 == 0);
        const KetteMessageKind what = n % 2 ? KETTE_MSG_INVENTORY : KETTE_MSG_GET_DATA;
        const KetteMessageKind of = n % 5 ? KETTE_MSG_NEW_BLOCK : KETTE_MSG_NEW_TRANSACTION;
        KetteMessage *message = kette_mint_inventory(n % 11 ? mint : NULL, what, of, &id);
        KetteMessage *ack = kette_mint_ack(mint, of, &id);

        CU_ASSERT_EQUAL(message->kind, what);
        CU_ASSERT_EQUAL(message->inventory.kind, of);
        CU_ASSERT_EQUAL(message->inventory.count, 1);
        CU_ASSERT_TRUE(kette_hash_equal(&message->inventory.ids[0], &id));
        CU_ASSERT_EQUAL(ack->ack.kind, of);
        CU_ASSERT_TRUE(kette_hash_equal(&ack->ack.id, &id));
        kette_message_unref(message);
        kette_message_unref(ack);
    }
    kette_mint_free(mint);
}

/* A request is that of its entry, and an entry's header is named without being hashed again. */
static void
test_requests_and_headers(void)
{
    KetteMint *mint = kette_mint_new();
    Fixture f;
    KetteBlock *blocks[40];
    const KetteBlock *parent;

    fixture_init(&f);
    parent = fixture_genesis(&f);
    for (unsigned i = 0; i < G_N_ELEMENTS(blocks); i++) /* pairs of siblings */
        parent = blocks[i] = fixture_block(&f, i > 0 ? blocks[(i - 1) / 2] : parent, i, NULL, 0);
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < G_N_ELEMENTS(blocks); i++) {
            const KetteEntry *entry = kette_store_find(f.builder, &blocks[i]->id);
            KetteMessage *a = kette_mint_request_chain(mint, entry);
            KetteMessage *b = kette_mint_request_chain(NULL, entry);
            KetteHeader other = blocks[i]->header;
            KetteHash id = kette_store_header_id(f.builder, &other);

            CU_ASSERT_EQUAL(a->locator.count, b->locator.count);
            CU_ASSERT_EQUAL(memcmp(a->locator.hashes, b->locator.hashes,
                                   b->locator.count * sizeof *b->locator.hashes),
                            0);
            CU_ASSERT_TRUE(kette_hash_equal(&id, &blocks[i]->id));
            other.nonce++;
            id = kette_store_header_id(f.builder, &other);
            CU_ASSERT_FALSE(kette_hash_equal(&id, &blocks[i]->id));
            kette_message_unref(a);
            kette_message_unref(b);
        }
    }
    kette_mint_free(mint);
    fixture_clear(&f);
}

TEST_SUITE(mint, {"one for all", test_one_for_all}, {"never another", test_never_another},
           {"requests and headers", test_requests_and_headers})
