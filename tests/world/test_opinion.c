/* The second opinion: a node and the model agree; where they do not, it says who, where and what.
 */
#include "core/node/template.h"
#include "sim/world/opinion.h"
#include "sim/world/world_impl.h"
#include "tests/harness/harness.h"

#include <string.h>

/* Makes one node that is compared with the model. */
static SimWorld *
world_of_one(void)
{
    SimWorldConfig config = {.seed = 3, .model = true, .keep_records = true};
    const SimNodeSpec spec = {.name = "n", .miner = true, .share_num = 1, .share_den = 1};
    SimWorld *world;

    kette_params_init(&config.params);
    kette_node_config_init(&config.node);
    world = sim_world_new(&config);
    sim_world_open(world);
    sim_world_add_node(world, &spec);
    sim_world_start(world);
    return world;
}

static const char *
what(const SimWorld *world)
{
    const char *detail, *text = sim_world_model_difference(world, &detail);

    return text != NULL ? text : "agreed";
}

/* Tells the opinion of a judgement that the node did not make. */
static void
tell(SimWorld *world, const KetteGiven *given)
{
    sim_opinion_given(world->opinion, sim_world_host(world, 0), given);
}

static void
test_agree(void)
{
    SimWorld *world = world_of_one();
    GString *report = g_string_new(NULL);

    CU_ASSERT_EQUAL(sim_world_mine(world, 0, 5), KETTE_OK);
    sim_engine_run(sim_world_engine(world), 100 * SIM_S, 0);
    CU_ASSERT_TRUE(sim_world_finish(world, report));
    TEST_STR_EQUAL(what(world), "agreed");
    g_string_free(report, TRUE);
    sim_world_free(world);
}

/* A block that the node refuses, and one that it takes though it is bad. */
static void
test_verdicts(void)
{
    SimWorld *world = world_of_one();
    const KetteChain *chain = kette_node_chain(sim_world_host(world, 0)->node);
    const char *detail;

    CU_ASSERT_EQUAL(sim_world_mine(world, 0, 1), KETTE_OK);
    tell(world, &(KetteGiven){.kind = KETTE_GIVEN_BLOCK,
                              .block = kette_chain_tip(chain)->block,
                              .verdict = KETTE_BAD_BITS});
    TEST_STR_EQUAL(what(world),
                   "verdict on the block: the node says bad-bits, the model already-known");
    sim_world_model_difference(world, &detail);
    CU_ASSERT_PTR_NOT_NULL(strstr(detail, "the model disagrees with n at 0s on the verdict on "));
    sim_world_free(world);
}

static void
test_header(void)
{
    SimWorld *world = world_of_one();
    KetteHeader header = kette_store_genesis(world->store)->header;

    header.version = 0;
    header.previous = kette_store_genesis(world->store)->id;
    tell(world, &(KetteGiven){.kind = KETTE_GIVEN_HEADER, .header = &header});
    TEST_STR_EQUAL(what(world), "verdict on the header: the node says ok, the model bad-version");
    sim_world_free(world);
}

/* The model has a block that the node was never given: tip, status and state differ. */
static void
test_tip(void)
{
    SimWorld *world = world_of_one();
    SimWorld *other = world_of_one();
    KetteBlock *block;

    CU_ASSERT_EQUAL(sim_world_mine(other, 0, 1), KETTE_OK);
    block = kette_chain_tip(kette_node_chain(sim_world_host(other, 0)->node))->block;
    tell(world, &(KetteGiven){.kind = KETTE_GIVEN_BLOCK, .block = block});
    TEST_STR_EQUAL(what(world), "agreed");
    tell(world, &(KetteGiven){.kind = KETTE_GIVEN_SETTLED});
    CU_ASSERT_PTR_NOT_NULL(strstr(what(world), "tip: the node says "));
    sim_world_free(world);
    sim_world_free(other);
}

TEST_SUITE(opinion, {"agree", test_agree}, {"verdicts", test_verdicts}, {"a header", test_header},
           {"a tip", test_tip})
