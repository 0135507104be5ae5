/* Builds parameters, nodes, links and wallets of a world from the model. */
#include "sim/run/build.h"

#include "core/base/limits.h"
#include "sim/engine/assert.h"
#include "sim/run/build_network.h"
#include "sim/run/strategy.h"
#include "sim/world/load.h"
#include "sim/world/tree.h"

#include <string.h>

G_DEFINE_QUARK(sim - run - error - quark, sim_run_error)

static const KetteRetarget retargets[] = {
    [SCN_RETARGET_FIXED] = KETTE_RETARGET_FIXED,   [SCN_RETARGET_EPOCH] = KETTE_RETARGET_EPOCH,
    [SCN_RETARGET_ASERT] = KETTE_RETARGET_ASERT,   [SCN_RETARGET_LWMA] = KETTE_RETARGET_LWMA,
    [SCN_RETARGET_LWMA_1] = KETTE_RETARGET_LWMA_1, [SCN_RETARGET_EDA] = KETTE_RETARGET_EDA,
    [SCN_RETARGET_CW_144] = KETTE_RETARGET_CW_144,
};

static const KetteForkChoice fork_choices[] = {
    [SCN_FORK_MOST_WORK] = KETTE_FORK_MOST_WORK,
    [SCN_FORK_LONGEST] = KETTE_FORK_LONGEST,
    [SCN_FORK_GHOST] = KETTE_FORK_GHOST,
};

static const KetteTie ties[] = {
    [SCN_TIE_FIRST_SEEN] = KETTE_TIE_FIRST_SEEN,
    [SCN_TIE_LOWEST_HASH] = KETTE_TIE_LOWEST_HASH,
    [SCN_TIE_RANDOM] = KETTE_TIE_RANDOM,
};

static KetteParams
chain_params(const ScnChain *chain)
{
    KetteParams params;

    sim_assert(chain->algorithm < G_N_ELEMENTS(retargets));
    sim_assert(chain->fork_choice < G_N_ELEMENTS(fork_choices));
    sim_assert(chain->tie < G_N_ELEMENTS(ties));
    kette_params_init(&params);
    params.spacing_ns = chain->spacing_ns;
    params.retarget = retargets[chain->algorithm];
    params.half_life_s = chain->half_life_ns / SIM_S;
    params.anchor.height = chain->anchor;
    params.min_difficulty_after_s = chain->min_difficulty_after_ns / SIM_S;
    params.retarget_from_first = chain->retarget_from_first;
    params.timewarp_guard_s = chain->timewarp_guard_ns / SIM_S;
    params.window_order = chain->window_order;
    params.genesis_bits = chain->bits;
    params.limit_bits = chain->limit_bits;
    params.window = chain->window;
    params.clamp = chain->clamp;
    params.pow = chain->pow == SCN_POW_OFF    ? KETTE_POW_OFF
                 : chain->pow == SCN_POW_REAL ? KETTE_POW_REAL
                                              : KETTE_POW_SIMULATED;
    params.fork_choice = fork_choices[chain->fork_choice];
    params.tie = ties[chain->tie];
    params.finality = chain->finality;
    params.max_reorg = chain->max_reorg == SCN_NONE ? KETTE_NO_LIMIT : chain->max_reorg;
    params.unpark = chain->unpark;
    params.parks_when_synced = chain->parks_late;
    params.maturity = chain->maturity;
    params.reward = (uint64_t)chain->reward;
    params.halving = chain->halving;
    params.max_block_bytes =
        (uint32_t)MIN(chain->max_block_bytes, (gint64)KETTE_BLOCK_MAX_BYTES + 1);
    params.mtp_window = chain->mtp;
    params.min_version = (int32_t)chain->min_version;
    params.max_future_s = chain->max_future_ns / SIM_S;
    params.min_fee = (uint64_t)chain->min_fee;
    params.genesis_time = chain->genesis_time;
    return params;
}

/* Returns whether a rule with streams covers every link: `link all`, or a file that has every edge
 * and makes each a stream. */
static bool
is_for_every_link(const ScnScenario *scenario, const ScnLinkRule *rule)
{
    return rule->every_edge || (rule->pairs != NULL && rule->streams == scenario->edges->len &&
                                scenario->topologies->len == 0 && !scenario->protocol.discovery);
}

/* Returns whether all links are streams. With a mixture, announcements are acknowledged on all
 * links: that costs a stream a few bytes, while a datagram link would lose announcements without
 * it. */
static bool
all_links_are_streams(const ScnScenario *scenario)
{
    bool all = false;

    for (guint i = 0; i < scenario->links->len; i++) {
        const ScnLinkRule *rule = g_ptr_array_index(scenario->links, i);

        if (scn_link_sets(&rule->link, "transport"))
            all = rule->link.stream && (all || is_for_every_link(scenario, rule));
    }
    return all;
}

static bool
wants_acks(const ScnScenario *scenario)
{
    if (scenario->protocol.ack == SCN_ACK_AUTO)
        return !all_links_are_streams(scenario);
    return scenario->protocol.ack == SCN_ACK_ON;
}

static KetteNodeConfig
node_config(const ScnScenario *scenario)
{
    const ScnProtocol *protocol = &scenario->protocol;
    KetteNodeConfig config;

    kette_node_config_init(&config);
    config.tx_relay = protocol->tx_relay == SCN_TX_RELAY_TRICKLE ? KETTE_TX_RELAY_TRICKLE
                                                                 : KETTE_TX_RELAY_AT_ONCE;
    config.compact_fail_ppb = (uint32_t)(protocol->compact_fail / (SCN_ONE / SIM_PPB));
    config.compact_high = protocol->compact_high;
    config.relay_before_check = protocol->relay_before_check;
    config.relay_side_blocks = protocol->relay_side_blocks;
    config.sync_ns = protocol->sync_ns;
    config.keepalive_ns = protocol->keepalive_ns;
    config.ban_ns = protocol->ban_ns;
    config.request_timeout_ns = protocol->request_timeout_ns;
    config.backoff_min_ns = protocol->backoff_low_ns;
    config.backoff_max_ns = protocol->backoff_high_ns;
    config.orphan_limit = protocol->orphans;
    config.headers_max = (uint16_t)protocol->headers;
    config.discovery = protocol->discovery;
    config.outbound = protocol->outbound;
    config.inbound = protocol->inbound;
    config.anchors = protocol->anchors;
    config.ack = wants_acks(scenario);
    return config;
}

static KetteRelay
relay_mode(ScnRelay relay)
{
    switch (relay) {
    case SCN_RELAY_INVENTORY:
        return KETTE_RELAY_INVENTORY;
    case SCN_RELAY_COMPACT:
        return KETTE_RELAY_COMPACT;
    case SCN_RELAY_PUSH:
        return KETTE_RELAY_PUSH;
    case SCN_RELAY_FLOOD:
        break;
    }
    return KETTE_RELAY_FLOOD;
}

static SimBandwidth
bandwidth_model(ScnBandwidth bandwidth)
{
    switch (bandwidth) {
    case SCN_BANDWIDTH_UPLINK:
        return SIM_BANDWIDTH_UPLINK;
    case SCN_BANDWIDTH_STOP_AND_WAIT:
        return SIM_BANDWIDTH_STOP_AND_WAIT;
    case SCN_BANDWIDTH_FAIR:
        break;
    }
    return SIM_BANDWIDTH_FAIR;
}

/* Draws a value of a node, once and keyed by its name. A rate is at least 1 bit/s. */
static int64_t
draw_of(SimWorld *world, const ScnScenario *scenario, const ScnNode *node, ScnDrawn what)
{
    static const char *const purposes[SCN_DRAWN_COUNT] = {"uplink", "downlink", "validate",
                                                          "validate-rate"};
    const ScnDist *dist = &g_array_index(scenario->draws, ScnDist, node->drawn[what]);
    SimDistribution distribution;
    SimCounter draws;
    int64_t value;

    if (dist->kind == SCN_DIST_CONSTANT)
        return dist->a;
    distribution = sim_build_distribution(sim_world_net(world), dist);
    sim_counter_init(&draws, sim_key_combine(scenario->seed, sim_key(purposes[what])),
                     sim_key(node->name));
    value = sim_distribution_sample(&distribution, &draws);
    return MAX(value, what != SCN_DRAWN_VALIDATE);
}

static void
add_nodes(SimWorld *world, const ScnScenario *scenario)
{
    for (guint i = 0; i < scenario->nodes->len; i++) {
        const ScnNode *node = &g_array_index(scenario->nodes, ScnNode, i);
        const SimNodeSpec spec = {
            .name = node->name,
            .miner = node->role == SCN_ROLE_MINER,
            .script = node->role == SCN_ROLE_SCRIPT,
            .share_num = node->share_num,
            .share_den = node->share_den,
            .port = node->port ? (uint16_t)node->port : 8001,
            .mempool_bytes = (size_t)node->mempool_bytes,
            .min_work = (uint32_t)node->min_work,
            .relay = relay_mode(node->own_relay ? node->relay : scenario->protocol.relay),
            .start = node->start_ns,
            .clock_offset = node->clock_ns,
            .drift_ppb = (int64_t)(node->drift / (SCN_ONE / SIM_PPB)),
            .validate = draw_of(world, scenario, node, SCN_DRAWN_VALIDATE),
            .validate_bps = (uint64_t)draw_of(world, scenario, node, SCN_DRAWN_VALIDATE_RATE),
            .up_bps = (uint64_t)draw_of(world, scenario, node, SCN_DRAWN_UPLINK),
            .down_bps = (uint64_t)draw_of(world, scenario, node, SCN_DRAWN_DOWNLINK),
            .no_listen = node->no_listen,
            .without = node->without,
        };

        sim_world_add_node(world, &spec);
    }
}

static void
add_wallets(SimWorld *world, const ScnScenario *scenario)
{
    for (guint i = 0; i < scenario->wallets->len; i++) {
        const ScnWallet *wallet = &g_array_index(scenario->wallets, ScnWallet, i);

        sim_world_add_wallet(world, wallet->name, (uint64_t)wallet->funds);
    }
}

static void
add_txs(SimWorld *world, const ScnScenario *scenario)
{
    for (guint i = 0; i < scenario->txs->len; i++) {
        const ScnTx *tx = &g_array_index(scenario->txs, ScnTx, i);
        const SimTxSpec spec = {tx->name,          tx->from, tx->to, (uint64_t)tx->amount,
                                (uint64_t)tx->fee, tx->nonce};

        sim_world_add_tx(world, &spec);
    }
}

static void
add_loads(SimWorld *world, const ScnScenario *scenario)
{
    for (guint i = 0; i < scenario->loads->len; i++) {
        const ScnLoad *load = &g_array_index(scenario->loads, ScnLoad, i);
        const SimLoadSpec spec = {
            .gap = load->gap_ns,
            .from = load->from,
            .to = load->to,
            .amount_low = (uint64_t)load->amount_low,
            .amount_high = (uint64_t)load->amount_high,
            .fee = (uint64_t)load->fee,
            .nodes = (const uint32_t *)load->at->data,
            .node_count = load->at->len,
        };

        sim_world_add_load(world, &spec);
    }
}

/* Adds the block after its parent, which may stand further down in the file. */
static bool
add_block(SimWorld *world, const ScnScenario *scenario, guint32 *refs, guint32 i)
{
    const ScnBlock *block = &g_array_index(scenario->blocks, ScnBlock, i);
    SimBlockSpec spec = {
        .name = block->name,
        .parent = SIM_BLOCK_NONE,
        .work = block->work,
        .bits = block->bits,
        .time_given = block->time_s != G_MININT64,
        .time_s = block->time_s,
        .miner = block->miner ? block->miner : block->name,
        .invalid = (KetteVerdict)block->invalid,
    };
    const ScnBlock *parent;

    if (refs[i] != SCN_NONE)
        return true;
    if (block->origin == SCN_BLOCK_TREE) {
        parent = &g_array_index(scenario->blocks, ScnBlock, block->parent);
        if (parent->origin == SCN_BLOCK_TREE) {
            if (!add_block(world, scenario, refs, block->parent))
                return false;
            spec.parent = block->parent;
        }
    }
    if (block->txs != NULL) {
        spec.txs = (const uint32_t *)(const void *)block->txs->data;
        spec.tx_count = block->txs->len;
    }
    refs[i] = i;
    return sim_world_add_block(world, i, block->origin == SCN_BLOCK_TREE ? &spec : NULL,
                               block->origin == SCN_BLOCK_GENESIS);
}

static bool
add_blocks(SimWorld *world, const ScnScenario *scenario, GError **error)
{
    g_autofree guint32 *refs = g_new(guint32, scenario->blocks->len + 1);

    memset(refs, 0xff, (scenario->blocks->len + 1) * sizeof *refs);
    for (guint32 i = 0; i < scenario->blocks->len; i++) {
        const ScnBlock *block = &g_array_index(scenario->blocks, ScnBlock, i);

        if (add_block(world, scenario, refs, i))
            continue;
        g_autofree char *place = scn_scenario_place(scenario, block->place, ": ");
        g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_SCENARIO,
                    "%sblock %s, or one before it, would take more than 2^22 tries with "
                    "pow=real: write less work",
                    place, block->name);
        return false;
    }
    return true;
}

static bool
too_hard_to_grind(const KetteParams *params)
{
    KetteU256 target;

    return params->pow == KETTE_POW_REAL &&
           kette_compact_decode(&target, params->genesis_bits) == KETTE_COMPACT_OK &&
           kette_u256_bits(&target) < 256 - KETTE_GRIND_BITS;
}

/* Returns whether every node is up from start to end. */
static bool
all_stay_up(const ScnScenario *scenario)
{
    for (guint i = 0; i < scenario->nodes->len; i++) {
        const ScnNode *node = &g_array_index(scenario->nodes, ScnNode, i);

        if (node->start_ns > 0 || node->role == SCN_ROLE_SCRIPT)
            return false;
    }
    return !scenario->keeps_records;
}

/* Returns what the world need not remember. Propagation to 50 and 90 % is printed after every run.
 */
static SimForget
forget(const ScnScenario *scenario)
{
    const ScnAsked *asked = &scenario->asked;
    SimForget forget = {.tip_moves = !asked->time_to_agree};
    size_t count = 0;

    for (guint percent = 1; percent <= 100; percent++) {
        if (!asked->propagation[percent] && percent != 50 && percent != 90)
            continue;
        if (count == SIM_SHARES_MAX)
            return forget;
        forget.shares[count++] = percent * 10;
    }
    forget.share_count = count;
    forget.arrivals = !asked->arrived && all_stay_up(scenario);
    return forget;
}

/* The bits of changes are in one order here and there. */
_Static_assert(KETTE_CHANGE_MAX_BLOCK == 0 && KETTE_CHANGE_MIN_VERSION == 15 &&
                   KETTE_CHANGE_COUNT == 16,
               "scn_upgrade_changes has the same order");

static void
add_upgrades(GArray *out, const ScnScenario *scenario)
{
    for (guint i = 0; i < scenario->upgrades->len; i++) {
        const ScnUpgrade *upgrade = &g_array_index(scenario->upgrades, ScnUpgrade, i);
        const ScnNumber least = upgrade->signal * upgrade->window;
        const KetteUpgrade it = {
            .number = i,
            .at_height = upgrade->at_height,
            .signals = (uint32_t)(least / SCN_ONE + (least % SCN_ONE != 0)),
            .window = upgrade->window,
            .changes = upgrade->changes,
            .params = chain_params(&upgrade->chain),
        };

        g_array_append_val(out, it);
    }
}

SimWorld *
sim_build_world(const ScnScenario *scenario, const SimBuildOptions *options, GError **error)
{
    g_autoptr(SimWorld) world = NULL;
    g_autoptr(GArray) upgrades = g_array_new(FALSE, FALSE, sizeof(KetteUpgrade));
    SimWorldConfig config = {
        .seed = scenario->seed,
        .params = chain_params(&scenario->chain),
        .node = node_config(scenario),
        .isolate = options->isolate,
        .wire = options->wire,
        .model = options->model,
        .remote = options->remote,
        .keep_records = scenario->keeps_records,
        .forget = forget(scenario),
        .bandwidth = bandwidth_model(scenario->protocol.bandwidth),
        .uploads = scenario->protocol.uploads,
        .small_first = scenario->protocol.small_first,
        .compact_bytes = (uint32_t)scenario->protocol.compact_bytes,
        .refetch_bytes = (uint32_t)scenario->protocol.refetch_bytes,
        .set_link = sim_build_link,
        .set_link_user = (void *)scenario,
    };
    SimDistribution block_size;
    const char *why;

    /* In a tree written by hand, blocks may state their work. */
    config.params.free_bits = scenario->blocks->len > 0 && scenario->chain.pow == SCN_POW_OFF &&
                              scenario->chain.algorithm == SCN_RETARGET_FIXED;
    config.params.compare = options->compare;
    config.params.compare_user = options->compare_user;
    add_upgrades(upgrades, scenario);
    config.upgrades = (const KetteUpgrade *)(const void *)upgrades->data;
    config.upgrade_count = upgrades->len;
    why = kette_params_check(&config.params);
    if (why == NULL)
        why = kette_upgrades_check(config.upgrades, config.upgrade_count, &config.params);

    if (why == NULL && too_hard_to_grind(&config.params))
        why = "pow=real tries every nonce for real: write bits= with at most 2^22 tries a block, "
              "such as bits=0x1f00ffff";

    if (why != NULL) {
        g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_SCENARIO, "chain: %s", why);
        return NULL;
    }
    world = sim_world_new(&config);
    if (world == NULL) {
        g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_SCENARIO,
                    "libcrypto has no SHA-256: check the OpenSSL installation");
        return NULL;
    }
    add_wallets(world, scenario);
    sim_world_open(world);
    for (guint i = 0; i < scenario->tables->len; i++) {
        const GArray *times = g_ptr_array_index(scenario->tables, i);

        sim_net_add_times(sim_world_net(world), (const SimTime *)times->data, times->len);
    }
    block_size = sim_build_distribution(sim_world_net(world), &scenario->protocol.block_size);
    sim_world_set_block_size(world, &block_size);
    add_nodes(world, scenario);
    if (!sim_build_network(world, scenario, options, error))
        return NULL;
    add_txs(world, scenario);
    add_loads(world, scenario);
    sim_strategy_set_all(world, scenario);
    if (!add_blocks(world, scenario, error))
        return NULL;
    return g_steal_pointer(&world);
}
