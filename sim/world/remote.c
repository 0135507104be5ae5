/* Shadows of nodes that run elsewhere; see remote.h. */
#include "sim/world/remote.h"

#include "sim/engine/assert.h"
#include "sim/world/observe.h"
#include "sim/world/world_impl.h"

/* --- the door of a shadow ----------------------------------------------------------------- */

static void
drop_message(void *user, uint32_t peer, KetteMessage *message)
{
    (void)user, (void)peer;
    kette_message_unref(message);
}

static void
ignore_timer(void *user, KetteTimer timer, int64_t delay_ns)
{
    (void)user, (void)timer, (void)delay_ns;
}

static void
ignore_cancel(void *user, KetteTimer timer)
{
    (void)user, (void)timer;
}

static void
ignore_address(void *user, const KettePeerAddress *address)
{
    (void)user, (void)address;
}

static void
ignore_peer(void *user, uint32_t peer)
{
    (void)user, (void)peer;
}

KetteHost
sim_remote_door(SimHost *host, KetteHost door)
{
    return (KetteHost){
        .user = host,
        .mint = door.mint,
        .send = drop_message,
        .set_timer = ignore_timer,
        .cancel_timer = ignore_cancel,
        .random = door.random,
        .note = door.note,
        .given = door.given,
        .connect = ignore_address,
        .disconnect = ignore_peer,
    };
}

/* --- world to process --------------------------------------------------------------------- */

static const SimRemote *
remote_of(const SimHost *host)
{
    return host->world->config.remote;
}

void
sim_remote_start(SimHost *host)
{
    const SimRemote *remote = remote_of(host);

    if (remote != NULL)
        remote->start(remote->user, host->index);
}

bool
sim_remote_answers(const SimHost *host)
{
    const SimRemote *remote = remote_of(host);

    return remote == NULL || remote->answers(remote->user, host->index);
}

void
sim_remote_kill(SimHost *host, bool wipe)
{
    const SimRemote *remote = remote_of(host);

    if (remote != NULL)
        remote->kill(remote->user, host->index, wipe);
}

void
sim_remote_pause(SimHost *host, bool paused)
{
    const SimRemote *remote = remote_of(host);

    if (remote != NULL)
        remote->pause(remote->user, host->index, paused);
}

void
sim_remote_set_clock(SimHost *host)
{
    const SimRemote *remote = remote_of(host);

    if (remote != NULL)
        remote->set_clock(remote->user, host->index, host->clock_offset);
}

void
sim_remote_tell_share(SimHost *host)
{
    bool mines = host->mining && host->world->started;

    remote_of(host)->set_share(remote_of(host)->user, host->index, mines ? host->share_num : 0,
                               MAX(host->share_den, 1));
}

void
sim_remote_read_log(SimHost *host)
{
    const SimRemote *remote = remote_of(host);

    if (remote == NULL)
        return;
    g_byte_array_unref(host->log);
    host->log = remote->read_log(remote->user, host->index);
}

void
sim_remote_note_restored(SimHost *host)
{
    SimWorld *world = host->world;
    const KetteChain *chain = kette_node_chain(host->node);
    SimTime now = sim_engine_now(world->engine);

    if (remote_of(host) == NULL)
        return;
    for (uint32_t i = 0; i < kette_store_count(host->store); i++) {
        const KetteEntry *entry = kette_store_entry(host->store, i);
        SimFact fact = {.kind = SIM_FACT_BLOCK,
                        .time = now,
                        .node = host->index,
                        .from = SIM_NODE_NONE,
                        .hash = entry->id.b,
                        .body = entry->block};
        bool is_new;

        if (!kette_chain_has_joined(chain, entry) ||
            sim_ledger_find(&world->ledger, &entry->id) != SIM_BLOCK_NONE)
            continue;
        fact.block = sim_ledger_intern(&world->ledger, &is_new, entry, host->index, now);
        sim_world_tell(world, &fact);
        sim_ledger_set_joined(&world->ledger, now, fact.block, host->index);
    }
}

KetteBlock *
sim_remote_mine(SimHost *host, KetteVerdict *ret_verdict)
{
    const KetteChain *chain = kette_node_chain(host->node);
    const KetteEntry *before = kette_chain_tip(chain), *tip;

    *ret_verdict = remote_of(host)->mine(remote_of(host)->user, host->index);
    tip = kette_chain_tip(chain);
    return *ret_verdict == KETTE_OK && tip != before ? kette_block_ref(tip->block) : NULL;
}

KetteVerdict
sim_host_submit(SimHost *host, KetteTx *tx)
{
    const SimRemote *remote = remote_of(host);

    if (remote != NULL)
        return remote->submit(remote->user, host->index, tx);
    return kette_node_validate_and_add_transaction(host->node, tx, sim_host_now(host));
}

/* --- process to shadow -------------------------------------------------------------------- */

static uint32_t
peer_of(const SimHost *host, uint32_t from)
{
    uint32_t edge = from != SIM_NODE_NONE ? sim_net_find_edge(host->world->net, host->index, from)
                                          : SIM_EDGE_NONE;

    return edge != SIM_EDGE_NONE ? sim_net_edge_place(host->world->net, edge) : KETTE_PEER_SELF;
}

static const char *
follow_tip(const SimHost *host, const KetteHash *id)
{
    const KetteEntry *tip = kette_chain_tip(kette_node_chain(host->node));

    return kette_hash_equal(&tip->id, id) ? NULL : SIM_REMOTE_OTHER_TIP;
}

static const char *
follow_body(SimHost *host, const SimTold *told)
{
    SimTime now = sim_host_now(host);
    KetteVerdict verdict;

    /* Move the shadow's clock to the time of the event: the world may be behind its processes, and
     * the clock decides whether a block's time is too far ahead. */
    kette_node_set_clock_offset(host->node,
                                sim_time_add(host->clock_offset, MAX(told->at - now, 0)));
    verdict = kette_node_submit_block(host->node, told->block, now);
    kette_node_set_clock_offset(host->node, host->clock_offset);
    return verdict == KETTE_OK || verdict == KETTE_ALREADY_KNOWN || verdict == KETTE_REORG_TOO_DEEP
               ? NULL
               : "accepted a block that this program refuses";
}

/* Hands the shadow the handshake that its process has received. */
static void
follow_ready(SimHost *host, const SimTold *told)
{
    SimWorld *world = host->world;
    const SimHost *from = sim_world_host(world, told->from);
    const KetteEntry *tip = kette_chain_tip(kette_node_chain(from->node));
    const KetteHandshake handshake = {
        .version = KETTE_PROTOCOL_VERSION,
        .genesis = kette_store_genesis(host->store)->id,
        .tip = tip->id,
        .height = tip->height,
        .port = from->port,
        .reply = true,
    };
    g_autoptr(KetteMessage) message = kette_message_handshake(&handshake);
    uint32_t peer = peer_of(host, told->from);

    if (peer != KETTE_PEER_SELF)
        kette_node_receive(host->node, peer, message, sim_host_now(host));
}

/* Passes a note that does not change the shadow on to the watchers. */
static void
pass_on(SimHost *host, const SimTold *told)
{
    const KetteNote note = {
        .kind = told->kind,
        .peer = peer_of(host, told->from),
        .verdict = told->verdict,
        .id = &told->id,
        .tx = told->tx,
        .reason = told->reason,
    };

    sim_host_note(host, &note);
}

const char *
sim_remote_told(SimWorld *world, const SimTold *told)
{
    SimHost *host = sim_world_host(world, told->node);
    const char *differs = NULL;

    host->told_by = told->from != SIM_NODE_NONE ? sim_world_host(world, told->from) : NULL;
    switch (told->kind) {
    case KETTE_NOTE_BODY:
        differs = follow_body(host, told);
        break;
    case KETTE_NOTE_TIP:
        differs = follow_tip(host, &told->id);
        break;
    case KETTE_NOTE_TX_ACCEPTED:
        (void)!kette_node_validate_and_add_transaction(host->node, told->tx, sim_host_now(host));
        break;
    case KETTE_NOTE_TX_RETURNED:
    case KETTE_NOTE_TX_DROPPED:
        break; /* they follow from the blocks */
    case KETTE_NOTE_READY:
        if (told->from != SIM_NODE_NONE)
            follow_ready(host, told);
        break;
    case KETTE_NOTE_HEADER:
    case KETTE_NOTE_ORPHAN:
    case KETTE_NOTE_REFUSED:
    case KETTE_NOTE_BANNED:
    case KETTE_NOTE_UPGRADE_NEEDED:
        pass_on(host, told);
        break;
    }
    host->told_by = NULL;
    sim_engine_touch(world->engine);
    return differs;
}

void
sim_remote_sent(SimWorld *world, KetteMessageKind kind, uint64_t messages)
{
    world->sent_by_kind[kind] += messages;
}

void
sim_remote_sent_bytes(SimWorld *world, uint32_t node, uint64_t bytes)
{
    sim_world_host(world, node)->bytes_sent += bytes;
}
