/* What can happen to the nodes of a world and their connections, besides the network's own cuts.
 *
 *   crash    everything in the node's memory is gone; it stays down until restart. What it saved
 *            comes back: blocks with the order in which they came, tip, marks of bad and parked
 *            blocks. With `wipe` that is lost too; the address
 *            book stays. The others are not told: what they send to it
 *            is dropped, and a restart is a new connection on each of its edges.
 *   pause    timers and messages wait until resume, and then come in the order in which they were
 *            due, 1 ns after it. A paused node does not mine.
 *   leave    all its connections close, both ends told, until join.
 *   cut      the connections of some edges close, both ends told, until the cut ends.
 *   eclipse  its connections to nodes outside a set close and stay closed; nodes of the set pass it
 *            no block or transaction that was made since by a node outside.
 *
 * Each fault that is begun has a name of its own, which ends it and no other of its kind; so each
 * has an undo of its own, whatever else was done to the node since.
 *
 * Functions that give false
 * or SIM_FAULT_NONE have changed nothing.
 */
#ifndef SIM_WORLD_FAULT_H
#define SIM_WORLD_FAULT_H

#include "sim/world/world.h"

/* From 1; those of a world are never used twice. */
typedef uint32_t SimFaultId;
#define SIM_FAULT_NONE 0

/* Tells the watchers what has just happened, by an action of that word or by itself: a fact with
 * the text, and a SimFaultNote with the faults that have begun and ended, and the nodes that
 * something was done to, since the last note. */
void sim_world_note_fault(SimWorld *world, const char *kind, const char *text);
/* The same for what is no fact: a SimFaultNote alone, and only if a fault has begun or ended. */
void sim_world_note_change(SimWorld *world, const char *kind, const char *text);
/* Adds nodes to the next note; the functions below add those that they are given. */
void sim_world_note_nodes(SimWorld *world, const uint32_t *nodes, size_t count);

/* Ends it, and nothing else; false when it has ended, by itself or by an action that undoes it. */
bool sim_world_undo(SimWorld *world, SimFaultId fault);
bool sim_world_fault_stands(const SimWorld *world, SimFaultId fault);
SimTime sim_world_fault_start(const SimWorld *world, SimFaultId fault);
SimTime sim_world_fault_end(const SimWorld *world, SimFaultId fault); /* NEVER while it stands */

typedef struct {
    bool wipe;
    uint32_t at_write; /* 0: now; else in the middle of its so many-th record from now */
    bool torn;         /* half of that record is written; else none of it */
} SimCrash;

/* NONE when it is down already. Undone before a crash in a write has come, it does not come. */
SimFaultId sim_world_crash(SimWorld *world, uint32_t node, const SimCrash *crash);
/* One that is up is stopped first, as a crash without wipe would. */
void sim_world_restart(SimWorld *world, uint32_t node);
/* Has started and not crashed since. */
bool sim_world_node_up(const SimWorld *world, uint32_t node);

/* Whether a connection stands between the two, whatever cuts there are. */
bool sim_world_connected(const SimWorld *world, uint32_t a, uint32_t b);
/* Closes the connection that an edge carries, both ends told; sim_world_connect opens it again.
 * False when it is closed already. */
bool sim_world_disconnect(SimWorld *world, uint32_t edge);
/* Closes those of several, count > 0, until the cut is undone or sim_world_connect opens them; one
 * that two cuts close waits for the end of both. It stands until the last of them is open. */
SimFaultId sim_world_cut(SimWorld *world, const uint32_t *edges, size_t count);
/* Says that a connection has just been opened. If it is for a time, undoing this closes it again,
 * unless it has been opened anew since; else NONE. */
SimFaultId sim_world_joined(SimWorld *world, uint32_t edge, bool for_a_time);

/* Name a cut or an impairment that the network has just begun. */
SimFaultId sim_world_name_cut(SimWorld *world, uint32_t cut);
SimFaultId sim_world_name_impair(SimWorld *world, uint32_t impair);
/* Ends all cuts of the network, named or not; false when there is none. */
bool sim_world_heal_net(SimWorld *world);

/* NONE or false when it is down, or paused, or not paused, already. */
SimFaultId sim_world_pause(SimWorld *world, uint32_t node);
bool sim_world_resume(SimWorld *world, uint32_t node);

/* NONE or false when it has left, or is there, already. One that churn takes away too is there
 * again when both have ended, or at once by join. */
SimFaultId sim_world_leave(SimWorld *world, uint32_t node);
bool sim_world_join(SimWorld *world, uint32_t node);

/* From now on it leaves after a session, and joins again after an absence, both drawn from its own
 * stream, until this is undone, which brings it back if it is away. A later churn takes its
 * place. */
SimFaultId sim_world_churn(SimWorld *world, uint32_t node, const SimDistribution *session,
                           const SimDistribution *absence);

/* NONE when it is eclipsed already. */
SimFaultId sim_world_eclipse(SimWorld *world, uint32_t node, const uint32_t *by, size_t count);

/* Its clock on the wall from now on: virtual time, its drift and this. */
void sim_world_set_clock(SimWorld *world, uint32_t node, SimTime offset);

/* Its part of 100 % hash power from now on; 0 / 1 is none. It must be a miner. */
void sim_world_set_share(SimWorld *world, uint32_t node, uint64_t num, uint64_t den);

#endif
