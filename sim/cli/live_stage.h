/* The processes of `kettensim live`: a node of `kettensim node` for each node of a scenario.
 *
 * The stage starts, kills and pauses them, gives them orders over their control sockets, keeps
 * their connections as the world wants them, and lets the world's shadows follow what they tell
 * (sim/world/remote.h). Node k listens on 127.X.Y.(k + 1), port 8001 + k, and connects from there;
 * so everybody knows who calls. With links it is 10.77.0.(k + 1). X and Y are of the process, so
 * that several runs do not meet.
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
    const char *path;            /* of the scenario */
    char **params;               /* -P arguments; may be NULL */
    const char *folder;          /* each node has a folder of its own in it */
    uint32_t speed;              /* see live/clock.h */
    /* Each process has a network namespace, and the links of the scenario are applied. Needs
     * live_namespace_prepare(). */
    bool has_links;
} LiveStageSpec;

/* Returns NULL with an error. */
LiveStage *live_stage_new(const LiveStageSpec *spec, GError **error);
/* Ends all processes, which have a moment to do so by themselves. */
void live_stage_free(LiveStage *stage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveStage, live_stage_free)
const SimRemote *live_stage_remote(LiveStage *stage);
/* Returns the first and last address, for people, to be freed. */
char *live_stage_place(const LiveStage *stage);

/* Starts the processes of the nodes that are there at time 0. They wait for live_stage_begin().
 * Returns false with an error. */
bool live_stage_prepare(LiveStage *stage, SimRun *run, GError **error);
/* Lets time begin, for the processes and for the stage. Call after sim_run_start(). */
bool live_stage_begin(LiveStage *stage, GError **error);
/* Returns the virtual time. */
SimTime live_stage_now(const LiveStage *stage);
/* Waits for at most that long for events, and puts those that came into the run. Returns false
 * with an error when a process has ended by itself or a shadow differs from it. */
bool live_stage_pump(LiveStage *stage, int wait_ms, GError **error);
/* Opens and closes connections as the world has them now. */
void live_stage_connect(LiveStage *stage);
/* Asks all nodes that are up where they stand: adds what they have sent, and compares their tips
 * with those of their shadows. All that they had told before is told. */
bool live_stage_compare(LiveStage *stage, GError **error);

#endif
