/* Feeds the reference model and compares; see opinion.h. */
#include "sim/world/opinion.h"

#include "core/chain/retarget.h"
#include "core/node/record.h"
#include "sim/model/model.h"
#include "sim/world/observe.h"
#include "sim/world/world_impl.h"

struct SimOpinion {
    SimWorld *world;
    GHashTable *models;  /* bits of known upgrades -> Model */
    GPtrArray *nodes;    /* ModelNode, by index; a script's is never told anything */
    GPtrArray *before;   /* ModelNode, by index: before the restart that goes on; NULL: none does,
                            or its log is not whole */
    GArray *tips;        /* ModelHash, by node: whose accounts were compared last */
    char *what, *detail; /* the first difference; NULL: there is none */
};

static KetteHash
hash_of_model(const ModelHash *hash)
{
    KetteHash result;

    memcpy(result.b, hash->b, sizeof result.b);
    return result;
}

static ModelHash
hash_for_model(const KetteHash *hash)
{
    ModelHash result;

    memcpy(result.b, hash->b, sizeof result.b);
    return result;
}

/* --- the first difference ----------------------------------------------------------------- */

typedef struct {
    const char *subject;
    const KetteHash *id; /* of the subject; NULL: it has none */
    const char *node_says, *model_says;
    bool are_values; /* they are others in another run with this difference */
} Difference;

static void
differ(SimOpinion *opinion, const SimHost *host, const Difference *it)
{
    char time[SIM_TIME_TEXT], hex[KETTE_HASH_HEX];

    if (opinion->what != NULL)
        return;
    if (it->id != NULL)
        kette_hash_to_hex(hex, it->id);
    opinion->what = it->are_values
                        ? g_strdup_printf("%s: the node and the model differ", it->subject)
                        : g_strdup_printf("%s: the node says %s, the model %s", it->subject,
                                          it->node_says, it->model_says);
    opinion->detail = g_strdup_printf(
        "the model disagrees with %s at %s on the %s%s%s: the node says %s, the model %s\n",
        sim_net_node_name(opinion->world->net, host->index),
        sim_time_format(time, sim_engine_now(opinion->world->engine)), it->subject,
        it->id != NULL ? " " : "", it->id != NULL ? hex : "", it->node_says, it->model_says);
    sim_engine_stop(opinion->world->engine);
}

static void
compare_text(SimOpinion *opinion, const SimHost *host, const char *subject, const KetteHash *id,
             const char *node_says, const char *model_says)
{
    if (strcmp(node_says, model_says) != 0)
        differ(opinion, host, &(Difference){subject, id, node_says, model_says, false});
}

static void
compare_number(SimOpinion *opinion, const SimHost *host, const char *subject, uint64_t node_says,
               uint64_t model_says)
{
    char a[24], b[24];

    if (node_says == model_says)
        return;
    g_snprintf(a, sizeof a, "%" G_GUINT64_FORMAT, node_says);
    g_snprintf(b, sizeof b, "%" G_GUINT64_FORMAT, model_says);
    differ(opinion, host, &(Difference){subject, NULL, a, b, true});
}

static void
compare_hash(SimOpinion *opinion, const SimHost *host, const char *subject,
             const KetteHash *node_says, const ModelHash *model_says)
{
    char a[KETTE_HASH_HEX], b[KETTE_HASH_HEX];
    KetteHash other = hash_of_model(model_says);

    if (kette_hash_equal(node_says, &other))
        return;
    kette_hash_to_hex(a, node_says);
    kette_hash_to_hex(b, &other);
    differ(opinion, host, &(Difference){subject, NULL, a, b, true});
}

/* --- making ------------------------------------------------------------------------------- */

static ModelParams
params_of_model(const KetteParams *params)
{
    static const ModelRetarget retargets[] = {
        [KETTE_RETARGET_FIXED] = MODEL_FIXED,   [KETTE_RETARGET_EPOCH] = MODEL_EPOCH,
        [KETTE_RETARGET_ASERT] = MODEL_ASERT,   [KETTE_RETARGET_LWMA] = MODEL_LWMA,
        [KETTE_RETARGET_LWMA_1] = MODEL_LWMA_1, [KETTE_RETARGET_EDA] = MODEL_EDA,
        [KETTE_RETARGET_CW_144] = MODEL_CW_144,
    };
    static const ModelPow pows[] = {
        [KETTE_POW_REAL] = MODEL_POW_REAL,
        [KETTE_POW_SIMULATED] = MODEL_POW_SIMULATED,
        [KETTE_POW_OFF] = MODEL_POW_OFF,
    };
    static const ModelForkChoice choices[] = {
        [KETTE_FORK_MOST_WORK] = MODEL_MOST_WORK,
        [KETTE_FORK_LONGEST] = MODEL_LONGEST,
        [KETTE_FORK_GHOST] = MODEL_GHOST,
    };
    static const ModelTie ties[] = {
        [KETTE_TIE_FIRST_SEEN] = MODEL_FIRST_SEEN,
        [KETTE_TIE_LOWEST_HASH] = MODEL_LOWEST_HASH,
        [KETTE_TIE_RANDOM] = MODEL_RANDOM,
    };
    ModelParams result = {
        .spacing_s = params->spacing_ns / INT64_C(1000000000),
        .retarget = retargets[params->retarget],
        .genesis_bits = params->genesis_bits,
        .limit_bits = params->limit_bits != 0 ? params->limit_bits : params->genesis_bits,
        .window = params->window,
        .clamp = params->clamp,
        .half_life_s = params->half_life_s,
        .anchor = params->anchor.height,
        .min_difficulty_after_s = params->min_difficulty_after_s,
        .retarget_from_first = params->retarget_from_first,
        .timewarp_guard_s = params->timewarp_guard_s,
        .window_order = params->window_order,
        .pow = pows[params->pow],
        .fork_choice = choices[params->fork_choice],
        .tie = ties[params->tie],
        .max_reorg = params->max_reorg == KETTE_NO_LIMIT ? G_MAXUINT64 : params->max_reorg,
        .unpark = params->unpark,
        .parks_late = params->parks_when_synced,
        .finality = params->finality,
        .free_bits = params->free_bits,
        .maturity = params->maturity,
        .reward = params->reward,
        .halving = params->halving,
        .max_block_bytes = params->max_block_bytes,
        .min_version = params->min_version,
        .mtp_window = params->mtp_window,
        .max_future_s = params->max_future_s,
        .min_fee = params->min_fee,
        .genesis_time = params->genesis_time,
    };

    memcpy(result.seal_key.b, params->seal_key.b, sizeof result.seal_key.b);
    return result;
}

static void
free_node(gpointer node)
{
    model_node_free(node);
}

/* Adds the upgrades that are among `known`. */
static GArray *
upgrades_of_model(const SimWorld *world, uint32_t known)
{
    static const ModelChange changes[KETTE_CHANGE_COUNT] = {
        [KETTE_CHANGE_MAX_BLOCK] = MODEL_CHANGE_MAX_BLOCK,
        [KETTE_CHANGE_REWARD] = MODEL_CHANGE_REWARD,
        [KETTE_CHANGE_HALVING] = MODEL_CHANGE_HALVING,
        [KETTE_CHANGE_MATURITY] = MODEL_CHANGE_MATURITY,
        [KETTE_CHANGE_RETARGET] = MODEL_CHANGE_RETARGET,
        [KETTE_CHANGE_WINDOW] = MODEL_CHANGE_WINDOW,
        [KETTE_CHANGE_CLAMP] = MODEL_CHANGE_CLAMP,
        [KETTE_CHANGE_HALF_LIFE] = MODEL_CHANGE_HALF_LIFE,
        [KETTE_CHANGE_ANCHOR] = MODEL_CHANGE_ANCHOR,
        [KETTE_CHANGE_MIN_DIFFICULTY] = MODEL_CHANGE_MIN_DIFFICULTY,
        [KETTE_CHANGE_RETARGET_FROM] = MODEL_CHANGE_RETARGET_FROM,
        [KETTE_CHANGE_TIMEWARP_GUARD] = MODEL_CHANGE_TIMEWARP_GUARD,
        [KETTE_CHANGE_WINDOW_ORDER] = MODEL_CHANGE_WINDOW_ORDER,
        [KETTE_CHANGE_MTP] = MODEL_CHANGE_MTP,
        [KETTE_CHANGE_MAX_FUTURE] = MODEL_CHANGE_MAX_FUTURE,
        [KETTE_CHANGE_MIN_VERSION] = MODEL_CHANGE_MIN_VERSION,
    };
    GArray *upgrades = g_array_new(FALSE, FALSE, sizeof(ModelUpgrade));

    for (size_t i = 0; i < world->config.upgrade_count; i++) {
        const KetteUpgrade *upgrade = &world->config.upgrades[i];
        ModelUpgrade it = {
            .number = upgrade->number,
            .at_height = upgrade->at_height,
            .signals = upgrade->signals,
            .window = upgrade->window,
            .params = params_of_model(&upgrade->params),
        };

        for (unsigned c = 0; c < KETTE_CHANGE_COUNT; c++)
            it.changes |= (upgrade->changes >> c & 1u) << changes[c];
        if ((known >> upgrade->number & 1) != 0)
            g_array_append_val(upgrades, it);
    }
    return upgrades;
}

/* Returns the model of the nodes that know these upgrades. */
static Model *
model_of(SimOpinion *opinion, uint32_t known)
{
    const SimWorld *world = opinion->world;
    const ModelParams params = params_of_model(&world->config.params);
    Model *model = g_hash_table_lookup(opinion->models, GUINT_TO_POINTER(known));
    g_autoptr(GArray) funds = g_array_new(FALSE, FALSE, sizeof(ModelAccount));
    g_autoptr(GArray) upgrades = NULL;

    if (model != NULL)
        return model;
    for (guint i = 0; i < world->wallets->len; i++) {
        const SimWallet *wallet = g_ptr_array_index(world->wallets, i);
        ModelAccount account = {.balance = wallet->funds};

        memcpy(account.address.b, wallet->address.b, sizeof account.address.b);
        if (wallet->funds > 0)
            g_array_append_val(funds, account);
    }
    upgrades = upgrades_of_model(world, known);
    model =
        model_new(&params, (const ModelAccount *)(const void *)funds->data, funds->len, upgrades);
    g_hash_table_insert(opinion->models, GUINT_TO_POINTER(known), model);
    return model;
}

static void
free_model(gpointer model)
{
    model_free(model);
}

SimOpinion *
sim_opinion_new(SimWorld *world)
{
    SimOpinion *opinion = g_new0(SimOpinion, 1);

    opinion->world = world;
    opinion->models = g_hash_table_new_full(NULL, NULL, NULL, free_model);
    opinion->nodes = g_ptr_array_new_with_free_func(free_node);
    opinion->before = g_ptr_array_new_with_free_func(free_node);
    opinion->tips = g_array_new(FALSE, TRUE, sizeof(ModelHash));
    return opinion;
}

void
sim_opinion_free(SimOpinion *opinion)
{
    if (opinion == NULL)
        return;
    g_ptr_array_unref(opinion->nodes);
    g_ptr_array_unref(opinion->before);
    g_array_unref(opinion->tips);
    g_hash_table_unref(opinion->models);
    g_free(opinion->what);
    g_free(opinion->detail);
    g_free(opinion);
}

/* A draw is what the node drew. */
static guint64
draw_of_node(void *user, const ModelHash *id)
{
    const SimHost *host = user;
    const KetteChain *chain = kette_node_chain(host->node);
    const KetteHash hash = hash_of_model(id);
    const KetteEntry *entry = kette_chain_find(chain, &hash);

    return entry != NULL ? kette_chain_preference(chain, entry) : 0;
}

void
sim_opinion_begin(SimOpinion *opinion, const SimHost *host)
{
    const KetteNodeConfig *config = kette_node_config(host->node);
    const ModelNodeOptions options = {config->orphan_limit, config->mempool_bytes, draw_of_node,
                                      (void *)host};

    if (opinion->nodes->len <= host->index) {
        g_ptr_array_set_size(opinion->nodes, (gint)host->index + 1);
        g_ptr_array_set_size(opinion->before, (gint)host->index + 1);
        g_array_set_size(opinion->tips, host->index + 1);
    }
    model_node_free(g_ptr_array_index(opinion->before, host->index));
    g_ptr_array_index(opinion->before, host->index) =
        g_ptr_array_index(opinion->nodes, host->index);
    g_ptr_array_index(opinion->nodes, host->index) =
        model_node_new(model_of(opinion, host->knows), &options);
    g_array_index(opinion->tips, ModelHash, host->index) = (ModelHash){{0}}; /* nothing compared */
}

void
sim_opinion_forget(SimOpinion *opinion, const SimHost *host)
{
    g_clear_pointer(&g_ptr_array_index(opinion->nodes, host->index), free_node);
}

/* --- feeding ------------------------------------------------------------------------------ */

static GBytes *
bytes_of_block(const KetteBlock *block)
{
    GByteArray *bytes = g_byte_array_new();

    kette_block_serialize(block, bytes);
    return g_byte_array_free_to_bytes(bytes);
}

static void
give_header(SimOpinion *opinion, const SimHost *host, ModelNode *node, const KetteGiven *given,
            int64_t clock_s)
{
    uint8_t bytes[KETTE_HEADER_BYTES];
    KetteHash id = kette_header_id(opinion->world->hasher, given->header);

    kette_header_serialize(given->header, bytes);
    compare_text(opinion, host, "verdict on the header", &id, kette_verdict_name(given->verdict),
                 model_node_header(node, bytes, clock_s));
}

static void
give_block(SimOpinion *opinion, const SimHost *host, ModelNode *node, const KetteGiven *given,
           int64_t clock_s)
{
    g_autoptr(GBytes) bytes = bytes_of_block(given->block);

    compare_text(opinion, host, "verdict on the block", &given->block->id,
                 kette_verdict_name(given->verdict),
                 model_node_block(node, bytes, given->peer, given->now_ns, clock_s));
}

static void
give_payment(SimOpinion *opinion, const SimHost *host, ModelNode *node, const KetteGiven *given)
{
    uint8_t bytes[KETTE_TX_BYTES];

    kette_tx_serialize(given->tx, bytes);
    compare_text(opinion, host, "verdict on the payment", &given->tx->id,
                 kette_verdict_name(given->verdict), model_node_payment(node, bytes));
}

static void
give_record(ModelNode *node, const KetteRecord *record)
{
    g_autoptr(GBytes) bytes = NULL;
    uint8_t header[KETTE_HEADER_BYTES];
    ModelHash id;

    switch (record->kind) {
    case KETTE_RECORD_BLOCK:
        bytes = bytes_of_block(record->block);
        model_node_restore_block(node, bytes, record->preference);
        break;
    case KETTE_RECORD_MARK:
        kette_header_serialize(&record->header, header);
        model_node_restore_mark(node, header, kette_verdict_name(record->verdict));
        break;
    case KETTE_RECORD_HAND:
        id = hash_for_model(&record->id);
        model_node_hand(node, kette_hand_name(record->hand), &id, true);
        break;
    case KETTE_RECORD_RULES:
        model_node_forget_verdicts(node);
        break;
    case KETTE_RECORD_TIP:
        id = hash_for_model(&record->id);
        model_node_restore_move(node, &id);
        break;
    case KETTE_RECORD_CAUGHT_UP:
        model_node_caught_up(node);
        break;
    }
}

/* --- comparing ---------------------------------------------------------------------------- */

static void
compare_status(SimOpinion *opinion, const SimHost *host, ModelNode *node, const KetteHash *id)
{
    const ModelHash hash = hash_for_model(id);

    compare_text(opinion, host, "status of the block", id,
                 kette_block_status_name(kette_chain_status(kette_node_chain(host->node), id)),
                 model_node_status(node, &hash));
}

/* Compares the accounts by the root that commits to them, which costs nothing; if it differs, an
 * account that differs says more. */
static void
compare_accounts(SimOpinion *opinion, const SimHost *host, const ModelNode *node)
{
    const KetteEntry *tip = kette_chain_tip(kette_node_chain(host->node));
    KetteState *state = kette_store_state(host->store, tip);
    KetteHash root = kette_state_root(opinion->world->hasher, state);
    ModelHash due = model_node_state_root(node);
    const GArray *accounts = model_node_accounts(node);

    if (memcmp(root.b, due.b, sizeof due.b) == 0)
        return;
    for (guint i = 0; i < accounts->len; i++) {
        const ModelAccount *account = &g_array_index(accounts, ModelAccount, i);
        KetteAddress address;
        KetteAccount held;

        memcpy(address.b, account->address.b, sizeof address.b);
        held = kette_state_get(state, &address);
        compare_number(opinion, host, "balance of an account", held.balance, account->balance);
        compare_number(opinion, host, "nonce of an account", held.nonce, account->nonce);
    }
    compare_hash(opinion, host, "state root", &root, &due);
}

typedef struct {
    SimOpinion *opinion;
    const SimHost *host;
    const GArray *ids; /* ModelHash */
    guint at;
} MempoolWalk;

static void
compare_payment(void *user, KetteTx *tx)
{
    MempoolWalk *walk = user;

    if (walk->at >= walk->ids->len ||
        memcmp(g_array_index(walk->ids, ModelHash, walk->at).b, tx->id.b, sizeof tx->id.b) != 0)
        differ(walk->opinion, walk->host,
               &(Difference){"mempool", &tx->id, "it waits here", "another one", false});
    walk->at++;
}

/* `whole`: each payment in its place, else how many wait. */
static void
compare_mempool(SimOpinion *opinion, const SimHost *host, const ModelNode *node, bool whole)
{
    g_autoptr(GArray) ids = whole ? model_node_mempool(node) : NULL;
    const KetteMempool *pool = kette_node_mempool(host->node);
    MempoolWalk walk = {opinion, host, ids, 0};

    compare_number(opinion, host, "number of waiting payments", kette_mempool_count(pool),
                   model_node_waiting(node));
    if (whole && opinion->what == NULL)
        kette_mempool_each(pool, compare_payment, &walk);
}

static void
compare(SimOpinion *opinion, const SimHost *host, ModelNode *node)
{
    const KetteEntry *tip = kette_chain_tip(kette_node_chain(host->node));
    ModelHash *compared = &g_array_index(opinion->tips, ModelHash, host->index);
    ModelHash due = model_node_tip(node);
    g_autoptr(GArray) touched = model_node_steal_touched(node);
    const KetteParams *params = kette_store_params_above(host->store, tip);
    bool moved = memcmp(compared->b, due.b, sizeof due.b) != 0;

    compare_hash(opinion, host, "tip", &tip->id, &due);
    for (guint i = 0; i < touched->len; i++) {
        KetteHash id = hash_of_model(&g_array_index(touched, ModelHash, i));

        compare_status(opinion, host, node, &id);
    }
    if (opinion->what == NULL && moved) {
        *compared = due;
        if (!params->free_bits)
            compare_number(opinion, host, "bits due", kette_retarget_next_in_time(params, tip),
                           model_node_next_bits(node));
        compare_accounts(opinion, host, node);
    }
    compare_mempool(opinion, host, node, moved);
}

/* Compares what the log has brought back with what the node knew before. */
static void
compare_restart(SimOpinion *opinion, const SimHost *host, ModelNode *node)
{
    g_autoptr(ModelNode) before = g_steal_pointer(&g_ptr_array_index(opinion->before, host->index));
    ModelHash hash;
    const char *lost = before != NULL ? model_node_lost(before, node, &hash) : NULL;
    KetteHash id;

    if (lost == NULL)
        return;
    id = hash_of_model(&hash);
    differ(opinion, host,
           &(Difference){lost, &id, "it is lost in a restart", "it was saved", false});
}

void
sim_opinion_given(SimOpinion *opinion, SimHost *host, const KetteGiven *given)
{
    ModelNode *node = g_ptr_array_index(opinion->nodes, host->index);
    int64_t offset_ns = kette_chain_clock_offset(kette_node_chain(host->node));
    int64_t clock_s =
        kette_params_clock_s(&opinion->world->config.params, given->now_ns + offset_ns);
    ModelHash tip;

    if (opinion->what != NULL)
        return;
    switch (given->kind) {
    case KETTE_GIVEN_HEADER:
        give_header(opinion, host, node, given, clock_s);
        break;
    case KETTE_GIVEN_BLOCK:
        give_block(opinion, host, node, given, clock_s);
        break;
    case KETTE_GIVEN_PAYMENT:
        give_payment(opinion, host, node, given);
        break;
    case KETTE_GIVEN_EXPIRY:
        model_node_expire_orphans(node, given->before_ns);
        break;
    case KETTE_GIVEN_PARTING:
        model_node_forget_source(node, given->peer);
        break;
    case KETTE_GIVEN_CAUGHT_UP:
        model_node_caught_up(node);
        break;
    case KETTE_GIVEN_HAND:
        tip = hash_for_model(given->tip);
        model_node_hand(node, kette_hand_name(given->hand), &tip, false);
        break;
    case KETTE_GIVEN_RECORD:
        give_record(node, given->record);
        break;
    case KETTE_GIVEN_RESTORED:
        tip = hash_for_model(given->tip);
        model_node_restore_tip(node, &tip);
        compare(opinion, host, node);
        compare_restart(opinion, host, node);
        break;
    case KETTE_GIVEN_SETTLED:
        compare(opinion, host, node);
        break;
    }
}

void
sim_opinion_audit(SimOpinion *opinion, const SimHost *host)
{
    const char *wrong = opinion->what == NULL ? kette_node_audit(host->node) : NULL;
    char time[SIM_TIME_TEXT];

    if (wrong == NULL)
        return;
    opinion->what = g_strdup(wrong);
    opinion->detail =
        g_strdup_printf("the books of %s contradict each other at %s: %s\n",
                        sim_net_node_name(opinion->world->net, host->index),
                        sim_time_format(time, sim_engine_now(opinion->world->engine)), wrong);
    sim_engine_stop(opinion->world->engine);
}

void
sim_opinion_finish(SimOpinion *opinion)
{
    for (uint32_t n = 0; n < opinion->nodes->len; n++) {
        const SimHost *host = sim_world_host(opinion->world, n);
        ModelNode *node = g_ptr_array_index(opinion->nodes, n);

        if (host->is_script)
            continue;
        compare_mempool(opinion, host, node, true);
        for (uint32_t i = 0; i < kette_store_count(host->store); i++)
            compare_status(opinion, host, node, &kette_store_entry(host->store, i)->id);
        sim_opinion_audit(opinion, host);
    }
}

const char *
sim_world_model_difference(const SimWorld *world, const char **ret_detail)
{
    if (world->opinion == NULL)
        return NULL;
    *ret_detail = world->opinion->detail;
    return world->opinion->what;
}
