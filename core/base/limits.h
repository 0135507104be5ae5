/* Every fixed limit of the core in one place, each with its reason.
 *
 * What a chain or a user may choose is in KetteParams; what stands here bounds memory and work
 * against hostile peers and is the same for every chain.
 */
#ifndef CORE_BASE_LIMITS_H
#define CORE_BASE_LIMITS_H

#include <stdint.h>

/* Amounts count 10^-8 tokens in uint64. A quarter of the range, so that a sum of two amounts, or
 * of an amount and a fee, cannot wrap before it is checked. */
#define KETTE_AMOUNT_MAX (UINT64_C(1) << 62)
#define KETTE_AMOUNT_UNIT UINT64_C(100000000)

/* With real proof of work a miner grinds no block that takes more than 2^22 tries on average, about
 * half a second: what looks like a program that hangs is no block either. */
#define KETTE_GRIND_BITS 22

/* Nonces that are tried before a miner asks whether to go on: about 10 ms. */
#define KETTE_GRIND_SLICE 65536

/* Largest payload of a message. Above the largest block (see KETTE_BLOCK_MAX_BYTES) and the
 * largest header batch, so that only garbage is longer. */
#define KETTE_MESSAGE_MAX_BYTES (16u << 20)

/* No chain may set max-block above this: a block must fit a message. */
#define KETTE_BLOCK_MAX_BYTES (8u << 20)

/* Headers in one RESPONSE_CHAIN. Bitcoin's figure (2000 of 80 bytes are 160 kB). */
#define KETTE_HEADERS_MAX 2000

/* Hashes in a locator: 10 single steps, then doubling: 64 reach past 2^53 blocks. */
#define KETTE_LOCATOR_MAX 64

/* Under ghost an answer to REQUEST_CHAIN also shows the blocks beside the chain that branch off up
 * to this far below the fork: what may still weigh, at the price of repeating it at each poll. */
#define KETTE_GHOST_SIDE_DEPTH 64

/* Blocks in one SYNC_REQUEST or SYNC_RESPONSE; small, so that a lost one costs little. */
#define KETTE_SYNC_BLOCKS_MAX 16

/* Addresses in one PEER_LIST. */
#define KETTE_PEER_LIST_MAX 250

/* Retries of an announcement that is not acknowledged; afterwards tip polling carries it, so that
 * a long cut does not end in a storm. */
#define KETTE_ANNOUNCE_RETRIES 3

/* Announcements a node keeps waiting for an ACK; the oldest gives way. */
#define KETTE_ANNOUNCE_MAX 1024

/* What a node remembers that one peer has (block and transaction ids); the oldest gives way. */
#define KETTE_KNOWN_MAX 4096

/* Seconds for which what peers have is worth more room: an announcement, its three retries and the
 * tip polls that follow are over by then. */
#define KETTE_KNOWN_KEEP_S 120

/* Bodies asked for and not yet here, in all and of one peer. */
#define KETTE_SYNC_WINDOW 64
#define KETTE_SYNC_PER_PEER 16

/* A request for a body, or for what was announced, that runs out of time is made again with twice
 * the time, of another peer where there is one; the time doubles this often and then stays: 5, 10,
 * 20, 40 s with the default. */
#define KETTE_REQUEST_DOUBLINGS 3

/* Bodies whose requests ran out of time, remembered for that; the oldest gives way. */
#define KETTE_LATE_MAX 256

/* Ids in one INVENTORY, GET_DATA or NOT_FOUND. */
#define KETTE_INVENTORY_MAX 1000

/* Things announced and not yet here; the oldest gives way, and polling finds it again. */
#define KETTE_FETCH_MAX 512
/* Peers remembered for each as having announced it. */
#define KETTE_FETCH_SOURCES 8

/* Compact blocks that wait for missing transactions, in all. One more is asked for whole, so that
 * no peer pushes out what another began. */
#define KETTE_COMPACT_MAX 8

/* Transactions of one sender that wait: a stranger with one account cannot fill the pool, and an
 * honest one that sends faster than this waits for a block. */
#define KETTE_MEMPOOL_PER_SENDER 1024

/* Transactions that wait for one before them, in all and from one peer: some seconds of a busy
 * network's, as one that overtakes another does so by less. */
#define KETTE_EARLY_MAX 256
#define KETTE_EARLY_PER_PEER 64

/* Transactions whose signature a store remembers to have checked; then it begins anew. Some 15 MB.
 */
#define KETTE_TX_CHECKS_MAX 65536

/* Headers that one peer may show that lead to nothing heavier than our tip. Four full answers: more
 * than an honest branch that loses needs, and what a peer can make us hold without work. */
#define KETTE_UNPAID_HEADERS_MAX (4 * KETTE_HEADERS_MAX)
#define KETTE_UNPAID_HEADERS_A_MINUTE 10 /* forgiven */

/* A body that nobody asked for is not kept when its chain has less work than the tip by more than
 * this many blocks of the tip's work. Bitcoin Core takes such a body only if it has at least the
 * tip's work (validation.cpp AcceptBlock, fHasMoreOrSameWork); here side blocks are kept as deep as
 * Core keeps undo data (MIN_BLOCKS_TO_KEEP), since under ghost they weigh and scripts look at them.
 * Old targets that are cheap today buy no memory; within the window a body costs its work. */
#define KETTE_UNASKED_DEPTH 288

/* Orphans of one peer, as a share of the pool: none can push all others out. */
#define KETTE_ORPHANS_PER_PEER_DIVISOR 2

/* How long a connection that is not a standing one may take to its handshake; then it is closed, so
 * that the silent hold no slots. Bitcoin Core's -peertimeout. */
#define KETTE_HANDSHAKE_TIMEOUT_NS INT64_C(60000000000)

/* Addresses banned at a time; the one whose time is over first gives way. */
#define KETTE_BANS_MAX 1024

/* Bytes the orphan pool may hold beside its limit in blocks. */
#define KETTE_ORPHAN_MAX_BYTES (32u << 20)

/* What is read together is laid out in lines of this many bytes; nothing but speed depends on it.
 */
#define KETTE_CACHE_LINE 64

#endif
