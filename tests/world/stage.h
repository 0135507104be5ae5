/* What the tests of strategies share: a mesh of five miners, one of which may have a strategy.
 */
#ifndef TESTS_WORLD_STAGE_H
#define TESTS_WORLD_STAGE_H

#include "sim/world/fault.h"
#include "sim/world/observe.h"
#include "sim/world/world.h"

#define NODES 5
#define EVIL 0

typedef struct {
    bool isolate, wire;
    KetteRelay relay;
    KettePow pow;
    bool no_polls; /* for runs of months */
    bool ghost;
} Mode;

#define STAGE_MODES 5
extern const Mode stage_modes[STAGE_MODES];

extern const uint32_t all[NODES];

typedef struct {
    SimWorld *world;
    uint64_t print; /* over all facts */
    unsigned orphans;
} Stage;

/* Makes a mesh in which EVIL has `share` percent of the hash power, and starts it. */
void stage_init(Stage *stage, const Mode *mode, unsigned share);
void run_until(Stage *stage, SimTime at);
/* Audits the nodes and the books. */
void stage_clear(Stage *stage);

#endif
