/* SimNetwork as network.c and ask.c see it; nobody else includes this. */
#ifndef SIM_LIB_NETWORK_IMPL_H
#define SIM_LIB_NETWORK_IMPL_H

#include "include/kettensim.h"

#include "sim/run/run.h"

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
    GArray *watchers;     /* Watcher */
    GPtrArray *scenarios; /* ScnScenario: every version, the first is the run's */
    SimRun *run;          /* NULL before the start */
    const ScnExpr *awaited;
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

/* The text so far and one line more, parsed; kept for as long as the network. NULL with the error.
 */
const ScnScenario *lib_parse(SimNetwork *network, const char *line);

/* The one condition that a text asks for; NULL with the error. */
const ScnExpr *lib_parse_condition(SimNetwork *network, const char *condition);

/* A node by its name; false with the error. */
bool lib_find_node(SimNetwork *network, uint32_t *ret_node, const char *name);

/* 64 hex digits and a NUL, the most significant byte of the hash first. */
void lib_hex(char ret_hex[65], const uint8_t hash[32]);

#endif
