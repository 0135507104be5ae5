/* Wallets and transactions. */
#include "sim/scenario/resolve.h"

#include <stddef.h>
#include <string.h>

typedef struct {
    gint64 funds, amount, fee;
    guint64 nonce;
    guint32 at, from, to;
    bool nonce_given;
} MoneyRecord;

#define MONEY(field) offsetof(MoneyRecord, field)
#define AMOUNT_MAX 1000000000 /* tokens; far below the int64 limit of 10^-8 tokens */

static bool
own_wallet(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    MoneyRecord *record = data;
    const ScnExpr *value = scn_option_value(resolver, option);
    return value &&
           scn_resolve_thing(resolver, scn_follow(resolver, value), SCN_NAME_WALLET, "wallet",
                             option->name[0] == 'f' ? &record->from : &record->to);
}

static bool
own_at(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    const ScnExpr *value = scn_option_value(resolver, option);
    if (!value)
        return false;
    value = scn_follow(resolver, value);
    if (value->kind == SCN_EXPR_NAME && strcmp(value->name, "any") == 0)
        return true;
    return scn_resolve_node(resolver, value, &((MoneyRecord *)data)->at);
}

static const ScnOptRow wallet_rows[] = {
    SCN_ROW("funds", AMOUNT, MONEY(funds), NULL, 0, AMOUNT_MAX, "tokens", "0",
            "its balance in genesis"),
    SCN_ROW_OWN("at", own_at, "any", "a node, or any",
                "the node that accepts payments of its `load`"),
};

const ScnOptTable scn_wallet_options = {"wallet", wallet_rows, G_N_ELEMENTS(wallet_rows), NULL};

enum { TX_FROM, TX_TO, TX_AMOUNT, TX_FEE, TX_NONCE };

static const ScnOptRow tx_rows[] = {
    [TX_FROM] = SCN_ROW_OWN("from", own_wallet, "(must be given)", "a wallet", "who pays"),
    [TX_TO] = SCN_ROW_OWN("to", own_wallet, "(must be given)", "a wallet", "who is paid"),
    [TX_AMOUNT] = SCN_ROW("amount", AMOUNT, MONEY(amount), NULL, 0, AMOUNT_MAX, "tokens",
                          "(must be given)", "what is paid"),
    [TX_FEE] = SCN_ROW("fee", AMOUNT, MONEY(fee), NULL, 0, AMOUNT_MAX, "tokens", "0",
                       "what the sender pays the miner"),
    [TX_NONCE] = SCN_ROW("nonce", LARGE, MONEY(nonce), NULL, 0, 0, NULL,
                         "(one more than the wallet's transaction before it; 0 for the first)",
                         "two transactions with one nonce exclude each other"),
};

const ScnOptTable scn_tx_options = {"tx", tx_rows, G_N_ELEMENTS(tx_rows), NULL};

static void
resolve_wallet(ScnResolver *resolver, const ScnStmt *stmt, ScnWallet *wallet)
{
    MoneyRecord record = {.at = SCN_NONE};
    scn_apply_table(resolver, stmt, &scn_wallet_options, NULL, &record);
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
    guint64 given = scn_apply_table(resolver, stmt, &scn_tx_options, NULL, &record);

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

void
scn_resolve_money(ScnResolver *resolver)
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

/* ---- supply ---- */

static ScnNumber
sum_funds(const ScnScenario *scenario)
{
    ScnNumber sum = 0;

    for (guint i = 0; i < scenario->wallets->len; i++)
        sum += g_array_index(scenario->wallets, ScnWallet, i).funds;
    return sum;
}

/* Returns the rewards of twice the expected number of blocks: mining has luck, and hash power
 * changes. With upgrades: at most, the largest reward with the latest halving. */
static ScnNumber
sum_rewards(const ScnScenario *scenario, bool with_upgrades)
{
    ScnChain chain = scenario->chain;
    ScnNumber blocks = 2 * (scenario->duration_ns / chain.spacing_ns) + scenario->blocks->len;

    for (guint i = 0; with_upgrades && i < scenario->upgrades->len; i++) {
        const ScnChain *later = &g_array_index(scenario->upgrades, ScnUpgrade, i).chain;

        chain.reward = MAX(chain.reward, later->reward);
        chain.halving =
            chain.halving == 0 || later->halving == 0 ? 0 : MAX(chain.halving, later->halving);
    }
    if (chain.halving > 0) /* 1 + 1/2 + 1/4 … is below 2 */
        blocks = MIN(blocks, 2 * (ScnNumber)chain.halving);
    return blocks * chain.reward;
}

/* Returns where the reward is said that is too large. */
static ScnSpan
span_of_rewards(const ScnResolver *resolver)
{
    const ScnScenario *scenario = resolver->scenario;

    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];

        if (stmt->kind == SCN_STMT_UPGRADE &&
            (scn_is_given(stmt, "reward") || scn_is_given(stmt, "halving")) &&
            sum_funds(scenario) + sum_rewards(scenario, false) <= SCN_AMOUNT_MAX)
            return stmt->name_span;
    }
    return resolver->reward_span;
}

/* Refuses a supply that could exceed the range of amounts: the block would be refused and the chain
 * stop. */
void
scn_check_supply(ScnResolver *resolver)
{
    const ScnScenario *scenario = resolver->scenario;
    ScnNumber funds = sum_funds(scenario), rewards = sum_rewards(scenario, true);
    gint64 most = SCN_AMOUNT_MAX / SCN_TOKEN;

    if (funds > SCN_AMOUNT_MAX) {
        for (guint i = 0; i < resolver->stmts->len; i++) {
            const ScnStmt *stmt = resolver->stmts->pdata[i];
            if (stmt->kind != SCN_STMT_WALLET)
                continue;
            scn_report(resolver, stmt->keyword, NULL,
                       "the wallets' funds add up to more than the %" G_GINT64_FORMAT
                       " tokens that can be held",
                       most);
            return;
        }
    }
    if (funds + rewards > SCN_AMOUNT_MAX)
        scn_report(resolver, span_of_rewards(resolver), "take a smaller reward, or a halving",
                   "in the duration the rewards can pass the %" G_GINT64_FORMAT
                   " tokens that can be held",
                   most);
}
