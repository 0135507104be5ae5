/* Chain, protocol and limits; nodes and their shares; wallets and transactions. */
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

/* ---- nodes ---- */

#define MEMPOOL_BYTES 5000000
#define RELAY_NOT_GIVEN G_MAXUINT32

typedef struct {
    guint32 role, port, relay, listen;
    gint64 mempool, start, clock, validate;
    ScnNumber drift;
    const ScnOption *region, *uplink, *downlink;
    bool share_given;
    ScnNumber share;
    ScnSpan share_span;
} NodeRecord;

#define NODE(field) offsetof(NodeRecord, field)
#define DRIFT_MAX (SCN_ONE / 10) /* of a clock, either way */

static const ScnOptSpec node_specs[] = {
    {"share", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"role", SCN_OPT_WORD, offsetof(NodeRecord, role), "miner full script", 0, 0, NULL},
    {"port", SCN_OPT_COUNT, offsetof(NodeRecord, port), NULL, 1, 65535, NULL},
    {"region", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"clock", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"drift", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"uplink", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"downlink", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"listen", SCN_OPT_WORD, NODE(listen), "yes no", 0, 0, NULL},
    {"mempool", SCN_OPT_SIZE, offsetof(NodeRecord, mempool), NULL, 1, 0, "MB"},
    {"validate", SCN_OPT_TIME, NODE(validate), NULL, 0, 0, "ms"},
    {"start", SCN_OPT_TIME, NODE(start), NULL, 0, 0, "m"},
    {"relay", SCN_OPT_WORD, offsetof(NodeRecord, relay), "flood inventory compact", 0, 0, NULL},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};

static bool
own_clock(ScnResolver *resolver, const ScnExpr *value, NodeRecord *record)
{
    ScnQuantity quantity;
    if (!scn_need(resolver, value, "clock", SCN_DIM_TIME, "s", &quantity))
        return false;
    record->clock = (gint64)quantity.value;
    return true;
}

static bool
own_drift(ScnResolver *resolver, const ScnExpr *value, NodeRecord *record)
{
    ScnQuantity quantity;
    if (!scn_need(resolver, value, "drift", SCN_DIM_NUMBER, "ppm", &quantity))
        return false;
    if (quantity.value > DRIFT_MAX || quantity.value < -DRIFT_MAX) {
        scn_report(resolver, value->span, NULL, "'drift' must be in -10%%..10%%");
        return false;
    }
    record->drift = quantity.value;
    return true;
}

static bool
node_own(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    NodeRecord *record = data;
    const ScnOption **later = strcmp(option->name, "region") == 0     ? &record->region
                              : strcmp(option->name, "uplink") == 0   ? &record->uplink
                              : strcmp(option->name, "downlink") == 0 ? &record->downlink
                                                                      : NULL;
    if (later) {
        *later = option; /* once the nodes, and their regions, are known */
        return true;
    }
    const ScnExpr *value = scn_option_value(resolver, option);

    if (strcmp(option->name, "clock") == 0)
        return value && own_clock(resolver, value, record);
    if (strcmp(option->name, "drift") == 0)
        return value && own_drift(resolver, value, record);
    record->share_given = true;
    resolver->shares_given = true;
    if (!value || !scn_need_portion(resolver, value, "share", &record->share)) {
        resolver->shares_bad = true;
        return false;
    }
    record->share_span = value->span;
    resolver->share_span = value->span;
    return true;
}

static guint32
find_or_add_group(ScnResolver *resolver, const char *name)
{
    GArray *groups = resolver->scenario->groups;
    gpointer index;
    if (g_hash_table_lookup_extended(resolver->group_index, name, NULL, &index))
        return GPOINTER_TO_UINT(index);
    ScnNodeGroup group = {g_strdup(name), g_array_new(FALSE, FALSE, sizeof(guint32))};
    g_array_append_val(groups, group);
    g_hash_table_insert(resolver->group_index, group.name, GUINT_TO_POINTER(groups->len - 1));
    return groups->len - 1;
}

static void
add_node(ScnResolver *resolver, const ScnStmt *stmt, const ScnExpr *ref, gint64 index)
{
    ScnScenario *scenario = resolver->scenario;
    guint32 id = scenario->nodes->len;
    ScnNode node = {.index = index, .place = scn_place(resolver, stmt)};

    node.name =
        index < 0 ? g_strdup(ref->name) : g_strdup_printf("%s%" G_GINT64_FORMAT, ref->name, index);
    node.group = find_or_add_group(resolver, ref->name);
    g_array_append_val(scenario->nodes, node);
    g_array_append_val(g_array_index(scenario->groups, ScnNodeGroup, node.group).nodes, id);
    scn_declare(resolver, SCN_NAME_NODE, node.name, id, ref->span);
}

static bool
add_ref(ScnResolver *resolver, const ScnStmt *stmt, const ScnExpr *ref)
{
    guint64 first, last;
    if (strchr(ref->name, '-') || strcmp(ref->name, "all") == 0) {
        scn_report(resolver, ref->span, "a name is letters, digits and _",
                   "'%s' cannot be the name of a node", ref->name);
        return false;
    }
    if (ref->kind == SCN_EXPR_NAME) {
        add_node(resolver, stmt, ref, -1);
        return true;
    }
    if (scn_expr_count(ref) == 0) {
        scn_report(resolver, ref->span, "write a range such as [1..5]",
                   "how many nodes are there in '%s'?", ref->name);
        return false;
    }
    if (!scn_index_bounds(resolver, ref, &first, &last))
        return false;
    if (last - first >= SCN_NODES_MAX - resolver->scenario->nodes->len) {
        scn_report(resolver, ref->span, NULL, "a scenario has at most %d nodes", SCN_NODES_MAX);
        return false;
    }
    guint before = resolver->errors->found;
    for (guint64 i = first; i <= last && resolver->errors->found == before; i++)
        add_node(resolver, stmt, ref, (gint64)i);
    return true;
}

static void
fill_nodes(ScnResolver *resolver, const ScnStmt *stmt, const NodeRecord *record, guint first)
{
    GArray *nodes = resolver->scenario->nodes;
    guint count = nodes->len - first;

    for (guint i = first; i < nodes->len; i++) {
        ScnNode *node = &g_array_index(nodes, ScnNode, i);
        node->role = (ScnRole)record->role;
        node->port = record->port ? record->port + (i - first) : 0;
        node->mempool_bytes = record->mempool;
        node->own_relay = record->relay != RELAY_NOT_GIVEN;
        node->relay = node->own_relay ? (ScnRelay)record->relay : SCN_RELAY_FLOOD;
        node->start_ns = record->start;
        node->clock_ns = record->clock;
        node->drift = record->drift;
        node->validate_ns = record->validate;
        node->no_listen = record->listen == 1;
        /* Not final: share of all shares, until their sum is known. */
        node->share_num = (guint64)record->share;
        node->share_den = count;
    }
    if (count > 0 && record->port && record->port + count - 1 > 65535)
        scn_report(resolver, stmt->keyword, NULL, "the ports of this group go beyond 65535");
    if (record->role != SCN_ROLE_MINER && record->share != 0)
        scn_report(resolver, record->share_span, "only miners have hash power",
                   "a node that does not mine has no share");
}

static void
clear_regions(ScnResolver *resolver, guint first)
{
    GArray *nodes = resolver->scenario->nodes;
    for (guint i = first; i < nodes->len; i++)
        g_array_index(nodes, ScnNode, i).region = SCN_NONE;
}

static void
declare_nodes(ScnResolver *resolver, const ScnStmt *stmt)
{
    NodeRecord record = {.mempool = MEMPOOL_BYTES, .relay = RELAY_NOT_GIVEN};
    guint first = resolver->scenario->nodes->len;

    scn_apply_options(resolver, stmt, node_specs, &record, node_own, &record);
    for (guint i = 0; i < stmt->exprs->len; i++) {
        const ScnExpr *ref = stmt->exprs->pdata[i];
        if (ref->kind == SCN_EXPR_BAD || add_ref(resolver, stmt, ref))
            continue;
        g_hash_table_add(resolver->doubtful, g_strdup(ref->name));
        resolver->shares_bad = true;
    }
    fill_nodes(resolver, stmt, &record, first);
    if (record.region)
        scn_resolve_regions(resolver, record.region, first);
    else
        clear_regions(resolver, first);
    if (record.uplink)
        scn_resolve_node_rates(resolver, record.uplink, first);
    if (record.downlink)
        scn_resolve_node_rates(resolver, record.downlink, first);
}

/* ---- shares ---- */

static guint64
divisor_of(guint64 a, guint64 b)
{
    while (b != 0) {
        guint64 rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static void
set_share(ScnNode *node, guint64 num, guint64 den)
{
    guint64 divisor = num == 0 ? den : divisor_of(num, den);
    node->share_num = num / divisor;
    node->share_den = den / divisor;
}

static void
share_evenly(GArray *nodes)
{
    guint64 miners = 0;
    for (guint i = 0; i < nodes->len; i++)
        miners += g_array_index(nodes, ScnNode, i).role == SCN_ROLE_MINER;
    for (guint i = 0; i < nodes->len; i++) {
        ScnNode *node = &g_array_index(nodes, ScnNode, i);
        set_share(node, node->role == SCN_ROLE_MINER, MAX(miners, 1));
    }
}

/* The groups' shares must add up to 1; what thirds lose in the twelfth decimal is forgiven, and
 * made good by dividing by the sum. */
static void
share_as_given(ScnResolver *resolver, GArray *nodes)
{
    static const guint64 slack = 1000;
    guint64 total = 0;

    for (guint i = 0; i < nodes->len;) {
        const ScnNode *node = &g_array_index(nodes, ScnNode, i);
        total += node->share_num;
        i += (guint)node->share_den; /* on to the next statement's nodes */
    }
    if (total + slack < (guint64)SCN_ONE || total > (guint64)SCN_ONE + slack) {
        g_autofree char *sum = scn_number_text((ScnNumber)total * 100);
        scn_report(resolver, resolver->share_span, "the shares of all nodes add to 100%",
                   "the shares add to %s%%, not to 100%%", sum);
        return;
    }
    for (guint i = 0; i < nodes->len; i++) {
        ScnNode *node = &g_array_index(nodes, ScnNode, i);
        set_share(node, node->share_num, node->share_den * total);
    }
}

static void
resolve_shares(ScnResolver *resolver)
{
    GArray *nodes = resolver->scenario->nodes;
    if (!resolver->shares_given)
        share_evenly(nodes);
    else if (!resolver->shares_bad && resolver->errors->found == 0)
        share_as_given(resolver, nodes);
}

/* ---- wallets and transactions ---- */

typedef struct {
    gint64 funds, amount, fee;
    guint64 nonce;
    guint32 at, from, to;
    bool nonce_given;
} MoneyRecord;

#define MONEY(field) offsetof(MoneyRecord, field)
#define AMOUNT_MAX 1000000000 /* tokens; well inside int64 of 10^-8 */

static const ScnOptSpec wallet_specs[] = {
    {"funds", SCN_OPT_AMOUNT, MONEY(funds), NULL, 0, AMOUNT_MAX, NULL},
    {"at", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};

enum { TX_FROM, TX_TO, TX_AMOUNT, TX_FEE, TX_NONCE };

static const ScnOptSpec tx_specs[] = {
    {"from", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"to", SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
    {"amount", SCN_OPT_AMOUNT, MONEY(amount), NULL, 0, AMOUNT_MAX, NULL},
    {"fee", SCN_OPT_AMOUNT, MONEY(fee), NULL, 0, AMOUNT_MAX, NULL},
    {"nonce", SCN_OPT_LARGE, MONEY(nonce), NULL, 0, 0, NULL},
    {NULL, SCN_OPT_OWN, 0, NULL, 0, 0, NULL},
};

static bool
money_own(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    MoneyRecord *record = data;
    const ScnExpr *value = scn_option_value(resolver, option);
    if (!value)
        return false;
    value = scn_follow(resolver, value);
    if (strcmp(option->name, "at") != 0)
        return scn_resolve_thing(resolver, value, SCN_NAME_WALLET, "wallet",
                                 option->name[0] == 'f' ? &record->from : &record->to);
    if (value->kind == SCN_EXPR_NAME && strcmp(value->name, "any") == 0)
        return true;
    return scn_resolve_node(resolver, value, &record->at);
}

static void
resolve_wallet(ScnResolver *resolver, const ScnStmt *stmt, ScnWallet *wallet)
{
    MoneyRecord record = {.at = SCN_NONE};
    scn_apply_options(resolver, stmt, wallet_specs, &record, money_own, &record);
    wallet->funds = record.funds;
    wallet->at = record.at;
}

static void
report_missing(ScnResolver *resolver, const ScnStmt *stmt)
{
    static const char *const needed[] = {"from", "to", "amount"};
    for (guint n = 0; n < G_N_ELEMENTS(needed); n++) {
        if (scn_is_given(stmt, needed[n]))
            continue;
        scn_report(resolver, stmt->name_span, "write tx NAME from=A to=B amount=1",
                   "'%s' needs %s=", stmt->name, needed[n]);
        return;
    }
}

static void
resolve_tx(ScnResolver *resolver, const ScnStmt *stmt, ScnTx *tx, guint64 *next_nonces)
{
    MoneyRecord record = {0};
    const guint64 needed = 1 << TX_FROM | 1 << TX_TO | 1 << TX_AMOUNT;
    guint before = resolver->errors->found;
    guint64 given = scn_apply_options(resolver, stmt, tx_specs, &record, money_own, &record);

    if ((given & needed) != needed) {
        if (resolver->errors->found == before)
            report_missing(resolver, stmt);
        return;
    }
    tx->from = record.from;
    tx->to = record.to;
    tx->amount = record.amount;
    tx->fee = record.fee;
    tx->nonce = given & 1 << TX_NONCE ? record.nonce : next_nonces[tx->from];
    next_nonces[tx->from] = tx->nonce + 1;
}

static void
resolve_money(ScnResolver *resolver)
{
    ScnScenario *scenario = resolver->scenario;
    g_autofree guint64 *next_nonces = g_new0(guint64, scenario->wallets->len + 1);
    guint wallet = 0, tx = 0;

    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        if (stmt->kind == SCN_STMT_WALLET)
            resolve_wallet(resolver, stmt, &g_array_index(scenario->wallets, ScnWallet, wallet++));
    }
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];
        if (stmt->kind == SCN_STMT_TX)
            resolve_tx(resolver, stmt, &g_array_index(scenario->txs, ScnTx, tx++), next_nonces);
        else if (stmt->kind == SCN_STMT_LOAD)
            scn_resolve_load(resolver, stmt);
    }
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
            declare_nodes(resolver, stmt);
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
    resolve_shares(resolver);
    resolve_money(resolver);
}
