/* Faults of nodes and their connections. net.h has the cuts of the network itself.
 *
 *   crash    The node loses its memory and stays down until restart. What it saved comes back:
 *            blocks in order of arrival, tip, marks of bad and parked blocks. With `wipe` that is
 *            lost too, but not the address book. The peers are not notified: what they send is
 *            dropped, and a restart makes a new connection on each of its edges.
 *   pause    Timers and messages wait until resume, and are then handled in the order in which they
 *            were due, from 1 ns later on. A paused node does not mine.
 *   leave    All its connections close until join; both ends are notified.
 *   cut      The connections of some edges close until the cut ends; both ends are notified.
 *   eclipse  Its connections to nodes outside a set close and stay closed. Nodes of the set pass it
 *            no block or transaction that a node outside has made since.
 *
 * Each fault gets an id when it begins. Undoing the id ends this fault and no other of its kind,
 * whatever else was done to the node since.
 *
 * A function that returns false or SIM_FAULT_NONE has changed nothing.
 */
#ifndef SIM_WORLD_FAULT_H
#define SIM_WORLD_FAULT_H

#include "sim/world/world.h"

/* Counts from 1; a world never uses an id twice. */
typedef uint32_t SimFaultId;
#define SIM_FAULT_NONE 0

/* Tells the watchers what has just happened, by an action with the word `kind` or by itself: a fact
 * with the text, and a SimFaultNote with the faults that have begun and ended, and the affected
 * nodes, since the last note. */
void sim_world_note_fault(SimWorld *world, const char *kind, const char *text);
/* Makes only the SimFaultNote, and only if a fault has begun or ended. */
void sim_world_note_change(SimWorld *world, const char *kind, const char *text);
/* Adds nodes to the next note; the functions below add their own nodes. */
void sim_world_note_nodes(SimWorld *world, const uint32_t *nodes, size_t count);
/* The same for the nodes on one side of a cut; see SimFaultNode. */
void sim_world_note_side(SimWorld *world, uint32_t side, const uint32_t *nodes, size_t count);

/* Ends this fault and nothing else. Returns false if it has already ended, by itself or by an
 * action.
 */
bool sim_world_undo(SimWorld *world, SimFaultId fault);
bool sim_world_fault_stands(const SimWorld *world, SimFaultId fault);
/* Returns whether a cut has stopped or slowed a message, a message has passed an impairment, or an
 * eclipse has kept something from its victim; true for other faults. */
bool sim_world_fault_touched(const SimWorld *world, SimFaultId id);
SimTime sim_world_fault_start(const SimWorld *world, SimFaultId fault);
SimTime sim_world_fault_end(const SimWorld *world, SimFaultId fault); /* NEVER while it stands */

typedef struct {
    bool wipe;
    uint32_t at_write; /* n: while writing its n-th record from now; 0: now */
    bool torn;         /* half of that record is written, else none */
} SimCrash;

/* Returns NONE if the node is down. If a crash in a write is undone before it comes, it does not
 * come.
 */
SimFaultId sim_world_crash(SimWorld *world, uint32_t node, const SimCrash *crash);
/* Restarts a node; one that is up crashes first, without wipe. */
void sim_world_restart(SimWorld *world, uint32_t node);
/* Returns whether the node has started and not crashed since. */
bool sim_world_node_up(const SimWorld *world, uint32_t node);

/* Returns whether a connection is open between the two, regardless of cuts of the network. */
bool sim_world_connected(const SimWorld *world, uint32_t a, uint32_t b);
/* Closes the connection of an edge and notifies both ends; sim_world_connect() opens it again.
 * Returns false if it is already closed. */
bool sim_world_disconnect(SimWorld *world, uint32_t edge);
/* Closes the connections of several edges, count > 0, until the cut is undone or
 * sim_world_connect() opens them. A connection that two cuts close opens when both have ended. The
 * cut is in force until the last of its connections is open. */
SimFaultId sim_world_cut(SimWorld *world, const uint32_t *edges, size_t count);
/* Records that a connection has just been opened. With for_a_time returns an id whose undo closes
 * it again, unless it has been opened anew since; else NONE. */
SimFaultId sim_world_joined(SimWorld *world, uint32_t edge, bool for_a_time);

/* Return an id for a cut or an impairment that the network has just begun. */
SimFaultId sim_world_name_cut(SimWorld *world, uint32_t cut);
SimFaultId sim_world_name_impair(SimWorld *world, uint32_t impair);
/* Ends all cuts of the network, with or without an id. Returns false if there is none. */
bool sim_world_heal_net(SimWorld *world);

/* Pausing returns NONE if the node is down or paused; resuming returns false if it is not paused.
 */
SimFaultId sim_world_pause(SimWorld *world, uint32_t node);
bool sim_world_resume(SimWorld *world, uint32_t node);

/* Leaving returns NONE if the node has left; joining returns false if it is not away. A node that
 * churn has taken away too comes back when both have ended, or at once by join. */
SimFaultId sim_world_leave(SimWorld *world, uint32_t node);
bool sim_world_join(SimWorld *world, uint32_t node);

/* From now on the node leaves after each session and joins again after each absence; both times are
 * drawn from its own stream. Undoing the churn brings the node back if it is away. A later churn
 * replaces this one. */
SimFaultId sim_world_churn(SimWorld *world, uint32_t node, const SimDistribution *session,
                           const SimDistribution *absence);

/* Returns NONE if the node is already eclipsed. */
SimFaultId sim_world_eclipse(SimWorld *world, uint32_t node, const uint32_t *by, size_t count);

/* Sets the offset of the node's clock: it shows virtual time + drift + offset. */
void sim_world_set_clock(SimWorld *world, uint32_t node, SimTime offset);

/* Sets the node's share of all hash power; 0 / 1 is none. The node must be a miner. */
void sim_world_set_share(SimWorld *world, uint32_t node, uint64_t num, uint64_t den);

#endif
