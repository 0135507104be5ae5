/* Builds a world, ready to start, from a resolved scenario.
 *
 * Refs of nodes, wallets and transactions are the scenario's indices. Nothing is scheduled here.
 */
#ifndef SIM_RUN_BUILD_H
#define SIM_RUN_BUILD_H

#include "sim/scenario/model.h"
#include "sim/world/fault.h"
#include "sim/world/world.h"

typedef struct {
    bool isolate, wire, model;      /* see SimWorldConfig */
    const struct SimRemote *remote; /* nodes run elsewhere; NULL: here */
    /* Replaces the chain's fork choice; see KetteParams. May be NULL. */
    int (*compare)(void *user, const KetteEntry *a, const KetteEntry *b);
    void *compare_user;
    /* Called from time to time during building; false stops it. May be NULL. */
    bool (*poll)(void *user);
    void *poll_user;
} SimBuildOptions;

/* Returns NULL with an error if the chain's parameters contradict each other, amounts do not fit,
 * or the poll returned false (SIM_RUN_ERROR_STOPPED). */
SimWorld *sim_build_world(const ScnScenario *scenario, const SimBuildOptions *options,
                          GError **error);

/* Adds a standing connection to a running world, with the link options of the scenario. Returns the
 * edge from a to b. */
uint32_t sim_build_edge(SimWorld *world, const ScnScenario *scenario, uint32_t a, uint32_t b);

SimDistribution sim_build_distribution(const SimNet *net, const ScnDist *dist);

GQuark sim_run_error_quark(void);
#define SIM_RUN_ERROR sim_run_error_quark()

typedef enum {
    SIM_RUN_ERROR_SCENARIO,    /* the scenario is impossible: exit 2 */
    SIM_RUN_ERROR_TRACE,       /* a file is not a trace, or unreadable: exit 2 */
    SIM_RUN_ERROR_OTHER_SWEEP, /* results are of another sweep: exit 2 */
    SIM_RUN_ERROR_LIMIT,       /* a limit was reached during building: exit 4 */
    SIM_RUN_ERROR_STOPPED,     /* the poll returned false: exit 130 */
} SimRunError;

#endif
