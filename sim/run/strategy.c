/* See strategy.h. */
#include "sim/run/strategy.h"

#include "sim/engine/assert.h"
#include "sim/world/observe.h"

#define PPM (SCN_ONE / 1000000)

/* In the order of the words of the option send=. */
static const SimSpam spams[] = {
    SIM_SPAM_ORPHANS,   SIM_SPAM_HEADERS,  SIM_SPAM_BAD_BLOCKS,
    SIM_SPAM_FORGERIES, SIM_SPAM_PAYMENTS, SIM_SPAM_JUNK,
};

static SimStrategyOptions
options_of(const ScnScenario *scenario, const ScnStrategy *strategy)
{
    sim_assert(strategy->send < G_N_ELEMENTS(spams));
    return (SimStrategyOptions){
        .lead = strategy->lead,
        .equal_fork = strategy->equal_fork,
        .trail = strategy->trail,
        .policy = strategy->policy == SCN_NONE
                      ? NULL
                      : g_ptr_array_index(scenario->policies, strategy->policy),
        .pay = strategy->pay,
        .back = strategy->back,
        .confirmations = strategy->confirmations,
        .give_up = strategy->give_up,
        .from = strategy->from_ns,
        .leave_ppm = (uint64_t)(strategy->leave / PPM),
        .return_ppm = (uint64_t)(strategy->come_back / PPM),
        .by = strategy->by_ns,
        .gap = strategy->gap_ns,
        .send = spams[strategy->send],
    };
}

/* Names the strategy in reports. */
static char *
label_of(const SimWorld *world, const ScnScenario *scenario, const ScnStrategy *strategy,
         uint32_t first)
{
    g_autofree char *place = scn_scenario_place(scenario, strategy->place, "  ");

    return g_strdup_printf("%sstrategy=%s of %s", place, strategy->word,
                           sim_world_node_name(world, first));
}

void
sim_strategy_set(SimWorld *world, const ScnScenario *scenario, guint32 index, const uint32_t *nodes,
                 size_t count, bool may_idle)
{
    const ScnStrategy *strategy =
        index == SCN_NONE ? NULL : &g_array_index(scenario->strategies, ScnStrategy, index);
    const SimStrategy *found = NULL;
    SimStrategyOptions options = {0};

    if (strategy != NULL) {
        found = sim_strategy_find(strategy->word);
        options = options_of(scenario, strategy);
        sim_assert(found != NULL);
    }
    if (count > 0 && strategy != NULL && !strategy->is_alone) {
        g_autofree char *label = label_of(world, scenario, strategy, nodes[0]);

        options.label = may_idle ? NULL : label;
        sim_world_set_strategy(world, nodes, count, found, &options);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        g_autofree char *label =
            strategy == NULL ? NULL : label_of(world, scenario, strategy, nodes[i]);

        options.label = may_idle ? NULL : label;
        sim_world_set_strategy(world, &nodes[i], 1, found, &options);
    }
}

void
sim_strategy_set_all(SimWorld *world, const ScnScenario *scenario)
{
    g_autoptr(GArray) pool = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (guint32 strategy = 0; strategy < scenario->strategies->len; strategy++) {
        g_array_set_size(pool, 0);
        for (uint32_t i = 0; i < scenario->nodes->len; i++) {
            if (g_array_index(scenario->nodes, ScnNode, i).strategy == strategy)
                g_array_append_val(pool, i);
        }
        sim_strategy_set(world, scenario, strategy, (const uint32_t *)(void *)pool->data, pool->len,
                         false);
    }
}
