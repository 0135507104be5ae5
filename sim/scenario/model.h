/* The resolved scenario: what a .scn file means, with every name, set and number worked out.
 *
 * ScnScenario owns all the plain structs below. Times are int64 ns from the start of the run,
 * amounts int64 in 10^-8 tokens, sizes bytes, rates bits a second; probabilities and plain numbers
 * are fixed point with 12 decimals (SCN_ONE is 1). Nodes, wallets, txs, marks and cuts are named by
 * their index here. Arrays are in order of declaration. A file that this version cannot run is
 * refused before a model exists, so fields that could only hold their default do not exist.
 */
#ifndef SIM_SCENARIO_MODEL_H
#define SIM_SCENARIO_MODEL_H

#include "sim/scenario/expression.h"
#include "sim/scenario/term.h"
#include "sim/scenario/value.h"

#define SCN_TIME_NONE INT64_MAX

/* Where a statement stands. `order` counts every statement and item once includes are in place; it
 * is the third key of the order of events within an instant. */
typedef struct {
    guint32 source; /* index into sources */
    guint32 line, column;
    guint32 order;
} ScnPlace;

typedef struct {
    char *name;
    char *value; /* text in force: the file's default, or that of -P */
    char *default_value;
    char *low, *high; /* range as written, or NULL */
    char *help;       /* may be NULL */
    bool overridden;  /* by -P, or by the first value of a sweep */
    bool is_quantity; /* else a word or a text */
    ScnQuantity quantity;
} ScnParam;

/* The values that a param takes in turn. Sweeps multiply in file order; the first changes slowest.
 * Sweeps of one zip advance together. A param given with -P is not swept. */
typedef struct {
    guint32 param;
    GPtrArray *values; /* char *, in the syntax of -P; at least one, no duplicates */
    guint32 zip;       /* number of the zip, or SCN_NONE */
} ScnSweep;

/* table MEASURE, … by PARAM, … stat=… */
typedef struct {
    GArray *measures, *params; /* guint32 */
    GArray *stats;             /* ScnStat */
} ScnTable;

/* A value of each run that a check over several runs reads. Exactly one of measure, check and value
 * is set. */
typedef struct {
    guint32 measure; /* or SCN_NONE */
    guint32 check;   /* a `sometimes … over`: 1 if it held; or SCN_NONE */
    ScnTerm *value;  /* evaluated at the end of the run; or NULL */
    bool condition;  /* value: 1 if the condition holds for every element of a list */
    ScnType type;
} ScnSample;

typedef enum {
    SCN_DIST_CONSTANT,    /* a */
    SCN_DIST_UNIFORM,     /* a .. b */
    SCN_DIST_NORMAL,      /* mean a, standard deviation b */
    SCN_DIST_LOGNORMAL,   /* median a, sigma */
    SCN_DIST_EXPONENTIAL, /* mean a */
    SCN_DIST_PARETO,      /* scale a, shape */
    SCN_DIST_EMPIRICAL,   /* table */
    SCN_DIST_MATRIX,      /* table: into matrices; an edge's regions choose the mean */
} ScnDistKind;

/* A distribution. Its values are times in ns, sizes in bytes or rates in bit/s. */
typedef struct {
    ScnDistKind kind;
    gint64 a, b;
    ScnNumber shape; /* sigma or shape, SCN_ONE is 1 */
    guint32 table;   /* index into tables */
} ScnDist;

typedef enum {
    SCN_RETARGET_FIXED,
    SCN_RETARGET_EPOCH,
    SCN_RETARGET_ASERT,
    SCN_RETARGET_LWMA,
    SCN_RETARGET_LWMA_1,
    SCN_RETARGET_EDA,
    SCN_RETARGET_CW_144
} ScnRetarget;
typedef enum { SCN_POW_SIMULATED, SCN_POW_OFF, SCN_POW_REAL } ScnPow;
typedef enum { SCN_FORK_MOST_WORK, SCN_FORK_LONGEST, SCN_FORK_GHOST } ScnForkChoice;
typedef enum { SCN_TIE_FIRST_SEEN, SCN_TIE_LOWEST_HASH, SCN_TIE_RANDOM } ScnTie;
typedef enum { SCN_ACK_AUTO, SCN_ACK_ON, SCN_ACK_OFF } ScnAck;

typedef struct {
    gint64 spacing_ns;
    ScnRetarget algorithm;
    guint32 bits;       /* difficulty of genesis: a canonical compact target */
    guint32 limit_bits; /* the easiest target that a block may have; at least as easy as bits */
    guint32 window;
    guint32 clamp;
    gint64 half_life_ns; /* whole seconds */
    guint32 anchor;      /* height from which asert counts; 0: genesis */
    gint64 min_difficulty_after_ns, timewarp_guard_ns; /* 0: no such rule */
    bool retarget_from_first, window_order;
    ScnPow pow;
    ScnForkChoice fork_choice;
    ScnTie tie;
    guint32 maturity;
    gint64 reward;    /* 10^-8 tokens */
    guint64 halving;  /* blocks; 0: none */
    guint32 finality; /* confirmations; 0: none */
    guint32 final_after;
    guint32 max_reorg; /* blocks; SCN_NONE: no limit */
    guint32 unpark;    /* thousandths; 0: never */
    bool parks_late;   /* nothing is parked in the first sync */
    gint64 max_block_bytes;
    guint32 mtp;
    gint64 max_future_ns;
    guint32 min_version; /* of a header */
    gint64 min_fee;      /* 10^-8 tokens */
    gint64 genesis_time; /* unix seconds */
} ScnChain;

typedef enum { SCN_RELAY_FLOOD, SCN_RELAY_INVENTORY, SCN_RELAY_COMPACT, SCN_RELAY_PUSH } ScnRelay;
typedef enum {
    SCN_BANDWIDTH_FAIR,
    SCN_BANDWIDTH_UPLINK,
    SCN_BANDWIDTH_STOP_AND_WAIT,
} ScnBandwidth;

#define SCN_BLOCK_SIZE_MAX 1000000000 /* bytes that block-size= may declare */

typedef enum { SCN_TX_RELAY_AT_ONCE, SCN_TX_RELAY_TRICKLE } ScnTxRelay;

typedef struct {
    ScnRelay relay;
    ScnTxRelay tx_relay;
    ScnBandwidth bandwidth;
    guint32 uploads; /* 0: no bound */
    bool small_first;
    gint64 sync_ns;      /* 0: off */
    gint64 keepalive_ns; /* 0: off */
    gint64 ban_ns;       /* 0: off */
    ScnAck ack;
    gint64 request_timeout_ns;
    gint64 backoff_low_ns, backoff_high_ns;
    guint32 orphans;
    guint32 headers; /* in one answer */
    bool discovery;
    guint32 outbound, inbound; /* with discovery: connections to open, and most to accept */
    guint32 anchors;           /* with discovery: of them, to open first after a restart */
    ScnNumber compact_fail;
    bool relay_before_check;
    bool relay_side_blocks;
    guint32 compact_high;
    /* sizes charged to links; constant 0: the real sizes */
    ScnDist block_size;
    gint64 compact_bytes, refetch_bytes;
} ScnProtocol;

typedef struct {
    gint64 wall_ns;      /* 0: none */
    bool wall_given;     /* the file gives it, perhaps as none */
    guint64 events;      /* 0: none */
    gint64 memory_bytes; /* 0: none */
} ScnLimit;

/* Properties of a node that it draws once in a run. Each has a distribution, which may be a
 * constant. */
typedef enum {
    SCN_DRAWN_UPLINK,        /* bit/s */
    SCN_DRAWN_DOWNLINK,      /* bit/s */
    SCN_DRAWN_VALIDATE,      /* virtual time for checking a body, */
    SCN_DRAWN_VALIDATE_RATE, /* and bit/s of the body, which are added */
    SCN_DRAWN_COUNT,
} ScnDrawn;

/* A node with role=script sends only what a script says. */
typedef enum { SCN_ROLE_MINER, SCN_ROLE_FULL, SCN_ROLE_SCRIPT } ScnRole;

typedef struct {
    char *name;      /* a1 for the node a[1] */
    guint32 without; /* upgrades that it does not know, bits by index */
    guint32 group;   /* index into groups */
    gint64 index;    /* in the group; -1 for a node declared alone */
    ScnRole role;
    bool own_relay; /* set by the node; else the protocol's applies */
    ScnRelay relay;
    guint32 port; /* 0: not given. A group counts up from its port. */
    gint64 mempool_bytes;
    gint64 min_work; /* blocks of the genesis bits */
    /* Fraction of the network's hash power, in lowest terms. Over all nodes the fractions add up to
     * exactly 1 (or there is no miner and each is 0). */
    guint64 share_num, share_den;
    gint64 start_ns;                /* the node is down before this time */
    gint64 clock_ns;                /* offset of the clock, may be negative */
    ScnNumber drift;                /* of the clock: SCN_ONE runs twice as fast */
    guint32 drawn[SCN_DRAWN_COUNT]; /* index into `draws`; 0: none */
    bool no_listen;                 /* accepts no connections */
    guint32 region;                 /* index into regions, or SCN_NONE */
    guint32 strategy;               /* index into strategies, or SCN_NONE: honest */
    ScnPlace place;
} ScnNode;

typedef struct {
    char *name;
    GArray *nodes; /* guint32 */
} ScnNodeGroup;

typedef enum {
    SCN_TOPOLOGY_MESH,
    SCN_TOPOLOGY_STAR,
    SCN_TOPOLOGY_LINE,
    SCN_TOPOLOGY_RING,
    SCN_TOPOLOGY_NONE,
    SCN_TOPOLOGY_TREE,
    SCN_TOPOLOGY_REGULAR,
    SCN_TOPOLOGY_RANDOM,
    SCN_TOPOLOGY_SMALLWORLD,
    SCN_TOPOLOGY_SCALEFREE,
    SCN_TOPOLOGY_OUTBOUND,
    SCN_TOPOLOGY_DEGREES,
    SCN_TOPOLOGY_REGIONS,
} ScnTopologyKind;

/* What a kind of topology is called and accepts. */
typedef struct {
    const char *word;
    const char *takes[4]; /* words of its options, from scn_topology_options; NULL at the end */
    const char *usage;    /* "tree k=2" */
    const char *text;     /* the links it makes, in one line of Markdown */
} ScnTopologyForm;

const ScnTopologyForm *scn_topology_form(guint kind); /* NULL beyond the last */

/* Topologies and edges add up; the same pair twice is one edge. A topology from a file becomes
 * edges. */
typedef struct {
    ScnTopologyKind kind;
    guint32 hub;     /* centre of a star */
    guint32 k;       /* m of scalefree; the largest of the degrees */
    GArray *degrees; /* guint32: how many links each node of outbound opens, or each node of degrees
                      * has; NULL: k */
    GArray *of, *to; /* guint32: the nodes that open links, and to which; NULL: all */
    ScnNumber p;     /* 0 .. SCN_ONE */
    guint32 number;  /* index among those of its kind: each draws its own graph */
    ScnPlace place;
} ScnTopology;

typedef struct {
    guint32 a, b;
    bool one_way; /* a -> b only, unless another line or topology also joins b to a */
    ScnPlace place;
} ScnEdge;

#define SCN_REGIONS_MAX 1000 /* a matrix has a million means */

/* Mean latency for each pair of regions; `spread` makes a distribution of each. */
typedef struct {
    bool spread;      /* Pareto: scale mean - 5 ms, shape mean / 5 ms; else constant */
    guint32 count;    /* of the scenario's regions */
    gint64 *means_ns; /* [from * count + to]; SCN_MEAN_NONE and SCN_MEAN_BLANK: no mean */
} ScnMatrix;

#define SCN_MEAN_NONE (-1)  /* the file does not name the region */
#define SCN_MEAN_BLANK (-2) /* the file leaves the latency within the region blank */

/* A `strategy` line: a set of nodes and how they deviate from the protocol. */
typedef struct {
    const char *word; /* of the table of strategies */
    bool is_alone;    /* each node has a strategy of its own; else they are one pool */
    bool lead, equal_fork;
    guint32 trail;
    guint32 policy;    /* index into policies, or SCN_NONE */
    guint32 pay, back; /* transactions */
    guint32 confirmations, give_up;
    gint64 from_ns;
    ScnNumber leave, come_back;
    gint64 by_ns;
    gint64 gap_ns;
    guint32 send; /* the word's place in the option's row */
    ScnPlace place;
} ScnStrategy;

/* What one link or edge line sets. A directed edge starts from the defaults; each line in turn
 * overwrites the fields that it sets. Probabilities are 0 .. SCN_ONE. */
typedef struct {
    guint32 set; /* one bit for each row of scn_link_options */
    ScnDist latency;
    gint64 min_ns;
    gint64 jitter_ns;
    ScnNumber loss;                      /* with gilbert: loss in the good state */
    ScnNumber bad_loss, to_bad, to_good; /* with gilbert; else 0 */
    gint64 rate_bps;                     /* 0: none */
    gint64 queue_bytes;
    bool fifo;
    bool stream;
    bool per_link; /* one sample of the latency for the link */
    bool cut_through;
    ScnNumber duplicate, reorder, corrupt;
    gint64 small_ns; /* added to messages under 1 kB */
} ScnLink;

/* What a graph from a file says about one directed edge. */
typedef struct {
    guint32 from, to;
    guint32 link; /* index into the rule's values */
} ScnLinkPair;

/* A rule applies to u->v if every_edge, or u in from and v in to, or both_ways and v in from and u
 * in to. `link SET` sets from = to = SET: edges with both ends in it.
 *
 * A rule with pairs has empty from and to, and one link for each pair; its `link` holds the fields
 * that any pair sets, and `stream` if all pairs that set a transport set that one.
 */
typedef struct {
    bool every_edge;
    bool both_ways;
    GArray *from, *to; /* guint32 nodes, sorted, no duplicates; empty when every_edge */
    GArray *pairs;     /* ScnLinkPair, sorted by from and to; or NULL */
    GArray *values;    /* ScnLink; or NULL */
    guint32 streams;   /* with pairs: number of edges in the file that are streams */
    ScnLink link;
    ScnPlace place;
} ScnLinkRule;

typedef struct {
    char *name;
    gint64 funds; /* 10^-8 tokens, in genesis */
    guint32 at;   /* node, or SCN_NONE for any */
    ScnPlace place;
} ScnWallet;

typedef struct {
    char *name;
    guint32 from, to; /* wallets */
    gint64 amount, fee;
    bool asked;    /* an expression reads it */
    guint64 nonce; /* given, or one above the previous transaction of that wallet; the first is 0 */
    ScnPlace place;
} ScnTx;

/* Transactions generated during the run. */
typedef struct {
    gint64 gap_ns;                  /* mean time between two */
    guint32 from, to;               /* wallets, or SCN_NONE to draw one for each transaction */
    gint64 amount_low, amount_high; /* drawn uniformly, both ends included */
    gint64 fee;
    GArray *at; /* guint32 nodes; one that is up is drawn for each transaction */
    ScnPlace place;
} ScnLoad;

typedef enum {
    SCN_ITEM_PARTITION,
    SCN_ITEM_HEAL,
    SCN_ITEM_MINE,
    SCN_ITEM_MINING,
    SCN_ITEM_SUBMIT,
    SCN_ITEM_ONEWAY,
    SCN_ITEM_CUT,
    SCN_ITEM_JOIN_EDGE,
    SCN_ITEM_IMPAIR, /* loss, delay, duplicate, reorder, corrupt */
    SCN_ITEM_CRASH,
    SCN_ITEM_RESTART,
    SCN_ITEM_PAUSE,
    SCN_ITEM_RESUME,
    SCN_ITEM_LEAVE,
    SCN_ITEM_JOIN,
    SCN_ITEM_CLOCK,
    SCN_ITEM_HASH,
    SCN_ITEM_ECLIPSE,
    SCN_ITEM_CHURN,
    SCN_ITEM_DELIVER,
    SCN_ITEM_ANNOUNCE,
    SCN_ITEM_RECONNECT,
    SCN_ITEM_HAND,
    SCN_ITEM_UPGRADE,
    SCN_ITEM_STRATEGY,
    SCN_ITEM_RELEASE,
    SCN_ITEM_MARK,
    SCN_ITEM_CHECK,
} ScnItemKind;

typedef enum {
    SCN_PARTITION_GROUPS,
    SCN_PARTITION_ISOLATE, /* separate the set from the rest */
    SCN_PARTITION_RING,    /* each node hears only its neighbours in order of declaration */
    SCN_PARTITION_RANDOM,  /* `count` groups, drawn when the action fires */
} ScnPartitionForm;

typedef enum { SCN_STYLE_DROP, SCN_STYLE_HOLD, SCN_STYLE_SLOW } ScnStyle;

typedef enum {
    SCN_IMPAIR_LOSS,
    SCN_IMPAIR_DELAY,
    SCN_IMPAIR_DUPLICATE,
    SCN_IMPAIR_REORDER,
    SCN_IMPAIR_CORRUPT,
} ScnImpair;

/* A set of nodes that an action works on. Most sets are fixed. A set with random() is drawn anew at
 * each firing, so it is a tree: it has `nodes`, or `random` > 0, or `of` minus `without`. */
typedef struct ScnSet ScnSet;
struct ScnSet {
    GArray *nodes; /* guint32, sorted */
    guint32 random;
    ScnSet *of, *without;
};

/* How a measurement turns many times, one for each block, into one; NULL at the end. */
typedef enum { SCN_AVERAGE_MEDIAN, SCN_AVERAGE_MEAN } ScnAverage;
extern const char *const scn_average_names[];

/* "new-block" and the like; an index is the number on the wire. NULL at the end. */
extern const char *const scn_message_names[];
extern const char *const scn_message_texts[]; /* what each message is, in one line of Markdown */

#define SCN_UPGRADES_MAX 8

/* Options of the chain that change from a height on. */
typedef struct {
    char *name;
    guint64 at_height;
    ScnNumber signal; /* share of a window; 0: by height alone */
    guint32 window;
    guint32 changes; /* bits by index of scn_upgrade_changes */
    ScnChain chain;  /* of which the changed options count */
    ScnPlace place;
} ScnUpgrade;

extern const char *const scn_upgrade_changes[]; /* names of options; NULL at the end */

/* Blocks that need no name, where an operator acts. */
#define SCN_HAND_ON_TIP SCN_NONE /* of the node */
#define SCN_HAND_ON_GENESIS (SCN_NONE - 1)

/* The four actions of an operator on a block of his node. */
typedef enum {
    SCN_HAND_INVALIDATE,
    SCN_HAND_RECONSIDER,
    SCN_HAND_UNPARK,
    SCN_HAND_CHECKPOINT
} ScnHand;

typedef struct {
    ScnItemKind kind;
    ScnPlace place;
    const char *word; /* word of the action in the table of actions; NULL for marks and checks */
    char *text;       /* as written: joined to one line, single blanks, no comment */
    bool maybe;       /* may have no effect */
    gint64 for_ns;    /* SCN_TIME_NONE: until another action ends it */
    /* partition, oneway, cut */
    ScnPartitionForm form;
    GPtrArray *groups; /* GArray of guint32, sorted; none empty */
    ScnStyle style;
    gint64 by_ns;
    guint32 cut; /* cut it makes. heal: the cut to end, SCN_NONE for all */
    /* most actions work on one or two sets */
    ScnSet *set, *other;
    guint32 strategy; /* index into strategies, or SCN_NONE */
    guint32 count; /* loss and its like: messages, 0 for all; mine: blocks; release: blocks, 0 for
                      all; partition random: groups; crash: at-write, 0 for none */
    bool on;       /* mining */
    bool wipe, torn;
    guint32 tx;    /* submit */
    guint32 block; /* mine: the name of the new block, or SCN_NONE; deliver, announce; by hand:
                      also SCN_HAND_ON_TIP, SCN_HAND_ON_GENESIS */
    ScnImpair impair;
    ScnHand hand;
    guint32 upgrade;   /* an index into upgrades, or SCN_NONE: all */
    ScnNumber portion; /* loss and the like: 0 .. SCN_ONE; hash: the share */
    gint64 time_ns;    /* delay; clock: the offset, may be negative */
    guint32
        kinds; /* loss and the like: bits by index of scn_message_names; all ones for every kind */
    ScnDist session, absence; /* churn */
    /* mark */
    guint32 mark;
    ScnTerm *value;
    /* check */
    guint32 check;
} ScnItem;

typedef enum { SCN_TIMED_AT, SCN_TIMED_EVERY, SCN_TIMED_WHEN } ScnTimedKind;

typedef struct {
    ScnTimedKind kind;
    gint64 at_ns;       /* at; every: from */
    gint64 period_ns;   /* every: above 0 */
    gint64 until_ns;    /* every: exclusive; SCN_TIME_NONE: the end of the run */
    ScnTerm *condition; /* when */
    bool each;          /* when: each time the condition becomes true */
    ScnPlace place;
    GPtrArray *items; /* ScnItem, in file order */
} ScnTimed;

/* Names of verdicts, in the order of their numbers; NULL at the end. */
extern const char *const scn_verdict_names[];
extern const char *const scn_verdict_texts[]; /* why each is given, in one line of Markdown */

typedef enum {
    SCN_BLOCK_GENESIS, /* g, if there is a tree */
    SCN_BLOCK_TREE,
    SCN_BLOCK_MINED, /* by mine ... as; known once it is mined */
} ScnBlockOrigin;

typedef struct {
    char *name;
    ScnBlockOrigin origin;
    guint32 parent;  /* tree: index into blocks */
    guint64 work;    /* multiple of the genesis work; 0: not given */
    guint32 bits;    /* 0: not given */
    gint64 time_s;   /* after its parent; G_MININT64: not given */
    GArray *txs;     /* guint32 into txs; may be NULL */
    char *miner;     /* name of the account that is paid; NULL: one named after the block */
    guint32 invalid; /* index into scn_verdict_names; 0: valid */
    ScnPlace place;
} ScnBlock;

typedef enum {
    SCN_REPLY_TIP,
    SCN_REPLY_SIDE,
    SCN_REPLY_ORPHAN,
    SCN_REPLY_DUP,
    SCN_REPLY_PARKED,
    SCN_REPLY_REJECT,
} ScnReplyKind;

typedef struct {
    ScnReplyKind kind;
    guint32 verdict; /* reject: index into scn_verdict_names; SCN_NONE: any */
    guint32 at;      /* reject: the block with the fault */
} ScnReply;

/* A line of a script: a delivery or an item. */
typedef struct {
    ScnItem *item;   /* may be NULL */
    guint32 block;   /* delivery */
    GArray *replies; /* ScnReply; any of them passes; empty: none is expected */
    guint32 check;   /* delivery: of kind REPLY; SCN_NONE without replies */
    ScnPlace place;
} ScnLine;

typedef struct {
    guint32 from, to; /* nodes */
    GPtrArray *lines; /* ScnLine */
    ScnPlace place;
} ScnScript;

/* Each partition, oneway and cut declares one. A cut without name= cannot be referred to. */
typedef struct {
    char *name; /* may be NULL */
    ScnPlace place;
} ScnCut;

/* One item sets a mark. A check that reads the mark earlier fails with an error. */
typedef struct {
    char *name;
    ScnPlace place;
} ScnMark;

typedef enum {
    SCN_CHECK_EXPECT,
    SCN_CHECK_WITHIN,
    SCN_CHECK_ALWAYS,
    SCN_CHECK_NEVER,
    SCN_CHECK_SOMETIMES,
    SCN_CHECK_FINALLY,
    SCN_CHECK_REPLY, /* of a script line: judged by the script's runner; no condition */
} ScnCheckKind;

typedef struct {
    ScnCheckKind kind;
    ScnPlace place;
    char *text; /* on one line, without a comment, as `kettensim fmt` writes it */
    ScnTerm *condition;
    ScnTerm *guard;   /* if and unless, joined by and; or NULL */
    gint64 within_ns; /* SCN_CHECK_WITHIN */
    gint64 from_ns;   /* inclusive; 0 when not given */
    gint64 until_ns;  /* exclusive; SCN_TIME_NONE when not given */
    gint64 at_ns;     /* of a check in `at`; SCN_TIME_NONE for all others */
    bool alone;       /* stands outside a timed block */
    bool repeats;     /* in a block that can fire more than once */
    bool maybe;       /* may be vacuous */
    /* Checks over many runs are skipped in a single run. A `finally` compares statistics; a
     * `sometimes` counts the runs in which it held. */
    ScnOver over;
} ScnCheck;

typedef struct {
    char *name;
    ScnTerm *value;
    ScnPlace place;
    char *text;
    ScnType type; /* SCN_TYPE_ANY where only the run can tell */
} ScnMeasure;

/* The kinds of faults that a search draws. */
typedef enum {
    SCN_EXPLORE_PARTITION,
    SCN_EXPLORE_ONEWAY,
    SCN_EXPLORE_LOSS,
    SCN_EXPLORE_DELAY,
    SCN_EXPLORE_DUPLICATE,
    SCN_EXPLORE_REORDER,
    SCN_EXPLORE_CORRUPT,
    SCN_EXPLORE_CRASH,
    SCN_EXPLORE_RESTART,
    SCN_EXPLORE_PAUSE,
    SCN_EXPLORE_CLOCK,
    SCN_EXPLORE_CHURN,
    SCN_EXPLORE_HASH,
    SCN_EXPLORE_BYZANTINE,
    SCN_EXPLORE_OPERATOR,
    SCN_EXPLORE_COUNT,
} ScnExploreKind;

/* Their words, in that order; NULL at the end. */
extern const char *const scn_explore_kinds[];

typedef struct {
    guint32 kinds;
    gint64 from_ns, until_ns; /* faults begin and end in between */
    gint64 settle_ns;         /* without faults and mining, after that */
    guint32 faults_low, faults_high;
    guint32 ignore_last;
    bool recovery; /* all must agree at the end */
} ScnExplore;

/* What expressions ask about the past, so that the run records it. */
typedef struct {
    bool arrived, time_to_agree;
    bool propagation[101]; /* [p]: propagation to p percent of the nodes is asked */
} ScnAsked;

/* A param, let or mark that no expression reads. */
typedef struct {
    char *name;
    const char *what; /* "param", … */
    ScnPlace place;
} ScnUnused;

typedef struct {
    char *title;
    GPtrArray *sources; /* ScnSource; 0 is the file itself, then includes in order of reading */
    GArray *params;     /* ScnParam */
    guint64 seed;
    bool seed_overridden;
    gint64 duration_ns; /* 0 if only `stop when` ends the run */
    ScnTerm *stop;      /* `stop when`; or NULL */
    ScnPlace stop_place;
    bool keeps_records; /* a crash reads what nodes saved, so saving is on */
    ScnAsked asked;
    ScnChain chain;
    ScnProtocol protocol;
    ScnLimit limit;
    ScnExplore explore;
    GArray *groups;      /* ScnNodeGroup */
    GArray *nodes;       /* ScnNode */
    GArray *strategies;  /* ScnStrategy */
    GPtrArray *policies; /* PolicyTable */
    GPtrArray *regions;  /* char *, in order of first mention */
    bool draws_regions;  /* some nodes draw theirs */
    GArray *topologies;  /* ScnTopology; the default mesh if the file has none */
    GArray *edges;       /* ScnEdge */
    GArray *draws;       /* ScnDist: what nodes draw; the first is the constant 0, for none */
    GPtrArray *tables;   /* GArray of gint64: measured values of ScnDist; none empty or negative */
    GArray *table_sources; /* guint32: for each table the source it came from */
    GPtrArray *matrices;   /* ScnMatrix */
    ScnLink link_standard; /* the defaults of links: all options are set */
    GPtrArray *links;      /* ScnLinkRule, in file order; includes edges with options */
    GArray *upgrades;      /* ScnUpgrade */
    GArray *wallets;       /* ScnWallet */
    GArray *txs;           /* ScnTx */
    GArray *loads;         /* ScnLoad */
    GArray *blocks;        /* ScnBlock: those with a name */
    GPtrArray *scripts;    /* ScnScript; a file with one has no timed statements */
    GPtrArray *timed;      /* ScnTimed, in file order, not in order of time */
    GArray *cuts;          /* ScnCut */
    GArray *marks;         /* ScnMark */
    GArray *unused;        /* ScnUnused */
    GPtrArray *checks;     /* ScnCheck, in file order, timed ones too */
    GPtrArray *measures;   /* ScnMeasure */
    /* for many runs; a single run takes the first values and the first seed */
    bool seeds_given;
    guint64 first_seed, last_seed;
    GArray *sweeps;           /* ScnSweep */
    GPtrArray *result_tables; /* ScnTable */
    GArray *samples;          /* ScnSample */
    /* non-NULL if ScnOptions asks for them */
    struct ScnSyntax *syntax;
    struct ScnResolver *resolver;
} ScnScenario;

/* What the caller adds to the file. */
typedef struct {
    const char *const *overrides; /* "name=value" of each -P, NULL at the end; may be NULL */
    bool seed_given;
    guint64 seed;
    bool is_unnamed;   /* the text is no file: messages show its lines, not their places */
    bool keeps_syntax; /* needed by scn_parse_again() */
    bool keeps_names;  /* needed by line.h */
} ScnOptions;

/* Returns a scenario, or NULL with at least one message in errors. Reads included files relative to
 * the file that names them. options may be NULL. */
ScnScenario *scn_parse_file(const char *path, const ScnOptions *options, ScnErrors *errors);

/* Like scn_parse_file(), for a text in memory; `name` stands for its file in messages and for
 * includes. */
ScnScenario *scn_parse_text(const char *name, const char *text, gsize length,
                            const ScnOptions *options, ScnErrors *errors);

/* Adds a text to a list for scn_parse_kept(). Returns false if the list would be SCN_KEPT_TOO_MUCH.
 */
#define SCN_KEPT_TOO_MUCH "longer than 16 MiB, or more than 256 files"
bool scn_keep_text(GPtrArray *texts, const char *name, const char *text, gsize length);
/* Like scn_parse_file(), for a list of texts (ScnSource): the first is the file, includes are found
 * among the others by local_name. Reads no files. */
ScnScenario *scn_parse_kept(const GPtrArray *texts, const ScnOptions *options, ScnErrors *errors);

/* Resolves the same file with other options. Reads and parses nothing again: the sources come from
 * `from`, which was made with keeps_syntax. */
ScnScenario *scn_parse_again(const ScnScenario *from, const ScnOptions *options, ScnErrors *errors);

void scn_scenario_free(ScnScenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScnScenario, scn_scenario_free)

/* Returns the overrides in force, in order of declaration, and the seed: "-P major=60% --seed 7".
 */
char *scn_scenario_reproduce(const ScnScenario *scenario);

/* Returns the name of the file that a place is in; "" if it is in a text without a name. */
const char *scn_scenario_file(const ScnScenario *scenario, ScnPlace place);
/* Returns "file:line:col" and `after`, for the caller to free; "" in a text without a name. */
char *scn_scenario_place(const ScnScenario *scenario, ScnPlace place, const char *after);
/* Returns "line 15", or "other.scn:15" in an included file, for the caller to free. */
char *scn_scenario_line(const ScnScenario *scenario, ScnPlace place);
guint32 scn_scenario_find_node(const ScnScenario *scenario, const char *name); /* or SCN_NONE */

/* Returns whether a link sets the option of that word. */
bool scn_link_sets(const ScnLink *link, const char *word);

#endif
