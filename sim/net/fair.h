/* Max-min fair shares of lines: fluid transfers, each over one to three lines.
 *
 * A line is one direction of a node's access, or one link's own rate. A transfer in progress gets a
 * share of each of its lines, and the shares are max-min fair: no transfer can get more without
 * taking from one that has no more than it (Bertsekas and Gallager, Data Networks, 2nd ed., 6.5.2).
 * A line has a level: what each transfer gets that only this line holds back. A transfer's share is
 * the least level of its lines.
 *
 * When a transfer begins or ends, the levels of its lines are worked out anew, from the lowest up
 * ("progressive filling", ibid.). Then the lines that share a transfer with them are checked. A
 * line whose level is wrong now is added, and all of them are filled again, until none is wrong. So
 * the work grows with what changes and not with the number of lines.
 *
 * Everything is in integers. A share has SIM_FAIR_FRACTION_BITS binary places of a bit a second,
 * rounded down; a transfer ends at the first whole ns at which all its bits are through.
 *
 * A line counts the work W that each transfer it holds back has got since the line began. A
 * transfer of w bits that joins at W is done at W + w, whatever the level is meanwhile. So a new
 * level moves only those transfers that another line holds back from then on. This is the virtual
 * time of fair queueing (Demers, Keshav and Shenker, SIGCOMM 1989).
 */
#ifndef SIM_NET_FAIR_H
#define SIM_NET_FAIR_H

#include "sim/engine/time.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct SimFair SimFair;

#define SIM_FAIR_FRACTION_BITS 16
#define SIM_FAIR_LINES_MAX 3
#define SIM_FAIR_NONE UINT32_MAX

/* Rates beyond this many bits a second count as this many. */
#define SIM_FAIR_RATE_MAX (UINT64_C(1) << 46)

/* `ended` is told the owner of each line that ends, by sim_fair_settle. */
SimFair *sim_fair_new(void (*ended)(void *user, uint32_t owner), void *user);
void sim_fair_free(SimFair *fair); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimFair, sim_fair_free)

/* Adds a line of rate_bps > 0 and returns its index. The key breaks ties and must be unique. A line
 * ends when nothing goes over it as the shares are settled. */
uint32_t sim_fair_add_line(SimFair *fair, uint64_t key, uint64_t rate_bps, uint32_t owner);

/* Begins a transfer over `count` different lines and returns its index. bytes > 0. The key must be
 * unique among those in progress; `owner` comes back when it is done. */
uint32_t sim_fair_begin(SimFair *fair, uint64_t key, const uint32_t *lines, unsigned count,
                        uint64_t bytes, uint32_t owner);

/* Ends a transfer that is not done. */
void sim_fair_give_up(SimFair *fair, SimTime now, uint32_t transfer);

/* Ends the next transfer that is done by `now` and sets ret_owner; false if there is none. Of
 * several, those of the line with the lower key are first, and on one line that with the lower key.
 */
bool sim_fair_take_done(SimFair *fair, SimTime now, uint32_t *ret_owner);

/* Works out the shares from `now` on. Call it after transfers began or ended and before time goes
 * on. What is done by `now` and was not taken stays due. */
void sim_fair_settle(SimFair *fair, SimTime now);

/* When the next transfer is done; SIM_TIME_NEVER without one. Of settled shares. */
SimTime sim_fair_next(const SimFair *fair);

size_t sim_fair_memory(const SimFair *fair);

#endif
