/* Reads a trace. The file is untrusted: it may be truncated, corrupt or hostile.
 *
 * Opening proves that the file is a trace of this schema and that its tables are consistent. Every
 * table read must have exactly the SQL that a trace is written with, so that no view, trigger or
 * generated column can replace it. Every value is checked for type and range when read. Errors are
 * SIM_RUN_ERROR_TRACE: one line that names the path.
 *
 * Nodes, blocks, transactions and faults are few and held in memory; a cursor reads events in
 * order.
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
    uint64_t speed_ppb; /* of a live run; 0: it is a simulation */
} SimTraceHead;

typedef struct {
    char hash[65];
    char work[65];
    char *name;      /* name in the scenario, or NULL */
    uint32_t parent; /* UINT32_MAX: none; else its height is one less */
    uint32_t miner;  /* UINT32_MAX: none */
    uint32_t height, tx_count;
    uint32_t first_tx; /* for sim_trace_reader_block_txs() */
    SimTime found_ns;
    bool active; /* in the chain at the end */
} SimTraceBlock;

typedef struct {
    char hash[65];
    char *name; /* may be NULL */
} SimTraceTx;

/* A row of `fault`; index i is row i + 1. */
typedef struct {
    SimTime time; /* not before that of the previous row */
    const char *kind, *text;
    bool begins;         /* from this row on, a fault is in force */
    uint32_t ends;       /* index of the row that ended it; UINT32_MAX: none */
    uint32_t first_node; /* for sim_trace_reader_fault_nodes() */
    uint32_t node_count;
} SimTraceFault;

/* A row of `fault_node`. */
typedef struct {
    uint32_t node;
    uint32_t ends; /* index of the row that ended the fault at this node; UINT32_MAX: none */
} SimTraceFaultNode;

SimTraceReader *sim_trace_reader_open(const char *path, GError **error);
void sim_trace_reader_free(SimTraceReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimTraceReader, sim_trace_reader_free)

const SimTraceHead *sim_trace_reader_head(const SimTraceReader *reader);
uint32_t sim_trace_reader_node_count(const SimTraceReader *reader);
const char *sim_trace_reader_node_name(const SimTraceReader *reader, uint32_t node);
/* Returns UINT32_MAX if there is no such node. */
uint32_t sim_trace_reader_find_node(const SimTraceReader *reader, const char *name);
uint32_t sim_trace_reader_block_count(const SimTraceReader *reader);
const SimTraceBlock *sim_trace_reader_block(const SimTraceReader *reader, uint32_t block);
/* Returns the block's tx_count transactions, in order; NULL if it has none. Valid as long as the
 * reader. */
const uint32_t *sim_trace_reader_block_txs(const SimTraceReader *reader, uint32_t block);
uint32_t sim_trace_reader_tx_count(const SimTraceReader *reader);
const SimTraceTx *sim_trace_reader_tx(const SimTraceReader *reader, uint32_t tx);
uint32_t sim_trace_reader_fault_count(const SimTraceReader *reader);
const SimTraceFault *sim_trace_reader_fault(const SimTraceReader *reader, uint32_t fault);
/* Returns the fault's node_count nodes, in order; NULL if it has none. Valid as long as the reader.
 */
const SimTraceFaultNode *sim_trace_reader_fault_nodes(const SimTraceReader *reader, uint32_t fault);
/* Returns the sources (ScnSource, at least one), for the caller to unref; NULL with an error. */
GPtrArray *sim_trace_reader_sources(SimTraceReader *reader, GError **error);

/* --- events ------------------------------------------------------------------------------- */

/* In the order in which events of one instant are shown. */
typedef enum {
    SIM_EVENT_MESSAGE,
    SIM_EVENT_ARRIVAL,
    SIM_EVENT_VERDICT,
    SIM_EVENT_TIP,
    SIM_EVENT_TX,
    SIM_EVENT_STRATEGY,
    SIM_EVENT_UNDONE,
    SIM_EVENT_FAULT,
    SIM_EVENT_KINDS
} SimEventKind;

const char *sim_event_kind_name(SimEventKind kind); /* name of the table */
/* Returns whether a trace of that level records such events. */
bool sim_event_kind_traced(SimEventKind kind, SimTraceLevel level);

/* Fields that a kind does not use are UINT32_MAX, -1 or NULL. The cursor owns the texts, until its
 * next row. */
typedef struct {
    SimEventKind kind;
    int64_t seq;      /* strictly increasing, gaps allowed */
    SimTime time;     /* message: due_ns; arrival: joined_ns */
    SimTime other;    /* message: sent_ns; arrival: header_ns, -1 for never */
    uint32_t node;    /* message: src */
    uint32_t peer;    /* message: dst; else from_node */
    uint32_t block;   /* arrival, tip, strategy */
    uint32_t old;     /* tip */
    uint32_t tx;      /* tx_event, undone */
    int64_t number;   /* message: bytes; tip: reorg_depth; verdict: is_tx; undone: confirmations */
    const char *text; /* message: kind; verdict, tx_event, strategy, fault */
    const char *more; /* message: fate; verdict: hash */
} SimTraceEvent;

typedef struct SimTraceCursor SimTraceCursor;

/* Which events a cursor returns, and in what order. */
typedef enum {
    SIM_CURSOR_ALL,    /* by seq */
    SIM_CURSOR_BEFORE, /* before (time, seq), latest first, at most `limit` */
    SIM_CURSOR_FROM,   /* from there on, earliest first, at most `limit` */
    SIM_CURSOR_FLYING, /* messages sent by `time` and due later, by due time */
} SimCursorOrder;

typedef struct {
    SimEventKind kind;
    SimCursorOrder order;
    SimTime time;
    int64_t seq;
    int64_t below; /* BEFORE: seq itself must also be below this */
    int64_t limit;
} SimCursorSpec;

/* Returns NULL with an error. The reader outlives the cursor. */
SimTraceCursor *sim_trace_cursor_new(SimTraceReader *reader, const SimCursorSpec *spec,
                                     GError **error);
void sim_trace_cursor_free(SimTraceCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimTraceCursor, sim_trace_cursor_free)
/* Returns false at the end, or with an error. */
bool sim_trace_cursor_next(SimTraceCursor *cursor, SimTraceEvent *ret_event, GError **error);

/* Describes the event for people, without its time; free with g_free. */
char *sim_trace_event_text(const SimTraceReader *reader, const SimTraceEvent *event);
/* Returns "120 5fa0e1c", and the block's name if it has one; free with g_free. */
char *sim_trace_block_text(const SimTraceReader *reader, uint32_t block);

#endif
