/* Strategies of a program: what its functions are told of, and what they can do. */
#include "sim/lib/network_impl.h"
#include "sim/world/observe.h"

void
lib_view_block(LibBlockView *ret_view, const KetteEntry *entry)
{
    for (int i = 0; i < 32; i++)
        ret_view->work[i] = (uint8_t)(entry->work.limb[3 - i / 8] >> (56 - 8 * (i % 8)));
    ret_view->view = (SimBlockView){
        .id = entry->id.b,
        .work = ret_view->work,
        .height = entry->height,
        .time = entry->header.time,
        .previous = entry->header.previous.b,
    };
}

/* --- one of the program's own ------------------------------------------------------------- */

typedef struct {
    SimNetworkStrategy calls;
    void *user;
} Program;

static void *
begin(SimAgent *agent, const SimStrategyOptions *options)
{
    const Program *program = options->program;

    sim_agent_hold(agent, program->calls.own_block != NULL);
    return g_memdup2(program, sizeof *program);
}

static void
tell(SimAgent *agent, void (*call)(void *user, const SimBlockView *block), const KetteEntry *entry)
{
    const Program *program = sim_agent_state(agent);
    LibBlockView view;

    if (call == NULL)
        return;
    lib_view_block(&view, entry);
    call(program->user, &view.view);
}

static void
on_own_block(SimAgent *agent, const KetteEntry *block)
{
    tell(agent, ((const Program *)sim_agent_state(agent))->calls.own_block, block);
}

static void
on_public_block(SimAgent *agent, const KetteEntry *block)
{
    tell(agent, ((const Program *)sim_agent_state(agent))->calls.public_block, block);
}

static void
on_tip(SimAgent *agent, const KetteEntry *tip)
{
    tell(agent, ((const Program *)sim_agent_state(agent))->calls.tip, tip);
}

static const SimStrategy programmed = {
    .name = "programmed",
    .begin = begin,
    .end = g_free,
    .on_own_block = on_own_block,
    .on_public_block = on_public_block,
    .on_tip = on_tip,
};

/* Finds the nodes; the caller frees the array. Returns NULL after storing the error. */
static uint32_t *
find_nodes(SimNetwork *network, const char *const *nodes, size_t count)
{
    g_autofree uint32_t *found = g_new(uint32_t, count + 1);

    for (size_t i = 0; i < count; i++) {
        if (!lib_find_node(network, &found[i], nodes[i]))
            return NULL;
        for (size_t k = 0; k < i; k++) {
            if (found[k] == found[i])
                return lib_fail(network, "%s stands twice in the pool", nodes[i]), NULL;
        }
    }
    return g_steal_pointer(&found);
}

bool
sim_network_set_strategy(SimNetwork *network, const char *const *nodes, size_t count,
                         const SimNetworkStrategy *strategy, void *user)
{
    g_autofree uint32_t *found = NULL;
    Program program = {.user = user};
    SimStrategyOptions options = {.program = &program};

    if (!lib_is_running(network))
        return false;
    if (count == 0)
        return lib_fail(network, "a pool has at least one node");
    found = find_nodes(network, nodes, count);
    if (found == NULL)
        return false;
    if (strategy != NULL)
        program.calls = *strategy;
    sim_world_set_strategy(sim_run_world(network->run), found, count,
                           strategy != NULL ? &programmed : NULL, &options);
    return true;
}

/* --- what it can do ----------------------------------------------------------------------- */

/* Returns the agent of the node; NULL after storing the error if it has none. */
static SimAgent *
agent_of(SimNetwork *network, const char *node)
{
    SimAgent *agent;
    uint32_t n;

    if (!lib_is_running(network) || !lib_find_node(network, &n, node))
        return NULL;
    agent = sim_world_agent(sim_run_world(network->run), n);
    if (agent == NULL)
        lib_fail(network, "%s has no strategy", node);
    return agent;
}

bool
sim_network_withhold(SimNetwork *network, const char *node, bool on)
{
    uint32_t n;

    if (!lib_is_running(network) || !lib_find_node(network, &n, node))
        return false;
    sim_world_set_strategy(sim_run_world(network->run), &n, 1,
                           on ? sim_strategy_find("withhold") : NULL, NULL);
    return true;
}

/* Sending does not call into the node, so a watcher may do it at once. */
bool
sim_network_release(SimNetwork *network, const char *node, uint32_t count)
{
    uint32_t n;

    if (!lib_is_running(network) || !lib_find_node(network, &n, node))
        return false;
    return sim_world_release(sim_run_world(network->run), n, count) > 0 ||
           lib_fail(network, "%s withholds nothing", node);
}

bool
sim_network_give_up(SimNetwork *network, const char *node)
{
    SimAgent *agent = agent_of(network, node);

    if (agent == NULL)
        return false;
    if (sim_agent_held(agent) == 0)
        return lib_fail(network, "%s withholds nothing", node);
    sim_agent_drop(agent);
    return true;
}

bool
sim_network_mine_on(SimNetwork *network, const char *node, const uint8_t *id)
{
    SimAgent *agent = agent_of(network, node);
    const KetteEntry *entry;
    KetteHash hash;

    if (agent == NULL)
        return false;
    if (id == NULL) {
        sim_agent_mine_on_tip(agent);
        return true;
    }
    memcpy(hash.b, id, sizeof hash.b);
    entry = sim_agent_find(agent, &hash);
    if (entry == NULL)
        return lib_fail(network, "the pool of %s has not heard of that block", node);
    sim_agent_mine_on(agent, entry);
    return true;
}

uint32_t
sim_network_withheld(const SimNetwork *network, const char *node)
{
    uint32_t n = network->run == NULL ? SCN_NONE : scn_scenario_find_node(network->scenario, node);

    return n == SCN_NONE ? 0 : sim_world_withheld(sim_run_world(network->run), n);
}
