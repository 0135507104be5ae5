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

/* Most headers in one RESPONSE_CHAIN. Bitcoin's figure (2000 of 80 bytes are 160 kB). */
#define KETTE_HEADERS_MAX 2000

/* Hashes in a locator: 10 single steps, then doubling: 64 reach past 2^53 blocks. */
#define KETTE_LOCATOR_MAX 64

/* Blocks in one SYNC_REQUEST or SYNC_RESPONSE; small, so that a lost one costs little. */
#define KETTE_SYNC_BLOCKS_MAX 16

/* Addresses in one PEER_LIST. */
#define KETTE_PEER_LIST_MAX 250

/* Retries of an announcement that is not acknowledged; afterwards tip polling carries it, so that
 * a long cut does not end in a storm. */
#define KETTE_ANNOUNCE_RETRIES 3

/* Announcements a node keeps waiting for an ACK; the oldest gives way. */
#define KETTE_ANNOUNCE_MAX 1024

/* Things that a node remembers of which peers have them; the oldest gives way. */
#define KETTE_KNOWN_MAX 4096

/* Seconds for which such a memory is worth more room: an announcement, its three retries and the
 * tip polls that follow are over by then. */
#define KETTE_KNOWN_KEEP_S 120

/* How far above the last joined block bodies are asked for, and how many of one peer at a time. */
#define KETTE_SYNC_WINDOW 64
#define KETTE_SYNC_PER_PEER 16

/* A question that runs out of time is asked again with twice the time; the time doubles this often
 * and then stays: 5, 10, 20, 40 s with the default. */
#define KETTE_REQUEST_DOUBLINGS 3
/* Doublings for a peer whose answers come late, whatever was asked: up to 320 s with the default,
 * a full answer of headers at 4 kbps. */
#define KETTE_PATIENCE_MAX 6
/* A thing that is known from announcements alone is given up after so many questions: after some
 * four minutes with the default. */
#define KETTE_REQUEST_TRIES 8
/* What a question without an answer adds to its peer's silence, and the most that it may be; an
 * answer takes 1 off. */
#define KETTE_SILENCE_STEP 2
#define KETTE_SILENCE_MAX 6

/* Ids in one INVENTORY, GET_DATA or NOT_FOUND. */
#define KETTE_INVENTORY_MAX 1000

/* Batches of payments (trickle.h), as Bitcoin Core has them: 2 s and 5 s on average between those
 * to a peer, OUTBOUND_ and INBOUND_INVENTORY_BROADCAST_INTERVAL; 14 payments a second in 5 s, then
 * 5 more for each 1 000 that wait, at most 1 000, INVENTORY_BROADCAST_TARGET and _MAX. */
#define KETTE_TRICKLE_OUTBOUND_NS INT64_C(2000000000)
#define KETTE_TRICKLE_INBOUND_NS INT64_C(5000000000)
#define KETTE_TRICKLE_TARGET 70
#define KETTE_TRICKLE_MAX 1000

/* Blocks that were passed on and are not checked yet; beyond these the oldest is not served. */
#define KETTE_AHEAD_MAX 8

/* Things announced and not yet here. One more takes the place of one of the peer that has most of
 * them; polling finds that one again. */
#define KETTE_FETCH_MAX 512

/* Compact blocks that wait for missing transactions, in all. One more is asked for whole, so that
 * no peer pushes out what another began. */
#define KETTE_COMPACT_MAX 8

/* Transactions of one sender that wait: a stranger with one account cannot fill the pool, and an
 * honest one that sends faster than this waits for a block. */
#define KETTE_MEMPOOL_PER_SENDER 1024

/* Early payments (early.h), in all and from one peer: some seconds of a busy network, and payments
 * overtake one another by less. */
#define KETTE_EARLY_MAX 256
#define KETTE_EARLY_PER_PEER 64
/* Payments that are further off are asked for when their turn comes: for so many senders at a time,
 * so many payments in one question. */
#define KETTE_GAPS_MAX 256
#define KETTE_PAYMENTS_MAX 64
/* Payments announced at a time to a peer that may lack them. */
#define KETTE_CATCH_UP_MAX 256

/* Transactions of which a store remembers that their signature is right; when there are so many, it
 * forgets all of them. Some 15 MB. */
#define KETTE_TX_CHECKS_MAX 65536

/* Blocks in which a node looks for signals of upgrades that it does not know; Bitcoin Core's, too.
 */
#define KETTE_OUTDATED_WINDOW 100

/* Neither a body that nobody asked for nor the headers of a branch (presync.h) are kept when their
 * chain has less work than the tip by more than this many blocks of the tip's work. Bitcoin Core
 * takes such a body only if it has at least the tip's work (validation.cpp AcceptBlock,
 * fHasMoreOrSameWork); here side blocks are kept as deep as Core keeps undo data
 * (MIN_BLOCKS_TO_KEEP), since under ghost they weigh and scripts look at them.
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

/* Bytes of a cache line: fields that are read together stand in one. Only speed depends on it. */
#define KETTE_CACHE_LINE 64

#endif
