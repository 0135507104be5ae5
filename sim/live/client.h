/* The other end of a node's control socket (control.h): asks, and hears of events. */
#ifndef SIM_LIVE_CLIENT_H
#define SIM_LIVE_CLIENT_H

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

typedef struct LiveClient LiveClient;

/* Opens the socket of the node whose folder that is. NULL with an error: no node runs there. */
LiveClient *live_client_open(const char *folder, GError **error);
void live_client_free(LiveClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveClient, live_client_free)
/* Sets the function that gets each event, with its line. It must not ask. */
void live_client_on_event(LiveClient *client,
                          void (*func)(void *user, JsonObject *event, const char *line),
                          void *user);
/* How long a node may take for an answer: thousands of blocks that it is told to make are each
 * synced to its disk. */
#define LIVE_CLIENT_TIMEOUT_S 300

/* Sends a request, a line of JSON, and waits for its answer. Events that come before it go to the
 * function first, and events that came right behind it before this returns. Returns NULL with an
 * error, also for an answer that is one. ret_line, if not NULL, gets the answer as it came. */
JsonObject *live_client_ask(LiveClient *client, const char *request, char **ret_line,
                            GError **error);
/* Handles the events that are here, without waiting. Returns false with an error when the node has
 * gone. */
bool live_client_read(LiveClient *client, GError **error);
/* Waits for at least one event. The same return. */
bool live_client_wait(LiveClient *client, GError **error);
int live_client_fd(const LiveClient *client);

#endif
