/* The struct behind SimNetwork; the files of this folder alone include this. */
#ifndef SIM_LIB_NETWORK_IMPL_H
#define SIM_LIB_NETWORK_IMPL_H

#include "include/kettensim.h"

#include "core/chain/entry.h"
#include "sim/run/run.h"
#include "sim/scenario/line.h"

typedef struct {
    void (*func)(void *user, const SimNote *note);
    void *user;
} Watcher;

struct SimNetwork {
    GString *text;     /* of the scenario so far */
    GString *edges;    /* lines from sim_network_connect() */
    GPtrArray *params; /* "name=value" */
    bool seed_given;
    uint64_t seed;
    char *trace_path;
    SimTraceLevel trace_level;
    SimBuildOptions build;
    int (*compare)(void *user, const SimBlockView *a, const SimBlockView *b);
    void *compare_user;
    GArray *watchers;      /* Watcher */
    ScnScenario *scenario; /* owned by the run; actions add the blocks and cuts that they declare */
    GPtrArray *items;      /* ScnItem: actions carried out */
    SimRun *run;           /* NULL before the start */
    ScnTerm *awaited;      /* condition of sim_network_wait_for(), or NULL */
    bool is_stopped, has_come;
    GPtrArray *later; /* char *: actions scheduled by watchers */
    uint8_t later_handler;
    GString *answer;
    GStringChunk *errors; /* live as long as the network */
    const char *error;    /* the latest, or NULL */
    bool contradicted;    /* the user's fork choice contradicted itself, not yet reported */
};

/* Stores the error for sim_network_error(); returns false. */
bool lib_fail(SimNetwork *network, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The same for a line that did not parse. */
bool lib_fail_parse(SimNetwork *network, const ScnErrors *errors);

/* Returns whether the run has begun and not ended; else stores the error. */
bool lib_is_running(SimNetwork *network);

/* A view with room for what it points to. */
typedef struct {
    SimBlockView view;
    uint8_t work[32];
} LibBlockView;

void lib_view_block(LibBlockView *ret_view, const KetteEntry *entry);

/* Returns the condition for the caller to free; NULL after storing the error. */
ScnTerm *lib_bind_condition(SimNetwork *network, const char *condition);

/* Finds a node by name. Returns false after storing the error. */
bool lib_find_node(SimNetwork *network, uint32_t *ret_node, const char *name);

/* Writes 64 hex digits and a NUL, the most significant byte of the hash first. */
void lib_hex(char ret_hex[65], const uint8_t hash[32]);

#endif
