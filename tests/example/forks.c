/* A suite of fork resolution as a project of its own would write it: CUnit and the installed
 * libkettensim, nothing else of kettensim. docs/regression-tests.md walks through it. */
#include <CUnit/Basic.h>
#include <kettensim.h>
#include <pthread.h>
#include <string.h>

#define MINUTE (60 * SIM_NETWORK_SECOND)

/* Two nodes with a connection, and no mining race: blocks come when a test says so. */
static SimNetwork *
two_nodes(void)
{
    SimNetwork *net = sim_network_new();

    sim_network_say(net, "chain pow=off");
    sim_network_add_node(net, "alice", 8001);
    sim_network_add_node(net, "bob", 8002);
    sim_network_connect(net, "alice", "bob");
    return net;
}

static void
start(SimNetwork *net)
{
    bool started = sim_network_start(net);

    if (!started)
        fprintf(stderr, "%s\n", sim_network_error(net));
    CU_ASSERT_TRUE_FATAL(started);
}

/* Says why when it does not hold. */
static void
holds(SimNetwork *net, const char *condition)
{
    bool held = sim_network_holds(net, condition);

    if (!held)
        fprintf(stderr, "%s\n", sim_network_error(net));
    CU_ASSERT_TRUE(held);
}

static void
test_the_longer_side_wins(void)
{
    SimNetwork *net = two_nodes();

    start(net);
    CU_ASSERT_TRUE(sim_network_run_idle(net, MINUTE));
    CU_ASSERT_TRUE(sim_network_do(net, "partition {alice} | {bob} name=cut"));
    CU_ASSERT_TRUE(sim_network_do(net, "mine 2 at alice"));
    CU_ASSERT_TRUE(sim_network_do(net, "mine 3 at bob"));
    CU_ASSERT_TRUE(sim_network_run_until(net, sim_network_now(net) + MINUTE));
    holds(net, "height(alice) == 2 and height(bob) == 3");
    CU_ASSERT_TRUE(sim_network_do(net, "heal cut"));
    CU_ASSERT_TRUE(sim_network_wait_synced(net, MINUTE));
    holds(net, "height(alice) == 3 and max_reorg(alice) == 2 and reorgs(bob) == 0");
    holds(net,
          "time_to_agree(all) == 0 and min(arrived(all, best_tip(all))) > 0"); /* of the past */
    CU_ASSERT_TRUE(sim_network_stop(net));
    CU_ASSERT_EQUAL(strlen(sim_network_digest(net)), 64);
    sim_network_free(net);
}

static void
test_a_tie_keeps_the_first_seen(void)
{
    SimNetwork *net = sim_network_new();

    sim_network_say(net, "chain pow=off\n"
                         "node n\n"
                         "node peer role=script\n"
                         "tree\n"
                         "  g - b1 - b2\n"
                         "  b1 - b3\n"
                         "end");
    sim_network_connect(net, "peer", "n");
    start(net);
    CU_ASSERT_TRUE(sim_network_run_idle(net, MINUTE));
    CU_ASSERT_TRUE(sim_network_do(net, "deliver b1 from peer to n"));
    CU_ASSERT_TRUE(sim_network_do(net, "deliver b2 from peer to n"));
    CU_ASSERT_TRUE(sim_network_do(net, "deliver b3 from peer to n"));
    CU_ASSERT_TRUE(sim_network_run_idle(net, MINUTE));
    holds(net, "tip(n) == b2 and status(n, b3) == side");
    sim_network_free(net);
}

/* A wait for what is true takes no time, and a name that an action gives stays. */
static void
test_what_is_true_already(void)
{
    SimNetwork *net = two_nodes();
    int64_t now;

    start(net);
    CU_ASSERT_TRUE(sim_network_run_until(net, MINUTE));
    CU_ASSERT_TRUE(sim_network_do(net, "mine 1 at alice as mine"));
    now = sim_network_now(net);
    CU_ASSERT_TRUE(sim_network_wait_for(net, "tip(alice) == mine", 0));
    CU_ASSERT_TRUE(sim_network_wait_for(net, "height(alice) == 1", MINUTE));
    CU_ASSERT_EQUAL(sim_network_now(net), now);
    CU_ASSERT_TRUE(sim_network_wait_for(net, "tip(bob) == mine", MINUTE));
    CU_ASSERT_TRUE(sim_network_now(net) > now);
    sim_network_free(net);
}

static void
test_what_cannot_be(void)
{
    SimNetwork *net = two_nodes();
    double height;

    CU_ASSERT_FALSE(sim_network_holds(net, "height(alice) == 0")); /* not started */
    start(net);
    CU_ASSERT_FALSE(sim_network_do(net, "heal"));
    CU_ASSERT_PTR_NOT_NULL(strstr(sim_network_error(net), "nothing to heal"));
    CU_ASSERT_FALSE(sim_network_do(net, "mine 1 at carol"));
    CU_ASSERT_PTR_NOT_NULL(strstr(sim_network_error(net), "unknown node 'carol'"));
    CU_ASSERT_PTR_NULL(sim_network_ask(net, "hieght(alice)"));
    CU_ASSERT_FALSE(sim_network_wait_for(net, "height(alice) == 9", MINUTE));
    CU_ASSERT_TRUE(sim_network_ask_number(net, "height(alice)", &height));
    CU_ASSERT_EQUAL(height, 0);
    CU_ASSERT_FALSE(sim_network_say(net, "node late")); /* started */
    sim_network_free(net);
}

/* --- a rule of one's own ------------------------------------------------------------------- */

/* The tip of the later time wins, whatever its work: only to show where a rule goes. */
static int
prefer_higher_time(void *user, const SimBlockView *a, const SimBlockView *b)
{
    ++*(int *)user;
    return (a->time > b->time) - (a->time < b->time);
}

static void
test_own_fork_choice(void)
{
    SimNetwork *net = sim_network_new();
    int asked = 0;

    sim_network_say(net, "chain pow=off\nnode n\nnode peer role=script\n"
                         "tree\n  g - b1 - b2\n  g - c1\nend\nblock c1 time=+50s");
    sim_network_connect(net, "peer", "n");
    sim_network_set_fork_choice(net, prefer_higher_time, &asked);
    start(net);
    CU_ASSERT_TRUE(sim_network_run_idle(net, MINUTE));
    sim_network_do(net, "deliver b1 from peer to n");
    sim_network_do(net, "deliver b2 from peer to n");
    sim_network_do(net, "deliver c1 from peer to n");
    CU_ASSERT_TRUE(sim_network_run_idle(net, MINUTE));
    holds(net, "tip(n) == c1 and height(n) == 1"); /* less work, later time */
    CU_ASSERT_TRUE(asked > 0);
    sim_network_free(net);
}

/* Nothing above height 2 counts, as with a checkpoint. */
static int
prefer_no_higher_than_2(void *user, const SimBlockView *a, const SimBlockView *b)
{
    uint64_t x = a->height < 2 ? a->height : 2, y = b->height < 2 ? b->height : 2;

    (void)user;
    return (x > y) - (x < y);
}

static void
test_a_block_no_better_than_its_parent(void)
{
    SimNetwork *net = two_nodes();

    sim_network_set_fork_choice(net, prefer_no_higher_than_2, NULL);
    start(net);
    CU_ASSERT_TRUE(sim_network_run_until(net, MINUTE));
    CU_ASSERT_TRUE(sim_network_do(net, "mine 3 at alice"));
    CU_ASSERT_FALSE(sim_network_do(net, "mine 1 at alice")); /* the third once more */
    CU_ASSERT_PTR_NOT_NULL(strstr(sim_network_error(net), "already-known"));
    CU_ASSERT_TRUE(sim_network_run_until(net, 2 * MINUTE));
    holds(net, "height({alice, bob}) == 2 and mined(alice) == 3");
    CU_ASSERT_TRUE(sim_network_do(net, "mine 1 at alice")); /* another one */
    holds(net, "mined(alice) == 4");
    sim_network_free(net);
}

static int
prefer_the_first_asked(void *user, const SimBlockView *a, const SimBlockView *b)
{
    (void)user;
    return a->height != b->height;
}

static void
test_a_fork_choice_that_contradicts_itself(void)
{
    SimNetwork *net = two_nodes();

    sim_network_set_fork_choice(net, prefer_the_first_asked, NULL);
    start(net);
    CU_ASSERT_TRUE(sim_network_run_until(net, MINUTE));
    CU_ASSERT_FALSE(sim_network_do(net, "mine 1 at alice"));
    CU_ASSERT_PTR_NOT_NULL(strstr(sim_network_error(net), "contradicts itself"));
    sim_network_free(net);
}

/* A message shows the line that was written here, and the values; no place in a file. */
static void
test_says_why(void)
{
    SimNetwork *net = two_nodes();

    sim_network_say(net, "finally same_tip(all)");
    start(net);
    CU_ASSERT_FALSE(sim_network_holds(net, "height(bob) == 4"));
    CU_ASSERT_PTR_NOT_NULL(strstr(sim_network_error(net), "bob has 0, expected 4"));
    CU_ASSERT_FALSE(sim_network_wait_for(net, "height(bob) == 4", MINUTE));
    CU_ASSERT_PTR_NOT_NULL(strstr(sim_network_error(net), "bob has 0, expected 4"));
    CU_ASSERT_FALSE(sim_network_holds(net, "hieght(bob) == 4"));
    CU_ASSERT_STRING_EQUAL(sim_network_error(net), "error: unknown function 'hieght'\n"
                                                   "  hieght(bob) == 4\n"
                                                   "  ^^^^^^\n"
                                                   "  help: write height\n");
    CU_ASSERT_FALSE(sim_network_do(net, "crash bob and alice"));
    CU_ASSERT_PTR_NOT_NULL(strstr(sim_network_error(net), "\n  crash bob and alice\n"));
    CU_ASSERT_TRUE(sim_network_do(net, "partition {alice} | {bob}"));
    CU_ASSERT_TRUE(sim_network_do(net, "mine 1 at alice"));
    CU_ASSERT_FALSE(sim_network_do(net, "heal heal"));
    CU_ASSERT_FALSE(sim_network_do(net, "resume bob"));
    CU_ASSERT_PTR_NOT_NULL(strstr(sim_network_error(net), "FAIL resume bob\n"));
    CU_ASSERT_FALSE(sim_network_stop(net));
    CU_ASSERT_PTR_NOT_NULL(strstr(sim_network_error(net), "FAIL finally same_tip(all)\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(sim_network_error(net), " height 1 at alice; "));
    CU_ASSERT_PTR_NOT_NULL(strstr(sim_network_error(net), " height 0 at bob\n"));
    sim_network_free(net);
}

static void
test_marks(void)
{
    SimNetwork *net = two_nodes();

    start(net);
    CU_ASSERT_TRUE(sim_network_do(net, "mark best = tip(bob)"));
    holds(net, "tip(bob) == best");
    CU_ASSERT_TRUE(sim_network_do(net, "mine 1 at bob"));
    holds(net, "tip(bob) != best");
    CU_ASSERT_TRUE(sim_network_do(net, "mark best = tip(bob)")); /* again */
    CU_ASSERT_TRUE(sim_network_do(net, "mark most = height(bob)"));
    holds(net, "tip(bob) == best and most == 1");
    CU_ASSERT_FALSE(sim_network_do(net, "mark best = height(bob)")); /* a block so far */
    CU_ASSERT_FALSE(sim_network_do(net, "mark bob = height(bob)"));
    CU_ASSERT_FALSE(sim_network_do(net, "expect height(bob) == 1"));
    sim_network_free(net);
}

static void
test_errors_last(void)
{
    SimNetwork *net = two_nodes();
    const char *first, *second;

    start(net);
    CU_ASSERT_FALSE(sim_network_do(net, "heal"));
    first = sim_network_error(net);
    CU_ASSERT_FALSE(sim_network_do(net, "mine 1 at carol"));
    second = sim_network_error(net);
    CU_ASSERT_PTR_NOT_NULL(strstr(first, "nothing to heal"));
    CU_ASSERT_PTR_NOT_NULL(strstr(second, "unknown node 'carol'"));
    sim_network_free(net);
}

/* --- a miner of one's own ------------------------------------------------------------------ */

typedef struct {
    SimNetwork *net;
    unsigned released;
} Selfish;

/* Keeps what it finds until somebody else finds a block, then shows all of it. */
static void
on_note(void *user, const SimNote *note)
{
    Selfish *selfish = user;

    if (note->kind != SIM_NOTE_BODY || strcmp(note->node, "evil") != 0 || note->from == NULL)
        return;
    if (sim_network_withheld(selfish->net, "evil") > 0)
        selfish->released += sim_network_release(selfish->net, "evil", 0);
}

static void
test_selfish_miner(void)
{
    SimNetwork *net = sim_network_new();
    Selfish selfish = {net, 0};

    sim_network_say(net, "nodes honest[1..3] share=60%\nnode evil share=40%\n"
                         "link all latency=100ms");
    sim_network_watch(net, on_note, &selfish);
    start(net);
    CU_ASSERT_TRUE(sim_network_withhold(net, "evil", true));
    CU_ASSERT_TRUE(sim_network_run_until(net, 120 * MINUTE));
    CU_ASSERT_TRUE(selfish.released > 20);
    holds(net, "stale(honest[*]) + stale(evil) > 20"); /* a race that costs both sides */
    holds(net, "supply_ok(all)");
    sim_network_free(net);
}

/* Eyal & Sirer, FC 2014, algorithm 1: two heights, and how many blocks evil has made since the
 * fork. */
typedef struct {
    SimNetwork *net;
    uint64_t own, known;
    unsigned branch;
} Pool;

static void
release(Pool *pool, uint32_t count, int is_over)
{
    sim_network_release(pool->net, "evil", count);
    if (!is_over)
        return;
    pool->known = pool->own;
    pool->branch = 0;
}

static void
on_own(Pool *pool, uint64_t height)
{
    int wins_race = pool->own == pool->known && pool->branch == 1;

    pool->own = height;
    pool->branch++;
    if (wins_race)
        release(pool, 0, 1);
}

static void
on_public(Pool *pool, uint64_t height)
{
    uint64_t lead = pool->own > pool->known ? pool->own - pool->known : 0;

    pool->known = height;
    if (lead > 0) {
        release(pool, lead <= 2 ? 0 : 1, lead == 2);
    } else {
        pool->own = height;
        pool->branch = 0;
    }
}

static void
own_block(void *user, const SimBlockView *block)
{
    on_own(user, block->height);
}

static void
public_block(void *user, const SimBlockView *block)
{
    Pool *pool = user;

    if (block->height > pool->known)
        on_public(pool, block->height);
}

/* Runs 30 000 blocks, with the strategy here or the language's own; stores the outcome. */
static double
earnings(Pool *pool, char ret_outcome[65])
{
    static const char *const nodes[] = {"evil"};
    const SimNetworkStrategy strategy = {own_block, public_block, NULL};
    SimNetwork *net = sim_network_new();
    double earned = 0;

    sim_network_say(net, "chain spacing=60s\nprotocol sync=off\nlink all latency=1ms\n"
                         "nodes honest[1..4] share=60%\nnode evil share=40%\ntopology mesh");
    start(net);
    if (pool != NULL) {
        pool->net = net;
        CU_ASSERT_TRUE(sim_network_set_strategy(net, nodes, 1, &strategy, pool));
    } else {
        CU_ASSERT_TRUE(sim_network_do(net, "strategy evil selfish"));
    }
    CU_ASSERT_TRUE(sim_network_run_until(net, 30000 * MINUTE));
    CU_ASSERT_TRUE(sim_network_ask_number(net, "strategy_share(evil)", &earned));
    CU_ASSERT_TRUE(sim_network_stop(net));
    strcpy(ret_outcome, sim_network_outcome(net));
    sim_network_free(net);
    return earned;
}

/* 0.4837 is their equation 8 for 40 % and no honest miner on the selfish side of a race. */
static void
test_selfish_miner_earns_what_theory_says(void)
{
    Pool pool = {NULL, 0, 0, 0};
    char here[65], there[65];
    double earned = earnings(&pool, here);

    CU_ASSERT_TRUE(earned > 0.4837 - 0.015);
    CU_ASSERT_TRUE(earned < 0.4837 + 0.015);
    CU_ASSERT_TRUE(earnings(NULL, there) == earned);
    CU_ASSERT_STRING_EQUAL(here, there);
}

/* A pool of two: what one finds the other has, and no other node; then it is given up. */
static void
test_a_pool(void)
{
    static const char *const nodes[] = {"e1", "e2"}, *const twice[] = {"e1", "e1"};
    const SimNetworkStrategy keeps = {own_block, NULL, NULL};
    SimNetwork *net = sim_network_new();
    Pool pool = {net, 0, 9, 0}; /* the public branch is never reached */

    sim_network_say(net, "chain pow=off\nprotocol sync=off\nnodes e[1..2]\nnode n");
    CU_ASSERT_FALSE(sim_network_set_strategy(net, nodes, 2, &keeps, &pool));
    start(net);
    CU_ASSERT_FALSE(sim_network_set_strategy(net, nodes, 0, &keeps, &pool));
    CU_ASSERT_FALSE(sim_network_set_strategy(net, twice, 2, &keeps, &pool));
    CU_ASSERT_FALSE(sim_network_mine_on(net, "e1", NULL));
    CU_ASSERT_TRUE(sim_network_set_strategy(net, nodes, 2, &keeps, &pool));
    CU_ASSERT_TRUE(sim_network_do(net, "mine 1 at e1"));
    CU_ASSERT_TRUE(sim_network_run_until(net, MINUTE));
    holds(net, "height(e2) == 1 and height(n) == 0");
    CU_ASSERT_EQUAL(pool.own, 1);
    CU_ASSERT_TRUE(sim_network_do(net, "mine 1 at e2"));
    CU_ASSERT_TRUE(sim_network_run_until(net, 2 * MINUTE));
    holds(net, "height(e1) == 2 and withheld(e1) == 1 and withheld({e1, e2}) == 2");
    CU_ASSERT_TRUE(sim_network_give_up(net, "e1"));
    CU_ASSERT_FALSE(sim_network_give_up(net, "e2"));
    CU_ASSERT_FALSE(sim_network_release(net, "e1", 0));
    CU_ASSERT_TRUE(sim_network_run_until(net, 3 * MINUTE));
    holds(net, "height(n) == 0 and withheld({e1, e2}) == 0");
    sim_network_free(net);
}

typedef struct {
    SimNetwork *net;
    unsigned released, orphans;
} Withheld;

/* Shows what evil finds as soon as it has found it. */
static void
release_at_once(void *user, const SimNote *note)
{
    Withheld *withheld = user;

    if (note->kind == SIM_NOTE_BLOCK && strcmp(note->node, "evil") == 0)
        withheld->released += sim_network_release(withheld->net, "evil", 0);
}

static void
test_release_where_it_is_found(void)
{
    SimNetwork *net = sim_network_new();
    Withheld withheld = {net, 0, 0};

    sim_network_say(net, "chain pow=off\nnode evil\nnode n");
    sim_network_watch(net, release_at_once, &withheld);
    start(net);
    CU_ASSERT_TRUE(sim_network_withhold(net, "evil", true));
    CU_ASSERT_TRUE(sim_network_do(net, "mine 3 at evil"));
    CU_ASSERT_EQUAL(withheld.released, 3);
    CU_ASSERT_EQUAL(sim_network_withheld(net, "evil"), 0);
    CU_ASSERT_TRUE(sim_network_run_until(net, MINUTE));
    holds(net, "height(n) == 3");
    sim_network_free(net);
}

static void
count_orphans(void *user, const SimNote *note)
{
    ((Withheld *)user)->orphans += note->kind == SIM_NOTE_ORPHAN;
}

/* The oldest first: no receiver has to wait for a parent. */
static void
test_release_in_order(void)
{
    SimNetwork *net = sim_network_new();
    Withheld withheld = {net, 0, 0};

    sim_network_say(net, "chain pow=off\nprotocol sync=off\nnode evil\nnode n");
    sim_network_watch(net, count_orphans, &withheld);
    start(net);
    CU_ASSERT_TRUE(sim_network_run_until(net, MINUTE));
    CU_ASSERT_TRUE(sim_network_withhold(net, "evil", true));
    CU_ASSERT_TRUE(sim_network_do(net, "mine 6 at evil"));
    CU_ASSERT_TRUE(sim_network_release(net, "evil", 2));
    CU_ASSERT_TRUE(sim_network_run_until(net, 2 * MINUTE));
    holds(net, "height(n) == 2");
    CU_ASSERT_TRUE(sim_network_release(net, "evil", 0));
    CU_ASSERT_TRUE(sim_network_run_until(net, 3 * MINUTE));
    holds(net, "height(n) == 6");
    CU_ASSERT_EQUAL(withheld.orphans, 0);
    sim_network_free(net);
}

static void
test_the_same_twice(void)
{
    char first[65] = "";

    for (int i = 0; i < 2; i++) {
        SimNetwork *net = two_nodes();

        sim_network_set_seed(net, 7);
        start(net);
        sim_network_do(net, "mine 1 at alice");
        sim_network_run_until(net, MINUTE);
        CU_ASSERT_TRUE(sim_network_stop(net));
        if (i == 1)
            CU_ASSERT_STRING_EQUAL(first, sim_network_digest(net));
        strcpy(first, sim_network_digest(net));
        sim_network_free(net);
    }
}

/* --- many at once -------------------------------------------------------------------------- */

#define THREADS 4

/* What an action of now could not do is told by its own error, whatever was told before; and only
 * what declares something is kept, so the place stays. */
static void
test_the_same_refusal_twice(void)
{
    SimNetwork *net = sim_network_new();
    char first[400];

    sim_network_say(net, "chain pow=off\nnodes n[1..2]");
    CU_ASSERT_TRUE_FATAL(sim_network_start(net));
    CU_ASSERT_TRUE(sim_network_do(net, "partition n1 | n2 name=cut"));
    CU_ASSERT_TRUE(sim_network_do(net, "crash n2"));
    CU_ASSERT_FALSE(sim_network_do(net, "mine 1 at n2"));
    snprintf(first, sizeof first, "%s", sim_network_error(net));
    CU_ASSERT_PTR_NOT_NULL(strstr(first, "n2 is down"));
    CU_ASSERT_FALSE(sim_network_do(net, "pause n2"));
    CU_ASSERT_TRUE(sim_network_do(net, "mine 1 at n1"));
    CU_ASSERT_FALSE(sim_network_do(net, "mine 1 at n2"));
    CU_ASSERT_STRING_EQUAL(sim_network_error(net), first);
    sim_network_free(net);
}

static void *
run_one(void *user)
{
    SimNetwork *net = sim_network_new();

    sim_network_say(net, "nodes n[1..6]\nlink all latency=lognormal(80ms, 0.5) loss=1%");
    if (sim_network_start(net) && sim_network_run_until(net, 60 * MINUTE) && sim_network_stop(net))
        strcpy(user, sim_network_digest(net));
    sim_network_free(net);
    return NULL;
}

static void
test_threads(void)
{
    char digests[THREADS][65] = {""};
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, run_one, digests[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++) {
        CU_ASSERT_EQUAL(strlen(digests[i]), 64);
        CU_ASSERT_STRING_EQUAL(digests[i], digests[0]);
    }
}

int
main(void)
{
    CU_pSuite suite;
    unsigned failed;

    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    suite = CU_add_suite("forks", NULL, NULL);
    CU_add_test(suite, "the longer side wins", test_the_longer_side_wins);
    CU_add_test(suite, "a tie keeps the first seen", test_a_tie_keeps_the_first_seen);
    CU_add_test(suite, "what is true already", test_what_is_true_already);
    CU_add_test(suite, "what cannot be", test_what_cannot_be);
    CU_add_test(suite, "a fork choice of one's own", test_own_fork_choice);
    CU_add_test(suite, "a block no better than its parent", test_a_block_no_better_than_its_parent);
    CU_add_test(suite, "a fork choice that contradicts itself",
                test_a_fork_choice_that_contradicts_itself);
    CU_add_test(suite, "says why", test_says_why);
    CU_add_test(suite, "marks", test_marks);
    CU_add_test(suite, "errors last", test_errors_last);
    CU_add_test(suite, "the same refusal twice", test_the_same_refusal_twice);
    CU_add_test(suite, "a selfish miner", test_selfish_miner);
    CU_add_test(suite, "a selfish miner earns what theory says",
                test_selfish_miner_earns_what_theory_says);
    CU_add_test(suite, "a pool of two", test_a_pool);
    CU_add_test(suite, "release where it is found", test_release_where_it_is_found);
    CU_add_test(suite, "release in order", test_release_in_order);
    CU_add_test(suite, "the same twice", test_the_same_twice);
    CU_add_test(suite, "four threads", test_threads);
    CU_basic_set_mode(CU_BRM_SILENT);
    CU_basic_run_tests();
    for (CU_pFailureRecord f = CU_get_failure_list(); f != NULL; f = f->pNext)
        fprintf(stderr, "FAIL %s:%u: %s\n", f->strFileName, f->uiLineNumber, f->strCondition);
    failed = CU_get_number_of_tests_failed();
    printf("example: %u passed, %u failed\n", CU_get_number_of_tests_run() - failed, failed);
    CU_cleanup_registry();
    return failed != 0;
}
