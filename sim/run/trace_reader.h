/* Reading a trace back. The file may be anything: cut short, flipped, or made to do harm.
 *
 * Opening proves that it is a trace of this schema (every table that is read has exactly the SQL
 * that a trace is written with, so no view, trigger or generated column stands behind a name) and
 * that its tables hang together; every value is checked for type and range when it is read. Errors
 * are SIM_RUN_ERROR_TRACE: one line that names the path.
 *
 * Nodes, blocks, transactions and faults are few and kept; events are read in order through a
 * cursor.
 */
#ifndef SIM_RUN_TRACE_READER_H
#define SIM_RUN_TRACE_READER_H

#include "sim/run/trace.h"
#include "sim/run/trace_schema.h"

typedef struct SimTraceReader SimTraceReader;

/* The row of `run`. */
typedef struct {
    char *scenario, *title, *params, *version, *status, *digest, *outcome;
    uint64_t seed;
    SimTraceLevel level;
    SimTime end_ns;
    uint64_t events;
} SimTraceHead;

typedef struct {
    char hash[65];
    char work[65];
    char *name;      /* in the scenario, or NULL */
    uint32_t parent; /* UINT32_MAX: none; else one of a height less */
    uint32_t miner;  /* UINT32_MAX: none */
    uint32_t height, tx_count;
    uint32_t first_tx; /* for sim_trace_reader_block_txs() */
    SimTime found_ns;
    bool active; /* at the end */
} SimTraceBlock;

typedef struct {
    char hash[65];
    char *name; /* or NULL */
} SimTraceTx;

/* A row of `fault`; the row of index i has the number i + 1. */
typedef struct {
    SimTime time; /* never before that of the row before */
    const char *kind, *text;
    bool begins;         /* something was in force from this row on */
    uint32_t ends;       /* index of the row with which it ended; UINT32_MAX: none */
    uint32_t first_node; /* for sim_trace_reader_fault_nodes() */
    uint32_t node_count;
} SimTraceFault;

SimTraceReader *sim_trace_reader_open(const char *path, GError **error);
void sim_trace_reader_free(SimTraceReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimTraceReader, sim_trace_reader_free)

const SimTraceHead *sim_trace_reader_head(const SimTraceReader *reader);
uint32_t sim_trace_reader_node_count(const SimTraceReader *reader);
const char *sim_trace_reader_node_name(const SimTraceReader *reader, uint32_t node);
/* UINT32_MAX: there is none of that name. */
uint32_t sim_trace_reader_find_node(const SimTraceReader *reader, const char *name);
uint32_t sim_trace_reader_block_count(const SimTraceReader *reader);
const SimTraceBlock *sim_trace_reader_block(const SimTraceReader *reader, uint32_t block);
/* Its tx_count transactions, in order; NULL for none. Good as long as the reader. */
const uint32_t *sim_trace_reader_block_txs(const SimTraceReader *reader, uint32_t block);
uint32_t sim_trace_reader_tx_count(const SimTraceReader *reader);
const SimTraceTx *sim_trace_reader_tx(const SimTraceReader *reader, uint32_t tx);
uint32_t sim_trace_reader_fault_count(const SimTraceReader *reader);
const SimTraceFault *sim_trace_reader_fault(const SimTraceReader *reader, uint32_t fault);
/* Its node_count nodes, in order; NULL for none. Good as long as the reader. */
const uint32_t *sim_trace_reader_fault_nodes(const SimTraceReader *reader, uint32_t fault);
/* ScnSource, one at least; the caller's to unref. NULL with an error. */
GPtrArray *sim_trace_reader_sources(SimTraceReader *reader, GError **error);

/* --- events ------------------------------------------------------------------------------- */

/* In the order in which one instant is told. */
typedef enum {
    SIM_EVENT_MESSAGE,
    SIM_EVENT_ARRIVAL,
    SIM_EVENT_VERDICT,
    SIM_EVENT_TIP,
    SIM_EVENT_TX,
    SIM_EVENT_FAULT,
    SIM_EVENT_KINDS
} SimEventKind;

const char *sim_event_kind_name(SimEventKind kind); /* the table's */
/* Whether a trace of that level has such events. */
bool sim_event_kind_traced(SimEventKind kind, SimTraceLevel level);

/* What does not belong to a kind is UINT32_MAX, -1 or NULL. Texts are the cursor's, until its next
 * row. */
typedef struct {
    SimEventKind kind;
    int64_t seq;      /* rises by one or more */
    SimTime time;     /* message: due_ns; arrival: body_ns */
    SimTime other;    /* message: sent_ns; arrival: header_ns, -1 for never */
    uint32_t node;    /* message: src */
    uint32_t peer;    /* message: dst; else from_node */
    uint32_t block;   /* arrival, tip */
    uint32_t old;     /* tip */
    uint32_t tx;      /* tx_event */
    int64_t number;   /* message: bytes; tip: reorg_depth; verdict: is_tx */
    const char *text; /* message: kind; verdict, tx_event, fault */
    const char *more; /* message: fate; verdict: hash */
} SimTraceEvent;

typedef struct SimTraceCursor SimTraceCursor;

/* Which events, and in what order. */
typedef enum {
    SIM_CURSOR_ALL,    /* by seq */
    SIM_CURSOR_BEFORE, /* below (time, seq), latest first, at most `limit` */
    SIM_CURSOR_FROM,   /* the others, earliest first, at most `limit` */
    SIM_CURSOR_FLYING, /* messages sent by `time` and due after it, by due time */
} SimCursorOrder;

typedef struct {
    SimEventKind kind;
    SimCursorOrder order;
    SimTime time;
    int64_t seq;
    int64_t below; /* BEFORE: seq alone must be below this too */
    int64_t limit;
} SimCursorSpec;

/* NULL with an error. The reader outlives it. */
SimTraceCursor *sim_trace_cursor_new(SimTraceReader *reader, const SimCursorSpec *spec,
                                     GError **error);
void sim_trace_cursor_free(SimTraceCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimTraceCursor, sim_trace_cursor_free)
/* False at the end, or with an error. */
bool sim_trace_cursor_next(SimTraceCursor *cursor, SimTraceEvent *ret_event, GError **error);

/* The event for people, without its time; free with g_free. */
char *sim_trace_event_text(const SimTraceReader *reader, const SimTraceEvent *event);
/* "120 5fa0e1c", with its name where it has one; free with g_free. */
char *sim_trace_block_text(const SimTraceReader *reader, uint32_t block);

#endif
