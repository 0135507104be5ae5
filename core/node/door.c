/* The node's side of its door; see door.h. */
#include "core/node/node_impl.h"

#include "core/base/assert.h"

void
kette_door_set_now(KetteNode *node, int64_t now_ns)
{
    kette_assert(now_ns >= node->now_ns);
    node->now_ns = now_ns;
}

void
kette_door_send(KetteNode *node, uint32_t peer, KetteMessage *message)
{
    if (node->config.keepalive_ns > 0)
        kette_peers_at(node, peer)->sent_ns = node->now_ns;
    node->host.send(node->host.user, peer, message);
}

void
kette_door_note(KetteNode *node, const KetteNote *note)
{
    if (node->host.note != NULL)
        node->host.note(node->host.user, note);
}

void
kette_door_given(KetteNode *node, const KetteGiven *given)
{
    KetteGiven whole = *given;

    if (node->host.given == NULL)
        return;
    whole.now_ns = node->now_ns;
    node->host.given(node->host.user, &whole);
    /* A restart is no call that settles. */
    if (given->kind < KETTE_GIVEN_RECORD)
        node->unsettled |= KETTE_UNSETTLED_GIVEN;
}

void
kette_door_note_refused(KetteNode *node, uint32_t peer, const KetteHash *id, const KetteTx *tx,
                        KetteVerdict verdict)
{
    kette_door_note(
        node,
        &(KetteNote){
            .kind = KETTE_NOTE_REFUSED, .peer = peer, .id = id, .tx = tx, .verdict = verdict});
}

void
kette_door_set_timer(KetteNode *node, KetteTimer timer, int64_t due_ns)
{
    if (due_ns == INT64_MAX)
        node->host.cancel_timer(node->host.user, timer);
    else
        node->host.set_timer(node->host.user, timer, MAX(due_ns - node->now_ns, 1));
}

void
kette_door_set_timer_in(KetteNode *node, KetteTimer timer, int64_t delay_ns)
{
    node->host.set_timer(node->host.user, timer, delay_ns);
}

uint64_t
kette_door_random(KetteNode *node)
{
    return node->host.random(node->host.user);
}
