/* The second opinion: a node and the model agree; where they do not, it says who, where and what.
 */
#include "core/node/template.h"
#include "sim/world/opinion.h"
#include "sim/world/world_impl.h"
#include "tests/harness/harness.h"

#include <string.h>

#define COIN UINT64_C(100000000)

/* Makes one node that is compared with the model. */
static SimWorld *
world_of(const char *name)
{
    SimWorldConfig config = {.seed = 3, .model = true, .keep_records = true};
    const SimNodeSpec spec = {.name = name, .miner = true, .share_num = 1, .share_den = 1};
    SimWorld *world;

    kette_params_init(&config.params);
    kette_node_config_init(&config.node);
    world = sim_world_new(&config);
    sim_world_add_wallet(world, "carol", 10 * COIN);
    sim_world_open(world);
    sim_world_add_node(world, &spec);
    sim_world_start(world);
    return world;
}

static SimWorld *
world_of_one(void)
{
    return world_of("n");
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

static const KetteEntry *
tip_of(const SimWorld *world)
{
    return kette_chain_tip(kette_node_chain(sim_world_host(world, 0)->node));
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
    block = tip_of(other)->block;
    tell(world, &(KetteGiven){.kind = KETTE_GIVEN_BLOCK, .block = block});
    TEST_STR_EQUAL(what(world), "agreed");
    tell(world, &(KetteGiven){.kind = KETTE_GIVEN_SETTLED});
    TEST_STR_EQUAL(what(world), "tip: the node and the model differ"); /* in every run with it */
    sim_world_free(world);
    sim_world_free(other);
}

/* A block of a chain that the node does not know waits in the model alone. */
static void
test_status(void)
{
    SimWorld *world = world_of_one();
    SimWorld *other = world_of_one();

    CU_ASSERT_EQUAL(sim_world_mine(other, 0, 2), KETTE_OK);
    tell(world, &(KetteGiven){.kind = KETTE_GIVEN_BLOCK,
                              .block = tip_of(other)->block,
                              .verdict = KETTE_UNKNOWN_PARENT});
    TEST_STR_EQUAL(what(world), "agreed");
    tell(world, &(KetteGiven){.kind = KETTE_GIVEN_SETTLED});
    TEST_STR_EQUAL(what(world), "status of the block: the node says unknown, the model orphan");
    sim_world_free(world);
    sim_world_free(other);
}

/* The model follows a longer branch, of which the end alone tells. */
static void
test_end(void)
{
    SimWorld *world = world_of_one();
    SimWorld *other = world_of("m"); /* another miner, another block */
    GString *report = g_string_new(NULL);

    CU_ASSERT_EQUAL(sim_world_mine(world, 0, 1), KETTE_OK);
    CU_ASSERT_EQUAL(sim_world_mine(other, 0, 2), KETTE_OK);
    tell(world, &(KetteGiven){.kind = KETTE_GIVEN_BLOCK, .block = tip_of(other)->parent->block});
    tell(world, &(KetteGiven){.kind = KETTE_GIVEN_BLOCK, .block = tip_of(other)->block});
    TEST_STR_EQUAL(what(world), "agreed");
    CU_ASSERT_TRUE(sim_world_finish(world, report));
    TEST_STR_EQUAL(what(world), "status of the block: the node says active, the model side");
    g_string_free(report, TRUE);
    sim_world_free(world);
    sim_world_free(other);
}

/* Returns what the comparison says when a node of three blocks restarts, and the last `lost` bytes
 * of its log are gone. */
static char *
what_a_restart_says(guint lost, bool wipe)
{
    SimWorld *world = world_of_one();
    SimHost *host = sim_world_host(world, 0);
    char *says;

    CU_ASSERT_EQUAL(sim_world_mine(world, 0, 3), KETTE_OK);
    CU_ASSERT_TRUE(kette_node_act_by_hand(host->node, KETTE_HAND_INVALIDATE, &tip_of(world)->id,
                                          sim_host_now(host)));
    CU_ASSERT_TRUE(kette_node_act_by_hand(host->node, KETTE_HAND_CHECKPOINT, &tip_of(world)->id,
                                          sim_host_now(host)));
    g_byte_array_set_size(host->log, host->log->len - MIN(lost, host->log->len));
    sim_world_crash(world, 0, &(SimCrash){.wipe = wipe});
    says = g_strdup(what(world));
    sim_world_free(world);
    return says;
}

static void
test_restart(void)
{
    static const struct {
        guint lost;
        bool wipe;
        const char *says;
    } cases[] = {
        {0, false, "agreed"},
        {1, false, "checkpoint: the node says it is lost in a restart, the model it was saved"},
        {100, false,
         "operator's invalidation: the node says it is lost in a restart, the model it was saved"},
        {G_MAXUINT, false, "block: the node says it is lost in a restart, the model it was saved"},
        {G_MAXUINT, true, "agreed"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *says = what_a_restart_says(cases[i].lost, cases[i].wipe);

        TEST_STR_EQUAL(says, cases[i].says);
    }
}

static void
test_bits(void)
{
    SimWorld *world = world_of_one();

    KetteParams *params = (KetteParams *)kette_store_params(world->store);

    /* Another rule than the model's, which shows only above this block. */
    params->retarget = KETTE_RETARGET_EPOCH;
    params->window = 2;
    CU_ASSERT_EQUAL(sim_world_mine(world, 0, 1), KETTE_OK);
    TEST_STR_EQUAL(what(world), "bits due: the node and the model differ");
    sim_world_free(world);
}

/* Another payment waits in its place: as many do. */
static void
test_mempool(void)
{
    SimWorld *world = world_of_one();
    const SimWallet *carol = g_ptr_array_index(world->wallets, 0);
    const KetteHash *genesis = &kette_store_genesis(world->store)->id;
    g_autoptr(KetteTx) first =
        kette_tx_new(world->hasher, carol->key, &carol->address, 1, COIN, 0, genesis);
    g_autoptr(KetteTx) dearer =
        kette_tx_new(world->hasher, carol->key, &carol->address, 1, 2 * COIN, 0, genesis);
    GString *report = g_string_new(NULL);

    CU_ASSERT_EQUAL(
        kette_node_validate_and_add_transaction(sim_world_host(world, 0)->node, first, 0),
        KETTE_OK);
    tell(world, &(KetteGiven){.kind = KETTE_GIVEN_PAYMENT, .tx = dearer});
    tell(world, &(KetteGiven){.kind = KETTE_GIVEN_SETTLED});
    TEST_STR_EQUAL(what(world), "agreed");
    CU_ASSERT_TRUE(sim_world_finish(world, report));
    TEST_STR_EQUAL(what(world), "mempool: the node says it waits here, the model another one");
    g_string_free(report, TRUE);
    sim_world_free(world);
}

/* A payment that only the model holds, and one that the node takes though its sender has nothing.
 */
static void
test_payments(void)
{
    SimWorld *world = world_of_one();
    const SimWallet *carol = g_ptr_array_index(world->wallets, 0);
    const KetteHash *genesis = &kette_store_genesis(world->store)->id;
    const uint8_t secret[32] = {1};
    g_autoptr(KetteKey) stranger = kette_key_new(secret);
    g_autoptr(KetteTx) good =
        kette_tx_new(world->hasher, carol->key, &carol->address, 1, COIN, 0, genesis);
    g_autoptr(KetteTx) poor =
        kette_tx_new(world->hasher, stranger, &carol->address, 1, COIN, 0, genesis);

    tell(world, &(KetteGiven){.kind = KETTE_GIVEN_PAYMENT, .tx = good});
    TEST_STR_EQUAL(what(world), "agreed");
    tell(world, &(KetteGiven){.kind = KETTE_GIVEN_SETTLED});
    TEST_STR_EQUAL(what(world), "number of waiting payments: the node and the model differ");
    sim_world_free(world);
    world = world_of_one();
    tell(world, &(KetteGiven){.kind = KETTE_GIVEN_PAYMENT, .tx = poor});
    TEST_STR_EQUAL(what(world),
                   "verdict on the payment: the node says ok, the model insufficient-funds");
    sim_world_free(world);
}

TEST_SUITE(opinion, {"agree", test_agree}, {"verdicts", test_verdicts}, {"a header", test_header},
           {"a tip", test_tip}, {"a status", test_status}, {"the end", test_end},
           {"a restart", test_restart}, {"bits", test_bits}, {"mempool", test_mempool},
           {"payments", test_payments})
