/* `load`: transactions generated during the run. */
#include "sim/scenario/resolve.h"

#include <stddef.h>
#include <string.h>

typedef struct {
    ScnLoad load;
    const ScnOption *at;
} LoadRecord;

#define LOAD(field) offsetof(LoadRecord, load.field)
#define AMOUNT_MAX 1000000000        /* tokens; far below the int64 limit of 10^-8 tokens */
#define RATE_MAX (1000000 * SCN_ONE) /* a second */
#define HOUR_NS (3600 * SCN_SECOND_NS)

bool
scn_need_gap(ScnResolver *resolver, const ScnOption *option, gint64 *ret_gap_ns)
{
    const ScnExpr *value = scn_option_value(resolver, option);
    ScnQuantity quantity;

    if (!value || !scn_need(resolver, value, "rate", SCN_DIM_FREQUENCY, "/s", &quantity))
        return false;
    if (quantity.value <= 0 || quantity.value > 3600 * RATE_MAX) {
        scn_report(resolver, value->span, "write 2/s, 30/m or 10/h",
                   "'rate' must be above 0 and at most a million a second");
        return false;
    }
    ScnNumber gap = HOUR_NS * SCN_ONE / quantity.value;
    *ret_gap_ns = (gint64)MIN(gap, G_MAXINT64 / 64); /* such a rare event does not occur in a run */
    return true;
}

static bool
own_rate(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    return scn_need_gap(resolver, option, &((LoadRecord *)data)->load.gap_ns);
}

static bool
is_random(ScnResolver *resolver, const ScnExpr *value)
{
    const ScnExpr *expr = scn_follow(resolver, value);
    return expr->kind == SCN_EXPR_NAME && strcmp(expr->name, "random") == 0 &&
           scn_find_name(resolver, "random") == NULL;
}

static bool
own_wallet(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ScnLoad *load = &((LoadRecord *)data)->load;
    const ScnExpr *value = scn_option_value(resolver, option);
    guint32 *wallet = option->name[0] == 'f' ? &load->from : &load->to;

    if (value && is_random(resolver, value)) {
        *wallet = SCN_NONE;
        return true;
    }
    return value && scn_resolve_thing(resolver, scn_follow(resolver, value), SCN_NAME_WALLET,
                                      "wallet", wallet);
}

static bool
need_amount(ScnResolver *resolver, const ScnExpr *value, gint64 *ret_amount)
{
    ScnQuantity quantity;
    const ScnNumber unit = SCN_ONE / SCN_TOKEN;

    if (!scn_need(resolver, value, "amount", SCN_DIM_NUMBER, "", &quantity))
        return false;
    if (quantity.value < 0 || quantity.value > AMOUNT_MAX * SCN_ONE || quantity.value % unit != 0) {
        scn_report(resolver, value->span, NULL,
                   "'amount' must be in 0..%d, with at most 8 decimals", AMOUNT_MAX);
        return false;
    }
    *ret_amount = (gint64)(quantity.value / unit);
    return true;
}

static bool
own_amount(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ScnLoad *load = &((LoadRecord *)data)->load;
    const ScnExpr *value = option->values->pdata[0];

    if (option->values->len == 1 && value->kind == SCN_EXPR_RANGE) {
        if (!need_amount(resolver, scn_expr_at(value, 0), &load->amount_low) ||
            !need_amount(resolver, scn_expr_at(value, 1), &load->amount_high))
            return false;
        if (load->amount_low <= load->amount_high)
            return true;
        scn_report(resolver, value->span, "write amount=0.01..1", "'amount' goes up");
        return false;
    }
    value = scn_option_value(resolver, option);
    if (!value || !need_amount(resolver, value, &load->amount_low))
        return false;
    load->amount_high = load->amount_low;
    return true;
}

static bool
own_at(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    if (!scn_option_value(resolver, option))
        return false;
    ((LoadRecord *)data)->at = option;
    return true;
}

enum { LOAD_RATE, LOAD_FROM, LOAD_TO, LOAD_AMOUNT };

static const ScnOptRow load_rows[] = {
    SCN_ROW_OWN("rate", own_rate, "(must be given)", "above 0, to a million a second",
                "mean number of payments: `2/s`, `30/m`, `10/h`"),
    SCN_ROW_OWN("from", own_wallet, "(must be given)", "a wallet, or random", "who pays"),
    SCN_ROW_OWN("to", own_wallet, "(must be given)", "a wallet, or random", "who is paid"),
    SCN_ROW_OWN("amount", own_amount, "(must be given)", "0 to 1 000 000 000 tokens, or a range",
                "drawn evenly in steps of 10⁻⁸"),
    SCN_ROW("fee", AMOUNT, LOAD(fee), NULL, 0, AMOUNT_MAX, "tokens", "(`min-fee` of the chain)",
            "fee of each payment"),
    SCN_ROW_OWN("at", own_at, "(the sender's `at=`)", "a set of nodes, or random",
                "nodes that accept payments; each payment draws one that is up"),
};

const ScnOptTable scn_load_options = {"load", load_rows, G_N_ELEMENTS(load_rows), NULL};

/* Returns the nodes of a load: those of at=, else that of the wallet, else all. */
static GArray *
nodes_of(ScnResolver *resolver, const LoadRecord *record)
{
    const GArray *wallets = resolver->scenario->wallets;

    if (record->at && !is_random(resolver, record->at->values->pdata[0]))
        return scn_resolve_nodes(resolver, record->at->values->pdata[0], true);
    GArray *nodes = g_array_new(FALSE, FALSE, sizeof(guint32));
    if (!record->at && record->load.from != SCN_NONE) {
        guint32 at = g_array_index(wallets, ScnWallet, record->load.from).at;
        if (at != SCN_NONE) {
            g_array_append_val(nodes, at);
            return nodes;
        }
    }
    for (guint32 i = 0; i < resolver->scenario->nodes->len; i++)
        g_array_append_val(nodes, i);
    return nodes;
}

/* Returns whether a node of the set can accept transactions; a script node sends only its script.
 */
static bool
can_take(const ScnResolver *resolver, const GArray *nodes)
{
    for (guint i = 0; i < nodes->len; i++) {
        guint32 node = g_array_index(nodes, guint32, i);
        if (g_array_index(resolver->scenario->nodes, ScnNode, node).role != SCN_ROLE_SCRIPT)
            return true;
    }
    return false;
}

static void
report_missing(ScnResolver *resolver, const ScnStmt *stmt)
{
    static const char *const needed[] = {"rate", "from", "to", "amount"};
    for (guint n = 0; n < G_N_ELEMENTS(needed); n++) {
        if (scn_is_given(stmt, needed[n]))
            continue;
        scn_report(resolver, stmt->keyword, "write load rate=2/s from=A to=random amount=0.01..1",
                   "'load' needs %s=", needed[n]);
        return;
    }
}

void
scn_resolve_load(ScnResolver *resolver, const ScnStmt *stmt)
{
    LoadRecord record = {
        .load = {.fee = resolver->scenario->chain.min_fee, .place = scn_place(resolver, stmt)}};
    guint before = resolver->errors->found;
    const guint64 needed = 1 << LOAD_RATE | 1 << LOAD_FROM | 1 << LOAD_TO | 1 << LOAD_AMOUNT;
    guint64 given = scn_apply_table(resolver, stmt, &scn_load_options, NULL, &record);

    if (resolver->errors->found != before)
        return;
    if ((given & needed) != needed) {
        report_missing(resolver, stmt);
        return;
    }
    if (resolver->scenario->wallets->len < 2 &&
        (record.load.from == SCN_NONE || record.load.to == SCN_NONE)) {
        scn_report(resolver, stmt->keyword, "write wallet bob",
                   "'random' has another wallet to draw only where there are two");
        return;
    }
    record.load.at = nodes_of(resolver, &record);
    if (!record.load.at)
        return;
    if (!can_take(resolver, record.load.at))
        scn_report(resolver, stmt->keyword, "write at= with a node of another role",
                   "nodes with role=script take no payments");
    g_array_append_val(resolver->scenario->loads, record.load);
}
