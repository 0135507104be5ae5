/* Messages that leave a node later than it made them, as its strategy asks.
 *
 * They leave in the order in which they were made: one that is due earlier than one before it
 * waits for that. While the node is paused they wait on. A crash loses them, and so does the end of
 * their connection. What becomes of the strategy and of its pool does not matter to them.
 */
#include "sim/world/world_impl.h"

typedef struct {
    KetteMessage *message;
    uint32_t edge;
    SimTime due;
} Late;

struct SimLateQueue {
    GQueue messages; /* Late */
    SimHandle wake;  /* when the first is due */
};

static void
late_free(gpointer data)
{
    Late *late = data;

    kette_message_unref(late->message);
    g_free(late);
}

/* While the node is paused nothing is awaited: what is due leaves at its end. */
static void
await_first(SimHost *host)
{
    SimLateQueue *queue = host->late;
    const Late *first = g_queue_peek_head(&queue->messages);

    if (first != NULL && queue->wake.id == 0 && !host->paused)
        queue->wake = sim_engine_schedule(host->world->engine, first->due, SIM_CLASS_RUN, host->key,
                                          host->counter++, host->world->late_handler, host, 0);
}

void
sim_late_add(SimHost *host, uint32_t edge, KetteMessage *message, SimTime delay)
{
    Late *late = g_new(Late, 1);

    if (host->late == NULL) {
        host->late = g_new0(SimLateQueue, 1);
        g_queue_init(&host->late->messages);
    }
    *late = (Late){message, edge, sim_time_add(sim_engine_now(host->world->engine), delay)};
    g_queue_push_tail(&host->late->messages, late);
    await_first(host);
}

void
sim_late_send(SimHost *host)
{
    SimTime now = sim_engine_now(host->world->engine);
    const Late *first;

    if (host->late == NULL || host->paused || host->is_dying)
        return;
    while ((first = g_queue_peek_head(&host->late->messages)) != NULL && first->due <= now) {
        Late *late = g_queue_pop_head(&host->late->messages);

        sim_host_send_over(host, late->edge, kette_message_ref(late->message));
        late_free(late);
    }
    await_first(host);
}

void
sim_late_on_event(void *user, const SimEvent *event)
{
    SimHost *host = event->data;

    (void)user;
    host->late->wake = (SimHandle){0};
    sim_late_send(host);
}

void
sim_late_close(SimHost *host, uint32_t edge)
{
    GList *next;

    for (GList *link = host->late != NULL ? host->late->messages.head : NULL; link != NULL;
         link = next) {
        next = link->next;
        if (((Late *)link->data)->edge != edge)
            continue;
        late_free(link->data);
        g_queue_delete_link(&host->late->messages, link);
    }
}

void
sim_late_clear(SimHost *host)
{
    if (host->late == NULL)
        return;
    sim_engine_cancel(host->world->engine, host->late->wake, NULL);
    g_queue_clear_full(&host->late->messages, late_free);
    g_clear_pointer(&host->late, g_free);
}
