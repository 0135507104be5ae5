/* Which inbound connection goes; see core/node/evict.h. */
#include "core/node/evict.h"
#include "tests/harness/harness.h"

static uint32_t
choose(const KetteEvictable *list, guint count)
{
    g_autoptr(GArray) copy = g_array_new(FALSE, FALSE, sizeof *list);

    g_array_append_vals(copy, list, count);
    return kette_evict_choose(copy);
}

/* Makes `count` peers of as many groups, connected one after another. */
static void
fill(KetteEvictable *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        list[i] = (KetteEvictable){.peer = i, .group = 1000 + i, .since_ns = 1 + i};
}

/* Twelve are protected; of the thirteenth, half of one, rounded down, is nobody. */
static void
test_few_are_protected(void)
{
    KetteEvictable list[13];

    fill(list, 12);
    CU_ASSERT_EQUAL(choose(list, 12), KETTE_PEER_SELF);
    CU_ASSERT_EQUAL(choose(list, 0), KETTE_PEER_SELF);
    fill(list, 13);
    CU_ASSERT_EQUAL(choose(list, 13), 8); /* 9 to 12 by group, the oldest by the rest */
}

/* The youngest goes, unless it is protected by its group, a payment or a block. */
static void
test_classes(void)
{
    KetteEvictable list[30];

    fill(list, 30);
    list[29].group = 1; /* 25 to 28 and 24 have the highest groups now */
    list[24].group = 2;
    CU_ASSERT_EQUAL(choose(list, 30), 29);
    fill(list, 30);
    list[29].group = 1;
    list[29].payment_ns = 7;
    CU_ASSERT_EQUAL(choose(list, 30), 24);
    fill(list, 30);
    list[29].group = 1;
    list[29].block_ns = 7;
    CU_ASSERT_EQUAL(choose(list, 30), 24);
    fill(list, 30);
    CU_ASSERT_EQUAL(choose(list, 30), 25);
}

/* Only the last four payments protect, and the longest connected of those that brought nothing. */
static void
test_four_of_a_class(void)
{
    KetteEvictable list[30];

    fill(list, 30);
    for (uint32_t i = 0; i < 5; i++) {
        list[29 - i].group = i;
        list[29 - i].payment_ns = 10 + i;
    }
    CU_ASSERT_EQUAL(choose(list, 30), 29);
}

/* Of those that are left, half are safe by their age, whatever group they are of; then the largest
 * group loses its youngest. */
static void
test_groups_and_age(void)
{
    KetteEvictable list[32];

    /* 28 to 31 go by group, 0 to 3 by payment, 4 to 7 by block, 8 to 17 by age: 18 to 27 stay. */
    fill(list, 32);
    list[18].group = list[20].group = list[22].group = 5;
    list[25].group = list[27].group = 6;
    CU_ASSERT_EQUAL(choose(list, 32), 22);
    fill(list, 32);
    list[18].group = list[20].group = 5;
    list[25].group = list[19].group = 6;
    CU_ASSERT_EQUAL(choose(list, 32), 25);
    fill(list, 32);
    for (uint32_t i = 8; i < 18; i++)
        list[i].group = 5;
    CU_ASSERT_EQUAL(choose(list, 32), 27);
}

/* Connections that were made at once: the order of the list does not show. */
static void
test_order_does_not_show(void)
{
    KetteEvictable list[20], other[20];

    for (uint32_t i = 0; i < 20; i++)
        list[i] = other[19 - i] = (KetteEvictable){.peer = i, .group = 3, .since_ns = 5};
    CU_ASSERT_EQUAL(choose(list, 20), 19);
    CU_ASSERT_EQUAL(choose(other, 20), 19);
}

TEST_SUITE(evict, {"few are protected", test_few_are_protected}, {"classes", test_classes},
           {"four of a class", test_four_of_a_class}, {"groups and age", test_groups_and_age},
           {"order does not show", test_order_does_not_show})
