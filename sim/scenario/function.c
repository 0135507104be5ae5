/* The table of functions. */
#include "sim/scenario/function.h"

#include <string.h>

/* Rows. The macros require usage and text, so that no row lacks them. */
#define FUNCTION(word, id, shape, type, usage, text)                                               \
    {                                                                                              \
        word, SCN_FN_##id, SCN_SHAPE_##shape, SCN_TYPE_##type, SCN_TYPE_ANY, NULL, SCN_TYPE_ANY,   \
            usage, text                                                                            \
    }
#define FUNCTION_OF_TWO(word, id, shape, type, second, usage, text)                                \
    {                                                                                              \
        word, SCN_FN_##id, SCN_SHAPE_##shape, SCN_TYPE_##type, SCN_TYPE_##second, NULL,            \
            SCN_TYPE_ANY, usage, text                                                              \
    }
#define FUNCTION_WITH_OPTION(word, id, shape, type, option, option_type, usage, text)              \
    {                                                                                              \
        word, SCN_FN_##id, SCN_SHAPE_##shape, SCN_TYPE_##type, SCN_TYPE_ANY, option,               \
            SCN_TYPE_##option_type, usage, text                                                    \
    }

#define FUNCTION_OF_TWO_WITH_OPTION(word, id, shape, type, second, option, option_type, usage,     \
                                    text)                                                          \
    {                                                                                              \
        word, SCN_FN_##id, SCN_SHAPE_##shape, SCN_TYPE_##type, SCN_TYPE_##second, option,          \
            SCN_TYPE_##option_type, usage, text                                                    \
    }

/* Sorted by shape: the tables of docs/scenario-language.md follow this order. */
static const ScnFunction functions[] = {
    FUNCTION("tip", TIP, EACH, BLOCK, "tip(S)", "a block"),
    FUNCTION("height", HEIGHT, EACH, NUMBER, "height(S)", "height of the tip; genesis is 0"),
    FUNCTION("work", WORK, EACH, WORK, "work(S)", "cumulative work of the tip"),
    FUNCTION("bits", BITS, EACH, NUMBER, "bits(S)", "bits of the tip"),
    FUNCTION("difficulty", DIFFICULTY, EACH, NUMBER, "difficulty(S)",
             "work of the tip's own block ÷ work of genesis"),
    FUNCTION_OF_TWO(
        "status", STATUS, EACH, STATUS, BLOCK, "status(S, B)",
        "`active`, `side`, `orphan`, `invalid`, `invalid-ancestor`, `parked` or `unknown`"),
    FUNCTION_OF_TWO("arrived", ARRIVED, EACH, TIME, BLOCK, "arrived(S, B)",
                    "when the block's data came, or when its maker found it; null if never"),
    FUNCTION_WITH_OPTION(
        "arrival_delay", ARRIVAL_DELAY, EACH, TIME, "of", AVERAGE, "arrival_delay(S, of=median)",
        "time from when a block was found until its data came: the median over the blocks of "
        "best_tip(all)'s chain that others made, or with of=mean the mean over those that came"),
    FUNCTION_OF_TWO("in_mempool", IN_MEMPOOL, EACH, BOOL, TX, "in_mempool(S, X)",
                    "whether the mempool has the transaction"),
    FUNCTION_OF_TWO("confirmations", CONFIRMATIONS, EACH, NUMBER, TX, "confirmations(S, X)",
                    "how many the transaction has: 1 in the tip, 0 off the active chain"),
    FUNCTION_OF_TWO("final", FINAL, EACH, BOOL, TX, "final(S, X)",
                    "whether the transaction has `final-after` confirmations"),
    FUNCTION_OF_TWO("balance", BALANCE, EACH, NUMBER, WALLET, "balance(S, W)",
                    "tokens of the wallet, without immature rewards"),
    FUNCTION_OF_TWO("nonce", NONCE, EACH, NUMBER, WALLET, "nonce(S, W)", "the wallet's next nonce"),
    FUNCTION("state_root", STATE_ROOT, EACH, HASH, "state_root(S)", "hash of the account state"),
    FUNCTION("supply_ok", SUPPLY_OK, EACH, BOOL, "supply_ok(S)",
             "whether balances and immature rewards add up to the genesis funds and all rewards"),
    FUNCTION("upgrade_needed", UPGRADE_NEEDED, EACH, BOOL, "upgrade_needed(S)",
             "whether it has seen a sign of an `upgrade` that it does not know since it started: a "
             "block that would be its tip breaks a rule, or half of the last 100 blocks signal"),
    FUNCTION("peers", PEERS, EACH, NUMBER, "peers(S)", "addresses that the node knows"),
    FUNCTION("connected", CONNECTED, EACH, NUMBER, "connected(S)",
             "peers that have finished the handshake"),
    FUNCTION("mempool", MEMPOOL, EACH, NUMBER, "mempool(S)", "payments in the mempool"),
    FUNCTION("orphans", ORPHANS, EACH, NUMBER, "orphans(S)", "blocks waiting for a parent"),
    FUNCTION(
        "waiting", WAITING, EACH, NUMBER, "waiting(S)",
        "announcements, and requests for blocks and payments, without an answer; blocks without "
        "a parent; payments that came before an earlier one"),
    FUNCTION("chain_quality", CHAIN_QUALITY, EACH, NUMBER, "chain_quality(S)",
             "share of the blocks of its chain that nodes of S made"),
    FUNCTION("chain_growth", CHAIN_GROWTH, EACH, NUMBER, "chain_growth(S)",
             "blocks of its chain for each spacing of time"),
    FUNCTION("strategy_share", STRATEGY_SHARE, EACH, NUMBER, "strategy_share(S)",
             "revenue of the node ÷ revenue of all; null before the first block"),
    {"undone", SCN_FN_UNDONE, SCN_SHAPE_EACH, SCN_TYPE_NUMBER, SCN_TYPE_TX, "k", SCN_TYPE_NUMBER,
     "undone(S, X, k=K)",
     "how often the transaction had K or more confirmations (1 by default) and then none, "
     "because a reorganisation took its block out"},
    FUNCTION("reorgs", REORGS, SUM, NUMBER, "reorgs(S)",
             "tip changes that took out a block or more"),
    FUNCTION("mined", MINED, SUM, NUMBER, "mined(S)", "blocks found"),
    FUNCTION("withheld", WITHHELD, SUM, NUMBER, "withheld(S)",
             "blocks found that their pool withholds now"),
    FUNCTION("stale", STALE, SUM, NUMBER, "stale(S)",
             "blocks found that are not on best_tip(all)'s chain"),
    FUNCTION("blamed", BLAMED, SUM, NUMBER, "blamed(S)",
             "how often others banned the nodes though these had no strategy so far"),
    FUNCTION("revenue", REVENUE, SUM, NUMBER, "revenue(S)",
             "rewards and fees of the nodes' blocks on best_tip(all)'s chain"),
    FUNCTION("bytes", BYTES, SUM, SIZE, "bytes(S)", "bytes sent"),
    FUNCTION_OF_TWO("refused", REFUSED, SUM, NUMBER, VERDICT, "refused(S, VERDICT)",
                    "different blocks and transactions refused with that verdict"),
    FUNCTION("max_reorg", MAX_REORG, MAX, NUMBER, "max_reorg(S)",
             "most blocks that one reorganisation took out"),
    FUNCTION("best_tip", BEST_TIP, WHOLE, BLOCK, "best_tip(S)",
             "the tip with most work; among equals, the lowest hash"),
    FUNCTION_WITH_OPTION("same_tip", SAME_TIP, WHOLE, BOOL, "ignore-last", NUMBER,
                         "same_tip(S, ignore-last=K)",
                         "whether all chains share a block with at most K blocks above it in each; "
                         "K is 0 by default"),
    FUNCTION_OF_TWO(
        "common_prefix", COMMON_PREFIX, WHOLE, BOOL, NUMBER, "common_prefix(S, K)",
        "whether, of every two chains, one without its last K blocks is a prefix of the other"),
    FUNCTION_WITH_OPTION("time_to_agree", TIME_TO_AGREE, WHOLE, TIME, "since", TIME,
                         "time_to_agree(S, since=T)",
                         "time from T (0 by default) to the first instant that ends with all on "
                         "one tip; null if none"),
    FUNCTION_OF_TWO("messages", MESSAGES, ALONE, NUMBER, KIND, "messages(KIND)",
                    "messages of that kind sent so far"),
    FUNCTION_OF_TWO_WITH_OPTION(
        "propagation", PROPAGATION, ALONE, TIME, SHARE, "of", AVERAGE,
        "propagation(p50, of=median)",
        "time until that share of the nodes that are up had a block, p1 to p100: the median over "
        "the blocks of best_tip(all)'s chain, or with of=mean the mean over those that reached it"),
    FUNCTION_OF_TWO("wire_size", WIRE_SIZE, ALONE, NUMBER, BLOCK, "wire_size(B)",
                    "bytes that a link charges for a message with this block"),
    FUNCTION("now", NOW, ALONE, TIME, "now()", "the virtual time at which it is evaluated"),
    FUNCTION("any", ANY, REDUCE, BOOL, "any(P)", "whether at least one is true"),
    FUNCTION("min", MIN, REDUCE, ANY, "min(E, …)", "the least; takes several values too"),
    FUNCTION("max", MAX, REDUCE, ANY, "max(E, …)", "the greatest; takes several values too"),
    FUNCTION("sum", SUM, REDUCE, ANY, "sum(E)", "the sum of numbers, or of quantities of one kind"),
    FUNCTION("count", COUNT, REDUCE, NUMBER, "count(P)", "how many are true"),
    FUNCTION_OF_TWO("quantile", QUANTILE, REDUCE, ANY, SHARE, "quantile(E, p50)",
                    "the least value that is at or above that share of them, p1 to p100; a null "
                    "counts as above every value"),
    FUNCTION("role", NONE, SET, NODES, "role(WORD)", "the nodes of that role"),
    FUNCTION("region", NONE, SET, NODES, "region(NAME)", "the nodes of that region"),
    FUNCTION("random", NONE, SET, NODES, "random(K)", "K nodes, drawn at random"),
};

const ScnFunction *
scn_function_find(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(functions); i++) {
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    }
    return NULL;
}

const ScnFunction *
scn_function_get(guint index)
{
    return index < G_N_ELEMENTS(functions) ? &functions[index] : NULL;
}

void
scn_function_names(GPtrArray *names)
{
    for (guint i = 0; i < G_N_ELEMENTS(functions); i++)
        g_ptr_array_add(names, (gpointer)functions[i].name);
}
