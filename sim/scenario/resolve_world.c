/* Chain, protocol and limits; what the other statements declare, in order. */
#include "sim/scenario/resolve.h"

#include <stddef.h>
#include <string.h>

/* ---- chain, protocol, limit ---- */

typedef struct {
    ScnProtocol protocol;
    guint32 discovery;
} ProtocolRecord;

#define CHAIN(field) offsetof(ScnChain, field)
#define PROTOCOL(field) offsetof(ProtocolRecord, protocol.field)
#define LIMIT(field) offsetof(ScnLimit, field)
#define LWMA_WINDOW_MAX 10000 /* each block looks at all of it */

static const ScnOptSpec chain_specs[] = {
    {"spacing", SCN_OPT_TIME, CHAIN(spacing_ns), NULL, 1, 0, "s"},
    {"algorithm", SCN_OPT_WORD, CHAIN(algorithm), "fixed epoch asert lwma", 0, 0, NULL},
    {"bits", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"window", SCN_OPT_COUNT, CHAIN(window), NULL, 2, 1000000, NULL},
    {"clamp", SCN_OPT_COUNT, CHAIN(clamp), NULL, 1, 1000, NULL},
    {"half-life", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"pow", SCN_OPT_WORD, CHAIN(pow), "simulated off real", 0, 0, NULL},
    {"fork-choice", SCN_OPT_WORD, CHAIN(fork_choice), "most-work longest ghost", 0, 0, NULL},
    {"tie", SCN_OPT_WORD, CHAIN(tie), "first-seen lowest-hash random", 0, 0, NULL},
    {"maturity", SCN_OPT_COUNT, CHAIN(maturity), NULL, 0, 1000000, NULL},
    {"reward", SCN_OPT_AMOUNT, CHAIN(reward), NULL, 0, 1000000000, NULL},
    {"halving", SCN_OPT_LARGE, CHAIN(halving), "none", 1, 0, NULL},
    {"finality", SCN_OPT_COUNT, CHAIN(finality), "none", 1, 1000000, NULL},
    {"final-after", SCN_OPT_COUNT, CHAIN(final_after), NULL, 1, 1000000, NULL},
    {"max-reorg", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"max-block", SCN_OPT_SIZE, CHAIN(max_block_bytes), NULL, 1000, 8 << 20, "kB"},
    {"mtp", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"max-future", SCN_OPT_TIME, CHAIN(max_future_ns), NULL, 0, 0, "h"},
    {"min-fee", SCN_OPT_AMOUNT, CHAIN(min_fee), NULL, 0, 1000000000, NULL},
    {"genesis-time", SCN_OPT_SIGNED, CHAIN(genesis_time), NULL, 0, 4000000000, NULL},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};

static const ScnOptSpec protocol_specs[] = {
    {"relay", SCN_OPT_WORD, PROTOCOL(relay), "flood inventory compact", 0, 0, NULL},
    {"sync", SCN_OPT_TIME, PROTOCOL(sync_ns), "off", 0, 0, "s"},
    {"keepalive", SCN_OPT_TIME, PROTOCOL(keepalive_ns), "off", 0, 0, "s"},
    {"ack", SCN_OPT_WORD, PROTOCOL(ack), "auto on off", 0, 0, NULL},
    {"request-timeout", SCN_OPT_TIME, PROTOCOL(request_timeout_ns), NULL, 1, 0, "s"},
    {"backoff", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"discovery", SCN_OPT_WORD, offsetof(ProtocolRecord, discovery), "off on", 0, 0, NULL},
    {"outbound", SCN_OPT_COUNT, PROTOCOL(outbound), NULL, 0, 1000, NULL},
    {"inbound", SCN_OPT_COUNT, PROTOCOL(inbound), NULL, 0, 100000, NULL},
    {"orphans", SCN_OPT_COUNT, PROTOCOL(orphans), NULL, 0, 1000000, NULL},
    {"ban", SCN_OPT_TIME, PROTOCOL(ban_ns), "off", 0, 0, "h"},
    {"block-size", SCN_OPT_SIZE, PROTOCOL(block_bytes), NULL, 1, 1000000000, "kB"},
    {"compact-size", SCN_OPT_SIZE, PROTOCOL(compact_bytes), NULL, 1, 1000000000, "kB"},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};

static const ScnOptSpec limit_specs[] = {
    {"wall", SCN_OPT_TIME, LIMIT(wall_ns), "none", 1, 0, "s"},
    {"events", SCN_OPT_LARGE, LIMIT(events), "none", 1, 0, NULL},
    {"memory", SCN_OPT_SIZE, LIMIT(memory_bytes), "none", 1, 0, "MB"},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};

/* Bitcoin's compact form: no sign, not zero, no leading zero byte that could be left out, and no
 * overflow of 256 bits. */
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
own_bits(ScnResolver *resolver, const ScnExpr *value, ScnChain *chain)
{
    guint64 bits;
    if (!scn_need_count(resolver, value, "bits", 0, G_MAXUINT32, &bits))
        return false;
    if (!is_canonical((guint32)bits)) {
        scn_report(resolver, value->span, "the default is 0x1e0ffff0",
                   "'bits' needs a canonical compact target");
        return false;
    }
    chain->bits = (guint32)bits;
    return true;
}

static bool
own_half_life(ScnResolver *resolver, const ScnExpr *value, ScnChain *chain)
{
    gint64 half_life;
    if (!scn_need_time(resolver, value, "half-life", &half_life))
        return false;
    if (half_life == 0 || half_life % SCN_SECOND_NS != 0) {
        scn_report(resolver, value->span, "the default is 1h",
                   "'half-life' needs whole seconds, above 0");
        return false;
    }
    chain->half_life_ns = half_life;
    return true;
}

/* Not a COUNT with a word for 0: a limit of 0 blocks is one. */
static bool
own_max_reorg(ScnResolver *resolver, const ScnExpr *value, ScnChain *chain)
{
    guint64 limit;
    ScnConst word = scn_const(resolver, value);
    if (word.kind == SCN_CONST_BAD)
        return false;
    if (word.kind == SCN_CONST_WORD && strcmp(word.text, "none") == 0) {
        chain->max_reorg = SCN_NONE;
        return true;
    }
    if (!scn_need_count(resolver, value, "max-reorg", 0, 1000000, &limit))
        return false;
    chain->max_reorg = (guint32)limit;
    return true;
}

static bool
own_mtp(ScnResolver *resolver, const ScnExpr *value, ScnChain *chain)
{
    guint64 mtp;
    if (!scn_need_count(resolver, value, "mtp", 1, 31, &mtp))
        return false;
    if (mtp % 2 == 0) {
        scn_report(resolver, value->span, "a median has one in the middle",
                   "'mtp' needs an odd number");
        return false;
    }
    chain->mtp = (guint32)mtp;
    return true;
}

static bool
chain_own(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    const ScnExpr *value = scn_option_value(resolver, option);
    if (!value)
        return false;
    if (strcmp(option->name, "bits") == 0)
        return own_bits(resolver, value, data);
    if (strcmp(option->name, "half-life") == 0)
        return own_half_life(resolver, value, data);
    if (strcmp(option->name, "max-reorg") == 0)
        return own_max_reorg(resolver, value, data);
    return own_mtp(resolver, value, data);
}

static bool
protocol_own(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ProtocolRecord *record = data;
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
    record->protocol.backoff_low_ns = low;
    record->protocol.backoff_high_ns = high;
    return true;
}

/* Where the values stand that are judged once the whole chain is known. */
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
    }
}

static void
resolve_chain(ScnResolver *resolver, const ScnStmt *stmt)
{
    ScnChain *chain = &resolver->scenario->chain;
    scn_apply_options(resolver, stmt, chain_specs, chain, chain_own, chain);
    note_spans(resolver, stmt);
}

/* Later lines win field by field, so what goes with what is known at the end alone. */
static void
check_chain(ScnResolver *resolver)
{
    const ScnChain *chain = &resolver->scenario->chain;
    if (chain->algorithm != SCN_RETARGET_FIXED && chain->spacing_ns % SCN_SECOND_NS != 0)
        scn_report(resolver, resolver->spacing_span, "write algorithm=fixed or whole seconds",
                   "a spacing in parts of a second goes with algorithm=fixed alone");
    if (chain->algorithm == SCN_RETARGET_LWMA && chain->window > LWMA_WINDOW_MAX)
        scn_report(resolver, resolver->window_span, NULL,
                   "with algorithm=lwma 'window' must be in 2..%d", LWMA_WINDOW_MAX);
}

static void
resolve_protocol(ScnResolver *resolver, const ScnStmt *stmt)
{
    ProtocolRecord record = {.protocol = resolver->scenario->protocol};
    record.discovery = record.protocol.discovery;
    scn_apply_options(resolver, stmt, protocol_specs, &record, protocol_own, &record);
    record.protocol.discovery = record.discovery == 1;
    resolver->scenario->protocol = record.protocol;
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
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        if (stmt->kind == SCN_STMT_CHAIN)
            resolve_chain(resolver, stmt);
        else if (stmt->kind == SCN_STMT_PROTOCOL)
            resolve_protocol(resolver, stmt);
        else if (stmt->kind == SCN_STMT_LIMIT)
            scn_apply_options(resolver, stmt, limit_specs, &scenario->limit, NULL, NULL);
        else if (stmt->kind == SCN_STMT_DURATION)
            resolve_duration(resolver, stmt);
        else if (stmt->kind == SCN_STMT_SEED)
            resolve_seed(resolver, stmt);
        else if (stmt->kind == SCN_STMT_SEEDS)
            scn_resolve_seeds(resolver, stmt);
    }
    check_chain(resolver);
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
}
