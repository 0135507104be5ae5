/* A small list against a plain array: items keep their order whatever is added and removed. */
#include "core/base/small_list.h"
#include "tests/harness/harness.h"

typedef struct {
    KetteSmallList list;
    uint64_t slot;
} Owner;

static void
check(const Owner *owner, const uint64_t *want, uint32_t count)
{
    CU_ASSERT_EQUAL_FATAL(owner->list.count, count);
    for (uint32_t i = 0; i < count; i++)
        CU_ASSERT_EQUAL(((const uint64_t *)owner->list.items)[i], want[i]);
}

static void
walk(Owner *owner, uint64_t *slot)
{
    uint64_t want[16], number = 1;
    uint32_t count = 0;

    for (unsigned step = 0; step < 400; step++, number = number * 5 + 3) {
        if (count == 0 || (count < 16 && number % 16 < 9)) {
            want[count++] = number;
            *(uint64_t *)kette_small_list_add(&owner->list, slot, sizeof number) = number;
        } else {
            uint32_t at = (uint32_t)(number / 16 % count);

            for (uint32_t i = at; i + 1 < count; i++)
                want[i] = want[i + 1];
            count--;
            kette_small_list_remove(&owner->list, slot, at, sizeof number);
        }
        check(owner, want, count);
    }
    kette_small_list_clear(&owner->list, slot);
    check(owner, want, 0);
}

static void
test_with_slot(void)
{
    Owner owner = {.slot = 0};

    walk(&owner, &owner.slot);
    *(uint64_t *)kette_small_list_add(&owner.list, &owner.slot, sizeof owner.slot) = 7;
    CU_ASSERT_PTR_EQUAL(owner.list.items, &owner.slot);
    CU_ASSERT_EQUAL(kette_small_list_memory(&owner.list, &owner.slot, sizeof owner.slot), 0);
    kette_small_list_add(&owner.list, &owner.slot, sizeof owner.slot);
    CU_ASSERT_EQUAL(kette_small_list_memory(&owner.list, &owner.slot, sizeof owner.slot), 16);
    kette_small_list_remove(&owner.list, &owner.slot, 1, sizeof owner.slot);
    kette_small_list_remove(&owner.list, &owner.slot, 0, sizeof owner.slot);
    CU_ASSERT_PTR_NULL(owner.list.items); /* the heap is given back with the last item */
    kette_small_list_clear(&owner.list, &owner.slot);
}

static void
test_without_slot(void)
{
    Owner owner = {.slot = 0};

    walk(&owner, NULL);
    CU_ASSERT_EQUAL(kette_small_list_memory(&owner.list, NULL, sizeof owner.slot), 0);
}

TEST_SUITE(small_list, {"an item has its slot", test_with_slot}, {"no slot", test_without_slot})
