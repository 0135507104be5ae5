/* What links charge for a message, and how long a node takes to check what is in one.
 *
 * Declared sizes let blocks be as large as in a busier network, whatever they hold. A block's
 * declared size depends on the run's seed and its id alone, so it is the same on all links.
 */
#ifndef SIM_WORLD_CHARGE_H
#define SIM_WORLD_CHARGE_H

#include "sim/world/world_impl.h"

/* Returns the size that links charge; a message without a block has its real size. */
uint32_t sim_world_charged_bytes(const SimWorld *world, const KetteMessage *message);

/* Returns the declared size of a block's message, or 0 if blocks have their real sizes. */
uint32_t sim_world_declared_bytes(const SimWorld *world, const KetteHash *id);

/* A body that a message contains: the id of its block, a key that distinguishes it from other
 * bodies with that id, and its size. The parts of a compact block have only the id. */
typedef struct {
    KetteHash id, key;
    uint32_t bytes;
} SimBody;

uint32_t sim_message_body_count(const KetteMessage *message);
SimBody sim_message_body(const SimHost *host, const KetteMessage *message, uint32_t i);
/* Returns the virtual time that checking the body takes the host. */
SimTime sim_host_check_time(const SimHost *host, const SimBody *body);

#endif
