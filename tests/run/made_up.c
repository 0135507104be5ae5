/* See the header. The facts are read straight from the structs. */
#include "tests/run/made_up.h"

#include <stdio.h>
#include <string.h>

static const MadeUpNode *
at(void *world, uint32_t node)
{
    return &((MadeUp *)world)->nodes[node];
}

static bool
fact_up(void *world, uint32_t node)
{
    return at(world, node)->up;
}

static bool
is_same_tip(void *world, const SimQuestion *q)
{
    int64_t low = INT64_MAX, high = 0;
    for (size_t i = 0; i < q->count; i++) {
        low = MIN(low, at(world, q->nodes[i])->height);
        high = MAX(high, at(world, q->nodes[i])->height);
    }
    return high - low <= q->number / SCN_ONE;
}

static uint32_t
best_tip(void *world, const SimQuestion *q)
{
    uint32_t best = 0;
    for (size_t i = 0; i < q->count; i++)
        best = MAX(best, at(world, q->nodes[i])->tip);
    return best;
}

static ScnScalar
ask_of_set(void *world, const SimQuestion *q)
{
    int64_t agreed_ns = ((MadeUp *)world)->agreed_ns;

    if (q->function == SCN_FN_BEST_TIP)
        return scn_scalar_block(best_tip(world, q), SCN_NONE);
    if (q->function == SCN_FN_SAME_TIP)
        return scn_scalar_bool(is_same_tip(world, q), SCN_NONE);
    return scn_scalar_time(agreed_ns == SCN_TIME_NULL ? agreed_ns : agreed_ns - (int64_t)q->number,
                           SCN_NONE);
}

static ScnScalar
ask(void *world, const SimQuestion *q)
{
    ScnScalar scalar = scn_scalar(SCN_VALUE_NULL, q->node);
    const MadeUpNode *node;

    if (q->node == SCN_NONE)
        return ask_of_set(world, q);
    node = at(world, q->node);
    switch (q->function) {
    case SCN_FN_TIP:
        return scn_scalar_block(node->tip, q->node);
    case SCN_FN_HEIGHT:
        return scn_scalar_count(node->height, q->node);
    case SCN_FN_WORK:
        scalar.kind = SCN_VALUE_WORK;
        scalar.work = node->work;
        return scalar;
    case SCN_FN_STATUS:
        scalar.kind = SCN_VALUE_STATUS;
        scalar.status = node->status;
        return scalar;
    case SCN_FN_STATE_ROOT:
        scalar.kind = SCN_VALUE_HASH;
        memset(scalar.hash, (int)node->tip, sizeof scalar.hash);
        return scalar;
    case SCN_FN_SUPPLY_OK:
        return scn_scalar_bool(node->supply_ok, q->node);
    case SCN_FN_ARRIVED:
        return scn_scalar_time(node->arrived, q->node);
    case SCN_FN_IN_MEMPOOL:
        return scn_scalar_bool(node->in_mempool, q->node);
    case SCN_FN_CONFIRMATIONS:
        return scn_scalar_count(node->confirmations, q->node);
    case SCN_FN_BALANCE:
        return scn_scalar_amount(node->balance, q->node);
    case SCN_FN_NONCE:
        return scn_scalar_count(node->nonce, q->node);
    case SCN_FN_REORGS:
        return scn_scalar_count(node->reorgs, q->node);
    case SCN_FN_MAX_REORG:
        return scn_scalar_count(node->max_reorg, q->node);
    default:
        return scn_scalar_count(node->mined, q->node);
    }
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
        .ask = ask,
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
    made_up->agreed_ns = made_up->cut_start = made_up->cut_end = SCN_TIME_NULL;
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
