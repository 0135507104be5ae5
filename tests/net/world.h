/* What the tests of the network share: a net that logs deliveries and fates.
 */
#ifndef TESTS_NET_WORLD_H
#define TESTS_NET_WORLD_H

#include "sim/net/net.h"

/* A delivery or a fate. */
typedef struct {
    uint32_t edge;
    uint8_t kind;
    SimTime sent;
    SimTime due;
    SimFate fate;
    uint64_t corrupt;
} NetRow;

typedef struct {
    SimEngine *engine;
    SimNet *net;
    GArray *delivered; /* of NetRow */
    GArray *fates;     /* of NetRow */
    GArray *broken;    /* of uint32_t: edges */
    int payloads;      /* references alive */
    bool takes_corrupt;
} NetWorld;

/* Nodes are named by the letters of `names`. */
void net_world_init(NetWorld *w, uint64_t seed, const char *names);
void net_world_clear(NetWorld *w);

/* The edge between two letters of `names`' nodes, made where there is none. */
uint32_t net_world_edge(NetWorld *w, uint32_t a, uint32_t b);

/* Sends a counted payload. */
void net_world_send(NetWorld *w, uint32_t edge, uint8_t kind, uint32_t bytes);

const NetRow *net_world_delivered(const NetWorld *w, guint i);
const NetRow *net_world_fate(const NetWorld *w, guint i);

/* The kinds delivered so far, in order: "1 2 3 ". */
char *net_world_kinds(const NetWorld *w);

/* Runs to the end of `until`. */
void net_world_run(NetWorld *w, SimTime until);

#endif
