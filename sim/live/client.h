/* Sends requests to a node's control socket (control.h) and receives its events. */
#ifndef SIM_LIVE_CLIENT_H
#define SIM_LIVE_CLIENT_H

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

typedef struct LiveClient LiveClient;

/* Connects to the node that runs in the folder. Returns NULL with an error if none does. */
LiveClient *live_client_open(const char *folder, GError **error);
void live_client_free(LiveClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveClient, live_client_free)
/* Sets the function that gets each event, with its line. It must not send a request. */
void live_client_on_event(LiveClient *client,
                          void (*func)(void *user, JsonObject *event, const char *line),
                          void *user);
/* Longest wait for an answer. A request can make thousands of blocks, and the node syncs its disk
 * after each. */
#define LIVE_CLIENT_TIMEOUT_S 300

/* Sends a request, a line of JSON, and waits for its answer. Events before the answer, and those
 * that came together with it, go to the function before live_client_ask() returns. Returns NULL
 * with an error, also if the answer reports one. ret_line, if not NULL, gets the line of the
 * answer. */
JsonObject *live_client_ask(LiveClient *client, const char *request, char **ret_line,
                            GError **error);
/* Handles the events that have arrived, without waiting. Returns false with an error if the node
 * has ended. */
bool live_client_read(LiveClient *client, GError **error);
/* Waits for bytes and handles their events. Returns false with an error if the node has ended. */
bool live_client_wait(LiveClient *client, GError **error);
int live_client_fd(const LiveClient *client);

#endif
