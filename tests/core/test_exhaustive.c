/* Fork choice over everything there is in a small world.
 *
 * Trees: every rooted tree of 1 to 6 blocks above genesis, once each, children not ordered (1, 2,
 * 4, 9, 20 and 48 of them: OEIS A000081, from 2 vertices), in the order of Beyer and Hedetniemi
 * ("Constant time generation of rooted trees", SIAM J. Comput. 9, 1980).
 * For each: no block or any one of double work, no block or any one invalid, and every order in
 * which the blocks can come: 1 785 664 deliveries of a tree in all, each on a view of its own.
 * After every block the tip must be what the oracle below says, which shares no code with the
 * chain; and with an invalid block, the tip, the state's root and the mempool must be those of a
 * node that was never given it and what stands on it.
 *
 * The views of one tree share a store: what is kept there is what a block says by its content, and
 * "a fresh store says the same" does without. All of it takes some 10 s at -O2.
 */
#include "core/base/limits.h"
#include "tests/core/fixture.h"
#include "tests/harness/harness.h"

#define MOST 6
#define NONE (-1)
#define VARIANTS 2
#define FAILURES_SHOWN 5

typedef enum {
    FAULT_CONNECT, /* found when the block is executed: as late as can be */
    FAULT_BODY,
    FAULT_HEADER,
    FAULTS
} Fault;

typedef struct {
    int count;
    int parent[MOST]; /* NONE is genesis; parents come before children */
} Tree;

typedef struct {
    Fixture f;
    KetteTx *txs[MOST][VARIANTS]; /* alice's payments, by nonce; two that exclude each other */
    KetteStore *store;            /* of all views of this tree */
    KetteBlock *blocks[MOST];
    Tree tree;
    int heavy, bad;
    Fault fault;
    KetteChainResult result;
    uint64_t deliveries;
    unsigned failures;
    bool fresh; /* a store for each view */
} World;

/* --- trees -------------------------------------------------------------------------------- */

/* Levels of the vertices in preorder, the root at 0; the next such sequence in lexicographic order
 * downwards, false after the last. */
static bool
next_levels(int *levels, int count)
{
    int p = count - 1, q;

    while (p > 0 && levels[p] == 1)
        p--;
    if (p == 0)
        return false;
    for (q = p - 1; levels[q] != levels[p] - 1; q--)
        ;
    for (int i = p; i < count; i++)
        levels[i] = levels[i - (p - q)];
    return true;
}

static Tree
tree_of(const int *levels, int blocks)
{
    Tree tree = {.count = blocks};

    for (int i = 1; i <= blocks; i++) {
        int at = i - 1;

        while (levels[at] != levels[i] - 1)
            at--;
        tree.parent[i - 1] = at - 1;
    }
    return tree;
}

static bool
stands_on(const Tree *tree, int block, int ancestor)
{
    while (block != NONE && block != ancestor)
        block = tree->parent[block];
    return block != NONE;
}

static int
height_of(const Tree *tree, int block)
{
    return block == NONE ? 0 : 1 + height_of(tree, tree->parent[block]);
}

/* --- the oracle --------------------------------------------------------------------------- */

/* First seen by joining; a branch is looked into only when it would win. */
typedef struct {
    const World *w;
    int waiting[MOST], waiting_count; /* in order of arrival */
    int joined[MOST], joined_count;   /* in order of joining */
    bool found_bad;
    int tip;
} Oracle;

static int
work_of(const World *w, int block)
{
    return block == NONE ? 0 : work_of(w, w->tree.parent[block]) + (block == w->heavy ? 2 : 1);
}

static bool
is_out(const Oracle *o, int block)
{
    return o->found_bad && stands_on(&o->w->tree, block, o->w->bad);
}

/* The joined child of `block`, and theirs, level by level, as they had come. */
static void
oracle_join(Oracle *o, int block)
{
    int from = o->joined_count;

    o->joined[o->joined_count++] = block;
    for (; from < o->joined_count; from++) {
        for (int i = 0; i < o->waiting_count; i++) {
            int child = o->waiting[i];

            if (child != NONE && o->w->tree.parent[child] == o->joined[from]) {
                o->joined[o->joined_count++] = child;
                o->waiting[i] = NONE;
            }
        }
    }
}

static void
oracle_give(Oracle *o, int block)
{
    int parent = o->w->tree.parent[block], best;
    bool parent_joined = parent == NONE;

    if (is_out(o, block))
        return;
    for (int i = 0; i < o->joined_count; i++)
        parent_joined |= o->joined[i] == parent;
    if (!parent_joined) {
        o->waiting[o->waiting_count++] = block;
        return;
    }
    oracle_join(o, block);
    for (;;) {
        best = o->tip;
        for (int i = 0; i < o->joined_count; i++) {
            if (!is_out(o, o->joined[i]) && work_of(o->w, o->joined[i]) > work_of(o->w, best))
                best = o->joined[i];
        }
        if (!stands_on(&o->w->tree, best, o->w->bad))
            break;
        o->found_bad = true;
    }
    o->tip = best;
}

/* --- the world ---------------------------------------------------------------------------- */

static void
spoil_root(KetteBlockSpec *spec)
{
    spec->state_root.b[0] ^= 1;
}

static void
spoil_height(KetteBlockSpec *spec)
{
    spec->height += 7;
}

static void
spoil_version(KetteBlockSpec *spec)
{
    spec->header.version = 0;
}

static void (*const spoils[FAULTS])(KetteBlockSpec *spec) = {
    [FAULT_CONNECT] = spoil_root,
    [FAULT_BODY] = spoil_height,
    [FAULT_HEADER] = spoil_version,
};

/* The easiest targets have work 2 and 4 exactly. */
#define BITS_SINGLE 0x207fffff
#define BITS_DOUBLE 0x203fffff

static void
world_init(World *w)
{
    *w = (World){.heavy = NONE, .bad = NONE};
    fixture_init(&w->f);
    w->f.params.genesis_bits = BITS_SINGLE;
    w->f.params.free_bits = true;
    kette_store_free(w->f.builder);
    w->f.builder = fixture_store(&w->f);
    for (unsigned nonce = 0; nonce < MOST; nonce++) {
        for (unsigned k = 0; k < VARIANTS; k++)
            w->txs[nonce][k] = fixture_pay(&w->f, w->f.alice, &w->f.bob_address, 1 + k, 0, nonce);
    }
    w->result = (KetteChainResult){0};
}

static void
world_clear(World *w)
{
    kette_chain_result_clear(&w->result);
    for (unsigned nonce = 0; nonce < MOST; nonce++) {
        for (unsigned k = 0; k < VARIANTS; k++)
            kette_tx_unref(w->txs[nonce][k]);
    }
    fixture_clear(&w->f);
}

/* Makes the tree's blocks; each pays with the nonce of its height, neighbours differently. */
static void
build(World *w)
{
    for (int i = 0; i < w->tree.count; i++) {
        int on = w->tree.parent[i];
        const KetteBlock *parent = on == NONE ? fixture_genesis(&w->f) : w->blocks[on];
        KetteTx **tx = &w->txs[height_of(&w->tree, i) - 1][i % VARIANTS];
        unsigned label = (unsigned)i + 1;

        w->f.bits = i == w->heavy ? BITS_DOUBLE : BITS_SINGLE;
        if (!stands_on(&w->tree, i, w->bad))
            w->blocks[i] = fixture_block(&w->f, parent, label, tx, 1);
        else if (i == w->bad)
            w->blocks[i] = fixture_bad_block(&w->f, parent, label, spoils[w->fault]);
        else
            w->blocks[i] = fixture_child_of_bad(&w->f, parent, label);
    }
    w->store = fixture_store(&w->f);
}

static void
fail_at(World *w, const int *order, const char *what)
{
    g_autoptr(GString) text = g_string_new("parents");

    if (w->failures++ >= FAILURES_SHOWN)
        return;
    for (int i = 0; i < w->tree.count; i++)
        g_string_append_printf(text, " %d", w->tree.parent[i]);
    g_string_append_printf(text, ", heavy %d, bad %d (kind %d), order", w->heavy, w->bad,
                           (int)w->fault);
    for (int i = 0; i < w->tree.count; i++)
        g_string_append_printf(text, " %d", order[i]);
    TEST_STR_EQUAL(text->str, what);
}

/* --- one node ----------------------------------------------------------------------------- */

typedef struct {
    int tip;
    unsigned pool; /* a bit a transaction of the world's */
    KetteHash root;
    const char *trouble;
} Outcome;

typedef struct {
    const World *w;
    unsigned bits;
} PoolBits;

static void
add_bit(void *user, KetteTx *tx)
{
    PoolBits *bits = user;

    for (unsigned i = 0; i < MOST * VARIANTS; i++) {
        if (bits->w->txs[i / VARIANTS][i % VARIANTS] == tx)
            bits->bits |= 1u << i;
    }
}

static int
block_of(const World *w, const KetteEntry *entry)
{
    for (int i = 0; i < w->tree.count; i++) {
        if (kette_hash_equal(&w->blocks[i]->id, &entry->id))
            return i;
    }
    return NONE;
}

/* What the node ended with, and whether its books are in order. */
static void
finish(const World *w, Outcome *outcome, const KetteChain *chain, const KetteMempool *pool)
{
    KetteHasher *hasher = kette_store_hasher(kette_chain_store(chain));
    KetteState *state = kette_chain_tip(chain)->state;
    const char *wrong = kette_chain_audit(chain);
    PoolBits bits = {.w = w};

    kette_mempool_each(pool, add_bit, &bits);
    outcome->pool = bits.bits;
    outcome->root = kette_state_root(hasher, state);
    if (wrong == NULL)
        wrong = kette_mempool_audit(pool, state);
    /* Each nonce has had a payment in the pool or in a block that was undone. */
    if (wrong == NULL && kette_mempool_count(pool) != MOST - kette_chain_tip(chain)->height)
        wrong = "the mempool lost a payment";
    if (wrong != NULL)
        outcome->trouble = wrong;
}

/* Gives a node the blocks in order, all or all but the invalid one and what stands on it. One
 * payment of each nonce waits in its mempool from the start. */
static Outcome
deliver(World *w, const int *order, bool skip_bad)
{
    KetteStore *store = w->fresh ? fixture_store(&w->f) : w->store;
    KetteChain *chain = kette_chain_new(store, 100);
    KetteMempool *pool = kette_mempool_new(100000, 0);
    Oracle oracle = {.w = w, .tip = NONE};
    Outcome outcome = {.tip = NONE};

    for (unsigned nonce = 0; nonce < MOST; nonce++) {
        if (kette_mempool_add(pool, NULL, kette_chain_tip(chain)->state, w->txs[nonce][0]) !=
            KETTE_OK)
            outcome.trouble = "the mempool takes no payment";
    }
    for (int i = 0; i < w->tree.count; i++) {
        KetteVerdict verdict;

        if (skip_bad && stands_on(&w->tree, order[i], w->bad))
            continue;
        verdict = kette_chain_add_block(chain, &w->result, w->blocks[order[i]], 0, 0);
        if (verdict == KETTE_OK && stands_on(&w->tree, order[i], w->bad) &&
            w->fault != FAULT_CONNECT)
            outcome.trouble = "a block of a bad branch joins";
        oracle_give(&oracle, order[i]);
        if (w->result.new_tip != w->result.old_tip) {
            kette_mempool_follow(pool, NULL, NULL, w->result.old_tip, w->result.fork,
                                 w->result.new_tip);
            outcome.tip = block_of(w, w->result.new_tip);
        }
        if (outcome.tip != oracle.tip)
            outcome.trouble = "the tip is not the oracle's";
    }
    finish(w, &outcome, chain, pool);
    kette_mempool_free(pool);
    kette_chain_free(chain);
    if (w->fresh)
        kette_store_free(store);
    return outcome;
}

static void
check_order(World *w, const int *order)
{
    Outcome got = deliver(w, order, false), without = got;

    if (w->bad != NONE)
        without = deliver(w, order, true);
    if (got.trouble != NULL || without.trouble != NULL)
        fail_at(w, order, got.trouble ? got.trouble : without.trouble);
    else if (got.tip != without.tip || !kette_hash_equal(&got.root, &without.root))
        fail_at(w, order, "the invalid block moved the tip");
    else if (got.pool != without.pool)
        fail_at(w, order, "the invalid block moved the mempool");
    w->deliveries++;
}

/* --- everything --------------------------------------------------------------------------- */

static void
each_order(World *w, int *order, int n)
{
    if (n == 1) {
        check_order(w, order);
        return;
    }
    for (int i = 0; i < n; i++) {
        int *with = &order[n % 2 ? 0 : i], swap; /* Heap's algorithm */

        each_order(w, order, n - 1);
        swap = *with;
        *with = order[n - 1];
        order[n - 1] = swap;
    }
}

/* All trees of `blocks`; returns how many. */
static unsigned
each_tree(World *w, int blocks)
{
    int levels[MOST + 1], order[MOST];
    unsigned trees = 0;

    for (int i = 0; i <= blocks; i++)
        levels[i] = i;
    do {
        w->tree = tree_of(levels, blocks);
        trees++;
        for (w->heavy = NONE; w->heavy < blocks; w->heavy++) {
            for (w->bad = NONE; w->bad < blocks; w->bad++) {
                build(w);
                for (int i = 0; i < blocks; i++)
                    order[i] = i;
                each_order(w, order, blocks);
                kette_store_free(w->store);
            }
        }
    } while (next_levels(levels, blocks + 1));
    return trees;
}

static void
test_every_tree_and_order(void)
{
    static const unsigned trees[] = {1, 2, 4, 9, 20, 48};
    World w;

    world_init(&w);
    for (int blocks = 1; blocks <= MOST; blocks++)
        CU_ASSERT_EQUAL(each_tree(&w, blocks), trees[blocks - 1]);
    CU_ASSERT_EQUAL(w.deliveries, 1785664);
    world_clear(&w);
}

/* Faults that are seen sooner change nothing about who wins: up to 5 blocks. */
static void
test_faults_seen_on_arrival(void)
{
    World w;

    world_init(&w);
    for (int fault = FAULT_BODY; fault < FAULTS; fault++) {
        w.fault = (Fault)fault;
        for (int blocks = 1; blocks <= 5; blocks++)
            each_tree(&w, blocks);
    }
    CU_ASSERT_EQUAL(w.deliveries, 2 * (4 + 36 + 384 + 5400 + 86400));
    world_clear(&w);
}

/* Up to 4 blocks, and a store for every view. */
static void
test_fresh_stores(void)
{
    World w;

    world_init(&w);
    w.fresh = true;
    for (int blocks = 1; blocks <= 4; blocks++)
        each_tree(&w, blocks);
    CU_ASSERT_EQUAL(w.deliveries, 4 + 36 + 384 + 5400);
    world_clear(&w);
}

TEST_SUITE(exhaustive, {"every tree and order", test_every_tree_and_order},
           {"faults seen on arrival", test_faults_seen_on_arrival},
           {"a fresh store says the same", test_fresh_stores})
