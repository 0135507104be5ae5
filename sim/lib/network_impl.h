/* SimNetwork as network.c and ask.c see it; nobody else includes this. */
#ifndef SIM_LIB_NETWORK_IMPL_H
#define SIM_LIB_NETWORK_IMPL_H

#include "include/kettensim.h"

#include "sim/run/run.h"
#include "sim/scenario/line.h"

typedef struct {
    void (*func)(void *user, const SimNote *note);
    void *user;
} Watcher;

struct SimNetwork {
    GString *text;     /* of the scenario so far */
    GString *edges;    /* lines of sim_network_connect */
    GPtrArray *params; /* "name=value" */
    bool seed_given;
    uint64_t seed;
    char *trace_path;
    SimTraceLevel trace_level;
    SimBuildOptions build;
    int (*compare)(void *user, const SimBlockView *a, const SimBlockView *b);
    void *compare_user;
    GArray *watchers;      /* Watcher */
    ScnScenario *scenario; /* the run's; actions add the blocks and cuts that they name */
    GPtrArray *items;      /* ScnItem: the actions that were done */
    SimRun *run;           /* NULL before the start */
    ScnTerm *awaited;      /* what sim_network_wait_for() waits for, or NULL */
    bool is_stopped, has_come;
    GPtrArray *later; /* char *: actions that watchers asked for */
    uint8_t later_handler;
    GString *answer;
    GStringChunk *errors; /* they last as long as the network */
    const char *error;    /* the last of them, or NULL */
    bool contradicted;    /* by the own fork choice, and not yet told */
};

/* Keeps the error, for sim_network_error(); always false. */
bool lib_fail(SimNetwork *network, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The same of a line that was not understood. */
bool lib_fail_parse(SimNetwork *network, const ScnErrors *errors);

/* The condition that a text is, to be freed; NULL with the error. */
ScnTerm *lib_bind_condition(SimNetwork *network, const char *condition);

/* A node by its name; false with the error. */
bool lib_find_node(SimNetwork *network, uint32_t *ret_node, const char *name);

/* 64 hex digits and a NUL, the most significant byte of the hash first. */
void lib_hex(char ret_hex[65], const uint8_t hash[32]);

#endif
