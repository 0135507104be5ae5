/* Crashes, pauses, absences, clocks and hash power; see fault.h for what they mean. */
#include "sim/engine/assert.h"
#include "sim/world/opinion.h"
#include "sim/world/world_impl.h"

/* --- down and up -------------------------------------------------------------------------- */

bool
sim_world_node_up(const SimWorld *world, uint32_t node)
{
    return sim_world_host(world, node)->running;
}

static void
stop_timers(SimHost *host)
{
    for (int timer = 0; timer < KETTE_TIMER_COUNT; timer++)
        sim_host_stop_timer(host, (KetteTimer)timer);
    sim_mining_stop(host);
    g_clear_pointer(&host->ground, kette_block_unref);
}

/* Reports the tip that was saved, if it differs. It may be older, but is no reorganisation. */
static void
show_saved_tip(SimHost *host)
{
    SimWorld *world = host->world;
    const KetteEntry *tip = kette_chain_tip(kette_node_chain(host->node));
    uint32_t block = sim_ledger_find(&world->ledger, &tip->id);
    uint32_t before = sim_ledger_tip(&world->ledger, host->index);
    SimTime now = sim_engine_now(world->engine);
    const SimFact fact = {
        .kind = SIM_FACT_TIP,
        .time = now,
        .node = host->index,
        .from = SIM_NODE_NONE,
        .block = block,
        .old_block = before,
        .hash = tip->id.b,
    };

    sim_assert(block != SIM_BLOCK_NONE);
    if (block == before)
        return;
    sim_ledger_move_tip(&world->ledger, now, host->index, block);
    sim_world_tell(world, &fact);
}

static void
tell_lost(void *user, KetteTx *tx)
{
    SimHost *host = user;
    SimWorld *world = host->world;

    for (guint i = 0; i < world->watchers->len; i++) {
        const SimWatcher *watcher = &g_array_index(world->watchers, SimWatcher, i);

        if (watcher->tx_lost != NULL)
            watcher->tx_lost(watcher->user, sim_engine_now(world->engine), host->index, tx->id.b);
    }
}

/* Discards the node's memory and reads back at once what it saved. So questions about a node that
 * is down are answered with what its disk holds. */
static void
reload(SimHost *host)
{
    KetteBook *book = kette_node_steal_book(host->node);
    const KetteNodeConfig config = *kette_node_config(host->node);
    size_t sound;

    kette_mempool_each(kette_node_mempool(host->node), tell_lost, host);
    kette_node_clear(host->node);
    sim_host_new_node(host, &config);
    if (book != NULL)
        kette_node_give_book(host->node, book);
    sim_remote_read_log(host);
    sound = kette_node_restore(host->node, host->log->data, host->log->len, sim_host_now(host));
    g_byte_array_set_size(host->log, (guint)sound);
    sim_remote_note_restored(host);
    kette_node_set_clock_offset(host->node, host->clock_offset);
}

static void
crash_now(SimHost *host, bool wipe)
{
    SimWorld *world = host->world;

    sim_remote_kill(host, wipe);
    if (world->opinion != NULL && (wipe || host->is_dying))
        sim_opinion_forget(world->opinion, host);
    stop_timers(host);
    host->running = host->paused = host->is_dying = false;
    sim_host_end_fault(host, SIM_FAULT_PAUSE);
    host->writes_left = 0;
    host->incarnation++;
    host->busy_until = 0;
    g_clear_pointer(&host->late_changes, g_array_unref);
    sim_late_clear(host);
    sim_host_drop_backlog(host);
    sim_net_set_node_paused(world->net, host->index, false);
    sim_net_set_node_up(world->net, host->index, false);
    if (wipe)
        g_byte_array_set_size(host->log, 0);
    reload(host);
    show_saved_tip(host);
    sim_engine_touch(world->engine);
}

SimFaultId
sim_world_crash(SimWorld *world, uint32_t node, const SimCrash *crash)
{
    SimHost *host = sim_world_host(world, node);

    sim_assert(world->config.keep_records);
    if (!host->running)
        return SIM_FAULT_NONE;
    if (crash->at_write == 0) {
        crash_now(host, crash->wipe);
    } else {
        host->writes_left = crash->at_write;
        host->crash = *crash;
    }
    return sim_host_begin_fault(host, SIM_FAULT_CRASH);
}

void
sim_fault_on_crash(void *user, const SimEvent *event)
{
    SimHost *host = event->data;
    g_autofree char *text = NULL;

    if (!host->running || host->incarnation != event->arg)
        return;
    text = g_strdup_printf("crash of %s in a write", sim_world_node_name(user, host->index));
    crash_now(host, host->crash.wipe);
    sim_fault_note_node(user, host->index);
    sim_world_note_fault(user, "crash-in-write", text);
}

/* Saves a record. If the crash comes in it, none or half of it is written, and nothing that the
 * node does from then on leaves the node. */
void
sim_fault_save(SimHost *host, const uint8_t *record, size_t len)
{
    SimWorld *world = host->world;

    if (host->is_dying)
        return;
    if (host->writes_left > 0 && --host->writes_left == 0) {
        g_byte_array_append(host->log, record, host->crash.torn ? (guint)(len / 2) : 0);
        host->is_dying = true;
        sim_engine_schedule(world->engine, sim_engine_now(world->engine), SIM_CLASS_FAULT,
                            host->key, 0, world->crash_handler, host, host->incarnation);
        return;
    }
    g_byte_array_append(host->log, record, (guint)len);
}

static void
bring_up(SimHost *host)
{
    SimWorld *world = host->world;

    host->running = true;
    sim_host_end_fault(host, SIM_FAULT_CRASH);
    sim_net_set_node_up(world->net, host->index, true);
    if (!host->is_script)
        kette_node_start(host->node, sim_host_now(host));
    sim_remote_start(host);
    sim_connection_open_all(host);
    sim_agent_on_return(host);
    sim_mining_arm(host);
    sim_engine_touch(world->engine);
}

static void
restart(SimHost *host)
{
    if (host->running)
        crash_now(host, host->is_dying && host->crash.wipe);
    host->has_started = true; /* a node with a start time may be restarted before it */
    bring_up(host);
}

void
sim_world_restart(SimWorld *world, uint32_t node)
{
    sim_fault_note_node(world, node);
    restart(sim_world_host(world, node));
}

const char *
sim_world_upgrade(SimWorld *world, uint32_t node, uint32_t upgrades)
{
    SimHost *host = sim_world_host(world, node);
    bool was_running = host->running;

    sim_assert(world->config.keep_records);
    if (host->is_script)
        return "has no rules";
    if (sim_world_strategy(world, node) != NULL)
        return "has a strategy, which goes by the rules that it began with";
    if ((host->knows & upgrades) == upgrades)
        return "knows that already";
    host->knows |= (uint8_t)upgrades;
    host->store = sim_world_store_of(world, host->knows);
    sim_fault_note_node(world, node);
    crash_now(host, false);
    if (was_running)
        bring_up(host);
    return NULL;
}

void
sim_fault_end_crash(SimHost *host)
{
    if (!host->running || host->is_dying) {
        restart(host);
        return;
    }
    host->writes_left = 0;
    sim_host_end_fault(host, SIM_FAULT_CRASH);
}

void
sim_fault_on_start(void *user, const SimEvent *event)
{
    SimHost *host = event->data;

    (void)user;
    if (!host->has_started)
        restart(host);
}

/* --- pause -------------------------------------------------------------------------------- */

SimFaultId
sim_world_pause(SimWorld *world, uint32_t node)
{
    SimHost *host = sim_world_host(world, node);

    if (!host->running || host->paused)
        return SIM_FAULT_NONE;
    host->paused = true;
    sim_remote_pause(host, true);
    sim_mining_stop(host);
    sim_net_set_node_paused(world->net, node, true);
    sim_engine_touch(world->engine);
    return sim_host_begin_fault(host, SIM_FAULT_PAUSE);
}

bool
sim_world_resume(SimWorld *world, uint32_t node)
{
    SimHost *host = sim_world_host(world, node);

    if (!host->paused)
        return false;
    host->paused = false;
    sim_remote_pause(host, false);
    sim_host_end_fault(host, SIM_FAULT_PAUSE);
    sim_net_set_node_paused(world->net, node, false);
    sim_connection_tell_late(host);
    sim_late_send(host);
    sim_agent_on_return(host);
    sim_mining_arm(host);
    sim_engine_touch(world->engine);
    return true;
}

/* --- absence ------------------------------------------------------------------------------ */

/* Opens or closes the connections after one of the two reasons to be away began or ended. */
static void
come_or_go(SimHost *host, bool was_away)
{
    if (sim_host_is_away(host) == was_away)
        return;
    if (was_away)
        sim_connection_open_all(host);
    else
        sim_connection_close_all(host);
    sim_engine_touch(host->world->engine);
}

SimFaultId
sim_world_leave(SimWorld *world, uint32_t node)
{
    SimHost *host = sim_world_host(world, node);
    bool was_away = sim_host_is_away(host);

    if (host->has_left)
        return SIM_FAULT_NONE;
    host->has_left = true;
    come_or_go(host, was_away);
    return sim_host_begin_fault(host, SIM_FAULT_LEAVE);
}

void
sim_fault_end_leave(SimHost *host)
{
    bool was_away = sim_host_is_away(host);

    host->has_left = false;
    sim_host_end_fault(host, SIM_FAULT_LEAVE);
    come_or_go(host, was_away);
}

bool
sim_world_join(SimWorld *world, uint32_t node)
{
    SimHost *host = sim_world_host(world, node);

    if (!sim_host_is_away(host))
        return false;
    host->is_churned = false;
    sim_host_end_fault(host, SIM_FAULT_AWAY);
    host->has_left = true; /* so that the end of the leave opens, also after a churn */
    sim_fault_end_leave(host);
    return true;
}

static void
set_churned(SimHost *host, bool churned)
{
    bool was_away = sim_host_is_away(host);

    host->is_churned = churned;
    if (churned)
        (void)sim_host_begin_fault(host, SIM_FAULT_AWAY);
    else
        sim_host_end_fault(host, SIM_FAULT_AWAY);
    come_or_go(host, was_away);
}

static void
schedule_churn(SimHost *host)
{
    SimWorld *world = host->world;
    const SimDistribution *d = host->is_churned ? &host->churn->absence : &host->churn->session;
    SimTime wait = sim_distribution_sample(d, &host->churn->draws);

    host->churn->next = sim_engine_schedule(
        world->engine, sim_time_add(sim_engine_now(world->engine), MAX(wait, 1)), SIM_CLASS_FAULT,
        host->key, 0, world->churn_handler, host, 0);
}

void
sim_fault_on_churn(void *user, const SimEvent *event)
{
    SimHost *host = event->data;
    const char *name = sim_world_node_name(user, host->index);
    bool leaves = !host->is_churned;
    g_autofree char *text = g_strdup_printf("churn: %s %s", name, leaves ? "leaves" : "joins");

    set_churned(host, leaves);
    sim_world_note_fault(user, leaves ? "churn-leave" : "churn-join", text);
    schedule_churn(host);
}

SimFaultId
sim_world_churn(SimWorld *world, uint32_t node, const SimDistribution *session,
                const SimDistribution *absence)
{
    SimHost *host = sim_world_host(world, node);

    if (host->churn == NULL) {
        host->churn = g_new0(SimChurn, 1);
        sim_counter_init(&host->churn->draws, sim_key_combine(world->config.seed, sim_key("churn")),
                         host->key);
    } else {
        sim_engine_cancel(world->engine, host->churn->next, NULL);
    }
    host->churn->session = *session;
    host->churn->absence = *absence;
    schedule_churn(host);
    return sim_host_begin_fault(host, SIM_FAULT_CHURN);
}

void
sim_fault_end_churn(SimHost *host)
{
    sim_host_end_fault(host, SIM_FAULT_CHURN);
    sim_engine_cancel(host->world->engine, host->churn->next, NULL);
    g_clear_pointer(&host->churn, g_free);
    set_churned(host, false);
}

/* --- clock and hash power ----------------------------------------------------------------- */

void
sim_world_set_clock(SimWorld *world, uint32_t node, SimTime offset)
{
    SimHost *host = sim_world_host(world, node);

    sim_fault_note_node(world, node);
    host->clock_offset = offset;
    kette_node_set_clock_offset(host->node, offset);
    sim_remote_set_clock(host);
    sim_engine_touch(world->engine);
}

void
sim_world_set_share(SimWorld *world, uint32_t node, uint64_t num, uint64_t den)
{
    SimHost *host = sim_world_host(world, node);

    sim_assert(den > 0);
    sim_assert(host->is_miner);
    sim_fault_note_node(world, node);
    sim_mining_stop(host);
    g_clear_pointer(&host->ground, kette_block_unref);
    host->share_num = num;
    host->share_den = den;
    sim_mining_arm(host);
    sim_engine_touch(world->engine);
}
