/* Chain, protocol and limits; and the order of the other declarations. */
#include "sim/scenario/resolve.h"

#include <stddef.h>
#include <string.h>

/* ---- chain, protocol, limit ---- */

/* Checks a compact target in Bitcoin's form: no sign, not zero, no unnecessary leading zero byte,
 * no overflow of 256 bits. */
static bool
is_canonical(guint32 bits)
{
    guint32 size = bits >> 24, mantissa = bits & 0x7fffff;
    if ((bits & 0x800000) || mantissa < 0x8000 || size > 33 || size < 1)
        return false;
    if (size == 33 && mantissa > 0xffff)
        return false;
    return size >= 3 || (mantissa & ((1u << (8 * (3 - size))) - 1)) == 0;
}

static bool
need_target(ScnResolver *resolver, const ScnOption *option, guint32 *ret_bits)
{
    const ScnExpr *value = scn_option_value(resolver, option);
    guint64 bits;
    if (!value || !scn_need_count(resolver, value, option->name, 0, G_MAXUINT32, &bits))
        return false;
    if (!is_canonical((guint32)bits)) {
        scn_report(resolver, value->span, "the default of bits is 0x1e0ffff0",
                   "'%s' needs a canonical compact target", option->name);
        return false;
    }
    *ret_bits = (guint32)bits;
    return true;
}

static bool
own_bits(ScnResolver *resolver, const ScnOption *option, gpointer chain)
{
    return need_target(resolver, option, &((ScnChain *)chain)->bits);
}

static bool
own_limit_bits(ScnResolver *resolver, const ScnOption *option, gpointer chain)
{
    return need_target(resolver, option, &((ScnChain *)chain)->limit_bits);
}

static bool
own_half_life(ScnResolver *resolver, const ScnOption *option, gpointer chain)
{
    const ScnExpr *value = scn_option_value(resolver, option);
    gint64 half_life;
    if (!value || !scn_need_time(resolver, value, "half-life", &half_life))
        return false;
    if (half_life == 0 || half_life % SCN_SECOND_NS != 0) {
        scn_report(resolver, value->span, "the default is 1h",
                   "'half-life' needs whole seconds, above 0");
        return false;
    }
    ((ScnChain *)chain)->half_life_ns = half_life;
    return true;
}

/* Reads max-reorg=. It is no SCN_OPT_COUNT with a word for 0, because a limit of 0 blocks is
 * possible. */
static bool
own_max_reorg(ScnResolver *resolver, const ScnOption *option, gpointer chain)
{
    const ScnExpr *value = scn_option_value(resolver, option);
    guint64 limit = SCN_NONE;
    ScnConst word = value ? scn_const(resolver, value) : (ScnConst){0};
    bool none = word.kind == SCN_CONST_WORD && strcmp(word.text, "none") == 0;
    if (word.kind == SCN_CONST_BAD ||
        (!none && !scn_need_count(resolver, value, "max-reorg", 0, 1000000, &limit)))
        return false;
    ((ScnChain *)chain)->max_reorg = (guint32)limit;
    return true;
}

/* Reads unpark=: thousandths, so that nodes need no fractions. */
static bool
own_unpark(ScnResolver *resolver, const ScnOption *option, gpointer chain)
{
    const ScnExpr *value = scn_option_value(resolver, option);
    ScnConst word = value ? scn_const(resolver, value) : (ScnConst){0};
    ScnQuantity ratio;

    if (word.kind == SCN_CONST_WORD && strcmp(word.text, "none") == 0) {
        ((ScnChain *)chain)->unpark = 0;
        return true;
    }
    if (word.kind == SCN_CONST_BAD ||
        !scn_need(resolver, value, "unpark", SCN_DIM_NUMBER, "x", &ratio))
        return false;
    if (ratio.value < SCN_ONE || ratio.value > 1000 * SCN_ONE || ratio.value % (SCN_ONE / 1000)) {
        scn_report(resolver, value->span, "write 2x or 1.5x",
                   "'unpark' must be in 1x..1000x, with at most three decimals");
        return false;
    }
    ((ScnChain *)chain)->unpark = (guint32)(ratio.value / (SCN_ONE / 1000));
    return true;
}

static bool
own_mtp(ScnResolver *resolver, const ScnOption *option, gpointer chain)
{
    const ScnExpr *value = scn_option_value(resolver, option);
    guint64 mtp;
    if (!value || !scn_need_count(resolver, value, "mtp", 1, 31, &mtp))
        return false;
    if (mtp % 2 == 0) {
        scn_report(resolver, value->span, "a median has one in the middle",
                   "'mtp' needs an odd number");
        return false;
    }
    ((ScnChain *)chain)->mtp = (guint32)mtp;
    return true;
}

static bool
own_backoff(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ScnProtocol *protocol = data;
    const ScnExpr *value = option->values->pdata[0];
    gint64 low, high;

    if (option->values->len != 1 || value->kind != SCN_EXPR_RANGE) {
        scn_report(resolver, value->span, "write backoff=1s..20s", "'backoff' needs a range");
        return false;
    }
    if (!scn_need_time(resolver, scn_expr_at(value, 0), "backoff", &low) ||
        !scn_need_time(resolver, scn_expr_at(value, 1), "backoff", &high))
        return false;
    if (low < 1 || high < low) {
        scn_report(resolver, value->span, NULL, "'backoff' goes from above 0 up");
        return false;
    }
    protocol->backoff_low_ns = low;
    protocol->backoff_high_ns = high;
    return true;
}

#define CHAIN(field) offsetof(ScnChain, field)
#define PROTOCOL(field) offsetof(ScnProtocol, field)
#define LIMIT(field) offsetof(ScnLimit, field)
#define LWMA_WINDOW_MAX 10000 /* each block reads the whole window */

static const ScnOptRow chain_rows[] = {
    SCN_ROW("spacing", TIME, CHAIN(spacing_ns), NULL, 1, 0, "s", "10s",
            "intended time between blocks; whole seconds unless `algorithm=fixed`"),
    SCN_ROW_WORD("algorithm", CHAIN(algorithm), "fixed epoch asert lwma lwma-1 eda cw-144", "fixed",
                 "how difficulty is retargeted, see below"),
    SCN_ROW_OWN("bits", own_bits, "0x1e0ffff0", "a canonical compact target",
                "difficulty of genesis"),
    SCN_ROW_OWN("limit-bits", own_limit_bits, "(that of `bits`)",
                "a canonical compact target, no harder than `bits`",
                "no block is ever easier; easier than `bits`, it lets the difficulty fall below "
                "that of genesis"),
    SCN_ROW("window", COUNT, CHAIN(window), NULL, 2, 1000000, "blocks; lwma to 10 000", "144",
            "window of all algorithms but `fixed` and `asert`"),
    SCN_ROW("clamp", COUNT, CHAIN(clamp), NULL, 1, 1000, NULL, "4",
            "`epoch` and `eda`: the largest factor of one retarget"),
    SCN_ROW_OWN("half-life", own_half_life, "1h", "whole seconds above 0", "half-life of `asert`"),
    SCN_ROW("anchor", COUNT, CHAIN(anchor), "genesis", 1, 1000000, "height", "genesis",
            "`asert` counts from the block of this height; up to it, blocks have `bits`"),
    SCN_ROW(
        "min-difficulty-after", TIME, CHAIN(min_difficulty_after_ns), "never", SCN_SECOND_NS, 0,
        "s", "never",
        "`epoch`: a block dated more than this after its parent has the target of `limit-bits`, "
        "except at a retarget; 20m on Bitcoin's test networks"),
    SCN_ROW_FLAG("retarget-from", CHAIN(retarget_from_first), "last first", "last",
                 "`epoch`: the block of the window whose target is adjusted; `first` on testnet4 "
                 "(BIP 94)"),
    SCN_ROW("timewarp-guard", TIME, CHAIN(timewarp_guard_ns), "none", SCN_SECOND_NS, 0, "s", "none",
            "`epoch`: the most that the first block of a window may be dated before its parent; "
            "600s in BIP 94, 2h in BIP 54"),
    SCN_ROW_FLAG("window-order", CHAIN(window_order), "no yes", "no",
                 "`epoch`: yes: the last block of a window is not dated before the first one (BIP "
                 "54)"),
    SCN_ROW_WORD("pow", CHAIN(pow), "simulated off real", "simulated",
                 "simulated: block times are drawn; off: only `mine` makes blocks; real: miners "
                 "grind nonces"),
    SCN_ROW_WORD("fork-choice", CHAIN(fork_choice), "most-work longest ghost", "most-work",
                 "which tip wins, see below"),
    SCN_ROW_WORD("tie", CHAIN(tie), "first-seen lowest-hash random", "first-seen",
                 "which of two branches of equal weight wins"),
    SCN_ROW("finality", COUNT, CHAIN(finality), "none", 1, 1000000, "confirmations", "none",
            "when a block is final, see below"),
    SCN_ROW_OWN("max-reorg", own_max_reorg, "none", "none, 0 to 1 000 000 blocks",
                "the most blocks that one reorganisation may take out"),
    SCN_ROW_OWN("unpark", own_unpark, "none", "none, 1x to 1000x, at most three decimals",
                "a parked branch is taken when it weighs so many times what it would take out, see "
                "below; Bitcoin Cash Node has 2x"),
    SCN_ROW_FLAG("in-first-sync", CHAIN(parks_late), "yes no", "yes",
                 "no: a node parks nothing before it has caught up with its peers, see below"),
    SCN_ROW("maturity", COUNT, CHAIN(maturity), NULL, 0, 1000000, "blocks", "10",
            "how long until a reward can be spent"),
    SCN_ROW("reward", AMOUNT, CHAIN(reward), NULL, 0, 1000000000, "tokens", "50",
            "reward of a block, without fees; funds and the rewards of twice the blocks due in the "
            "duration must fit the 46 116 860 184 tokens that can be held"),
    SCN_ROW("halving", LARGE, CHAIN(halving), "none", 1, 0, "blocks", "none",
            "how often the reward halves"),
    SCN_ROW("max-block", SIZE, CHAIN(max_block_bytes), NULL, 1000, 8 << 20, "kB", "1MB",
            "a block, header included"),
    SCN_ROW("min-version", COUNT, CHAIN(min_version), NULL, 1, 536870912, NULL, "1",
            "smallest version that a block may have"),
    SCN_ROW_OWN("mtp", own_mtp, "11", "odd, 1 to 31 blocks", "the window of the median time past"),
    SCN_ROW("max-future", TIME, CHAIN(max_future_ns), NULL, 0, 0, "h", "2h",
            "how far ahead of a node's clock a block may be dated; parts of a second are dropped"),
    SCN_ROW("min-fee", AMOUNT, CHAIN(min_fee), NULL, 0, 1000000000, "tokens", "0",
            "mempools refuse a lower fee"),
    SCN_ROW("genesis-time", SIGNED, CHAIN(genesis_time), NULL, 0, 4000000000, NULL, "1700000000",
            "Unix time of virtual time 0, in seconds"),
    SCN_ROW("final-after", COUNT, CHAIN(final_after), NULL, 1, 1000000, NULL, "6",
            "confirmations that `final()` asks for"),
};

static bool
own_block_size(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ScnProtocol *protocol = data;
    const ScnExpr *value = scn_option_value(resolver, option);

    if (!value ||
        !scn_resolve_dist(resolver, value, "block-size", SCN_DIM_SIZE, &protocol->block_size))
        return false;
    if (MAX(protocol->block_size.a, protocol->block_size.b) <= SCN_BLOCK_SIZE_MAX)
        return true;
    scn_report(resolver, value->span, NULL, "'block-size' must be in 1B..1GB");
    return false;
}

static const ScnOptRow protocol_rows[] = {
    SCN_ROW_WORD("relay", PROTOCOL(relay), "flood inventory compact push", "flood",
                 "how new blocks and transactions travel"),
    SCN_ROW_WORD("tx-relay", PROTOCOL(tx_relay), "at-once trickle", "at-once",
                 "when payments are announced: as they come, or to each peer in batches at "
                 "exponential times, on average 2s apart if it opened the connection to the peer "
                 "and 5s if the peer did"),
    SCN_ROW_WORD("bandwidth", PROTOCOL(bandwidth), "fair uplink stop-and-wait", "fair",
                 "how messages share the `uplink` and `downlink` of nodes, see below"),
    SCN_ROW("uploads", COUNT, PROTOCOL(uploads), "none", 1, 1000000, "messages", "none",
            "with `bandwidth=fair`: how many messages of 1000 bytes and more a node sends at a "
            "time; the others wait for their turn"),
    SCN_ROW_FLAG("small-first", PROTOCOL(small_first), "no yes", "no",
                 "with `bandwidth=uplink`: yes: a message below 1000 bytes goes at once, before "
                 "what waits for the uplink, and nothing waits for it"),
    SCN_ROW("sync", TIME, PROTOCOL(sync_ns), "off", 0, 0, "s", "5s",
            "how often a node asks one peer, in turn, what follows its tip"),
    SCN_ROW_FLAG("relay-before-check", PROTOCOL(relay_before_check), "no yes", "no",
                 "yes: a node passes a block on before it checks it (`validate=`), see below"),
    SCN_ROW_FLAG("relay-side-blocks", PROTOCOL(relay_side_blocks), "no yes", "no",
                 "yes: a node announces each block that joins its tree; no: only one that becomes "
                 "its tip, as Bitcoin Core does. With `fork-choice=ghost` all are announced"),
    SCN_ROW_WORD("ack", PROTOCOL(ack), "auto on off", "auto",
                 "acknowledge announcements, and repeat unacknowledged ones up to 3 times; auto is "
                 "on unless all links are streams"),
    SCN_ROW("request-timeout", TIME, PROTOCOL(request_timeout_ns), NULL, 1, 0, "s", "5s",
            "when a request is repeated, to another peer if one is known to have the data; the "
            "time doubles, up to eightfold; a peer that answers late gets longer"),
    SCN_ROW_OWN("backoff", own_backoff, "1s..20s", "from above 0 up",
                "pause between repeated handshakes, doubling"),
    SCN_ROW_FLAG("discovery", PROTOCOL(discovery), "off on", "off",
                 "nodes tell each other addresses, and open and close connections themselves"),
    SCN_ROW("outbound", COUNT, PROTOCOL(outbound), NULL, 0, 1000, "connections", "8",
            "connections that a node opens, with `discovery=on`"),
    SCN_ROW("inbound", COUNT, PROTOCOL(inbound), NULL, 0, 100000, "connections", "125",
            "connections that a node accepts, with `discovery=on` or `topology outbound`; one that "
            "nodes open by themselves beyond it takes the place of another, see below"),
    SCN_ROW(
        "anchors", COUNT, PROTOCOL(anchors), NULL, 0, 8, "connections", "0",
        "with `discovery=on`: how many of the connections that a node had opened, the oldest, it "
        "tries first after a crash; Bitcoin Core has 2"),
    SCN_ROW("orphans", COUNT, PROTOCOL(orphans), NULL, 0, 1000000, "blocks", "100",
            "blocks kept while their parent is unknown, for 20m at most"),
    SCN_ROW("headers", COUNT, PROTOCOL(headers), NULL, 1, 2000, "headers", "2000",
            "headers in one answer; a node that gets so many asks for more. A small number makes a "
            "short branch need several answers, so that a search tries what happens between them"),
    SCN_ROW("keepalive", TIME, PROTOCOL(keepalive_ns), "off", 0, 0, "s", "30s",
            "after this time without sending, a node sends its peer a `keep-alive`"),
    SCN_ROW("ban", TIME, PROTOCOL(ban_ns), "off", 0, 0, "h", "24h",
            "how long a node ignores a peer that misbehaved; silence, lateness and long branches "
            "are no misconduct"),
    SCN_ROW_OWN("block-size", own_block_size, "(its own)", "1B to 1GB, or a distribution of sizes",
                "what links charge for a message with a block; of a distribution each block draws "
                "once, the same for all links"),
    SCN_ROW("compact-size", SIZE, PROTOCOL(compact_bytes), NULL, 1, 1000000000, "kB", "(its own)",
            "what links charge for a compact block"),
    SCN_ROW(
        "compact-high", COUNT, PROTOCOL(compact_high), NULL, 0, 16, "peers", "0",
        "with `relay=compact`: how many peers a node asks to send compact blocks unasked, those "
        "that brought new tips first; Bitcoin Core has 3"),
    SCN_ROW_SHARE("compact-fail", PROTOCOL(compact_fail), "0",
                  "share of the compact blocks with nothing missing that are taken for ones with "
                  "something missing: it is asked for, and comes in one more answer"),
    SCN_ROW("compact-refetch", SIZE, PROTOCOL(refetch_bytes), NULL, 1, 1000000000, "kB",
            "(its own)", "what links charge for the answer with what a compact block lacked"),
};

static const ScnOptRow limit_rows[] = {
    SCN_ROW("wall", TIME, LIMIT(wall_ns), "none", 1, 0, "s", "none",
            "real time; it depends on the machine"),
    SCN_ROW("events", LARGE, LIMIT(events), "none", 1, 0, NULL, "none", "events of the simulation"),
    SCN_ROW("memory", SIZE, LIMIT(memory_bytes), "none", 1, 0, "MB", "none",
            "memory of the process; it depends on the machine"),
};

const ScnOptTable scn_chain_options = {"chain", chain_rows, G_N_ELEMENTS(chain_rows), NULL};
const ScnOptTable scn_protocol_options = {"protocol", protocol_rows, G_N_ELEMENTS(protocol_rows),
                                          NULL};
const ScnOptTable scn_limit_options = {"limit", limit_rows, G_N_ELEMENTS(limit_rows), NULL};

static void
resolve_limit(ScnResolver *resolver, const ScnStmt *stmt)
{
    ScnLimit *limit = &resolver->scenario->limit;

    scn_apply_table(resolver, stmt, &scn_limit_options, NULL, limit);
    limit->wall_given |= scn_is_given(stmt, "wall");
}

/* Remembers the places of values that are checked once the whole chain is known. */
static void
note_spans(ScnResolver *resolver, const ScnStmt *stmt)
{
    for (guint i = 0; i < stmt->options->len; i++) {
        const ScnOption *option = &g_array_index(stmt->options, ScnOption, i);
        ScnSpan span = ((const ScnExpr *)option->values->pdata[0])->span;
        if (strcmp(option->name, "spacing") == 0)
            resolver->spacing_span = span;
        else if (strcmp(option->name, "window") == 0)
            resolver->window_span = span;
        else if (strcmp(option->name, "reward") == 0)
            resolver->reward_span = span;
        else if (strcmp(option->name, "limit-bits") == 0)
            resolver->limit_bits_span = span;
        else if (strcmp(option->name, "anchor") == 0)
            resolver->anchor_span = span;
        else if (strcmp(option->name, "min-difficulty-after") == 0 ||
                 strcmp(option->name, "retarget-from") == 0 ||
                 strcmp(option->name, "timewarp-guard") == 0 ||
                 strcmp(option->name, "window-order") == 0)
            resolver->epoch_span = span;
        else if (strcmp(option->name, "unpark") == 0 || strcmp(option->name, "in-first-sync") == 0)
            resolver->parking_span = span;
    }
}

static void
resolve_chain(ScnResolver *resolver, const ScnStmt *stmt)
{
    scn_apply_table(resolver, stmt, &scn_chain_options, NULL, &resolver->scenario->chain);
    note_spans(resolver, stmt);
}

static bool
has_epoch_rule(const ScnChain *chain)
{
    return chain->min_difficulty_after_ns != 0 || chain->retarget_from_first ||
           chain->timewarp_guard_ns != 0 || chain->window_order;
}

/* `stmt`: an upgrade that makes the chain this; NULL: the statements `chain` do. */
void
scn_check_chain(ScnResolver *resolver, const ScnStmt *stmt, const ScnChain *chain)
{
    if (chain->algorithm != SCN_RETARGET_FIXED && chain->spacing_ns % SCN_SECOND_NS != 0)
        scn_report(resolver, stmt ? stmt->name_span : resolver->spacing_span,
                   "write algorithm=fixed or whole seconds",
                   "a spacing in parts of a second goes with algorithm=fixed alone");
    if ((chain->algorithm == SCN_RETARGET_LWMA || chain->algorithm == SCN_RETARGET_LWMA_1) &&
        chain->window > LWMA_WINDOW_MAX)
        scn_report(resolver, stmt ? stmt->name_span : resolver->window_span, NULL,
                   "with algorithm=lwma 'window' must be in 2..%d", LWMA_WINDOW_MAX);
    if (chain->anchor != 0 && chain->algorithm != SCN_RETARGET_ASERT)
        scn_report(resolver, stmt ? stmt->name_span : resolver->anchor_span,
                   "write algorithm=asert", "'anchor' goes with algorithm=asert alone");
    if (chain->algorithm != SCN_RETARGET_EPOCH && has_epoch_rule(chain))
        scn_report(resolver, stmt ? stmt->name_span : resolver->epoch_span, "write algorithm=epoch",
                   "this option goes with algorithm=epoch alone");
}

/* Completes the chain, and checks combinations of values. Later lines overwrite single fields, so
 * only the end result counts. */
static void
finish_chain(ScnResolver *resolver)
{
    ScnChain *chain = &resolver->scenario->chain;
    if (chain->limit_bits == 0)
        chain->limit_bits = chain->bits;
    /* canonical targets are in the order of their compact forms */
    if (chain->limit_bits < chain->bits)
        scn_report(resolver, resolver->limit_bits_span, "a larger target is easier",
                   "'limit-bits' is harder than bits, 0x%08x", chain->bits);
    scn_check_chain(resolver, NULL, chain);
    if (chain->max_reorg == SCN_NONE && (chain->unpark != 0 || chain->parks_late))
        scn_report(resolver, resolver->parking_span, "write max-reorg=10",
                   "this option goes with max-reorg alone");
}

static void
resolve_duration(ScnResolver *resolver, const ScnStmt *stmt)
{
    const ScnExpr *value = stmt->exprs->pdata[0];
    gint64 duration;
    resolver->duration_given = true;
    if (!scn_need_time(resolver, value, "duration", &duration))
        return;
    if (duration == 0)
        scn_report(resolver, value->span, NULL, "'duration' must be above 0");
    else
        resolver->scenario->duration_ns = duration;
}

static void
resolve_seed(ScnResolver *resolver, const ScnStmt *stmt)
{
    guint64 seed;
    if (scn_need_count(resolver, stmt->exprs->pdata[0], "seed", 0, G_MAXINT64, &seed) &&
        !resolver->scenario->seed_overridden)
        resolver->scenario->seed = seed;
}

void
scn_resolve_world(ScnResolver *resolver)
{
    ScnScenario *scenario = resolver->scenario;

    scn_apply_standards(resolver, &scn_chain_options, &scenario->chain);
    scn_apply_standards(resolver, &scn_protocol_options, &scenario->protocol);
    scn_apply_standards(resolver, &scn_node_options, &resolver->node_standard);
    scn_apply_standards(resolver, &scn_link_options, &scenario->link_standard);
    scenario->link_standard.set = (1u << scn_link_options.count) - 1;
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        if (stmt->kind == SCN_STMT_CHAIN)
            resolve_chain(resolver, stmt);
        else if (stmt->kind == SCN_STMT_PROTOCOL)
            scn_apply_table(resolver, stmt, &scn_protocol_options, NULL, &scenario->protocol);
        else if (stmt->kind == SCN_STMT_LIMIT)
            resolve_limit(resolver, stmt);
        else if (stmt->kind == SCN_STMT_DURATION)
            resolve_duration(resolver, stmt);
        else if (stmt->kind == SCN_STMT_SEED)
            resolve_seed(resolver, stmt);
        else if (stmt->kind == SCN_STMT_SEEDS)
            scn_resolve_seeds(resolver, stmt);
    }
    finish_chain(resolver);
    scn_resolve_explore(resolver);
}

/* ---- declarations ---- */

static void
declare_items(ScnResolver *resolver, const ScnStmt *timed)
{
    for (guint i = 0; i < timed->items->len; i++) {
        const ScnStmt *item = timed->items->pdata[i];
        if (item->kind != SCN_STMT_MARK)
            continue;
        ScnMark mark = {g_strdup(item->name), scn_place(resolver, item)};
        scn_declare(resolver, SCN_NAME_MARK, item->name, resolver->scenario->marks->len,
                    item->name_span);
        g_array_append_val(resolver->scenario->marks, mark);
    }
}

void
scn_resolve_declarations(ScnResolver *resolver)
{
    ScnScenario *scenario = resolver->scenario;
    scn_resolve_upgrades(resolver);
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        ScnPlace place = scn_place(resolver, stmt);
        if (stmt->kind == SCN_STMT_NODES) {
            scn_declare_nodes(resolver, stmt);
        } else if (stmt->kind == SCN_STMT_WALLET) {
            ScnWallet wallet = {g_strdup(stmt->name), 0, SCN_NONE, place};
            scn_declare(resolver, SCN_NAME_WALLET, stmt->name, scenario->wallets->len,
                        stmt->name_span);
            g_array_append_val(scenario->wallets, wallet);
        } else if (stmt->kind == SCN_STMT_TX) {
            ScnTx tx = {.name = g_strdup(stmt->name), .place = place};
            scn_declare(resolver, SCN_NAME_TX, stmt->name, scenario->txs->len, stmt->name_span);
            g_array_append_val(scenario->txs, tx);
        } else {
            declare_items(resolver, stmt);
        }
    }
    scn_declare_cuts(resolver);
    scn_declare_blocks(resolver);
    scn_resolve_shares(resolver);
    scn_resolve_money(resolver);
    scn_finish_nodes(resolver);
}
