/* Which parts of a run's past need not be kept, because nothing will ask for them. */
#ifndef SIM_WORLD_FORGET_H
#define SIM_WORLD_FORGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_SHARES_MAX 8

/* What will not be asked for. All zero: everything may be. */
typedef struct {
    bool tip_moves; /* sim_world_time_to_agree() */
    /* When each node got a block that all have: sim_world_arrived(), sim_world_header_arrived(),
     * and propagation except for these shares, of nodes that are all up and not scripts. */
    bool arrivals;
    uint32_t shares[SIM_SHARES_MAX]; /* permille */
    size_t share_count;
} SimForget;

#endif
