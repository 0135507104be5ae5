/* Things by id against a plain list, with ids that crowd the same slots. */
#include "core/base/id_table.h"
#include "tests/harness/harness.h"

#define THINGS 200

typedef struct {
    KetteHash id;
    bool is_in;
} Thing;

/* Makes ids of which many want the same slot, some of them the last, and some share their key. */
static void
make_things(Thing things[THINGS])
{
    for (unsigned i = 0; i < THINGS; i++) {
        things[i] = (Thing){0};
        things[i].id.b[0] = (uint8_t)(i % 3 == 0 ? 0xff : i % 7);
        things[i].id.b[1] = (uint8_t)(i % 3 == 0 ? 0xff : 0);
        things[i].id.b[i % 5 == 0 ? 31 : 7] = (uint8_t)i;
    }
}

static void
check(const KetteIdTable *table, Thing things[THINGS])
{
    uint32_t count = 0;

    for (unsigned i = 0; i < THINGS; i++) {
        count += things[i].is_in;
        CU_ASSERT_PTR_EQUAL_FATAL(kette_id_table_find(table, &things[i].id),
                                  things[i].is_in ? &things[i] : NULL);
    }
    CU_ASSERT_EQUAL(table->count, count);
    CU_ASSERT_TRUE(4 * table->count <= 3 * table->room);
}

static void
test_against_a_list(void)
{
    KetteIdTable table = {0};
    Thing things[THINGS];
    uint64_t number = 1;

    make_things(things);
    check(&table, things);
    for (unsigned step = 0; step < 3000; step++, number = number * 6364136223846793005 + 1) {
        Thing *thing = &things[(number >> 40) % (step < 1000 ? 24 : THINGS)];

        thing->is_in = !thing->is_in;
        if (thing->is_in)
            kette_id_table_add(&table, thing);
        else
            kette_id_table_remove(&table, &thing->id);
        check(&table, things);
    }
    CU_ASSERT_EQUAL(kette_id_table_memory(&table), table.room * sizeof(KetteIdSlot));
    kette_id_table_clear(&table);
    CU_ASSERT_PTR_NULL(table.slots);
    CU_ASSERT_EQUAL(kette_id_table_memory(&table), 0);
}

TEST_SUITE(id_table, {"what is added and removed is found or not", test_against_a_list})
