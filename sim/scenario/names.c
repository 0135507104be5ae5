/* The names of averages, messages and verdicts. Those of messages and verdicts repeat core's lists,
 * which this layer cannot include; a test compares the two. */
#include "sim/scenario/model.h"

/* clang-format off */
/* X(word, description in one line of Markdown), in the order of the numbers on the wire */
#define MESSAGES(X) \
    X("handshake", "opens a connection: version, genesis, tip") \
    X("new-transaction", "a transaction") \
    X("new-block", "a whole block") \
    X("request-chain", "asks for the headers that follow a locator") \
    X("response-chain", "headers") \
    X("sync-request", "asks for a range of blocks") \
    X("sync-response", "blocks of a range") \
    X("peer-list", "addresses of nodes") \
    X("ack", "acknowledges an announcement, where links lose messages") \
    X("inventory", "ids of blocks or transactions that the sender has") \
    X("get-data", "asks for blocks or transactions by id") \
    X("not-found", "answers that the data asked for is not there") \
    X("compact-block", "a header and the short ids of its transactions") \
    X("get-block-txs", "asks for transactions of a compact block") \
    X("block-txs", "transactions of a compact block") \
    X("keep-alive", "shows that the connection is alive") \
    X("get-peers", "asks for addresses") \
    X("get-payments", "asks for a sender's payments that come before one") \
    X("send-compact", "asks for compact blocks unasked, or no longer")

/* X(word, reason for refusal, found where) */
#define VERDICTS(X) \
    X("ok", "accepted") \
    X("bad-version", "header: the version is below 1") \
    X("high-hash", "header: the hash is above the target") \
    X("bad-bits", "header: not the target of the retarget rule") \
    X("time-too-old", "header: not after the median of the times before it") \
    X("time-too-new",\
      "header: further in the future than `max-future`; it may pass later and leaves no mark") \
    X("bad-height", "block: not one more than its parent's height") \
    X("bad-commitment", "block: the header does not commit to this body") \
    X("mutated-body", "block: another body with the same commitment") \
    X("block-too-big", "block: over `max-block`") \
    X("duplicate-tx", "block: a transaction occurs twice") \
    X("bad-encoding", "block: it cannot be parsed") \
    X("bad-amount", "block: an amount is out of range") \
    X("bad-signature", "block: a signature is not the sender's") \
    X("bad-nonce", "connecting: not the sender's next nonce") \
    X("insufficient-funds", "connecting: more than the sender has") \
    X("bad-state-root", "connecting: not the state that the header commits to") \
    X("bad-reward", "connecting: not exactly the reward and the fees") \
    X("unknown-parent", "place: the parent is unknown; the block waits for it") \
    X("invalid-ancestor", "place: an ancestor is invalid") \
    X("reorg-too-deep", "place: the branch would take out more than `max-reorg` blocks; this node's policy") \
    X("after-final", "place: the block contradicts a final block or a checkpoint; this node's policy") \
    X("work-overflow", "place: the work of the branch does not fit 256 bits") \
    X("too-hard",\
      "place: with `pow=real` the next block takes more than 2^22 tries on average, so its miner waits") \
    X("already-known", "mempool: it is known already") \
    X("nonce-too-low", "mempool: the nonce has been used") \
    X("nonce-gap", "mempool: earlier transactions of the sender are missing") \
    X("fee-too-low",\
      "mempool: below `min-fee`, or less than a tenth above the transaction that it would replace") \
    X("mempool-full", "mempool: there is no room at that fee") \
    X("time-warp",\
      "header: at an end of a window, earlier than `timewarp-guard` or `window-order` allow") \
    X("invalidated", "place: an operator has invalidated the block, or one that it stands on")
/* clang-format on */

#define WORD(word, text) word,
#define TEXT(word, text) text,

const char *const scn_average_names[] = {
    [SCN_AVERAGE_MEDIAN] = "median",
    [SCN_AVERAGE_MEAN] = "mean",
    NULL,
};
const char *const scn_message_names[] = {MESSAGES(WORD) NULL};
const char *const scn_message_texts[] = {MESSAGES(TEXT) NULL};
const char *const scn_verdict_names[] = {VERDICTS(WORD) NULL};
const char *const scn_verdict_texts[] = {VERDICTS(TEXT) NULL};
