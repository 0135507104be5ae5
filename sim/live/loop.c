/* Sources of the main loop; see loop.h. */
#include "sim/live/loop.h"

static GSource *
attach(GSource *source, GSourceFunc func, gpointer data)
{
    g_source_set_callback(source, func, data, NULL);
    g_source_attach(source, g_main_context_get_thread_default());
    return source;
}

GSource *
live_loop_watch(GSocket *socket, GIOCondition condition, GSocketSourceFunc func, gpointer data)
{
    return attach(g_socket_create_source(socket, condition, NULL), G_SOURCE_FUNC(func), data);
}

GSource *
live_loop_after(guint ms, GSourceFunc func, gpointer data)
{
    return attach(g_timeout_source_new(ms), func, data);
}

void
live_loop_drop(GSource **source)
{
    if (*source == NULL)
        return;
    g_source_destroy(*source);
    g_clear_pointer(source, g_source_unref);
}
