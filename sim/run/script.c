/* Runs scripts; see script.h. */
#include "sim/run/script.h"

#include "sim/engine/assert.h"
#include "sim/world/observe.h"
#include "sim/world/tree.h"

#include <string.h>

typedef enum {
    SETTLING,   /* before a line: waiting for the world to be idle */
    CONNECTING, /* waiting for a handshake between the two nodes */
    WAITING,    /* delivered: waiting for the effects */
    CHECKING,   /* waiting for the verdict of an expect within */
    OVER,
} Phase;

/* What the receiver reported since the delivery. */
typedef struct {
    KetteHash hash;
    const char *verdict;
} Said;

struct SimScripts {
    const ScnScenario *scenario;
    SimWorld *world;
    SimChecks *checks;
    SimActions *actions;
    guint script, line;
    Phase phase;
    SimTime since;           /* of the phase */
    KetteBlockStatus before; /* of the block at the receiver */
    GArray *said;            /* Said */
    uint8_t step_handler, patience_handler;
    SimHandle patience;
    bool is_stepping; /* a step is scheduled for this instant */
};

static SimEngine *
engine_of(const SimScripts *scripts)
{
    return sim_world_engine(scripts->world);
}

static SimTime
now_of(const SimScripts *scripts)
{
    return sim_engine_now(engine_of(scripts));
}

static const ScnScript *
script_of(const SimScripts *scripts)
{
    return g_ptr_array_index(scripts->scenario->scripts, scripts->script);
}

static const ScnLine *
line_of(const SimScripts *scripts)
{
    return g_ptr_array_index(script_of(scripts)->lines, scripts->line);
}

static const char *
block_name(const SimScripts *scripts, guint32 block)
{
    return g_array_index(scripts->scenario->blocks, ScnBlock, block).name;
}

/* --- replies ------------------------------------------------------------------------------ */

static bool
was_held(KetteBlockStatus before)
{
    return before == KETTE_STATUS_ACTIVE || before == KETTE_STATUS_SIDE ||
           before == KETTE_STATUS_ORPHAN || before == KETTE_STATUS_PARKED;
}

static bool
was_refused(const SimScripts *scripts, const ScnReply *reply)
{
    const KetteHash *at = sim_world_named_id(scripts->world, reply->at);

    for (guint i = 0; i < scripts->said->len; i++) {
        const Said *said = &g_array_index(scripts->said, Said, i);

        if (at != NULL && kette_hash_equal(&said->hash, at) &&
            (reply->verdict == SCN_NONE ||
             strcmp(said->verdict, scn_verdict_names[reply->verdict]) == 0))
            return true;
    }
    return false;
}

static bool
is_reply(const SimScripts *scripts, const ScnReply *reply, KetteBlockStatus now)
{
    KetteBlockStatus before = scripts->before;

    switch (reply->kind) {
    case SCN_REPLY_TIP:
        return now == KETTE_STATUS_ACTIVE && before != KETTE_STATUS_ACTIVE;
    case SCN_REPLY_SIDE:
        return now == KETTE_STATUS_SIDE && before != KETTE_STATUS_SIDE;
    case SCN_REPLY_ORPHAN:
        return now == KETTE_STATUS_ORPHAN && before != KETTE_STATUS_ORPHAN;
    case SCN_REPLY_PARKED:
        return now == KETTE_STATUS_PARKED && before != KETTE_STATUS_PARKED;
    case SCN_REPLY_DUP:
        return was_held(before) && was_held(now);
    case SCN_REPLY_REJECT:
        break;
    }
    return was_refused(scripts, reply);
}

static KetteBlockStatus
status_now(const SimScripts *scripts)
{
    return sim_world_named_status(scripts->world, script_of(scripts)->to, line_of(scripts)->block);
}

static const char *
status_word(KetteBlockStatus status)
{
    static const char *const words[] = {
        [KETTE_STATUS_UNKNOWN] = "unknown", [KETTE_STATUS_ACTIVE] = "active",
        [KETTE_STATUS_SIDE] = "side",       [KETTE_STATUS_ORPHAN] = "orphan",
        [KETTE_STATUS_INVALID] = "invalid", [KETTE_STATUS_INVALID_ANCESTOR] = "invalid-ancestor",
        [KETTE_STATUS_PARKED] = "parked",
    };

    return words[status];
}

/* Returns the name of a block by its id, for messages. */
static const char *
name_of_hash(const SimScripts *scripts, const KetteHash *hash)
{
    for (guint i = 0; i < scripts->scenario->blocks->len; i++) {
        const KetteHash *id = sim_world_named_id(scripts->world, i);

        if (id != NULL && kette_hash_equal(id, hash))
            return block_name(scripts, i);
    }
    return "another block";
}

static char *
describe_reply(const SimScripts *scripts, KetteBlockStatus now)
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(
        out, "%s was %s at %s and is %s", block_name(scripts, line_of(scripts)->block),
        status_word(scripts->before), sim_world_node_name(scripts->world, script_of(scripts)->to),
        status_word(now));
    for (guint i = 0; i < scripts->said->len; i++) {
        const Said *said = &g_array_index(scripts->said, Said, i);

        g_string_append_printf(out, ", reject %s at %s", said->verdict,
                               name_of_hash(scripts, &said->hash));
    }
    return g_string_free(out, FALSE);
}

static void
judge_reply(SimScripts *scripts)
{
    const ScnLine *line = line_of(scripts);
    KetteBlockStatus now = status_now(scripts);
    bool fits = false;

    if (line->check == SCN_NONE)
        return;
    for (guint i = 0; i < line->replies->len; i++)
        fits |= is_reply(scripts, &g_array_index(line->replies, ScnReply, i), now);
    sim_checks_reply(scripts->checks, line->check, fits ? NULL : describe_reply(scripts, now),
                     now_of(scripts));
}

/* --- phases ------------------------------------------------------------------------------- */

static void
enter_phase(SimScripts *scripts, Phase phase)
{
    SimEngine *engine = engine_of(scripts);

    scripts->phase = phase;
    scripts->since = now_of(scripts);
    sim_engine_cancel(engine, scripts->patience, NULL);
    scripts->patience = (SimHandle){0};
    if (phase != OVER)
        scripts->patience =
            sim_engine_schedule(engine, sim_time_add(scripts->since, SIM_SCRIPT_PATIENCE),
                                SIM_CLASS_CHECK, UINT64_MAX, 2, scripts->patience_handler, NULL, 0);
}

static bool
has_waited(const SimScripts *scripts)
{
    return now_of(scripts) - scripts->since >= SIM_SCRIPT_PATIENCE;
}

static void
next_line(SimScripts *scripts)
{
    scripts->line++;
    while (scripts->script < scripts->scenario->scripts->len &&
           scripts->line >= script_of(scripts)->lines->len) {
        scripts->script++;
        scripts->line = 0;
    }
    enter_phase(scripts, scripts->script < scripts->scenario->scripts->len ? SETTLING : OVER);
    if (scripts->phase == OVER)
        sim_engine_stop(engine_of(scripts));
}

static void
deliver(SimScripts *scripts)
{
    const ScnLine *line = line_of(scripts);
    const ScnScript *script = script_of(scripts);

    g_array_set_size(scripts->said, 0);
    scripts->before = status_now(scripts);
    enter_phase(scripts, WAITING);
    if (!sim_world_deliver(scripts->world, line->block, script->from, script->to))
        sim_actions_complain(scripts->actions, line->place, block_name(scripts, line->block),
                             "it cannot be delivered: there is no connection, or no such block");
}

static void
do_item(SimScripts *scripts)
{
    const ScnItem *item = line_of(scripts)->item;
    SimTime now = now_of(scripts);

    if (item->kind == SCN_ITEM_MARK) {
        sim_checks_mark(scripts->checks, item, now);
    } else if (item->kind == SCN_ITEM_CHECK) {
        const ScnCheck *check = g_ptr_array_index(scripts->scenario->checks, item->check);

        sim_checks_start_item(scripts->checks, item, now);
        if (check->kind == SCN_CHECK_WITHIN && sim_checks_is_open(scripts->checks, item->check)) {
            enter_phase(scripts, CHECKING);
            return;
        }
    } else {
        sim_actions_do(scripts->actions, item, 0);
    }
    next_line(scripts);
}

static void
do_line(SimScripts *scripts)
{
    if (line_of(scripts)->item != NULL)
        do_item(scripts);
    else
        deliver(scripts);
}

static void
connect_anew(SimScripts *scripts, uint32_t from, uint32_t to)
{
    g_autofree char *text =
        g_strdup_printf("connect %s %s", sim_world_node_name(scripts->world, from),
                        sim_world_node_name(scripts->world, to));

    sim_world_reconnect(scripts->world, from, to);
    sim_world_note_change(scripts->world, "connect", text); /* a cut may have ended with it */
}

/* Returns whether the receiver would read what the line sends; opens the connection anew if not. */
static bool
is_connected(SimScripts *scripts)
{
    const ScnScript *script = script_of(scripts);
    const ScnItem *item = line_of(scripts)->item;

    if (item != NULL)
        return (item->kind != SCN_ITEM_ANNOUNCE && item->kind != SCN_ITEM_DELIVER) ||
               sim_actions_connect(scripts->actions, item);
    if (sim_world_ready(scripts->world, script->from, script->to))
        return true;
    connect_anew(scripts, script->from, script->to);
    return false;
}

/* Begins a line: the world is idle, or patience is over. */
static void
begin_line(SimScripts *scripts)
{
    if (is_connected(scripts))
        do_line(scripts);
    else if (scripts->phase != CONNECTING)
        enter_phase(scripts, CONNECTING);
}

/* Advances the phase. If no handshake finishes in time, the block is sent and judged anyway. */
static void
advance_phase(SimScripts *scripts)
{
    switch (scripts->phase) {
    case SETTLING:
        begin_line(scripts);
        break;
    case CONNECTING:
        if (has_waited(scripts))
            do_line(scripts);
        else
            begin_line(scripts);
        break;
    case WAITING:
        judge_reply(scripts);
        next_line(scripts);
        break;
    case CHECKING:
        next_line(scripts);
        break;
    case OVER:
        break;
    }
}

static bool
may_step(const SimScripts *scripts)
{
    const ScnItem *item;

    switch (scripts->phase) {
    case OVER:
        return false;
    case CHECKING:
        item = line_of(scripts)->item;
        return !sim_checks_is_open(scripts->checks, item->check);
    default:
        return has_waited(scripts) || sim_world_idle(scripts->world);
    }
}

void
sim_scripts_instant(SimScripts *scripts)
{
    SimEngine *engine = engine_of(scripts);

    if (scripts->is_stepping || !may_step(scripts))
        return;
    scripts->is_stepping = true;
    sim_engine_schedule(engine, sim_engine_now(engine), SIM_CLASS_ACTION, 0, 0,
                        scripts->step_handler, NULL, 0);
}

static void
on_step(void *user, const SimEvent *event)
{
    SimScripts *scripts = user;

    (void)event;
    scripts->is_stepping = false;
    advance_phase(scripts);
    sim_engine_touch(engine_of(scripts));
}

static void
on_patience(void *user, const SimEvent *event)
{
    SimScripts *scripts = user;

    (void)event;
    scripts->patience = (SimHandle){0};
    sim_engine_touch(engine_of(scripts));
}

/* --- watching ----------------------------------------------------------------------------- */

static void
on_fact(void *user, const SimFact *fact)
{
    SimScripts *scripts = user;
    Said said;

    if (scripts->phase != WAITING || fact->kind != SIM_FACT_VERDICT || fact->is_tx ||
        fact->node != script_of(scripts)->to)
        return;
    memcpy(said.hash.b, fact->hash, sizeof said.hash.b);
    said.verdict = fact->name;
    g_array_append_val(scripts->said, said);
}

/* The end of a message may make the world idle. */
static void
on_message(void *user, const SimPacket *packet, SimFate fate)
{
    SimScripts *scripts = user;

    (void)packet;
    (void)fate;
    sim_engine_touch(engine_of(scripts));
}

/* --- life --------------------------------------------------------------------------------- */

SimScripts *
sim_scripts_new(const ScnScenario *scenario, SimWorld *world, SimChecks *checks,
                SimActions *actions)
{
    SimEngine *engine = sim_world_engine(world);
    SimScripts *scripts;

    if (scenario->scripts->len == 0)
        return NULL;
    scripts = g_new0(SimScripts, 1);
    scripts->scenario = scenario;
    scripts->world = world;
    scripts->checks = checks;
    scripts->actions = actions;
    scripts->said = g_array_new(FALSE, FALSE, sizeof(Said));
    scripts->step_handler = sim_engine_add_handler(engine, on_step, scripts);
    scripts->patience_handler = sim_engine_add_handler(engine, on_patience, scripts);
    sim_world_add_watcher(world,
                          &(SimWatcher){.user = scripts, .fact = on_fact, .message = on_message});
    scripts->line = UINT_MAX; /* before the first */
    next_line(scripts);
    return scripts;
}

void
sim_scripts_free(SimScripts *scripts)
{
    if (scripts == NULL)
        return;
    g_array_unref(scripts->said);
    g_free(scripts);
}
