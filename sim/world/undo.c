/* Faults as objects: each that was begun has a name of its own, by which it is ended alone.
 *
 * A host knows the fault of each kind that is in force; whoever ends that, by its own name or by
 * an action such as resume or restart, marks it as ended. A name that has ended ends nothing more:
 * the end of an earlier `for` leaves a later fault of the kind as it is.
 */
#include "sim/engine/assert.h"
#include "sim/world/world_impl.h"

static SimFault *
fault_of(const SimWorld *world, SimFaultId id)
{
    sim_assert(id > SIM_FAULT_NONE && id <= world->faults->len);
    return &g_array_index(world->faults, SimFault, id - 1);
}

SimFaultId
sim_fault_begin(SimWorld *world, SimFaultKind kind, uint32_t subject)
{
    const SimFault fault = {
        .kind = kind,
        .subject = subject,
        .start = sim_engine_now(world->engine),
        .end = SIM_TIME_NEVER,
    };

    g_array_append_val(world->faults, fault);
    return world->faults->len;
}

void
sim_fault_end(SimWorld *world, SimFaultId id)
{
    fault_of(world, id)->end = sim_engine_now(world->engine);
}

SimFaultId
sim_host_begin_fault(SimHost *host, SimFaultKind kind)
{
    sim_host_end_fault(host, kind);
    host->faults[kind] = sim_fault_begin(host->world, kind, host->index);
    return host->faults[kind];
}

void
sim_host_end_fault(SimHost *host, SimFaultKind kind)
{
    if (host->faults[kind] != SIM_FAULT_NONE)
        sim_fault_end(host->world, host->faults[kind]);
    host->faults[kind] = SIM_FAULT_NONE;
}

bool
sim_world_fault_stands(const SimWorld *world, SimFaultId id)
{
    return fault_of(world, id)->end == SIM_TIME_NEVER;
}

SimTime
sim_world_fault_start(const SimWorld *world, SimFaultId id)
{
    return fault_of(world, id)->start;
}

SimTime
sim_world_fault_end(const SimWorld *world, SimFaultId id)
{
    return fault_of(world, id)->end;
}

bool
sim_world_undo(SimWorld *world, SimFaultId id)
{
    const SimFault fault = *fault_of(world, id);

    if (!sim_world_fault_stands(world, id))
        return false;
    switch (fault.kind) {
    case SIM_FAULT_CRASH:
        sim_fault_end_crash(sim_world_host(world, fault.subject));
        break;
    case SIM_FAULT_PAUSE:
        (void)sim_world_resume(world, fault.subject);
        break;
    case SIM_FAULT_LEAVE:
        sim_fault_end_leave(sim_world_host(world, fault.subject));
        break;
    case SIM_FAULT_CHURN:
        sim_fault_end_churn(sim_world_host(world, fault.subject));
        break;
    case SIM_FAULT_ECLIPSE:
        sim_eclipse_end(sim_world_host(world, fault.subject));
        break;
    case SIM_FAULT_CUT:
        sim_parting_end(world, id);
        break;
    case SIM_FAULT_JOINED:
        sim_parting_end_join(world, id, fault.subject);
        break;
    case SIM_FAULT_HOST_KINDS:
        break;
    }
    sim_assert(!sim_world_fault_stands(world, id));
    sim_engine_touch(world->engine);
    return true;
}
