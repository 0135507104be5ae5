/* SimNetwork: implements kettensim.h with one run of a scenario.
 *
 * Before the start, all statements are collected as lines of one scenario text. After it, an action
 * or a question is a line bound to that scenario, so that names keep their meaning.
 */
#include "sim/lib/network_impl.h"
#include "sim/world/fault.h"
#include "sim/world/observe.h"
#include "sim/world/tree.h"

#include <string.h>

/* The caller ends a run. Eleven years are longer than any run, and short enough that the rewards of
 * one block a second stay in the range of amounts. */
#define HEAD "scn 1 \"network\"\nduration 100000h\n"

/* --- errors ------------------------------------------------------------------------------- */

bool
lib_fail(SimNetwork *network, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    network->error = g_string_chunk_insert_const(network->errors, text);
    return false;
}

const char *
sim_network_error(const SimNetwork *network)
{
    return network->error != NULL ? network->error : "";
}

static bool
not_started(SimNetwork *network)
{
    return network->run == NULL || lib_fail(network, "the network has started already");
}

bool
lib_is_running(SimNetwork *network)
{
    if (network->run == NULL)
        return lib_fail(network, "the network has not started");
    return !network->is_stopped || lib_fail(network, "the network is stopped");
}

/* --- life --------------------------------------------------------------------------------- */

const char *
kettensim_version(void)
{
    return KETTENSIM_VERSION;
}

SimNetwork *
sim_network_new(void)
{
    SimNetwork *network = g_new0(SimNetwork, 1);

    network->errors = g_string_chunk_new(256);
    network->text = g_string_new(HEAD);
    network->edges = g_string_new(NULL);
    network->params = g_ptr_array_new_with_free_func(g_free);
    network->watchers = g_array_new(FALSE, FALSE, sizeof(Watcher));
    network->items = g_ptr_array_new_with_free_func(scn_item_free);
    network->later = g_ptr_array_new_with_free_func(g_free);
    network->answer = g_string_new(NULL);
    return network;
}

void
sim_network_free(SimNetwork *network)
{
    if (network == NULL)
        return;
    sim_run_free(network->run);
    g_string_free(network->text, TRUE);
    g_string_free(network->edges, TRUE);
    g_ptr_array_unref(network->params);
    g_array_unref(network->watchers);
    g_clear_pointer(&network->awaited, scn_term_free);
    g_ptr_array_unref(network->items);
    scn_scenario_free(network->scenario);
    g_ptr_array_unref(network->later);
    g_string_free(network->answer, TRUE);
    g_free(network->trace_path);
    g_string_chunk_free(network->errors);
    g_free(network);
}

/* --- making ------------------------------------------------------------------------------- */

bool
sim_network_say(SimNetwork *network, const char *lines)
{
    if (!not_started(network))
        return false;
    g_string_append_printf(network->text, "%s\n", lines);
    return true;
}

bool
sim_network_load(SimNetwork *network, const char *path)
{
    g_autofree char *full = g_canonicalize_filename(path, NULL);

    if (!not_started(network))
        return false;
    if (!g_file_test(full, G_FILE_TEST_IS_REGULAR))
        return lib_fail(network, "cannot read %s", path);
    if (strpbrk(full, "\"\\\n\t") != NULL)
        return lib_fail(network, "%s: a path with quotes or backslashes cannot be loaded", path);
    g_string_append_printf(network->text, "include \"%s\"\n", full);
    return true;
}

bool
sim_network_set_param(SimNetwork *network, const char *name, const char *value)
{
    if (!not_started(network))
        return false;
    g_ptr_array_add(network->params, g_strdup_printf("%s=%s", name, value));
    return true;
}

bool
sim_network_set_seed(SimNetwork *network, uint64_t seed)
{
    if (!not_started(network))
        return false;
    if (seed > INT64_MAX)
        return lib_fail(network, "a seed is below 2^63");
    network->seed_given = true;
    network->seed = seed;
    return true;
}

bool
sim_network_add_node(SimNetwork *network, const char *name, uint16_t port)
{
    if (!not_started(network))
        return false;
    g_string_append_printf(network->text, "node %s", name);
    if (port > 0)
        g_string_append_printf(network->text, " port=%u", port);
    g_string_append_c(network->text, '\n');
    return true;
}

bool
sim_network_trace(SimNetwork *network, const char *path, const char *level)
{
    if (!not_started(network))
        return false;
    if (!sim_trace_level_parse(&network->trace_level, level) ||
        network->trace_level == SIM_TRACE_OFF)
        return lib_fail(network, "a trace is of level summary, consensus or full, not '%s'", level);
    g_free(network->trace_path);
    network->trace_path = g_strdup(path);
    return true;
}

bool
sim_network_isolate(SimNetwork *network, bool isolate, bool wire)
{
    if (!not_started(network))
        return false;
    network->build.isolate = isolate;
    network->build.wire = wire;
    return true;
}

bool
sim_network_watch(SimNetwork *network, void (*func)(void *user, const SimNote *note), void *user)
{
    Watcher watcher = {func, user};

    if (!not_started(network))
        return false;
    g_array_append_val(network->watchers, watcher);
    return true;
}

bool
sim_network_set_fork_choice(SimNetwork *network,
                            int (*compare)(void *user, const SimBlockView *a,
                                           const SimBlockView *b),
                            void *user)
{
    if (!not_started(network))
        return false;
    network->compare = compare;
    network->compare_user = user;
    return true;
}

/* --- parsing ------------------------------------------------------------------------------ */

bool
lib_fail_parse(SimNetwork *network, const ScnErrors *errors)
{
    GString *out = g_string_new(NULL);

    scn_errors_format(errors, out, false);
    lib_fail(network, "%s", out->str);
    g_string_free(out, TRUE);
    return false;
}

static bool
parse(SimNetwork *network)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    ScnOptions options = {.seed_given = network->seed_given,
                          .seed = network->seed,
                          .is_unnamed = true,
                          .keeps_names = true};

    g_ptr_array_add(network->params, NULL);
    options.overrides = (const char *const *)network->params->pdata;
    network->scenario =
        scn_parse_text("network", network->text->str, network->text->len, &options, errors);
    g_ptr_array_set_size(network->params, (gint)network->params->len - 1);
    return network->scenario != NULL || lib_fail_parse(network, errors);
}

/* --- fork choice -------------------------------------------------------------------------- */

/* Asks the user's function both ways round. Contradictory answers count as a tie and make the call
 * that drives the network fail. */
static int
compare_entries(void *user, const KetteEntry *a, const KetteEntry *b)
{
    SimNetwork *network = user;
    LibBlockView left, right;
    int order, back;

    lib_view_block(&left, a);
    lib_view_block(&right, b);
    order = network->compare(network->compare_user, &left.view, &right.view);
    back = network->compare(network->compare_user, &right.view, &left.view);
    if ((order > 0) == (back < 0) && (order < 0) == (back > 0))
        return order;
    network->contradicted = true;
    return 0;
}

/* Returns false if the fork choice contradicted itself during this call. */
static bool
is_consistent(SimNetwork *network)
{
    if (!network->contradicted)
        return true;
    network->contradicted = false;
    return lib_fail(network,
                    "the fork choice contradicts itself: of two blocks each is better, or one "
                    "is a tie and better");
}

/* --- watching ----------------------------------------------------------------------------- */

static bool
note_kind(SimNote *note, const SimFact *fact)
{
    static const struct {
        SimFactKind fact;
        SimNoteKind note;
        const char *text;
    } kinds[] = {
        {SIM_FACT_BLOCK, SIM_NOTE_BLOCK, NULL},
        {SIM_FACT_HEADER, SIM_NOTE_HEADER, NULL},
        {SIM_FACT_BODY, SIM_NOTE_BODY, NULL},
        {SIM_FACT_ORPHAN, SIM_NOTE_ORPHAN, NULL},
        {SIM_FACT_TIP, SIM_NOTE_TIP, NULL},
        {SIM_FACT_VERDICT, SIM_NOTE_VERDICT, NULL},
        {SIM_FACT_TX_ACCEPTED, SIM_NOTE_TX, "accepted"},
        {SIM_FACT_TX_RETURNED, SIM_NOTE_TX, "returned"},
        {SIM_FACT_TX_DROPPED, SIM_NOTE_TX, "dropped"},
        {SIM_FACT_READY, SIM_NOTE_READY, NULL},
        {SIM_FACT_FAULT, SIM_NOTE_FAULT, NULL},
        {SIM_FACT_BANNED, SIM_NOTE_BANNED, NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (kinds[i].fact != fact->kind)
            continue;
        note->kind = kinds[i].note;
        note->text = kinds[i].text != NULL ? kinds[i].text : fact->name;
        return true;
    }
    return false;
}

void
lib_hex(char ret_hex[65], const uint8_t hash[32])
{
    for (int i = 0; i < 32; i++)
        g_snprintf(ret_hex + 2 * i, 3, "%02x", hash[31 - i]);
}

static void
on_fact(void *user, const SimFact *fact)
{
    SimNetwork *network = user;
    SimWorld *world = sim_run_world(network->run);
    char hex[65] = "";
    SimNote note = {.time_ns = fact->time, .depth = fact->depth};

    if (!note_kind(&note, fact))
        return;
    if (fact->node != SIM_NODE_NONE)
        note.node = sim_world_node_name(world, fact->node);
    if (fact->from != SIM_NODE_NONE)
        note.from = sim_world_node_name(world, fact->from);
    if (fact->block != SIM_BLOCK_NONE) {
        lib_hex(hex, sim_world_block_hash(world, fact->block)->b);
        note.height = sim_world_block_height(world, fact->block);
    } else if (fact->hash != NULL) {
        lib_hex(hex, fact->hash);
    }
    note.hash = hex[0] != '\0' ? hex : NULL;
    for (guint i = 0; i < network->watchers->len; i++) {
        const Watcher *watcher = &g_array_index(network->watchers, Watcher, i);

        watcher->func(watcher->user, &note);
    }
}

/* --- starting ----------------------------------------------------------------------------- */

static bool
probe(void *user)
{
    SimNetwork *network = user;
    g_autofree char *error = NULL;

    if (network->awaited == NULL)
        return false;
    network->has_come =
        sim_checks_ask(sim_run_mutable_checks(network->run), network->awaited,
                       sim_engine_now(sim_world_engine(sim_run_world(network->run))), &error);
    if (error != NULL) {
        lib_fail(network, "%s", error);
        g_clear_pointer(&network->awaited, scn_term_free);
        return true;
    }
    return network->has_come;
}

static bool do_now(SimNetwork *network, const char *action);

static void
on_later(void *user, const SimEvent *event)
{
    SimNetwork *network = user;
    const char *action = event->data;
    ScnPlace nowhere = {0};

    if (!do_now(network, action))
        sim_actions_complain(sim_run_actions(network->run), nowhere, action, network->error);
}

static bool
make_run(SimNetwork *network, const ScnScenario *scenario)
{
    g_autoptr(GError) error = NULL;
    SimRunOptions options = {
        .build = network->build,
        .scenario_name = "network",
        .trace_path = network->trace_path,
        .trace_level = network->trace_level,
    };

    if (network->compare != NULL) {
        options.build.compare = compare_entries;
        options.build.compare_user = network;
    }
    network->run = sim_run_new(scenario, &options, &error);
    return network->run != NULL || lib_fail(network, "%s", error->message);
}

bool
sim_network_start(SimNetwork *network)
{
    ScnScenario *scenario;
    const SimWatcher watcher = {.user = network, .fact = on_fact};
    SimWorld *world;

    if (!not_started(network))
        return false;
    if (network->edges->len > 0)
        g_string_append_printf(network->text, "topology none\n%s", network->edges->str);
    g_string_truncate(network->edges, 0);
    scn_scenario_free(g_steal_pointer(&network->scenario));
    if (!parse(network))
        return false;
    scenario = network->scenario;
    if (scenario->scripts->len > 0)
        return lib_fail(network,
                        "a script runs by itself: use `kettensim run`, or deliver by hand");
    /* Anything may be asked later, also about the past and after a crash */
    scenario->asked.arrived = scenario->asked.time_to_agree = true;
    scenario->keeps_records = true;
    if (!make_run(network, scenario))
        return false;
    world = sim_run_world(network->run);
    if (network->watchers->len > 0)
        sim_world_add_watcher(world, &watcher);
    network->later_handler = sim_engine_add_handler(sim_world_engine(world), on_later, network);
    sim_run_set_probe(network->run, probe, network);
    sim_run_start(network->run);
    return true;
}

/* --- driving ------------------------------------------------------------------------------ */

static SimEngine *
engine_of(const SimNetwork *network)
{
    return sim_world_engine(sim_run_world(network->run));
}

int64_t
sim_network_now(const SimNetwork *network)
{
    return network->run != NULL ? sim_engine_now(engine_of(network)) : 0;
}

static bool
go_on_until(SimNetwork *network, int64_t time_ns)
{
    if (sim_run_until(network->run, time_ns))
        return is_consistent(network);
    return lib_fail(network, "the run has ended: %s", sim_run_trouble(network->run));
}

bool
sim_network_run_until(SimNetwork *network, int64_t time_ns)
{
    if (!lib_is_running(network))
        return false;
    if (time_ns < sim_network_now(network))
        return lib_fail(network, "that time is over");
    g_clear_pointer(&network->awaited, scn_term_free);
    return go_on_until(network, time_ns);
}

bool
sim_network_wait_for(SimNetwork *network, const char *condition, int64_t timeout_ns)
{
    int64_t until;
    bool went;
    g_autofree char *why = NULL;

    if (!lib_is_running(network))
        return false;
    g_clear_pointer(&network->awaited, scn_term_free);
    network->awaited = lib_bind_condition(network, condition);
    if (network->awaited == NULL)
        return false;
    until = sim_time_add(sim_network_now(network), MAX(timeout_ns, 0));
    network->has_come = false;
    if (probe(network)) {
        g_clear_pointer(&network->awaited, scn_term_free);
        return network->has_come;
    }
    went = go_on_until(network, until);
    if (went && !network->has_come)
        why = sim_checks_explain(sim_run_mutable_checks(network->run), network->awaited,
                                 sim_network_now(network));
    g_clear_pointer(&network->awaited, scn_term_free);
    if (!went || network->has_come)
        return went && network->has_come;
    return lib_fail(network, "%s was not true within the time: %s", condition, why);
}

bool
sim_network_wait_synced(SimNetwork *network, int64_t timeout_ns)
{
    return sim_network_wait_for(network, "same_tip(all)", timeout_ns);
}

/* Checks every 10 ms of virtual time. */
bool
sim_network_run_idle(SimNetwork *network, int64_t timeout_ns)
{
    int64_t end;

    if (!lib_is_running(network))
        return false;
    end = sim_time_add(sim_network_now(network), MAX(timeout_ns, 0));
    while (!sim_world_idle(sim_run_world(network->run))) {
        int64_t now = sim_network_now(network);

        if (now >= end)
            return lib_fail(network, "it did not come to rest within the time");
        if (!go_on_until(network, MIN(end, now + 10 * SIM_MS)))
            return false;
    }
    return true;
}

static bool
do_now(SimNetwork *network, const char *action)
{
    SimActions *actions = sim_run_actions(network->run);
    g_autoptr(ScnErrors) errors = scn_errors_new();
    ScnItem *item = scn_line_action(network->scenario, action, errors);
    const char *trouble;

    if (item == NULL)
        return lib_fail_parse(network, errors);
    g_ptr_array_add(network->items, item);
    if (item->kind == SCN_ITEM_MARK) {
        sim_checks_mark(sim_run_mutable_checks(network->run), item, sim_network_now(network));
        return true;
    }
    sim_actions_adopt(actions, network->scenario);
    sim_actions_do(actions, item, 0);
    sim_engine_touch(engine_of(network));
    trouble = sim_trouble_recent(sim_actions_trouble(actions));
    return *trouble == '\0' ? is_consistent(network) : lib_fail(network, "%s", trouble);
}

bool
sim_network_do(SimNetwork *network, const char *action)
{
    return lib_is_running(network) && do_now(network, action);
}

bool
sim_network_later(SimNetwork *network, const char *action)
{
    char *kept;

    if (!lib_is_running(network))
        return false;
    kept = g_strdup(action);
    g_ptr_array_add(network->later, kept);
    sim_engine_schedule(engine_of(network), sim_network_now(network) + 1, SIM_CLASS_ACTION, 0,
                        network->later->len, network->later_handler, kept, 0);
    return true;
}

bool
lib_find_node(SimNetwork *network, uint32_t *ret_node, const char *name)
{
    *ret_node = scn_scenario_find_node(network->scenario, name);
    return *ret_node != SCN_NONE || lib_fail(network, "there is no node '%s'", name);
}

bool
sim_network_connect(SimNetwork *network, const char *from, const char *to)
{
    g_autofree char *text = NULL;
    uint32_t a, b;

    if (network->run == NULL) {
        g_string_append_printf(network->edges, "edge %s %s\n", from, to);
        return true;
    }
    if (!lib_is_running(network) || !lib_find_node(network, &a, from) ||
        !lib_find_node(network, &b, to))
        return false;
    if (a == b)
        return lib_fail(network, "a connection joins two nodes");
    sim_build_edge(sim_run_world(network->run), network->scenario, a, b);
    text = g_strdup_printf("connect %s %s", from, to);
    sim_world_note_change(sim_run_world(network->run), "connect", text);
    return true;
}

bool
sim_network_disconnect(SimNetwork *network, const char *from, const char *to)
{
    SimWorld *world;
    uint32_t a, b, edge;

    if (!lib_is_running(network) || !lib_find_node(network, &a, from) ||
        !lib_find_node(network, &b, to))
        return false;
    world = sim_run_world(network->run);
    edge = sim_net_find_edge(sim_world_net(world), a, b);
    if (edge == SIM_EDGE_NONE || !sim_world_disconnect(world, edge))
        return lib_fail(network, "%s and %s are not connected", from, to);
    return true;
}

bool
sim_network_stop(SimNetwork *network)
{
    g_autoptr(GError) error = NULL;
    GString *report;

    if (!lib_is_running(network))
        return false;
    network->is_stopped = true;
    g_clear_pointer(&network->awaited, scn_term_free);
    if (!sim_run_finish(network->run, &error))
        return lib_fail(network, "%s", error->message);
    if (sim_run_status(network->run) == SIM_STATUS_HELD)
        return true;
    report = g_string_new(sim_run_trouble(network->run));
    for (guint i = 0; i < sim_checks_count(sim_run_checks(network->run)); i++) {
        const SimCheckResult *result = sim_checks_get(sim_run_checks(network->run), i);

        if (sim_check_fails(result))
            sim_check_format(report, result);
    }
    lib_fail(network, "%s", report->str);
    g_string_free(report, TRUE);
    return false;
}
