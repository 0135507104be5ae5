/* From a resolved scenario to a world that is ready to start.
 *
 * Node, wallet and transaction refs are the scenario's indices. Nothing is scheduled here.
 */
#ifndef SIM_RUN_BUILD_H
#define SIM_RUN_BUILD_H

#include "sim/scenario/model.h"
#include "sim/world/fault.h"
#include "sim/world/world.h"

typedef struct {
    bool isolate, wire;
    /* In place of the chain's fork choice; see KetteParams. NULL: none. */
    int (*compare)(void *user, const KetteEntry *a, const KetteEntry *b);
    void *compare_user;
    /* Asked now and then while the world is built; false gives up. NULL: never. */
    bool (*poll)(void *user);
    void *poll_user;
} SimBuildOptions;

/* NULL with an error when the chain's parameters do not go together, amounts do not fit, or the
 * poll said so (SIM_RUN_ERROR_STOPPED). */
SimWorld *sim_build_world(const ScnScenario *scenario, const SimBuildOptions *options,
                          GError **error);

/* A standing connection in a world that runs, with what the scenario's link lines say of it.
 * Returns the edge from a to b. */
uint32_t sim_build_edge(SimWorld *world, const ScnScenario *scenario, uint32_t a, uint32_t b);

SimDistribution sim_build_distribution(const SimNet *net, const ScnDist *dist);

GQuark sim_run_error_quark(void);
#define SIM_RUN_ERROR sim_run_error_quark()

typedef enum {
    SIM_RUN_ERROR_SCENARIO, /* the scenario asks for what cannot be: exit 2 */
    SIM_RUN_ERROR_TRACE,    /* a file is no trace, or cannot be read: exit 2 */
    SIM_RUN_ERROR_LIMIT,    /* a limit was met while the world was built: exit 4 */
    SIM_RUN_ERROR_STOPPED,  /* the poll said so: exit 130 */
} SimRunError;

#endif
