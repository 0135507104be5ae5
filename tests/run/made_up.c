/* See the header. The facts are read straight from the structs. */
#include "tests/run/made_up.h"

#include <stdio.h>
#include <string.h>

static const MadeUpNode *
at(void *world, uint32_t node)
{
    return &((MadeUp *)world)->nodes[node];
}

#define ANSWER(type, name)                                                                         \
    static type fact_##name(void *world, uint32_t node)                                            \
    {                                                                                              \
        return at(world, node)->name;                                                              \
    }
#define ANSWER_ABOUT(type, name)                                                                   \
    static type fact_##name(void *world, uint32_t node, uint32_t about)                            \
    {                                                                                              \
        (void)about;                                                                               \
        return at(world, node)->name;                                                              \
    }

ANSWER(bool, up)
ANSWER(uint32_t, tip)
ANSWER(int64_t, height)
ANSWER(SimWork, work)
ANSWER(bool, supply_ok)
ANSWER(int64_t, reorgs)
ANSWER(int64_t, max_reorg)
ANSWER(int64_t, mined)
ANSWER_ABOUT(SimBlockStatus, status)
ANSWER_ABOUT(int64_t, arrived)
ANSWER_ABOUT(bool, in_mempool)
ANSWER_ABOUT(int64_t, confirmations)
ANSWER_ABOUT(int64_t, balance)
ANSWER_ABOUT(int64_t, nonce)

static void
fact_state_root(void *world, uint32_t node, uint8_t ret_root[32])
{
    memset(ret_root, (int)at(world, node)->tip, 32);
}

static uint32_t
fact_best_tip(void *world, const uint32_t *nodes, size_t count)
{
    uint32_t best = 0;
    for (size_t i = 0; i < count; i++)
        best = MAX(best, at(world, nodes[i])->tip);
    return best;
}

static bool
fact_same_tip(void *world, const uint32_t *nodes, size_t count, int64_t ignore_last)
{
    int64_t low = INT64_MAX, high = 0;
    for (size_t i = 0; i < count; i++) {
        low = MIN(low, at(world, nodes[i])->height);
        high = MAX(high, at(world, nodes[i])->height);
    }
    return high - low <= ignore_last;
}

static int64_t
fact_time_to_agree(void *world, const uint32_t *nodes, size_t count, int64_t since_ns)
{
    const MadeUp *made_up = world;
    (void)nodes;
    (void)count;
    return made_up->agreed_ns == SIM_TIME_NULL ? SIM_TIME_NULL : made_up->agreed_ns - since_ns;
}

static void
fact_block_hash(void *world, uint32_t block, uint8_t ret_hash[32])
{
    (void)world;
    memset(ret_hash, (int)block, 32);
}

static int64_t
fact_block_height(void *world, uint32_t block)
{
    (void)world;
    return block;
}

static int64_t
cut_start(void *user, uint32_t cut)
{
    (void)cut;
    return ((MadeUp *)user)->cut_start;
}

static int64_t
cut_end(void *user, uint32_t cut)
{
    (void)cut;
    return ((MadeUp *)user)->cut_end;
}

static uint64_t
event_number(void *user)
{
    (void)user;
    return 48213;
}

static void
fill_facts(MadeUp *made_up)
{
    made_up->facts = (SimFacts){
        .world = made_up,
        .node_up = fact_up,
        .tip = fact_tip,
        .height = fact_height,
        .work = fact_work,
        .status = fact_status,
        .arrived = fact_arrived,
        .in_mempool = fact_in_mempool,
        .confirmations = fact_confirmations,
        .balance = fact_balance,
        .nonce = fact_nonce,
        .state_root = fact_state_root,
        .supply_ok = fact_supply_ok,
        .orphans = fact_mined,
        .connected = fact_mined,
        .reorgs = fact_reorgs,
        .max_reorg = fact_max_reorg,
        .mined = fact_mined,
        .stale = fact_mined,
        .best_tip = fact_best_tip,
        .same_tip = fact_same_tip,
        .time_to_agree = fact_time_to_agree,
        .block_hash = fact_block_hash,
        .block_height = fact_block_height,
    };
}

MadeUp *
made_up_new(const char *text)
{
    static const char header[] = "scn 1 \"made up\"\nnodes a[1..2]\nnodes b[1..2]\n"
                                 "wallet w funds=10\ntx pay from=w to=w amount=1\nduration 1h\n";
    MadeUp *made_up = g_new0(MadeUp, 1);
    g_autofree char *whole = g_strconcat(header, text, NULL);
    g_autoptr(ScnErrors) errors = scn_errors_new();
    made_up->scenario = scn_parse_text("dir/t.scn", whole, strlen(whole), NULL, errors);
    scn_errors_print(errors, stderr, false);
    for (guint i = 0; i < MADE_UP_NODES; i++)
        made_up->nodes[i] = (MadeUpNode){
            .up = true, .tip = 7, .height = 7, .work = {{700, 0, 0, 0}}, .supply_ok = true};
    made_up->agreed_ns = made_up->cut_start = made_up->cut_end = SIM_TIME_NULL;
    fill_facts(made_up);
    if (!made_up->scenario) {
        made_up_free(made_up);
        return NULL;
    }
    made_up->checks = sim_checks_new(made_up->scenario, &made_up->facts);
    SimCheckHooks hooks = {made_up, cut_start, cut_end, event_number};
    sim_checks_set_hooks(made_up->checks, &hooks);
    return made_up;
}

void
made_up_free(MadeUp *made_up)
{
    sim_checks_free(made_up->checks);
    scn_scenario_free(made_up->scenario);
    g_free(made_up);
}

void
made_up_step(MadeUp *made_up, int64_t now_seconds)
{
    int64_t now = now_seconds * SCN_SECOND_NS;
    for (int pass = 0; pass < 2; pass++) {
        for (guint i = 0; i < made_up->scenario->timed->len; i++) {
            const ScnTimed *timed = made_up->scenario->timed->pdata[i];
            for (guint j = 0; timed->at_ns == now && j < timed->items->len; j++) {
                const ScnItem *item = timed->items->pdata[j];
                if (pass == 0 && item->kind == SCN_ITEM_MARK)
                    sim_checks_mark(made_up->checks, item, now);
                if (pass == 1 && item->kind == SCN_ITEM_CHECK)
                    sim_checks_start_item(made_up->checks, item, now);
            }
        }
    }
    sim_checks_instant(made_up->checks, now);
}

void
made_up_finish(MadeUp *made_up, int64_t now_seconds)
{
    sim_checks_finish(made_up->checks, now_seconds * SCN_SECOND_NS);
}

const char *
made_up_verdict(const MadeUp *made_up, guint check)
{
    return sim_check_verdict_name(sim_checks_get(made_up->checks, check)->verdict);
}

const char *
made_up_detail(const MadeUp *made_up, guint check)
{
    return sim_checks_get(made_up->checks, check)->detail;
}
