/* Joins the world of a live run with a process of `kettensim node` for each of its nodes.
 *
 * The stage passes the world's orders on to the processes (sim/world/remote.h), and their events
 * into the run, each at the time that it names. It opens and closes connections as the world wants
 * them. Node k listens on 127.X.Y.(k + 1), port 8001 + k, and connects from there,
 * so each node knows which one calls; X and Y are of this program, so that several runs do not
 * meet. With links the address is 10.77.0.(k + 1), in a network namespace of the process.
 */
#ifndef SIM_CLI_LIVE_STAGE_H
#define SIM_CLI_LIVE_STAGE_H

#include "sim/live/clock.h"
#include "sim/run/run.h"
#include "sim/world/remote.h"

#define LIVE_STAGE_NODES_MAX 200
#define LIVE_STAGE_PORT 8001

typedef struct LiveStage LiveStage;

typedef struct {
    const ScnScenario *scenario; /* borrowed */
    const char *path;            /* of the scenario; borrowed */
    char **params;               /* -P arguments; borrowed; may be NULL */
    const char *folder;          /* holds a folder for each node; borrowed */
    uint32_t speed;              /* see live/clock.h */
    /* Each process has a network namespace, and the links of the scenario are applied. Needs
     * live_namespace_prepare(). */
    bool has_links;
} LiveStageSpec;

/* Makes a stage without processes yet. Returns NULL with an error. */
LiveStage *live_stage_new(const LiveStageSpec *spec, GError **error);
/* Ends all processes, which have a moment to do so by themselves. */
void live_stage_free(LiveStage *stage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveStage, live_stage_free)
/* Returns the first and last address, for people, to be freed. */
char *live_stage_addresses(const LiveStage *stage);
/* Returns the functions by which the world reaches its processes; the stage keeps them. */
const SimRemote *live_stage_remote(LiveStage *stage);

/* Starts the processes of the nodes that are there at time 0; they wait for live_stage_begin(). The
 * world is borrowed, and has not started. Returns false with an error. */
bool live_stage_prepare(LiveStage *stage, SimWorld *world, GError **error);
/* Lets time begin, for the processes and for the stage. Call when the world has started. */
bool live_stage_begin(LiveStage *stage, GError **error);
/* Returns the virtual time. */
SimTime live_stage_now(const LiveStage *stage);
/* Waits at most wait_ms for events, and puts those that came into the run. Returns false
 * with an error when a process has ended by itself or a shadow differs from it. */
bool live_stage_pump(LiveStage *stage, int wait_ms, GError **error);
/* Opens and closes connections, links and cuts as the world has them now. */
void live_stage_connect(LiveStage *stage);
/* Asks each node that is up for its status: adds the messages that it has sent, and compares its
 * tip with that of its shadow. Puts all earlier events into the run first. */
bool live_stage_compare(LiveStage *stage, GError **error);

#endif
