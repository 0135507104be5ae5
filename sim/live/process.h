/* A process of `kettensim node`, as the program that has started it sees it.
 *
 * It is started with a folder of its own, which holds its log, its control socket and, in the file
 * "output", what it prints. It answers once it has read its log. It ends with the program that has
 * started it, and Ctrl-C at a terminal does not reach it.
 */
#ifndef SIM_LIVE_PROCESS_H
#define SIM_LIVE_PROCESS_H

#include "sim/live/namespace.h"

#include <json-glib/json-glib.h>
#include <stdbool.h>

typedef struct LiveProcess LiveProcess;

/* Describes a process that does not run yet. `name` is for messages. Events go to `on_event`, which
 * must not ask. */
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
bool live_process_is_started(const LiveProcess *process); /* and was not killed since */
bool live_process_answers(const LiveProcess *process);
/* Tries once to reach a process that was started. *ret_reached: it answers from now on. Returns
 * false with an error when the process has ended instead. */
bool live_process_try(LiveProcess *process, bool *ret_reached, GError **error);
/* Waits until it answers. Returns false with an error when it has ended, or after five minutes. */
bool live_process_wait(LiveProcess *process, GError **error);

/* Begins a request; the caller adds members. */
JsonBuilder *live_process_request(const char *word);
/* Sends the request, which it takes over, and waits for the answer. Returns NULL with an error, or
 * without one when the process cannot answer now: it has not been reached, or is paused. */
JsonObject *live_process_ask(LiveProcess *process, JsonBuilder *request, GError **error);
/* Handles the events that are here. Returns false with an error when the process has gone. */
bool live_process_read(LiveProcess *process, GError **error);
int live_process_fd(const LiveProcess *process); /* to poll; -1: nothing to read */

void live_process_pause(LiveProcess *process, bool paused); /* SIGSTOP, SIGCONT */
bool live_process_is_paused(const LiveProcess *process);
/* Kills the process as a crash does, after what it has told has been handled. */
void live_process_kill(LiveProcess *process);
/* Of a process that does not run: returns its log, to be freed; removes it. */
GByteArray *live_process_read_log(const LiveProcess *process);
void live_process_remove_log(const LiveProcess *process);

#endif
