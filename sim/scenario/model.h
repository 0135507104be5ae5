/* The resolved scenario: what a .scn file means, with every name, set and number worked out.
 *
 * Plain structs; ScnScenario owns everything in them. Times are int64 ns from the start of the run,
 * amounts int64 in 10^-8 tokens, sizes bytes, rates bits a second, probabilities and plain numbers
 * fixed point with 12 decimals (SCN_ONE is 1). Nodes, wallets, txs, marks and cuts are named by
 * their index here. Arrays are in order of declaration. What this version cannot run is refused
 * before a model exists, so a field that could only hold its default is left out.
 */
#ifndef SIM_SCENARIO_MODEL_H
#define SIM_SCENARIO_MODEL_H

#include "sim/scenario/expression.h"
#include "sim/scenario/term.h"
#include "sim/scenario/value.h"

#define SCN_TIME_NONE INT64_MAX

/* Where a statement stands, and its rank. `order` counts every statement and item after includes
 * were put in place: the third part of the order of events within an instant. */
typedef struct {
    guint32 source; /* index into sources */
    guint32 line, column;
    guint32 order;
} ScnPlace;

typedef struct {
    char *name;
    char *value; /* the text in force: the file's default, or what -P gave */
    char *default_value;
    char *low, *high; /* the range as written, or NULL */
    char *help;       /* or NULL */
    bool overridden;  /* by -P, or a sweep has put its first value here */
    bool is_quantity; /* else a word or a text */
    ScnQuantity quantity;
} ScnParam;

/* The values that a param takes in turn. Sweeps multiply, in file order, the first the slowest;
 * those of one zip go together. A param given with -P is not swept. */
typedef struct {
    guint32 param;
    GPtrArray *values; /* char *, as -P takes them; one at least, no two alike */
    guint32 zip;       /* its number, or SCN_NONE */
} ScnSweep;

/* table MEASURE, … by PARAM, … stat=… */
typedef struct {
    GArray *measures, *params; /* guint32 */
    GArray *stats;             /* ScnStat */
} ScnTable;

/* A value of each run that a check over several asks for; one of the three. */
typedef struct {
    guint32 measure; /* or SCN_NONE */
    guint32 check;   /* a `sometimes … over`: 1 if it was true; or SCN_NONE */
    ScnTerm *value;  /* read at the end; or NULL */
    bool condition;  /* value: 1 if it holds, of every element of a list */
    ScnType type;
} ScnSample;

typedef enum {
    SCN_RETARGET_FIXED,
    SCN_RETARGET_EPOCH,
    SCN_RETARGET_ASERT,
    SCN_RETARGET_LWMA
} ScnRetarget;
typedef enum { SCN_POW_SIMULATED, SCN_POW_OFF, SCN_POW_REAL } ScnPow;
typedef enum { SCN_FORK_MOST_WORK, SCN_FORK_LONGEST, SCN_FORK_GHOST } ScnForkChoice;
typedef enum { SCN_TIE_FIRST_SEEN, SCN_TIE_LOWEST_HASH, SCN_TIE_RANDOM } ScnTie;
typedef enum { SCN_ACK_AUTO, SCN_ACK_ON, SCN_ACK_OFF } ScnAck;

typedef struct {
    gint64 spacing_ns;
    ScnRetarget algorithm;
    guint32 bits; /* the genesis difficulty and the limit: a canonical compact target */
    guint32 window;
    guint32 clamp;
    gint64 half_life_ns; /* whole seconds */
    ScnPow pow;
    ScnForkChoice fork_choice;
    ScnTie tie;
    guint32 maturity;
    gint64 reward;    /* 10^-8 tokens */
    guint64 halving;  /* blocks; 0: none */
    guint32 finality; /* confirmations; 0: none */
    guint32 final_after;
    guint32 max_reorg; /* blocks; SCN_NONE: no limit */
    gint64 max_block_bytes;
    guint32 mtp;
    gint64 max_future_ns;
    gint64 min_fee;      /* 10^-8 tokens */
    gint64 genesis_time; /* unix seconds */
} ScnChain;

typedef enum { SCN_RELAY_FLOOD, SCN_RELAY_INVENTORY, SCN_RELAY_COMPACT } ScnRelay;

typedef struct {
    ScnRelay relay;
    gint64 sync_ns;      /* 0: off */
    gint64 keepalive_ns; /* 0: off */
    gint64 ban_ns;       /* 0: off */
    ScnAck ack;
    gint64 request_timeout_ns;
    gint64 backoff_low_ns, backoff_high_ns;
    guint32 orphans;
    bool discovery;
    guint32 outbound, inbound;         /* with discovery: connections wanted, and most accepted */
    gint64 block_bytes, compact_bytes; /* declared sizes charged to links; 0: the real ones */
} ScnProtocol;

typedef struct {
    gint64 wall_ns;      /* 0: none */
    bool wall_given;     /* by the file, be it none */
    guint64 events;      /* 0: none */
    gint64 memory_bytes; /* 0: none */
} ScnLimit;

/* A node with role=script says only what a script says. */
typedef enum { SCN_ROLE_MINER, SCN_ROLE_FULL, SCN_ROLE_SCRIPT } ScnRole;

typedef struct {
    char *name;    /* a1 for the node a[1] */
    guint32 group; /* into groups */
    gint64 index;  /* in its group; -1 for a node declared alone */
    ScnRole role;
    bool own_relay; /* else the protocol's */
    ScnRelay relay;
    guint32 port; /* 0: not given. A group counts up from its port. */
    gint64 mempool_bytes;
    /* Of the network's hash power; over all nodes the fractions add up to exactly 1 (or there is
     * no miner and each is 0). In lowest terms. */
    guint64 share_num, share_den;
    gint64 start_ns;                 /* down until then */
    gint64 clock_ns;                 /* offset of its clock, either way */
    ScnNumber drift;                 /* of its clock: SCN_ONE runs twice as fast */
    gint64 validate_ns;              /* virtual time that checking a body takes */
    gint64 uplink_bps, downlink_bps; /* 0: none */
    bool no_listen;                  /* accepts no connections */
    guint32 region;                  /* into regions, or SCN_NONE */
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
    SCN_TOPOLOGY_REGIONS,
} ScnTopologyKind;

/* The row of a kind. */
typedef struct {
    const char *word;
    const char *takes[3]; /* its options, of scn_topology_options; NULL at the end */
    const char *usage;    /* "tree k=2" */
    const char *text;     /* its links, in one line of Markdown */
} ScnTopologyForm;

const ScnTopologyForm *scn_topology_form(guint kind); /* NULL beyond the last */

/* Topologies and edges add up; the same pair twice is one edge. What a file gives are edges. */
typedef struct {
    ScnTopologyKind kind;
    guint32 hub;    /* of a star */
    guint32 k;      /* m of scalefree */
    ScnNumber p;    /* 0 .. SCN_ONE */
    guint32 number; /* of those of its kind, from 0: each draws its own graph */
    ScnPlace place;
} ScnTopology;

typedef struct {
    guint32 a, b;
    bool one_way; /* a -> b alone, unless another line or topology joins b to a too */
    ScnPlace place;
} ScnEdge;

typedef enum {
    SCN_DIST_CONSTANT,    /* a_ns */
    SCN_DIST_UNIFORM,     /* a_ns .. b_ns */
    SCN_DIST_NORMAL,      /* mean a_ns, standard deviation b_ns */
    SCN_DIST_LOGNORMAL,   /* median a_ns, sigma */
    SCN_DIST_EXPONENTIAL, /* mean a_ns */
    SCN_DIST_PARETO,      /* scale a_ns, shape */
    SCN_DIST_EMPIRICAL,   /* table */
    SCN_DIST_MATRIX,      /* table into matrices; by the regions of an edge's ends */
} ScnDistKind;

#define SCN_REGIONS_MAX 1000 /* a matrix has a million means */

/* Means by pair of regions, of which `spread` makes a distribution each. */
typedef struct {
    bool spread;   /* Pareto: scale mean - 5 ms, shape mean / 5 ms; else constant */
    guint32 count; /* of the scenario's regions */
    gint64
        *means_ns; /* [from * count + to]; below 0 where the file has none: no edge asks for it */
} ScnMatrix;

#define SCN_MEAN_NONE (-1)  /* the file does not name the region */
#define SCN_MEAN_BLANK (-2) /* it leaves the latency within the region blank */

typedef struct {
    ScnDistKind kind;
    gint64 a_ns, b_ns;
    ScnNumber shape; /* sigma or shape, SCN_ONE is 1 */
    guint32 table;   /* into tables */
} ScnDist;

/* What one link or edge line sets; a directed edge starts from the defaults and takes, line after
 * line, the fields that are set. Probabilities are 0 .. SCN_ONE. */
typedef struct {
    guint32 set; /* a bit for each row of scn_link_options */
    ScnDist latency;
    gint64 min_ns;
    gint64 jitter_ns;
    ScnNumber loss;                      /* gilbert: in the good state */
    ScnNumber bad_loss, to_bad, to_good; /* gilbert; else 0 */
    gint64 rate_bps;                     /* 0: none */
    gint64 queue_bytes;
    bool fifo;
    bool stream;
    ScnNumber duplicate, reorder, corrupt;
    gint64 small_ns; /* added to messages under 1 kB */
} ScnLink;

/* What a graph from a file says of one directed edge. */
typedef struct {
    guint32 from, to;
    guint32 link; /* into the rule's values */
} ScnLinkPair;

/* Applies to u->v if every_edge, or u in from and v in to, or both_ways and v in from and u in to.
 * `link SET` is from = to = SET: edges with both ends in it. With pairs (from and to are empty
 * then) it applies to those, each with a link of its own; `link` has the fields that any of them
 * sets, and whether all that have a transport are streams. */
typedef struct {
    bool every_edge;
    bool both_ways;
    GArray *from, *to; /* guint32 nodes, sorted, no doubles; empty when every_edge */
    GArray *pairs;     /* ScnLinkPair, sorted by from and to; or NULL */
    GArray *values;    /* ScnLink; or NULL */
    guint32 streams;   /* with pairs: how many edges of the file are streams */
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
    guint64 nonce; /* given, or one more than the one before from that wallet; the first is 0 */
    ScnPlace place;
} ScnTx;

/* Transactions that come by themselves. */
typedef struct {
    gint64 gap_ns;                  /* mean time between two */
    guint32 from, to;               /* wallets, or SCN_NONE: one drawn for each */
    gint64 amount_low, amount_high; /* drawn evenly, both included */
    gint64 fee;
    GArray *at; /* guint32: nodes; one that is up is drawn for each */
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
    SCN_ITEM_MARK,
    SCN_ITEM_CHECK,
} ScnItemKind;

typedef enum {
    SCN_PARTITION_GROUPS,
    SCN_PARTITION_ISOLATE, /* set apart from the rest */
    SCN_PARTITION_RING,    /* each node hears its neighbours in order of declaration */
    SCN_PARTITION_RANDOM,  /* `count` groups, drawn at the firing */
} ScnPartitionForm;

typedef enum { SCN_STYLE_DROP, SCN_STYLE_HOLD, SCN_STYLE_SLOW } ScnStyle;

typedef enum {
    SCN_IMPAIR_LOSS,
    SCN_IMPAIR_DELAY,
    SCN_IMPAIR_DUPLICATE,
    SCN_IMPAIR_REORDER,
    SCN_IMPAIR_CORRUPT,
} ScnImpair;

/* A set of nodes that an action works on. Most are fixed; one with random() in it is drawn anew at
 * each firing, so it is a tree: nodes, or random > 0, or `of` without `without`. */
typedef struct ScnSet ScnSet;
struct ScnSet {
    GArray *nodes; /* guint32, sorted */
    guint32 random;
    ScnSet *of, *without;
};

/* "new-block" and its like: the bit of each is its number on the wire. NULL at the end. */
extern const char *const scn_message_names[];
extern const char *const scn_message_texts[]; /* what each is, in one line of Markdown */

typedef struct {
    ScnItemKind kind;
    ScnPlace place;
    const char *word; /* an action's, as in the table of actions; NULL: mark or check */
    char *text;       /* as written: lines joined, blanks single, no comment */
    bool maybe;       /* may do nothing */
    gint64 for_ns;    /* SCN_TIME_NONE: until something ends it */
    /* partition, oneway, cut */
    ScnPartitionForm form;
    GPtrArray *groups; /* GArray of guint32, sorted; none empty */
    ScnStyle style;
    gint64 by_ns;
    guint32 cut; /* its cut. heal: the one to end, SCN_NONE for all */
    /* most actions work on one set or two */
    ScnSet *set, *other;
    guint32 count; /* mine: blocks; partition random: groups; crash: at-write, 0 for none */
    bool on;       /* mining */
    bool wipe, torn;
    guint32 tx;    /* submit */
    guint32 block; /* mine: the name it gets, or SCN_NONE; deliver, announce */
    ScnImpair impair;
    ScnNumber portion; /* loss and its like: 0 .. SCN_ONE; hash: the share */
    gint64 time_ns;    /* delay; clock: the offset, either way */
    guint32 kinds;     /* loss and its like: bits of scn_message_names; all ones for every kind */
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
    bool each;          /* when: at every rise */
    ScnPlace place;
    GPtrArray *items; /* ScnItem, in file order */
} ScnTimed;

/* Names of verdicts, in the order of their numbers; NULL at the end. */
extern const char *const scn_verdict_names[];
extern const char *const scn_verdict_texts[]; /* why each is given */

typedef enum {
    SCN_BLOCK_GENESIS, /* g, where there is a tree */
    SCN_BLOCK_TREE,
    SCN_BLOCK_MINED, /* by mine ... as; known once that has happened */
} ScnBlockOrigin;

typedef struct {
    char *name;
    ScnBlockOrigin origin;
    guint32 parent;  /* tree: into blocks */
    guint64 work;    /* times the genesis work; 0: not given */
    guint32 bits;    /* 0: not given */
    gint64 time_s;   /* after its parent; G_MININT64: not given */
    GArray *txs;     /* guint32 into txs; may be NULL */
    char *miner;     /* whose account is paid; NULL: one named after the block */
    guint32 invalid; /* into scn_verdict_names; 0: it is good */
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
    guint32 verdict; /* reject: into scn_verdict_names; SCN_NONE: any */
    guint32 at;      /* reject: the block with the fault */
} ScnReply;

/* A delivery, or an item. */
typedef struct {
    ScnItem *item;   /* or NULL */
    guint32 block;   /* delivery */
    GArray *replies; /* ScnReply, any of which will do; empty: none is expected */
    guint32 check;   /* delivery: of kind REPLY; SCN_NONE without replies */
    ScnPlace place;
} ScnLine;

typedef struct {
    guint32 from, to; /* nodes */
    GPtrArray *lines; /* ScnLine */
    ScnPlace place;
} ScnScript;

/* Every partition, oneway and cut is one; one without name= cannot be referred to. */
typedef struct {
    char *name; /* or NULL */
    ScnPlace place;
} ScnCut;

/* Set by one item. Reading it before that is an error of the check that reads it. */
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
    SCN_CHECK_REPLY, /* of a script line: decided by whoever runs the script; no condition */
} ScnCheckKind;

typedef struct {
    ScnCheckKind kind;
    ScnPlace place;
    char *text; /* as written: lines joined, blanks single, no comment */
    ScnTerm *condition;
    ScnTerm *guard;   /* if or unless, or NULL; conditions of several are joined by and */
    gint64 within_ns; /* SCN_CHECK_WITHIN */
    gint64 from_ns;   /* inclusive; 0 when not given */
    gint64 until_ns;  /* exclusive; SCN_TIME_NONE when not given */
    gint64 at_ns;     /* of a check in `at`; SCN_TIME_NONE of all others */
    bool alone;       /* stands outside a timed block */
    bool repeats;     /* in a block that may fire more than once */
    bool maybe;       /* may be vacuous */
    /* Judged over many runs, skipped in a single one. A `finally` has statistics for operands; of a
     * `sometimes` the run tells whether it was true. */
    ScnOver over;
} ScnCheck;

typedef struct {
    char *name;
    ScnTerm *value;
    ScnPlace place;
    char *text;
    ScnType type; /* SCN_TYPE_ANY where only the run can tell */
} ScnMeasure;

/* What expressions ask of the past. */
typedef struct {
    bool arrived, time_to_agree;
    bool propagation[101]; /* of so many percent of the nodes */
} ScnAsked;

typedef struct {
    char *title;
    GPtrArray *sources; /* ScnSource; 0 is the file itself, then its includes in order of reading */
    GArray *params;     /* ScnParam */
    guint64 seed;
    bool seed_overridden;
    gint64 duration_ns; /* 0 with `stop when` alone */
    ScnTerm *stop;      /* stop when; or NULL */
    ScnPlace stop_place;
    bool keeps_records; /* a crash reads what nodes saved */
    ScnAsked asked;
    ScnChain chain;
    ScnProtocol protocol;
    ScnLimit limit;
    GArray *groups;        /* ScnNodeGroup */
    GArray *nodes;         /* ScnNode */
    GPtrArray *regions;    /* char *, in order of first mention */
    GArray *topologies;    /* ScnTopology; the default mesh is in it when the file has none */
    GArray *edges;         /* ScnEdge */
    GPtrArray *tables;     /* GArray of gint64: measured times in ns, one at least, none negative */
    GArray *table_sources; /* guint32: for each table the source that it is from */
    GPtrArray *matrices;   /* ScnMatrix */
    ScnLink link_standard; /* what holds where no line says otherwise: all options are set */
    GPtrArray *links;      /* ScnLinkRule, in file order; edges with options have one too */
    GArray *wallets;       /* ScnWallet */
    GArray *txs;           /* ScnTx */
    GArray *loads;         /* ScnLoad */
    GArray *blocks;        /* ScnBlock: those that have a name */
    GPtrArray *scripts;    /* ScnScript; a file with one has no timed statements */
    GPtrArray *timed;      /* ScnTimed, in file order (not in order of time) */
    GArray *cuts;          /* ScnCut */
    GArray *marks;         /* ScnMark */
    GPtrArray *checks;     /* ScnCheck, in file order, timed ones too */
    GPtrArray *measures;   /* ScnMeasure */
    /* of many runs; a single one is the first: the first values and the first seed */
    bool seeds_given;
    guint64 first_seed, last_seed;
    GArray *sweeps;           /* ScnSweep */
    GPtrArray *result_tables; /* ScnTable */
    GArray *samples;          /* ScnSample */
    /* kept where the options say so, else NULL */
    struct ScnSyntax *syntax;
    struct ScnResolver *resolver;
} ScnScenario;

/* What the command line adds. */
typedef struct {
    const char *const *overrides; /* "name=value" of each -P, NULL at the end; or NULL */
    bool seed_given;
    guint64 seed;
    bool keeps_syntax; /* for scn_parse_again() */
    bool keeps_names;  /* for line.h */
} ScnOptions;

/* A scenario, or NULL with at least one message in errors. Reads included files, relative to the
 * file that names them. options may be NULL. */
ScnScenario *scn_parse_file(const char *path, const ScnOptions *options, ScnErrors *errors);

/* The same for a text in memory; name is its file name, for messages and for includes. */
ScnScenario *scn_parse_text(const char *name, const char *text, gsize length,
                            const ScnOptions *options, ScnErrors *errors);

/* Adds a text to those that were kept. False when they would be more than a scenario may have. */
bool scn_keep_text(GPtrArray *texts, const char *name, const char *text, gsize length);
/* The same for texts that were kept, ScnSource: the first is the file, and what is included is
 * found among the others by local_name. Nothing is read from files. */
ScnScenario *scn_parse_kept(const GPtrArray *texts, const ScnOptions *options, ScnErrors *errors);

/* The same file with other options; nothing is read or parsed again, and what the file reads is
 * found among the sources of `from`, which was made with keeps_syntax. */
ScnScenario *scn_parse_again(const ScnScenario *from, const ScnOptions *options, ScnErrors *errors);

void scn_scenario_free(ScnScenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScnScenario, scn_scenario_free)

/* "-P major=60% --seed 7": the overrides in force, in order of declaration, and the seed. */
char *scn_scenario_reproduce(const ScnScenario *scenario);

/* The file's name and text of a place, and whether a node, wallet, … of that name exists. */
const char *scn_scenario_file(const ScnScenario *scenario, ScnPlace place);
guint32 scn_scenario_find_node(const ScnScenario *scenario, const char *name); /* or SCN_NONE */

/* Whether a link sets an option, by its word. */
bool scn_link_sets(const ScnLink *link, const char *word);

#endif
