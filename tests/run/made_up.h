/* A made-up world for the tests of checks: what each of a few nodes says is set by hand. */
#ifndef TESTS_RUN_MADE_UP_H
#define TESTS_RUN_MADE_UP_H

#include "sim/run/check.h"

#define MADE_UP_NODES 4 /* a1 a2 b1 b2 */

typedef struct {
    bool up;
    uint32_t tip;
    int64_t height;
    ScnWork work;
    int64_t confirmations, balance, nonce, reorgs, max_reorg, mined;
    int64_t arrived;
    bool in_mempool, supply_ok;
    ScnBlockStatus status;
} MadeUpNode;

typedef struct {
    MadeUpNode nodes[MADE_UP_NODES];
    int64_t agreed_ns; /* time_to_agree's answer */
    int64_t cut_start, cut_end;
    SimFacts facts;
    ScnScenario *scenario;
    SimChecks *checks;
} MadeUp;

/* A scenario of four nodes, a wallet w, a transaction pay, an hour long, with `text` added; all
 * nodes up, on block 7 at height 7. The block with number n has height n and hash n, n, n, … */
MadeUp *made_up_new(const char *text);
void made_up_free(MadeUp *made_up);

/* Runs the items of the scenario's timed statements that are due at `now`, then its instant. */
void made_up_step(MadeUp *made_up, int64_t now_seconds);
void made_up_finish(MadeUp *made_up, int64_t now_seconds);

/* The verdict of a check, "held" …, and its detail. */
const char *made_up_verdict(const MadeUp *made_up, guint check);
const char *made_up_detail(const MadeUp *made_up, guint check);

#endif
