/* Sources of the main loop of this thread, each held by one pointer. */
#ifndef SIM_LIVE_LOOP_H
#define SIM_LIVE_LOOP_H

#include <gio/gio.h>

/* Calls func while the socket is in the condition, until the source is dropped or func returns
 * G_SOURCE_REMOVE. The caller drops the source in either case. */
GSource *live_loop_watch(GSocket *socket, GIOCondition condition, GSocketSourceFunc func,
                         gpointer data);
/* Calls func once, after `ms` milliseconds. */
GSource *live_loop_after(guint ms, GSourceFunc func, gpointer data);
/* Removes the source from the loop and clears the pointer, which may be NULL already. */
void live_loop_drop(GSource **source);

#endif
