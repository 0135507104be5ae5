/* Timers of the main loop; see timer.h. */
#include "sim/live/timer.h"

struct LiveTimer {
    GSource source;
    void (*func)(void *user);
    void *user;
};

static gboolean
dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    LiveTimer *timer = (LiveTimer *)source;

    (void)callback, (void)data;
    live_timer_stop(timer);
    timer->func(timer->user);
    return G_SOURCE_CONTINUE;
}

LiveTimer *
live_timer_new(void (*func)(void *user), void *user)
{
    static GSourceFuncs funcs = {NULL, NULL, dispatch, NULL, NULL, NULL};
    LiveTimer *timer = (LiveTimer *)g_source_new(&funcs, sizeof *timer);

    timer->func = func;
    timer->user = user;
    g_source_attach(&timer->source, g_main_context_get_thread_default());
    return timer;
}

void
live_timer_free(LiveTimer *timer)
{
    if (timer == NULL)
        return;
    g_source_destroy(&timer->source);
    g_source_unref(&timer->source);
}

void
live_timer_set(LiveTimer *timer, int64_t moment_ns)
{
    /* The loop counts microseconds; one more, so that the moment has come. */
    g_source_set_ready_time(&timer->source, moment_ns / 1000 + 1);
}

void
live_timer_stop(LiveTimer *timer)
{
    g_source_set_ready_time(&timer->source, -1);
}

bool
live_timer_is_set(const LiveTimer *timer)
{
    return g_source_get_ready_time((GSource *)&timer->source) >= 0;
}
