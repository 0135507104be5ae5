/* Notes on traces; see schema.h. */
#include "analysis/schema_note.h"

const AnaNote ana_trace_notes[] = {
    {"run", NULL, "", "One row, enough to run it again."},
    {"run", "scenario", "", "file name as given, without folders"},
    {"run", "title", "", "the scenario's title"},
    {"run", "source", "", "its whole text"},
    {"run", "params", "JSON", "an object of the parameters in force"},
    {"run", "seed", "", "as a signed integer of 64 bits"},
    {"run", "version", "", "of kettensim"},
    {"run", "level", "", "of this trace: `summary`, `consensus` or `full`"},
    {"run", "status", "", "`held`, `failed`, …"},
    {"run", "digest", "hex", "over every event; the same on every machine"},
    {"run", "outcome", "hex", "over tips, verdicts, reorganisations, checks and measures"},
    {"run", "end_ns", "ns", "when it ended"},
    {"run", "events", "", "events dispatched"},

    {"source", NULL, "",
     "Each text that the scenario was read from, in order of reading: the file itself, its "
     "includes, and tables of measured times. With `run` it is all that `kettensim replay` needs."},
    {"source", "name", "", "seen from the folder of the first, or absolute as written"},
    {"source", "text", "", "as read"},

    {"node", NULL, "", "Each node, and how it stood at the end."},
    {"node", "id", "", "from 0, in order of declaration"},
    {"node", "name", "", "in the scenario"},
    {"node", "role", "", "`miner` or `full`"},
    {"node", "region", "", "its name; NULL: none"},
    {"node", "port", "", "on which it listens"},
    {"node", "share_ppb", "ppb", "of all hash power"},
    {"node", "tip", "block", "at the end"},
    {"node", "height", "blocks", "of that tip"},
    {"node", "reorgs", "", "how often its tip left a branch"},
    {"node", "max_reorg", "blocks", "most that were taken out at once"},
    {"node", "mined", "blocks", "found by it"},
    {"node", "uplink_bps", "bit/s", "what its edges share to send; NULL: unlimited"},
    {"node", "downlink_bps", "bit/s", "bound of what comes to it; NULL: unlimited"},

    {"edge", NULL, "", "One row a direction of a link, as it was at the end."},
    {"edge", "id", "", "the way back is `id ^ 1`"},
    {"edge", "src", "node", "from"},
    {"edge", "dst", "node", "to"},
    {"edge", "latency", "",
     "as in a scenario: `lognormal(80ms,0.5)`; `empirical(\"NAME\")` has the times of that "
     "`source`"},
    {"edge", "min_ns", "ns", "least latency"},
    {"edge", "jitter_ns", "ns", "at most so much more for each message"},
    {"edge", "rate_bps", "bit/s", "NULL: unlimited"},
    {"edge", "queue_bytes", "bytes", "room to wait; NULL without a rate"},
    {"edge", "loss_ppb", "ppb", "probability that a message is lost"},
    {"edge", "fifo", "0/1", "1: messages keep their order"},
    {"edge", "bad_loss_ppb", "ppb",
     "the same in the bad state, with loss=gilbert(…); loss_ppb is that of the good one; else "
     "NULL"},
    {"edge", "to_bad_ppb", "ppb", "probability of a message to change from good to bad"},
    {"edge", "to_good_ppb", "ppb", "and back"},
    {"edge", "duplicate_ppb", "ppb", "probability that a message comes twice"},
    {"edge", "reorder_ppb", "ppb", "that it may be overtaken"},
    {"edge", "corrupt_ppb", "ppb", "that a bit of it is turned"},
    {"edge", "small_ns", "ns", "added to messages of fewer than 1000 bytes"},
    {"edge", "stream", "0/1", "1: transport=stream"},
    {"edge", "shut", "0/1", "1: it never carries: the way back of `edge a -> b`"},

    {"block", NULL, "", "Each block that any node had, in order of discovery."},
    {"block", "id", "", "0 is genesis"},
    {"block", "hash", "hex", "as Bitcoin shows it: last byte first"},
    {"block", "parent", "block", "NULL for genesis"},
    {"block", "height", "blocks", "genesis 0"},
    {"block", "miner", "node", "NULL: genesis, or a block that no node made"},
    {"block", "found_ns", "ns", "when"},
    {"block", "work", "hex",
     "of the chain up to it: 64 digits, so the order of texts is that of numbers"},
    {"block", "bytes", "bytes", "of the NEW_BLOCK message with it, framing included"},
    {"block", "tx_count", "", "transactions, without the reward"},
    {"block", "active", "0/1",
     "1 on the chain of the best tip at the end (most work, then lowest hash)"},

    {"block_name", NULL, "",
     "What the scenario calls a block, in a `tree` or by `mine … as`. Blocks whose body no node "
     "ever had are left out."},
    {"block_name", "block", "block", ""},
    {"block_name", "name", "", ""},

    {"block_tx", NULL, "",
     "What is in each block, without the reward: `tx_count` rows a block. Many blocks may hold one "
     "transaction, a chain holds it once."},
    {"block_tx", "block", "block", "which"},
    {"block_tx", "position", "", "from 0"},
    {"block_tx", "tx", "tx", "which"},

    {"tx", NULL, "",
     "Each transaction; those declared come first, in order of the file, then others in order of "
     "their first event or block."},
    {"tx", "id", "", "from 0"},
    {"tx", "name", "", "NULL: not declared in the scenario"},
    {"tx", "hash", "hex", "its id on the wire"},

    {"arrival", NULL, "", "A block's body joined a node's tree. Genesis has none."},
    {"arrival", "node", "node", "whose"},
    {"arrival", "block", "block", "which"},
    {"arrival", "header_ns", "ns", "when its header came"},
    {"arrival", "body_ns", "ns", "when its body joined"},
    {"arrival", "from_node", "node", "NULL: its own"},

    {"tip", NULL, "", "A node's tip moved. Every node begins on block 0 without a row."},
    {"tip", "seq", "", "order of telling"},
    {"tip", "time_ns", "ns", "when"},
    {"tip", "node", "node", "whose"},
    {"tip", "block", "block", "the new tip"},
    {"tip", "height", "blocks", "of the new tip"},
    {"tip", "reorg_depth", "blocks", "taken out; 0: it only grew"},
    {"tip", "old_block", "block", "the tip before"},

    {"tx_event", NULL, "", "A transaction moved in a node's mempool."},
    {"tx_event", "seq", "", "order of telling"},
    {"tx_event", "time_ns", "ns", "when"},
    {"tx_event", "node", "node", "whose mempool"},
    {"tx_event", "tx", "tx", "which"},
    {"tx_event", "event", "",
     "`accepted` into it; `returned` to it from a branch that lost; `dropped` out of it and not "
     "into a block; `lost` by a crash. What goes into a block has no row: see `block_tx`"},
    {"tx_event", "from_node", "node", "NULL: its own"},

    {"verdict", NULL, "", "A node refused something."},
    {"verdict", "seq", "", "order of telling"},
    {"verdict", "time_ns", "ns", "when"},
    {"verdict", "node", "node", "who refused"},
    {"verdict", "hash", "hex", "of what"},
    {"verdict", "is_tx", "0/1", "1: a transaction, 0: a block"},
    {"verdict", "verdict", "", "names as in scenarios: `bad-nonce`, …"},
    {"verdict", "from_node", "node", "who had sent it; NULL: itself"},

    {"connection", NULL, "",
     "A connection opened or closed; those of the start are opened at 0. A node that is down "
     "closes nothing: its peers notice later."},
    {"connection", "seq", "", "order of telling"},
    {"connection", "time_ns", "ns", "when"},
    {"connection", "edge", "edge", "the even one of its two; its ends are `src` and `dst` there"},
    {"connection", "open", "0/1", "1: opened, 0: closed"},

    {"message", NULL, "",
     "Each message sent, numbered in the order in which fates were met, not in which they were "
     "sent."},
    {"message", "seq", "", "order of telling"},
    {"message", "kind", "", "`new-block`, `ack`, …"},
    {"message", "src", "node", "from"},
    {"message", "dst", "node", "to"},
    {"message", "sent_ns", "ns", "when"},
    {"message", "due_ns", "ns",
     "when it came or would have come; for one dropped at once it is `sent_ns`"},
    {"message", "fate", "",
     "`delivered`, `loss`, `queue`, `cut`, `down`, `closed` or `in-flight` at the end"},
    {"message", "bytes", "bytes", "on the wire, framing included"},

    {"fault", NULL, "",
     "What was done to the network: each fault that an action began or ended, or that began or "
     "ended by itself. A fault is in force from the row that began it to the row with which the "
     "last of it ended: `pause a[1..3]` until the last of the three is resumed. Actions that set "
     "something (`clock`, `hash`) are moments: they neither begin nor end anything."},
    {"fault", "seq", "", "order of telling, 1, 2, 3, …"},
    {"fault", "time_ns", "ns", "when; it never falls from row to row"},
    {"fault", "kind", "",
     "the word of the action; `end`: the time of a `for` was over; `churn-leave`, `churn-join`: a "
     "churn took a node away or brought it back; `crash-in-write`: the crash that `at-write` "
     "waited "
     "for has come; `connect`: libkettensim opened a connection that a cut had closed"},
    {"fault", "begins", "0/1", "1: something is in force from this row on"},
    {"fault", "ends_seq", "fault",
     "the later row with which the last of it ended; NULL: it was in force at the end of the run, "
     "or `begins` is 0"},
    {"fault", "text", "", "the action as written; `end of …` where it ended by itself"},

    {"fault_node", NULL, "",
     "The nodes to which something was done, or for which something ended, with a row of `fault`. "
     "A partition has those of its groups, `isolate` those that it isolates; the end of a cut or "
     "of an impairment has none of its own: the row that began it has them."},
    {"fault_node", "fault", "fault", "its `seq`"},
    {"fault_node", "node", "node", "one of the nodes"},

    {"check", NULL, "",
     "Each check of the scenario. The name is a keyword: write `\"check\"` in SQL."},
    {"check", "line", "", "in the scenario"},
    {"check", "text", "", "as written"},
    {"check", "kind", "", "`expect`, `always`, `finally`, …"},
    {"check", "verdict", "", "`held`, `failed`, `vacuous`, …"},
    {"check", "time_ns", "ns", "when it was decided; NULL: never"},
    {"check", "detail", "", "why"},

    {"measure", NULL, "", "Each measure of the scenario."},
    {"measure", "name", "", ""},
    {"measure", "value", "",
     "by its type: times in ns, conditions 0 or 1; blocks, works, statuses, hashes and lists as "
     "text; NULL: no value"},
    {"measure", "text", "", "the same for people"},

    {"fork", NULL, "", "Heights with more than one block."},
    {"fork", "height", "blocks", ""},
    {"fork", "blocks", "", "how many"},
    {"fork", "active", "block", "which of them is active; NULL: none"},
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
     "How long each block took from `found_ns` to nodes' trees; as `propagation(p50)` in a "
     "scenario, for each block."},
    {"propagation", "block", "block", ""},
    {"propagation", "hash", "hex", ""},
    {"propagation", "height", "blocks", ""},
    {"propagation", "reached", "nodes", "that ever had its body"},
    {"propagation", "p50_ns", "ns", "until half of *all* nodes had it; NULL: so many never had"},
    {"propagation", "p90_ns", "ns", "until nine tenths of all nodes had it"},
    {"propagation", "max_ns", "ns", "until the last that had it"},

    {"heights", NULL, "", "Each node's height whenever its tip moved."},
    {"heights", "seq", "", "as in `tip`"},
    {"heights", "time_ns", "ns", "when"},
    {"heights", "node", "", "the node's name"},
    {"heights", "height", "blocks", ""},

    {"agreement", NULL, "",
     "After each instant in which a tip moved; between two rows nothing changes."},
    {"agreement", "time_ns", "ns", "when"},
    {"agreement", "tips", "", "how many different tips there were"},
    {"agreement", "agreed", "0/1", "1 when only one"},
    {NULL, NULL, NULL, NULL},
};
