/* A trial: one run of a scenario's text, and what went wrong in it.
 *
 * The classes are those by which failures are told apart: a shrunk scenario must fail in the same
 * class and with the same words.
 */
#ifndef SIM_EXPLORE_TRIAL_H
#define SIM_EXPLORE_TRIAL_H

#include "sim/explore/novelty.h"

typedef enum {
    EXPLORE_HELD,
    EXPLORE_CHECK,  /* a check failed or was vacuous; recovery is two checks */
    EXPLORE_BOOKS,  /* the books of the network do not balance, or the like */
    EXPLORE_AUDIT,  /* a node contradicts itself */
    EXPLORE_MODEL,  /* a node thinks otherwise than the reference model */
    EXPLORE_DIGEST, /* another digest with --wire or --isolate */
    EXPLORE_DIED,   /* an assertion, or a signal */
    EXPLORE_LIMIT,  /* a limit of the scenario */
    EXPLORE_BAD,    /* the text is no scenario: of candidates of shrinking alone */
} ExploreClass;

const char *explore_class_name(ExploreClass class);

typedef struct {
    ExploreClass class;
    char *what;     /* in words that do not depend on when it happens: of a check, its text */
    char *detail;   /* lines for people */
    GArray *states; /* ExploreState: see novelty.h; NULL where they were not asked for */
    guint64 events;
} ExploreVerdict;

void explore_verdict_clear(ExploreVerdict *verdict);
bool explore_verdict_is_same(const ExploreVerdict *a, const ExploreVerdict *b);

typedef struct {
    bool modes;  /* also run isolated and over the wire, and compare digests */
    bool model;  /* compare nodes with the reference model */
    bool states; /* note which states of the domain the run was in */
} ExploreTrial;

/* Runs the text, whose files are relative to the folder of `path`. */
void explore_trial(ExploreVerdict *ret_verdict, const char *path, const char *text,
                   const ExploreTrial *trial);

/* Pack a verdict into bytes, and take it out again; false if these are none. */
GBytes *explore_verdict_pack(const ExploreVerdict *verdict);
bool explore_verdict_unpack(ExploreVerdict *ret_verdict, GBytes *bytes);

#endif
