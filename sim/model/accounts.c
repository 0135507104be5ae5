/* Accounts after each block, as a sorted array, and what a block does to them. */
#include "sim/model/facts.h"

static int
compare_addresses(const ModelAddress *a, const ModelAddress *b)
{
    return memcmp(a->b, b->b, sizeof a->b);
}

/* Returns where the account is, or belongs. */
static guint
place_of(const GArray *accounts, const ModelAddress *address)
{
    guint low = 0, high = accounts->len;

    while (low < high) {
        guint middle = (low + high) / 2;

        if (compare_addresses(&g_array_index(accounts, ModelAccount, middle).address, address) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

ModelAccount
model_account(const GArray *accounts, const ModelAddress *address)
{
    guint at = place_of(accounts, address);

    if (at < accounts->len &&
        compare_addresses(&g_array_index(accounts, ModelAccount, at).address, address) == 0)
        return g_array_index(accounts, ModelAccount, at);
    return (ModelAccount){.address = *address};
}

static void
set_account(GArray *accounts, const ModelAccount *account)
{
    guint at = place_of(accounts, &account->address);

    if (at < accounts->len && compare_addresses(&g_array_index(accounts, ModelAccount, at).address,
                                                &account->address) == 0)
        g_array_index(accounts, ModelAccount, at) = *account;
    else
        g_array_insert_val(accounts, at, *account);
}

GArray *
model_accounts_new(const ModelAccount *funds, gsize count)
{
    GArray *accounts = g_array_new(FALSE, FALSE, sizeof(ModelAccount));

    for (gsize i = 0; i < count; i++)
        set_account(accounts, &funds[i]);
    return accounts;
}

/* --- the state root ----------------------------------------------------------------------- */

static bool
bit_of(const ModelAccount *account, guint bit)
{
    return (account->address.b[bit / 8] >> (7 - bit % 8) & 1) != 0;
}

/* The root of accounts low … high - 1, and the sum of their balances. A leaf is the hash of 0 |
 * address | balance | nonce. A node splits its accounts at the first bit in which they differ, and
 * is the hash of 1 | bit | sum | left | right. */
static ModelHash
root_of(guint64 *ret_sum, const ModelAccount *accounts, guint low, guint high)
{
    guint8 raw[74];
    guint64 left_sum, right_sum;
    ModelHash left, right;
    guint bit = 0, middle = low;

    if (high - low == 1) {
        raw[0] = 0;
        memcpy(raw + 1, accounts[low].address.b, 20);
        model_put64(raw + 21, accounts[low].balance);
        model_put64(raw + 29, accounts[low].nonce);
        *ret_sum = accounts[low].balance;
        return model_hash(raw, 37);
    }
    while (bit_of(&accounts[low], bit) == bit_of(&accounts[high - 1], bit))
        bit++;
    while (!bit_of(&accounts[middle], bit))
        middle++;
    left = root_of(&left_sum, accounts, low, middle);
    right = root_of(&right_sum, accounts, middle, high);
    *ret_sum = left_sum + right_sum;
    raw[0] = 1;
    raw[1] = (guint8)bit;
    model_put64(raw + 2, *ret_sum);
    memcpy(raw + 10, left.b, 32);
    memcpy(raw + 42, right.b, 32);
    return model_hash(raw, sizeof raw);
}

ModelHash
model_state_root(const GArray *accounts)
{
    guint64 sum;

    if (accounts->len == 0)
        return (ModelHash){{0}};
    return root_of(&sum, (const ModelAccount *)(const void *)accounts->data, 0, accounts->len);
}

/* --- execution ---------------------------------------------------------------------------- */

static const char *
credit(GArray *accounts, const ModelAddress *address, guint64 amount)
{
    ModelAccount account = model_account(accounts, address);

    if (amount > AMOUNT_MAX - account.balance)
        return "bad-amount";
    account.balance += amount;
    if (amount > 0)
        set_account(accounts, &account);
    return OK;
}

static const char *
pay(GArray *accounts, const ModelTx *tx)
{
    ModelAccount from = model_account(accounts, &tx->from);

    if (tx->nonce != from.nonce)
        return "bad-nonce";
    if (tx->amount + tx->fee > from.balance)
        return "insufficient-funds";
    from.balance -= tx->amount + tx->fee;
    from.nonce++;
    set_account(accounts, &from);
    return credit(accounts, &tx->to, tx->amount);
}

/* The subsidy is halved every `halving` blocks. */
static guint64
subsidy_at(const ModelParams *params, guint64 height)
{
    guint64 halvings = params->halving > 0 ? height / params->halving : 0;

    return halvings < 64 ? params->reward >> halvings : 0;
}

static guint64
longest_maturity(const Model *model)
{
    guint64 longest = model->params.maturity;

    for (guint i = 0; i < model->upgrades->len; i++) {
        const ModelUpgrade *upgrade = &g_array_index(model->upgrades, ModelUpgrade, i);

        if ((upgrade->changes >> MODEL_CHANGE_MATURITY & 1) != 0)
            longest = MAX(longest, upgrade->params.maturity);
    }
    return longest;
}

/* A reward comes to the miner's account as many blocks later as the maturity of its own block's
 * rules says, before that block's payments; with maturity 0 after its own block's payments. */
static const char *
run(Model *model, GArray *accounts, const ModelBlock *block)
{
    const ModelParams *rules = model_rules_above(model, block->parent);
    guint64 reward = subsidy_at(rules, block->height);
    const guint64 longest = longest_maturity(model);
    const char *verdict = OK;

    for (const ModelBlock *due = block->parent;
         is_ok(verdict) && due->parent != NULL && block->height - due->height <= longest;
         due = due->parent) {
        if (due->height + model_rules_above(model, due->parent)->maturity == block->height)
            verdict = credit(accounts, &due->body->miner, due->body->reward);
    }
    for (guint i = 0; i < block->body->txs->len && is_ok(verdict); i++) {
        const ModelTx *tx = block->body->txs->pdata[i];

        verdict = pay(accounts, tx);
        if (is_ok(verdict) && tx->fee > AMOUNT_MAX - reward)
            verdict = "bad-amount";
        reward += tx->fee;
    }
    if (rules->maturity == 0 && is_ok(verdict))
        verdict = credit(accounts, &block->body->miner, reward);
    if (is_ok(verdict) && block->body->reward != reward)
        verdict = "bad-reward";
    return verdict;
}

const char *
model_execute(Model *model, ModelBlock *block)
{
    GArray *accounts;

    if (block->execution != NULL)
        return block->execution;
    accounts = g_array_copy(block->parent->accounts);
    block->execution = run(model, accounts, block);
    if (is_ok(block->execution)) {
        ModelHash root = model_state_root(accounts);

        if (!model_hash_is_equal(&root, &block->body->state_root))
            block->execution = "bad-state-root";
    }
    if (is_ok(block->execution))
        block->accounts = accounts;
    else
        g_array_unref(accounts);
    return block->execution;
}
