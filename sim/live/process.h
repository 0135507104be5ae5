/* Starts, asks and ends a process of `kettensim node`.
 *
 * The process has a folder of its own with its log, its control socket and its output in the file
 * "output". It answers once it has read its log. It ends with the program that has
 * started it, and Ctrl-C at a terminal does not reach it.
 */
#ifndef SIM_LIVE_PROCESS_H
#define SIM_LIVE_PROCESS_H

#include "sim/live/namespace.h"

#include <json-glib/json-glib.h>
#include <stdbool.h>

typedef struct LiveProcess LiveProcess;

/* Describes a process that does not run yet. Messages call it `name`. Events go to `on_event`,
 * which must not send a request. */
LiveProcess *live_process_new(const char *name, const char *folder,
                              void (*on_event)(void *user, JsonObject *event), void *user);
/* Ends the process, which has two seconds to do so by itself. */
void live_process_free(LiveProcess *process);
/* Tells the process to end, without waiting. Several then end at the same time. */
void live_process_terminate(LiveProcess *process);

/* Starts this program as `kettensim WORDS`; NULL ends the words. With `name` (else NULL) the
 * process has a network namespace, whose device is *ret_device. Returns false with an error. */
bool live_process_start(LiveProcess *process, char *const *words, const LiveNamespace *name,
                        int *ret_device, GError **error);
bool live_process_is_started(const LiveProcess *process); /* started, and not killed since */
bool live_process_answers(const LiveProcess *process);
/* Tries once to reach a process that was started. Sets *ret_reached if the process answers from now
 * on. Returns false with an error if the process has ended instead. */
bool live_process_try(LiveProcess *process, bool *ret_reached, GError **error);
/* Waits until the process answers. Returns false with an error if it has ended, or after five
 * minutes. */
bool live_process_wait(LiveProcess *process, GError **error);

/* Begins a request; the caller adds members. */
JsonBuilder *live_process_request(const char *word);
/* Sends the request, which it takes over, and waits for the answer. Returns NULL with an error, or
 * without one when the process cannot answer now: it has not been reached, or is paused. */
JsonObject *live_process_ask(LiveProcess *process, JsonBuilder *request, GError **error);
/* Handles the events that have arrived. Returns false with an error if the process has ended. */
bool live_process_read(LiveProcess *process, GError **error);
int live_process_fd(const LiveProcess *process); /* to poll; -1: nothing to read */

void live_process_pause(LiveProcess *process, bool paused); /* SIGSTOP, SIGCONT */
bool live_process_is_paused(const LiveProcess *process);
/* Kills the process at once, as a crash does, and handles the events that it has still sent. */
void live_process_kill(LiveProcess *process);
/* Return the log of a process that does not run, to be freed, and remove that log. */
GByteArray *live_process_read_log(const LiveProcess *process);
void live_process_remove_log(const LiveProcess *process);

#endif
