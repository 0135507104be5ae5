/* A trace worked out by hand: three nodes, three blocks, a fork of one, and messages to count.
 *
 * Its tables are those of a trace that the command has just written, so they are never out of date;
 * its rows are the ones of trace.c, given here for tests that count by themselves. */
#ifndef TESTS_ANALYSIS_TRACE_H
#define TESTS_ANALYSIS_TRACE_H

#include "tests/cli/command.h"

#include <stdint.h>

typedef struct {
    const char *kind;
    int src, dst;
    int64_t sent_ms, due_ms;
    const char *fate;
    int bytes;
} TraceMessage;

typedef struct {
    int node, block;
    int64_t body_ms;
    int from; /* -1: its own */
} TraceArrival;

typedef struct {
    int id, parent, height, miner; /* -1: none */
    int64_t found_ms;
    int active;
} TraceBlock;

typedef struct {
    int block, tx;
} TraceBlockTx;

/* What of a node's mempool moved, as in tx_event. */
typedef struct {
    int64_t time_ms;
    int node, tx;
    const char *event;
    int from; /* -1: its own */
} TraceTxEvent;

#define TRACE_NODES 3
#define TRACE_TXS 6
extern const TraceMessage trace_messages[];
extern const size_t trace_message_count;
extern const TraceArrival trace_arrivals[];
extern const size_t trace_arrival_count;
extern const TraceBlock trace_blocks[];
extern const size_t trace_block_count;
extern const TraceBlockTx trace_block_txs[]; /* by block, in order */
extern const size_t trace_block_tx_count;
extern const TraceTxEvent trace_tx_events[]; /* by time */
extern const size_t trace_tx_event_count;

/* folder/name: the path, to be freed. */
char *trace_write(const char *folder, const char *name);
void trace_edit(const char *path, const char *sql);

#endif
