/* Strategies: their table, their options, and what these must be together. */
#include "sim/scenario/strategy.h"

#include "sim/policy/table.h"
#include "sim/scenario/lexer.h"
#include "sim/scenario/source.h"
#include "sim/scenario/word.h"

#include <stddef.h>
#include <string.h>

#define STRATEGY(field) offsetof(ScnStrategy, field)
#define DEPTH_MAX 1000000 /* blocks */
#define TIMES_MAX 1000000 /* multiple of the first difficulty */

/* ---- options ---- */

static bool
own_payment(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ScnStrategy *strategy = data;
    const ScnExpr *value = scn_option_value(resolver, option);

    return value &&
           scn_resolve_thing(resolver, scn_follow(resolver, value), SCN_NAME_TX, "transaction",
                             option->name[0] == 'p' ? &strategy->pay : &strategy->back);
}

static bool
own_times(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    ScnStrategy *strategy = data;
    const ScnExpr *value = scn_option_value(resolver, option);
    ScnQuantity quantity;

    if (!value || !scn_need(resolver, value, option->name, SCN_DIM_NUMBER, "", &quantity))
        return false;
    if (quantity.value <= 0 || quantity.value > TIMES_MAX * SCN_ONE) {
        scn_report(resolver, value->span, "write 1.2", "'%s' must be above 0 and at most %d",
                   option->name, TIMES_MAX);
        return false;
    }
    *(option->name[0] == 'l' ? &strategy->leave : &strategy->come_back) = quantity.value;
    return true;
}

static bool
own_rate(ScnResolver *resolver, const ScnOption *option, gpointer data)
{
    return scn_need_gap(resolver, option, &((ScnStrategy *)data)->gap_ns);
}

static const ScnOptRow rows[] = {
    SCN_ROW_FLAG("pool", STRATEGY(is_alone), "yes no", "yes",
                 "yes: the nodes of the line are one pool; no: each has a strategy of its own"),
    SCN_ROW_FLAG("lead", STRATEGY(lead), "no yes", "no",
                 "stubborn: one block ahead, it ties and does not win at once"),
    SCN_ROW_FLAG("equal-fork", STRATEGY(equal_fork), "no yes", "no",
                 "stubborn: it keeps a block that it finds during a tie"),
    SCN_ROW("trail", COUNT, STRATEGY(trail), NULL, 0, DEPTH_MAX, "blocks", "0",
            "stubborn: how far behind it goes on"),
    SCN_ROW_OWN("pay", own_payment, "(must be given)", "a transaction",
                "double-spend: the payment that is to be undone"),
    SCN_ROW_OWN("back", own_payment, "(must be given)", "a transaction",
                "double-spend: the payment of the same money, in its own branch"),
    SCN_ROW("confirmations", COUNT, STRATEGY(confirmations), NULL, 1, DEPTH_MAX, NULL, "6",
            "double-spend: confirmations of `pay` that it waits for"),
    SCN_ROW("give-up", COUNT, STRATEGY(give_up), NULL, 1, DEPTH_MAX, "blocks", "20",
            "double-spend: so far behind it ends"),
    SCN_ROW("from", TIME, STRATEGY(from_ns), NULL, 0, 0, "m", "0",
            "double-spend: when it pays; an earlier time means at once"),
    SCN_ROW_OWN("leave", own_times, "1.2", "above 0",
                "hop: it stops when the difficulty due is this many times that of genesis"),
    SCN_ROW_OWN("return", own_times, "1.0", "above 0, at most `leave`",
                "hop: it comes back when the difficulty due is at most this many times that of "
                "genesis"),
    SCN_ROW("by", TIME, STRATEGY(by_ns), NULL, 1, 0, "s", "(must be given)",
            "lag: how much later it passes things on"),
    SCN_ROW_OWN("rate", own_rate, "(must be given)", "above 0, to a million a second",
                "spam: messages of the pool"),
    SCN_ROW_WORD("send", STRATEGY(send), "orphans headers bad-blocks forgeries payments junk",
                 "(must be given)",
                 "spam: blocks without a parent; headers without one, unasked; blocks with too "
                 "high a reward; the tip's block and payments with one rule broken, another each "
                 "time; payments that break a rule, in a block on the tip and alone; announcements "
                 "of blocks and payments that do not exist"),
};

const ScnOptTable scn_strategy_options = {"strategy", rows, G_N_ELEMENTS(rows), NULL};
/* The same on a line of nodes, which has other options too. */
static const ScnOptTable of_nodes = {"strategy", rows, G_N_ELEMENTS(rows), &scn_node_options};

/* ---- what options must be together ---- */

static void
check_double_spend(ScnResolver *resolver, const ScnStmt *stmt, const ScnStrategy *strategy)
{
    const ScnTx *pay, *back;
    const ScnWallet *wallet;

    if (strategy->pay == SCN_NONE || strategy->back == SCN_NONE)
        return; /* named on a line that did not parse */
    pay = &g_array_index(resolver->scenario->txs, ScnTx, strategy->pay);
    back = &g_array_index(resolver->scenario->txs, ScnTx, strategy->back);
    if (pay->from >= resolver->scenario->wallets->len)
        return; /* likewise */
    if (pay == back || pay->from != back->from || pay->nonce != back->nonce) {
        g_autofree char *help =
            g_strdup_printf("write tx %s with the from= of %s and nonce=%" G_GUINT64_FORMAT,
                            pay == back ? "t2" : back->name, pay->name, pay->nonce);

        scn_report(resolver, stmt->keyword, help,
                   "'pay' and 'back' do not conflict: only one of two payments of one wallet with "
                   "one nonce can stand");
        return;
    }
    wallet = &g_array_index(resolver->scenario->wallets, ScnWallet, pay->from);
    if (wallet->funds < MAX(pay->amount + pay->fee, back->amount + back->fee)) {
        g_autofree char *help =
            g_strdup_printf("write wallet %s funds= with enough for both", wallet->name);

        scn_report(resolver, stmt->keyword, help,
                   "wallet %s cannot pay: its funds in genesis are below the amount and fee",
                   wallet->name);
    }
}

static void
check_timewarp(ScnResolver *resolver, const ScnStmt *stmt, const ScnStrategy *strategy)
{
    (void)strategy;
    if (resolver->scenario->chain.algorithm != SCN_RETARGET_EPOCH)
        scn_report(resolver, stmt->keyword, "write chain algorithm=epoch",
                   "timewarp works on the windows of algorithm=epoch alone");
}

static void
check_hop(ScnResolver *resolver, const ScnStmt *stmt, const ScnStrategy *strategy)
{
    if (strategy->come_back > strategy->leave)
        scn_report(resolver, stmt->keyword, "write leave=1.2 return=1.0",
                   "'return' is above 'leave': it would come and go with each block");
}

/* ---- the table ---- */

static const ScnStrategyRow strategies[] = {
    {.word = "honest", .usage = "honest", .text = "follows the rules; the default"},
    {.word = "selfish",
     .takes = {"pool"},
     .usage = "selfish",
     .text = "selfish mining: keeps its blocks secret and publishes them when others find blocks "
             "(Eyal & Sirer, FC 2014, algorithm 1)"},
    {.word = "stubborn",
     .takes = {"pool", "lead", "equal-fork", "trail"},
     .usage = "stubborn",
     .text = "selfish mining that takes more risks, by its options (Nayak et al., EuroS&P 2016)"},
    {.word = "policy",
     .takes = {"pool"},
     .usage = "policy(\"file.csv\")",
     .text = "does what a table says, such as one of `kettensim policy` (Sapirshtein et al., FC "
             "2016): columns a, h, fork, action"},
    {.word = "double-spend",
     .takes = {"pay", "back", "pool", "confirmations", "give-up", "from"},
     .needs = 2,
     .check = check_double_spend,
     .usage = "double-spend",
     .text = "submits `pay` at an honest node, a neighbour if it has one, mines in secret from "
             "there with `back` in the first "
             "block, and publishes that when `pay` has its confirmations and the secret branch is "
             "longer; one attempt, honest before and after"},
    {.word = "withhold",
     .takes = {"pool"},
     .usage = "withhold",
     .text = "keeps what it finds until `release`"},
    {.word = "timewarp",
     .takes = {"pool"},
     .check = check_timewarp,
     .usage = "timewarp",
     .text = "dates its blocks as early as the rules allow, the last of each window as late as "
             "they allow; with `algorithm=epoch`"},
    {.word = "hop",
     .takes = {"pool", "leave", "return"},
     .check = check_hop,
     .usage = "hop",
     .text = "mines only while the difficulty due is low"},
    {.word = "silent",
     .takes = {"pool"},
     .usage = "silent",
     .text = "takes connections and everything they bring; sends no block, header, payment or "
             "address, its own included"},
    {.word = "lag",
     .takes = {"by", "pool"},
     .needs = 1,
     .usage = "lag",
     .text = "passes on blocks, headers, payments and addresses, but later"},
    {.word = "spam",
     .takes = {"rate", "send", "pool"},
     .needs = 2,
     .usage = "spam",
     .text = "also sends its peers, in turn, what is of no use to them"},
    {.word = "liar",
     .takes = {"pool"},
     .usage = "liar",
     .text = "every second thing that others would learn from it is a lie: what it sent of that "
             "kind before, or a block with a wrong body"},
};

const ScnStrategyRow *
scn_strategy_row(guint index)
{
    return index < G_N_ELEMENTS(strategies) ? &strategies[index] : NULL;
}

/* ---- a line ---- */

/* Reads the file of policy("file.csv"). */
static bool
read_policy(ScnResolver *resolver, const ScnExpr *call, guint32 *ret_policy)
{
    g_autofree char *why = NULL;
    const ScnSource *source;
    const ScnExpr *path;
    PolicyTable *table;
    guint32 index;
    guint line = 1;

    path = call->kind == SCN_EXPR_CALL && scn_expr_count(call) == 1
               ? scn_follow(resolver, scn_expr_at(call, 0))
               : NULL;
    if (!path || path->kind != SCN_EXPR_TEXT) {
        scn_report(resolver, call->span, "write policy(\"optimal.csv\")",
                   "'policy' needs the file of its table");
        return false;
    }
    if (!scn_source_include(resolver->sources, path->span, path->name, resolver->errors, &index) ||
        !scn_lexer_check_encoding(resolver->sources, index, resolver->errors))
        return false;
    source = resolver->sources->pdata[index];
    table = policy_table_parse(source->text, source->length, &line, &why);
    if (!table) {
        scn_report(resolver, scn_line_span(source, index, MAX(line, 1)), NULL, "%s", why);
        return false;
    }
    *ret_policy = resolver->scenario->policies->len;
    g_ptr_array_add(resolver->scenario->policies, table);
    return true;
}

static bool
find_row(ScnResolver *resolver, const ScnExpr *value, guint *ret_row)
{
    const ScnExpr *expr = scn_follow(resolver, value);
    g_autoptr(GString) words = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(strategies); i++)
        g_string_append_printf(words, "%s%s", i > 0 ? " " : "", strategies[i].word);
    for (*ret_row = 0; *ret_row < G_N_ELEMENTS(strategies); (*ret_row)++) {
        if (expr->kind == SCN_EXPR_CALL && strcmp(expr->name, strategies[*ret_row].word) == 0)
            return true;
    }
    return scn_need_word(resolver, value, "strategy", words->str, ret_row);
}

/* Reports options that the strategy does not take, and those that it needs. A line whose strategy
 * is a param may have the options of all strategies that the param can name. */
static void
check_options(ScnResolver *resolver, const ScnStmt *stmt, const ScnStrategyRow *row, bool is_param)
{
    for (guint i = 0; i < stmt->options->len && !is_param; i++) {
        const ScnOption *option = &g_array_index(stmt->options, ScnOption, i);
        g_autofree char *help = NULL;

        if (!scn_option_find(&scn_strategy_options, option->name) ||
            g_strv_contains(row->takes, option->name))
            continue;
        for (guint k = 0; k < G_N_ELEMENTS(strategies) && !help; k++) {
            if (g_strv_contains(strategies[k].takes, option->name) && strcmp(option->name, "pool"))
                help = g_strdup_printf("it goes with strategy=%s", strategies[k].word);
        }
        scn_report(resolver, option->name_span, help, "%s takes no '%s'", row->word, option->name);
    }
    for (guint i = 0; i < row->needs; i++) {
        g_autofree char *help = g_strdup_printf("write %s=", row->takes[i]);

        if (scn_is_given(stmt, row->takes[i]))
            continue;
        scn_report(resolver, stmt->keyword, help, "strategy=%s needs %s=", row->word,
                   row->takes[i]);
        return;
    }
}

static guint32
resolve(ScnResolver *resolver, const ScnStmt *stmt, const ScnExpr *value, const ScnOptTable *table)
{
    ScnStrategy strategy = {
        .policy = SCN_NONE, .pay = SCN_NONE, .back = SCN_NONE, .place = scn_place(resolver, stmt)};
    const ScnStrategyRow *row;
    guint before = resolver->errors->found, index = 0;

    if (!find_row(resolver, value, &index))
        return SCN_NONE;
    row = &strategies[index];
    scn_apply_standards(resolver, &scn_strategy_options, &strategy);
    scn_apply_table(resolver, stmt, table, NULL, &strategy);
    check_options(resolver, stmt, row, value->kind == SCN_EXPR_PARAM);
    if (strcmp(row->word, "policy") == 0)
        read_policy(resolver, scn_follow(resolver, value), &strategy.policy);
    else if (scn_follow(resolver, value)->kind == SCN_EXPR_CALL)
        scn_report(resolver, value->span, row->word, "%s takes no file", row->word);
    if (resolver->errors->found != before || index == 0)
        return SCN_NONE;
    if (row->check)
        row->check(resolver, stmt, &strategy);
    strategy.word = row->word;
    g_array_append_val(resolver->scenario->strategies, strategy);
    return resolver->scenario->strategies->len - 1;
}

guint32
scn_add_strategy(ScnResolver *resolver, const ScnStmt *stmt, const char *word)
{
    const ScnStrategy strategy = {.word = word,
                                  .policy = SCN_NONE,
                                  .pay = SCN_NONE,
                                  .back = SCN_NONE,
                                  .place = scn_place(resolver, stmt)};

    g_array_append_val(resolver->scenario->strategies, strategy);
    return resolver->scenario->strategies->len - 1;
}

guint32
scn_resolve_strategy(ScnResolver *resolver, const ScnStmt *stmt, const ScnExpr *value)
{
    return resolve(resolver, stmt, value, &scn_strategy_options);
}

guint32
scn_resolve_strategy_of_nodes(ScnResolver *resolver, const ScnStmt *stmt)
{
    const ScnOption *found = NULL, *without = NULL;

    for (guint i = 0; i < stmt->options->len; i++) {
        const ScnOption *option = &g_array_index(stmt->options, ScnOption, i);

        if (strcmp(option->name, "strategy") == 0)
            found = option;
        else if (scn_option_find(&scn_strategy_options, option->name))
            without = option;
    }
    if (found) {
        const ScnExpr *value = scn_option_value(resolver, found);

        return value ? resolve(resolver, stmt, value, &of_nodes) : SCN_NONE;
    }
    if (without)
        scn_report(resolver, without->name_span, "write strategy= too",
                   "'%s' is an option of a strategy", without->name);
    return SCN_NONE;
}
