/* Notes on traces; see schema.h. */
#include "analysis/schema_note.h"

const AnaNote ana_trace_notes[] = {
    {"run", NULL, "", "One row with everything that a rerun needs."},
    {"run", "scenario", "", "file name as given, without folders"},
    {"run", "title", "", "the scenario's title"},
    {"run", "source", "", "the whole text of the scenario"},
    {"run", "params", "JSON", "an object of the parameters in force"},
    {"run", "seed", "", "as a signed integer of 64 bits"},
    {"run", "version", "", "version of kettensim"},
    {"run", "level", "", "level of this trace: `summary`, `consensus` or `full`"},
    {"run", "status", "",
     "`held`, `failed`, `limit`, `broken`; `interrupted`: the trace ends early"},
    {"run", "digest", "hex", "digest over every event; of a simulation the same on every machine"},
    {"run", "outcome", "hex", "digest over tips, verdicts, reorganisations, checks and measures"},
    {"run", "end_ns", "ns", "when the run ended"},
    {"run", "events", "", "events dispatched"},
    {"run", "speed_ppb", "ppb", "of a live run, times real time; 0: it is a simulation"},

    {"source", NULL, "",
     "Each text that the scenario was read from, in order of reading: the file itself, its "
     "includes, and tables of measured times. `kettensim replay` needs only `run` and this table."},
    {"source", "name", "", "relative to the folder of the first text, or absolute as written"},
    {"source", "text", "", "as read"},

    {"node", NULL, "", "Each node, and its state at the end."},
    {"node", "id", "", "from 0, in order of declaration"},
    {"node", "name", "", "in the scenario"},
    {"node", "role", "", "`miner` or `full`"},
    {"node", "region", "", "name of its region; NULL: none"},
    {"node", "port", "", "port on which it listens"},
    {"node", "share_ppb", "ppb", "share of all hash power"},
    {"node", "tip", "block", "tip at the end"},
    {"node", "height", "blocks", "height of that tip"},
    {"node", "reorgs", "", "how often its tip left a branch"},
    {"node", "max_reorg", "blocks", "most blocks that one reorganisation took out"},
    {"node", "mined", "blocks", "blocks that it found"},
    {"node", "uplink_bps", "bit/s", "rate of sending, shared by its edges; NULL: unlimited"},
    {"node", "downlink_bps", "bit/s",
     "upper bound on the rate of each incoming message; NULL: unlimited"},
    {"node", "strategy", "",
     "the one at the end, else the one of the scenario's line; NULL: honest"},

    {"edge", NULL, "", "One row for each direction of a link, as it was at the end."},
    {"edge", "id", "", "the opposite direction is `id ^ 1`"},
    {"edge", "src", "node", "sender"},
    {"edge", "dst", "node", "receiver"},
    {"edge", "latency", "",
     "as in a scenario: `lognormal(80ms,0.5)`; `empirical(\"NAME\")` has the times of that "
     "`source`"},
    {"edge", "min_ns", "ns", "lower bound of the latency"},
    {"edge", "jitter_ns", "ns", "upper bound of the jitter of a message"},
    {"edge", "rate_bps", "bit/s", "NULL: unlimited"},
    {"edge", "queue_bytes", "bytes", "how much may wait for the line; NULL without a rate"},
    {"edge", "loss_ppb", "ppb", "probability that a message is lost"},
    {"edge", "fifo", "0/1", "1: messages keep their order"},
    {"edge", "bad_loss_ppb", "ppb",
     "with loss=gilbert(…): loss in the bad state, and loss_ppb is that in the good state; else "
     "NULL"},
    {"edge", "to_bad_ppb", "ppb",
     "probability that the state changes from good to bad after a message"},
    {"edge", "to_good_ppb", "ppb", "probability that it changes back"},
    {"edge", "duplicate_ppb", "ppb", "probability that a message arrives twice"},
    {"edge", "reorder_ppb", "ppb", "probability that a message may be overtaken"},
    {"edge", "corrupt_ppb", "ppb", "probability that bits of a message are flipped"},
    {"edge", "small_ns", "ns", "added to messages of fewer than 1000 bytes"},
    {"edge", "stream", "0/1", "1: transport=stream"},
    {"edge", "per_link", "0/1", "1: draw=link, one sample of the latency for all messages"},
    {"edge", "cut_through", "0/1", "1: messages take the latency alone and no time on any line"},
    {"edge", "shut", "0/1", "1: it never carries a message: the way back of `edge a -> b`"},

    {"block", NULL, "", "Each block that any node had, in order of discovery."},
    {"block", "id", "", "0 is genesis"},
    {"block", "hash", "hex", "as Bitcoin shows it: last byte first"},
    {"block", "parent", "block", "NULL for genesis"},
    {"block", "height", "blocks", "genesis 0"},
    {"block", "miner", "node", "who found it; NULL: genesis, or a block that no node made"},
    {"block", "found_ns", "ns", "when it was found"},
    {"block", "work", "hex",
     "work of the chain up to it, 64 digits, so that texts sort as numbers"},
    {"block", "bytes", "bytes", "size of the NEW_BLOCK message with it, framing included"},
    {"block", "tx_count", "", "transactions, without the reward"},
    {"block", "active", "0/1",
     "1: on the chain of the best tip at the end (most work, then lowest hash)"},

    {"block_name", NULL, "",
     "What the scenario calls a block, in a `tree` or by `mine … as`. Blocks whose body no node "
     "ever had are left out."},
    {"block_name", "block", "block", ""},
    {"block_name", "name", "", ""},

    {"block_tx", NULL, "",
     "The transactions of each block, without the reward: `tx_count` rows a block. Several blocks "
     "may hold one transaction; one chain holds it once."},
    {"block_tx", "block", "block", "key of the block"},
    {"block_tx", "position", "", "from 0"},
    {"block_tx", "tx", "tx", "which"},

    {"tx", NULL, "",
     "Each transaction. Declared transactions come first, in order of the file; others follow in "
     "order of their first event or block."},
    {"tx", "id", "", "from 0"},
    {"tx", "name", "", "NULL: not declared in the scenario"},
    {"tx", "hash", "hex", "its id on the wire"},

    {"arrival", NULL, "", "A block's body joined a node's tree. Genesis has none."},
    {"arrival", "node", "node", "whose tree"},
    {"arrival", "block", "block", "which block"},
    {"arrival", "header_ns", "ns", "when its header came"},
    {"arrival", "body_ns", "ns", "when its body came, if it had to wait for its parent too"},
    {"arrival", "joined_ns", "ns", "when it joined the tree"},
    {"arrival", "from_node", "node", "who sent it; NULL: the node itself made it"},

    {"tip", NULL, "", "A node's tip moved. Every node begins on block 0 without a row."},
    {"tip", "seq", "", "the order in which events were recorded"},
    {"tip", "time_ns", "ns", "when it moved"},
    {"tip", "node", "node", "whose tip"},
    {"tip", "block", "block", "the new tip"},
    {"tip", "height", "blocks", "of the new tip"},
    {"tip", "reorg_depth", "blocks", "blocks taken out; 0: the chain only grew"},
    {"tip", "old_block", "block", "the tip before"},

    {"tx_event", NULL, "", "A transaction moved in a node's mempool."},
    {"tx_event", "seq", "", "order of telling"},
    {"tx_event", "time_ns", "ns", "when"},
    {"tx_event", "node", "node", "whose mempool"},
    {"tx_event", "tx", "tx", "which"},
    {"tx_event", "event", "",
     "`accepted`: entered the mempool; `returned`: came back from a branch that lost; `dropped`: "
     "left, and not for a block; `lost`: gone in a crash. A transaction that goes into a block has "
     "no row: see `block_tx`"},
    {"tx_event", "from_node", "node", "who sent it; NULL: the node itself"},

    {"strategy", NULL, "", "A strategy decided on a block of its own."},
    {"strategy", "seq", "", "order of telling"},
    {"strategy", "time_ns", "ns", "when"},
    {"strategy", "node", "node", "whose miner made the block"},
    {"strategy", "block", "block", "which"},
    {"strategy", "event", "",
     "`withheld`: kept secret when it was found; `released`: published later; `given-up`: never "
     "to be published"},

    {"undone", NULL, "",
     "A reorganisation left a transaction of the scenario without a confirmation that had some."},
    {"undone", "seq", "", "order of telling"},
    {"undone", "time_ns", "ns", "when"},
    {"undone", "node", "node", "on whose chain"},
    {"undone", "tx", "tx", "which"},
    {"undone", "confirmations", "blocks", "how many it had"},

    {"verdict", NULL, "", "A node refused a block or a transaction."},
    {"verdict", "seq", "", "order of telling"},
    {"verdict", "time_ns", "ns", "when"},
    {"verdict", "node", "node", "who refused"},
    {"verdict", "hash", "hex", "what was refused"},
    {"verdict", "is_tx", "0/1", "1: a transaction, 0: a block"},
    {"verdict", "verdict", "", "names as in scenarios: `bad-nonce`, …"},
    {"verdict", "from_node", "node", "who sent it; NULL: the node itself"},

    {"connection", NULL, "",
     "A connection opened or closed. The connections of the start open at 0. A node that goes down "
     "closes nothing: its peers notice later."},
    {"connection", "seq", "", "order of telling"},
    {"connection", "time_ns", "ns", "when"},
    {"connection", "edge", "edge",
     "the even one of the connection's two edges; `src` and `dst` there are its ends"},
    {"connection", "open", "0/1", "1: opened, 0: closed"},

    {"message", NULL, "",
     "Each message sent. Rows are in the order in which fates were decided, not in the order of "
     "sending."},
    {"message", "seq", "", "order of telling"},
    {"message", "kind", "", "`new-block`, `ack`, …"},
    {"message", "src", "node", "sender"},
    {"message", "dst", "node", "receiver"},
    {"message", "sent_ns", "ns", "when it was sent"},
    {"message", "due_ns", "ns",
     "when it arrived or would have arrived; `sent_ns` if it was dropped at once"},
    {"message", "fate", "",
     "`delivered`, `loss`, `queue`, `cut`, `down`, `closed` or `in-flight` at the end"},
    {"message", "bytes", "bytes", "on the wire, framing included"},

    {"fault", NULL, "",
     "What happened to the network: each fault that began or ended, by an action or by itself. A "
     "fault is in force from the row that began it to the row that ended its last part: `pause "
     "a[1..3]` until the last of the three is resumed. Actions that set a value (`clock`, `hash`) "
     "neither begin nor end a fault."},
    {"fault", "seq", "", "order of telling, 1, 2, 3, …"},
    {"fault", "time_ns", "ns", "when; rows are in order of time"},
    {"fault", "kind", "",
     "the word of the action, or: `end`: the time of a `for` was over; `churn-leave`, "
     "`churn-join`: a churn took a node away or brought it back; `crash-in-write`: the crash that "
     "`at-write` waited for came; `connect`: a script or libkettensim opened a connection that a "
     "cut "
     "had closed"},
    {"fault", "begins", "0/1", "1: a fault is in force from this row on"},
    {"fault", "ends_seq", "fault",
     "the later row that ended its last part; NULL: it was in force at the end of the run, or "
     "`begins` is 0"},
    {"fault", "text", "", "the action as written; `end of …` if the fault ended by itself"},

    {"fault_node", NULL, "",
     "The nodes at which a row of `fault` did or ended something. A partition has the nodes of its "
     "groups, `isolate` those that it isolates. The end of a cut or of an impairment has no nodes: "
     "see the row that began it."},
    {"fault_node", "fault", "fault", "its `seq`"},
    {"fault_node", "node", "node", "one of the nodes"},
    {"fault_node", "ends_seq", "fault",
     "the later row that ended the fault at this node, as `resume` does for one of several; NULL: "
     "it did not end there, or ends as a whole, as cuts do"},
    {"fault_node", "side", "",
     "on which side of a cut: in a `partition` the number of its group, from 1; of a `oneway` 1 is "
     "a sender, 2 a receiver; 0: on both sides. `isolate` has side 1, and side 2 are the nodes "
     "without a row. NULL: `partition ring`, and faults that are no such cut"},

    {"check", NULL, "",
     "Each check of the scenario. The name is a keyword: write `\"check\"` in SQL."},
    {"check", "line", "", "in the scenario"},
    {"check", "text", "", "as written"},
    {"check", "kind", "", "`expect`, `always`, `finally`, …"},
    {"check", "verdict", "", "`held`, `failed`, `vacuous`, …"},
    {"check", "time_ns", "ns", "when it was decided; NULL: never"},
    {"check", "detail", "", "reason for the verdict"},

    {"measure", NULL, "", "Each measure of the scenario."},
    {"measure", "name", "", ""},
    {"measure", "value", "",
     "by its type: times in ns, conditions 0 or 1; blocks, works, statuses, hashes and lists as "
     "text; NULL: no value"},
    {"measure", "text", "", "the value for people to read"},

    {"fork", NULL, "", "Heights with more than one block."},
    {"fork", "height", "blocks", ""},
    {"fork", "blocks", "", "how many"},
    {"fork", "active", "block", "which of the blocks is active; NULL: none"},
    {"fork", "first_ns", "ns", "when the first was found"},
    {"fork", "last_ns", "ns", "when the last was found"},

    {"reorg", NULL, "", "Each time a tip left a branch."},
    {"reorg", "seq", "", "as in `tip`"},
    {"reorg", "time_ns", "ns", "when"},
    {"reorg", "node", "", "the node's name"},
    {"reorg", "depth", "blocks", "taken out"},
    {"reorg", "old_height", "blocks", "of the tip before"},
    {"reorg", "old_hash", "hex", "of the tip before"},
    {"reorg", "height", "blocks", "of the new tip"},
    {"reorg", "hash", "hex", "of the new tip"},

    {"propagation", NULL, "",
     "How long each block's body took from `found_ns` to the nodes, whether its parent was there "
     "or "
     "not: `propagation(p50)` of a scenario, for each block."},
    {"propagation", "block", "block", ""},
    {"propagation", "hash", "hex", ""},
    {"propagation", "height", "blocks", ""},
    {"propagation", "reached", "nodes", "nodes that ever had its body"},
    {"propagation", "p50_ns", "ns",
     "until half of *all* nodes had it; NULL: half of them never had it"},
    {"propagation", "p90_ns", "ns", "until nine tenths of all nodes had it"},
    {"propagation", "max_ns", "ns", "until the last of those that had it"},

    {"heights", NULL, "", "Each node's height whenever its tip moved."},
    {"heights", "seq", "", "as in `tip`"},
    {"heights", "time_ns", "ns", "when"},
    {"heights", "node", "", "the node's name"},
    {"heights", "height", "blocks", ""},

    {"agreement", NULL, "",
     "One row after each instant in which a tip moved; between two rows nothing changes."},
    {"agreement", "time_ns", "ns", "when"},
    {"agreement", "tips", "", "how many different tips there were"},
    {"agreement", "agreed", "0/1", "1: all nodes have one tip"},
    {NULL, NULL, NULL, NULL},
};
