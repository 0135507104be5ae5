/* The address book: bounds, what one source can reach, tried against new, back-off. */
#include "core/node/book.h"
#include "tests/harness/harness.h"

#define SECOND INT64_C(1000000000)

static const uint64_t secret[2] = {11, 22};

static KettePeerAddress
address(unsigned group, unsigned n)
{
    return (KettePeerAddress){
        {(uint8_t)(group >> 8), (uint8_t)group, (uint8_t)(n >> 8), (uint8_t)n}, 8001};
}

static uint64_t
draw(void *user)
{
    uint64_t *state = user;

    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return *state >> 20;
}

static void
test_each_address_once(void)
{
    g_autoptr(KetteBook) book = kette_book_new(secret);
    KettePeerAddress a = address(1, 1), source = address(2, 2), nobody = a;

    nobody.port = 0; /* accepts no one: not worth knowing */
    CU_ASSERT_TRUE(kette_book_add(book, &a, &source));
    CU_ASSERT_FALSE(kette_book_add(book, &a, &source));
    CU_ASSERT_FALSE(kette_book_add(book, &nobody, &source));
    CU_ASSERT_EQUAL(kette_book_count(book), 1);
    CU_ASSERT_EQUAL(kette_book_tried_count(book), 0);
}

/* A liar with one group of addresses of its own fills at most eight buckets of new, whatever it
 * says; the others stay free for the rest of the world. */
static void
test_one_source_reaches_few_buckets(void)
{
    g_autoptr(KetteBook) book = kette_book_new(secret);
    KettePeerAddress liar = address(6, 6);
    unsigned kept = 0, taken = 0;

    for (unsigned i = 0; i < 20000; i++) {
        KettePeerAddress a = address(1000 + i % 500, i);

        kette_book_add(book, &a, &liar);
    }
    CU_ASSERT_TRUE(kette_book_count(book) <= KETTE_BOOK_NEW_PER_SOURCE * KETTE_BOOK_BUCKET);
    CU_ASSERT_TRUE(kette_book_count(book) > KETTE_BOOK_BUCKET);
    for (unsigned i = 0; i < 200; i++) {
        KettePeerAddress a = address(10 + i, 7), source = address(300 + i, 9);

        kept += kette_book_add(book, &a, &source);
        taken++;
    }
    CU_ASSERT_TRUE(kept > taken / 2);
}

static void
test_other_secret_other_places(void)
{
    const uint64_t other[2] = {11, 23};
    g_autoptr(KetteBook) a = kette_book_new(secret), b = kette_book_new(other);
    KettePeerAddress liar = address(6, 6);
    unsigned differ = 0;

    for (unsigned i = 0; i < 2000; i++) {
        KettePeerAddress x = address(1000 + i % 500, i);

        differ += kette_book_add(a, &x, &liar) != kette_book_add(b, &x, &liar);
    }
    CU_ASSERT_TRUE(differ > 20);
}

static void
test_good_goes_to_tried(void)
{
    g_autoptr(KetteBook) book = kette_book_new(secret);
    KettePeerAddress a = address(1, 1), source = address(2, 2), unknown = address(3, 3);

    kette_book_add(book, &a, &source);
    kette_book_good(book, &a, 0);
    kette_book_good(book, &unknown, 0);
    CU_ASSERT_EQUAL(kette_book_count(book), 2);
    CU_ASSERT_EQUAL(kette_book_tried_count(book), 2);
}

/* Who answers keeps its place in tried; who has failed since gives way. */
static void
test_tried_keeps_who_answers(void)
{
    g_autoptr(KetteBook) book = kette_book_new(secret);
    size_t held;
    unsigned kept = 0;

    for (unsigned i = 0; i < 4000; i++) {
        KettePeerAddress a = address(5, i);

        kette_book_good(book, &a, 0);
    }
    held = kette_book_tried_count(book);
    CU_ASSERT_TRUE(held <= KETTE_BOOK_TRIED_PER_GROUP * KETTE_BOOK_BUCKET);
    for (unsigned i = 0; i < 40; i++) {
        KettePeerAddress a = address(5, i);

        kept += kette_book_has(book, &a);
    }
    /* Of the first forty most (they too clash with each other), of the last hardly any. */
    CU_ASSERT_TRUE(kept >= 32);
    kept = 0;
    for (unsigned i = 3960; i < 4000; i++) {
        KettePeerAddress a = address(5, i);

        kept += kette_book_has(book, &a);
    }
    CU_ASSERT_TRUE(kept <= 2);
}

static KetteBookPick
pick_at(int64_t now_ns, uint64_t *state)
{
    return (KetteBookPick){.now_ns = now_ns,
                           .backoff_min_ns = SECOND,
                           .backoff_max_ns = 20 * SECOND,
                           .draw = draw,
                           .draw_user = state};
}

static void
test_back_off(void)
{
    g_autoptr(KetteBook) book = kette_book_new(secret);
    KettePeerAddress a = address(1, 1), got;
    uint64_t state = 1;
    KetteBookPick pick = pick_at(0, &state);
    static const int64_t waits[] = {1, 2, 4, 8, 16, 20, 20};
    int64_t now = 0;

    kette_book_add(book, &a, &a);
    for (size_t i = 0; i < G_N_ELEMENTS(waits); i++) {
        pick.now_ns = now;
        CU_ASSERT_TRUE(kette_book_pick(book, &got, &pick));
        kette_book_attempt(book, &got, now);
        now += waits[i] * SECOND;
        pick.now_ns = now - 1;
        CU_ASSERT_FALSE(kette_book_pick(book, &got, &pick));
    }
    kette_book_good(book, &a, now);
    pick.now_ns = now;
    CU_ASSERT_TRUE(kette_book_pick(book, &got, &pick));
    pick.skip = &a;
    pick.skip_count = 1;
    CU_ASSERT_FALSE(kette_book_pick(book, &got, &pick));
}

static void
test_list_has_no_doubles(void)
{
    g_autoptr(KetteBook) book = kette_book_new(secret);
    KettePeerAddress list[2000];
    uint64_t state = 3;
    uint16_t count;

    for (unsigned i = 0; i < 300; i++) {
        KettePeerAddress a = address(i, i), source = address(500 + i, 1);

        kette_book_add(book, &a, &source);
    }
    count = kette_book_list(book, list, G_N_ELEMENTS(list), draw, &state);
    CU_ASSERT_EQUAL(count, kette_book_count(book));
    for (uint16_t i = 0; i < count; i++) {
        for (uint16_t k = 0; k < i; k++)
            CU_ASSERT_TRUE(memcmp(list[i].host, list[k].host, 16) != 0);
    }
    CU_ASSERT_EQUAL(kette_book_list(book, list, 10, draw, &state), 10);
}

TEST_SUITE(book, {"each address once", test_each_address_once},
           {"one source reaches few buckets", test_one_source_reaches_few_buckets},
           {"another secret, other places", test_other_secret_other_places},
           {"good goes to tried", test_good_goes_to_tried},
           {"tried keeps who answers", test_tried_keeps_who_answers}, {"back-off", test_back_off},
           {"a list has no doubles", test_list_has_no_doubles})
