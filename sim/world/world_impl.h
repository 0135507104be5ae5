/* The structs of the world, shared by the .c files of this folder alone. README.md says which file
 * writes which field. */
#ifndef SIM_WORLD_WORLD_IMPL_H
#define SIM_WORLD_WORLD_IMPL_H

#include "sim/engine/assert.h"
#include "sim/engine/memory.h"
#include "sim/engine/random.h"
#include "sim/world/fault.h"
#include "sim/world/ledger.h"
#include "sim/world/load.h"
#include "sim/world/observe.h"
#include "sim/world/tree.h"
#include "sim/world/opinion.h"
#include "sim/world/remote.h"

/* A change of a connection, which a paused node learns when it resumes. */
typedef struct {
    uint32_t edge; /* leaves the node */
    bool connected, outbound;
    bool dynamic; /* made by discovery: the node gets the other end's address */
} SimPeerChange;

typedef struct {
    SimDistribution session, absence;
    SimCounter draws;
    SimHandle next;
} SimChurn;

typedef struct {
    SimTime since;
    bool touched;    /* it has kept something from its victim */
    bool admitted[]; /* by node */
} SimEclipse;

typedef enum {
    SIM_FAULT_CRASH,
    SIM_FAULT_PAUSE,
    SIM_FAULT_LEAVE,
    SIM_FAULT_CHURN,
    SIM_FAULT_ECLIPSE,
    SIM_FAULT_MINING,     /* switched off */
    SIM_FAULT_AWAY,       /* taken away by churn */
    SIM_FAULT_HOST_KINDS, /* a node has at most one fault of each kind above */
    SIM_FAULT_CUT,
    SIM_FAULT_JOINED, /* an edge that was joined for a time */
    SIM_FAULT_NET_CUT,
    SIM_FAULT_IMPAIR,
} SimFaultKind;

typedef struct {
    SimFaultKind kind;
    uint32_t subject; /* node, edge, or the network's cut or impairment */
    uint32_t note;    /* number of the note that reported it; 0: none */
    SimTime start, end;
    bool touched; /* of an eclipse that has ended */
} SimFault;

/* Collects what the next notes of faults report. */
typedef struct {
    SimFaultId told;  /* the last fault that a note has reported */
    GArray *standing; /* uint32_t by note - 1: how many of its faults are in force */
    GArray *ended;    /* uint32_t: notes that have ended since the last note */
    GArray *released; /* SimFaultRelease: since the last note */
    GArray *nodes;    /* SimFaultNode: nodes affected since then, in order, with repeats */
} SimFaultNotes;

typedef struct {
    SimHandle handle;
    SimTime at; /* when it is due, if set; may be past at a paused node */
} SimHostTimer;

/* One node with its clock, timers, faults and miner. */
typedef struct SimLateQueue SimLateQueue;
struct SimHost {
    /* read by every message: the first cache line */
    _Alignas(SIM_CACHE_LINE) SimWorld *world;
    KetteNode *node;
    uint32_t index;
    bool is_script;
    bool running; /* up: has started and not crashed since */
    bool paused;
    bool has_left, is_churned; /* away, by leave and by churn */
    bool is_dying;             /* in the write in which it crashes: nothing leaves it any more */
    bool checks;               /* checking a block takes time */
    SimTime validate, busy_until;
    int64_t drift_ppb;
    uint64_t bytes_sent;
    /* read by every block: the second cache line */
    KetteStore *store;      /* its own with isolate, else the world's */
    uint64_t key;           /* of its name: the source of its timers */
    uint32_t counter;       /* of its timers */
    uint32_t mining_bits;   /* the difficulty that the pending draw is for */
    SimHandle mining_timer; /* of the race */
    uint64_t reorgs, max_reorg, mined;
    bool is_miner;
    bool has_account; /* its node knows where rewards go */
    uint8_t knows;    /* bits of the upgrades that its node knows */
    bool mining;      /* switched on; takes part in the race if it has hash power */
    bool has_agent;   /* `agent` is there */
    /* everything else */
    SimHostTimer timers[KETTE_TIMER_COUNT];
    SimRandom random; /* for the draws of the node itself */
    SimRandom mining_random;
    uint64_t share_num, share_den; /* num 0: no hash power */
    KetteBlock *ground;            /* real proof of work: the block being ground on the tip */
    GHashTable *refused;           /* of GBytes: verdict and id; look-up only; NULL while empty */
    uint32_t *refused_counts;      /* by verdict; NULL with it */
    /* faults */
    uint16_t port;
    bool has_started;      /* its start time has passed */
    uint32_t incarnation;  /* number of crashes */
    uint64_t validate_bps; /* 0: none */
    SimTime start;
    SimTime clock_offset;
    GByteArray *log;      /* saved records; NULL unless records are kept */
    uint32_t writes_left; /* until a crash in a write; 0: none is due */
    SimCrash crash;
    GArray *late_changes;    /* SimPeerChange, while paused; NULL while there are none */
    GQueue *backlog;         /* of host.c: messages that wait until those before them are checked;
                              * NULL until there is one */
    GHashTable *under_check; /* bodies in the backlog; look-up only; NULL if backlog is */
    SimFaultId faults[SIM_FAULT_HOST_KINDS]; /* in force; else NONE */
    SimChurn *churn;                         /* or NULL */
    SimEclipse *eclipse;                     /* or NULL */
    uint64_t blamed;                         /* times that others banned it before any strategy */
    SimAgent *agent;                         /* NULL until it has a strategy */
    SimLateQueue *late;                      /* or NULL */
    const SimHost *told_by; /* the member of its pool that tells it of a block; else NULL */
};

_Static_assert(offsetof(SimHost, store) == SIM_CACHE_LINE &&
                   offsetof(SimHost, timers) == 2 * SIM_CACHE_LINE,
               "what a message reads is one line, what a block does another");

typedef struct {
    char *name;
    KetteKey *key;
    KetteAddress address;
    uint64_t funds;
} SimWallet;

/* A reorganisation at a node left a transaction without a confirmation that had some. */
typedef struct {
    uint32_t node, tx;
    uint64_t confirmations;
} SimUndoing;

typedef struct {
    char *name;
    KetteTx *tx;
    uint32_t submitted_at; /* node, or NONE */
    SimTime submitted_ns;
} SimTx;

typedef struct SimLoad SimLoad;

/* The node at which a transaction of a load was submitted. */
typedef struct {
    KetteHash id;
    uint32_t node;
    SimTime since;
} SimTxOrigin;

/* A block with a name in the scenario. */
typedef struct {
    KetteBlock *block; /* NULL: not mined yet */
    KetteEntry entry;  /* of a written-out block: the place that it claims */
} SimNamed;

struct SimWorld {
    SimWorldConfig config;
    SimEngine *engine;
    SimNet *net;
    KetteHasher *hasher;
    KetteMint *mint;
    KetteStore *store; /* shared by nodes that know all upgrades; with isolate its genesis alone */
    /* By bits of known upgrades: the other shared ones; NULL where no node knows just these. */
    KetteStore *stores[1u << KETTE_UPGRADES_MAX];
    GPtrArray *own_stores; /* of single nodes, with isolate */
    char **slabs;          /* SIM_SLAB_HOSTS hosts each, every host followed by its node */
    uint32_t host_count;
    size_t host_stride;
    GArray *faults;   /* SimFault, by id - 1 */
    GArray *net_cuts; /* SimFaultId: cuts of the network in force */
    SimFaultNotes notes;
    GArray *parted;   /* bool by pair of edges: `partings` keeps it closed */
    GArray *partings; /* of parting.c */
    GPtrArray *wallets;
    GPtrArray *txs;
    GPtrArray *idle;            /* char *: label and reason of strategies that did nothing */
    GHashTable *active;         /* char *: labels of those that did something; look-up only */
    GArray *undoings;           /* SimUndoing */
    GPtrArray *named;           /* SimNamed */
    GPtrArray *loads;           /* SimLoad */
    GHashTable *load_origins;   /* SimTxOrigin by its id; look-up only; NULL without load */
    SimDistribution block_size; /* of charge.c, with declares_blocks */
    bool declares_blocks;
    uint64_t sent_by_kind[KETTE_MSG_COUNT];
    uint64_t *on_chain; /* by node: its blocks on the best chain, valid for that number of moves of
                           tips */
    guint64 on_chain_moves;
    /* the message delivered last: its receiver, the peer it came from, and the edge back */
    const SimHost *reached;
    uint32_t reached_by, way_back;
    uint32_t sieves;     /* eclipses in force + pools that hide blocks + strategies that filter */
    uint32_t validating; /* messages that wait to be checked */
    GArray *watchers;
    SimLedger ledger;
    uint8_t timer_handler, mining_handler, reconnect_handler, validated_handler;
    uint8_t crash_handler, start_handler, churn_handler, discovery_handler, load_handler,
        wake_handler, learn_handler, late_handler;
    GArray *dynamic;        /* bool by pair of edges: made by discovery, not in the topology */
    GHashTable *by_address; /* key of a name -> node + 1; look-up only; NULL without discovery */
    bool started, finished;
    SimOpinion *opinion; /* NULL unless nodes are compared with the model */
};

#define SIM_SLAB_HOSTS 64

static inline SimHost *
sim_world_host(const SimWorld *world, uint32_t node)
{
    sim_assert(node < world->host_count);
    return (SimHost *)(world->slabs[node / SIM_SLAB_HOSTS] +
                       node % SIM_SLAB_HOSTS * world->host_stride);
}

static inline bool
sim_host_is_away(const SimHost *host)
{
    return host->has_left || host->is_churned;
}

/* Returns the room for the host's node, behind the host. */
static inline void *
sim_host_node_room(SimHost *host)
{
    return host + 1;
}

void sim_world_tell(SimWorld *world, const SimFact *fact);

/* remote.c. Those of the first part do nothing where nodes run in this process. */
void sim_remote_start(SimHost *host);
void sim_remote_kill(SimHost *host, bool wipe);
void sim_remote_pause(SimHost *host, bool paused);
void sim_remote_set_clock(SimHost *host);
/* Returns whether the node takes orders: true where it runs in this process. */
bool sim_remote_answers(const SimHost *host);
/* Reads what a process that is down has saved into the host's log. */
void sim_remote_read_log(SimHost *host);
/* Notes the blocks that the log had and of which the process had no time to tell. */
void sim_remote_note_restored(SimHost *host);

/* For nodes that run elsewhere. */
/* Returns the door of a shadow: it notes as `door` does, and does nothing else. */
KetteHost sim_remote_door(SimHost *host, KetteHost door);
void sim_remote_tell_share(SimHost *host);
/* Returns a reference to the block that the node's process has made, or NULL with the verdict. */
KetteBlock *sim_remote_mine(SimHost *host, KetteVerdict *ret_verdict);
/* Offers a payment to the node, wherever it runs. */
KetteVerdict sim_host_submit(SimHost *host, KetteTx *tx);

/* host.c */
KetteHost sim_host_door(SimHost *host);
void sim_host_note(void *host, const KetteNote *note);
SimNetOps sim_host_net_ops(SimWorld *world);
/* look_ahead.c: SimNetOps.look_ahead */
void sim_world_look_ahead(void *user, SimLookedAt *messages, uint32_t count);
void sim_host_on_timer(void *world, const SimEvent *event);
void sim_host_on_validated(void *world, const SimEvent *event);
/* Makes the host's node, empty. */
void sim_host_new_node(SimHost *host, const KetteNodeConfig *config);
void sim_host_start_timer(SimHost *host, KetteTimer timer, SimTime at); /* must not be set */
void sim_host_stop_timer(SimHost *host, KetteTimer timer);
/* Sends a message to a peer; takes over the message. */
void sim_host_send(SimHost *host, uint32_t peer, KetteMessage *message);
/* The same as it leaves, past eclipses and strategies. */
void sim_host_send_over(SimHost *host, uint32_t edge, KetteMessage *message);
KetteKey *sim_world_key_of_name(SimWorld *world, const char *name);
KetteAddress sim_world_address_of_name(SimWorld *world, const char *name);
void sim_named_free(gpointer named);
/* Drops the messages that wait to be checked. */
void sim_host_drop_backlog(SimHost *host);
/* Returns the node's own clock: it drifts, and never goes back. */
SimTime sim_host_now(const SimHost *host);

/* connection.c; `edge` leaves the node that opens the connection */
bool sim_connection_allowed(const SimWorld *world, uint32_t edge);
bool sim_connection_is_dynamic(const SimWorld *world, uint32_t edge);
bool sim_connection_is_open(const SimWorld *world, uint32_t edge);
/* Tells the watchers that a connection has opened or closed. */
void sim_connection_tell(SimWorld *world, uint32_t edge, bool open);
void sim_connection_open(SimWorld *world, uint32_t edge);
void sim_connection_close(SimWorld *world, uint32_t edge);
void sim_connection_open_all(SimHost *host);
void sim_connection_close_all(SimHost *host);
void sim_connection_review(SimHost *host);
void sim_connection_review_edge(SimWorld *world, uint32_t edge);
void sim_connection_tell_late(SimHost *host);
void sim_connection_tell_gone(SimWorld *world, uint32_t edge);
uint32_t sim_world_add_edge(SimWorld *world, uint32_t a, uint32_t b);
void sim_connection_on_broken(void *world, uint32_t edge);
void sim_connection_on_retry(void *world, const SimEvent *event);

/* undo.c */
SimFaultId sim_fault_begin(SimWorld *world, SimFaultKind kind, uint32_t subject);
void sim_fault_set_touched(SimWorld *world, SimFaultId id, bool touched);
void sim_fault_end(SimWorld *world,
                   SimFaultId id); /* marks it as ended; the caller undoes its effect */
/* The same for a host, which has at most one fault of a kind; a new one ends the previous one. */
SimFaultId sim_host_begin_fault(SimHost *host, SimFaultKind kind);
void sim_host_end_fault(SimHost *host, SimFaultKind kind);
/* Adds a node to the next note. */
void sim_fault_note_node(SimWorld *world, uint32_t node);
void sim_fault_notes_init(SimFaultNotes *notes);
void sim_fault_notes_clear(SimFaultNotes *notes);

/* parting.c */
void sim_parting_end(SimWorld *world, SimFaultId cut);
void sim_parting_forget(SimWorld *world, uint32_t edge); /* nothing keeps it closed any more */
void sim_parting_end_join(SimWorld *world, SimFaultId id, uint32_t edge);

/* fault.c */
void sim_fault_end_crash(SimHost *host);
void sim_fault_end_leave(SimHost *host);
void sim_fault_end_churn(SimHost *host);
void sim_fault_save(SimHost *host, const uint8_t *record, size_t len);
void sim_fault_on_crash(void *world, const SimEvent *event);
void sim_fault_on_start(void *world, const SimEvent *event);
void sim_fault_on_churn(void *world, const SimEvent *event);

/* discovery.c */
void sim_discovery_start(SimWorld *world);
void sim_discovery_connect(void *host, const KettePeerAddress *address);
void sim_discovery_disconnect(void *host, uint32_t peer);
void sim_discovery_on_event(void *world, const SimEvent *event);
KettePeerAddress sim_discovery_address(const SimHost *host);

/* question.c */
void sim_question_refused(SimHost *host, const KetteHash *id, KetteVerdict verdict);

/* script.c */
void sim_script_connected(SimHost *host, uint32_t edge, bool outbound);
void sim_script_receive(SimHost *host, uint32_t edge, const KetteMessage *message);

/* eclipse.c */
bool sim_eclipse_admits(const SimHost *victim, uint32_t node);
void sim_eclipse_end(SimHost *victim);
/* Returns a reference to what may be sent instead of the message, or NULL if nothing may. */
KetteMessage *sim_eclipse_sieve(const SimHost *from, const SimHost *to, KetteMessage *message);
/* world.c */
/* Returns the store for a node that knows these upgrades: a shared one, or its own with isolate. */
KetteStore *sim_world_store_of(SimWorld *world, uint32_t knows);

/* agent.c */
void sim_agent_leave(SimHost *host);
bool sim_agent_hides_any(const SimHost *host);
/* Returns whether its pool hides the block. Members tell each other of it over no link. */
bool sim_agent_hides(const SimHost *host, const KetteHash *id);
void sim_agent_send_to_all(SimHost *host, const KetteBlock *block);
/* Returns the block on which its miner builds: the tip unless its strategy has chosen another. */
const KetteEntry *sim_agent_base(const SimHost *host);
bool sim_agent_rests(const SimHost *host); /* its strategy lets it build on none */
/* For hosts with an agent. on_own_block comes before the watchers are told, on_body after. */
void sim_agent_plan(SimHost *host, const KetteEntry *base, SimPlan *plan);
/* Lets the agent decide on a message, which it takes over. Returns what leaves now, or NULL. */
KetteMessage *sim_agent_let_out(SimHost *host, uint32_t edge, KetteMessage *message);
void sim_agent_on_own_block(SimHost *host, const KetteEntry *block);
void sim_agent_on_body(SimHost *host, const KetteEntry *entry, uint32_t block, bool is_own);
void sim_agent_on_tip(SimHost *host, const KetteEntry *tip);
/* Gives a node that is up again what the other members of its pool have, if it has one. */
void sim_agent_on_return(SimHost *host);
void sim_agent_on_wake(void *world, const SimEvent *event);
void sim_agent_on_learn(void *world, const SimEvent *event);

/* late.c */
/* Sends the message, which it takes over, after `delay` > 0. */
void sim_late_add(SimHost *host, uint32_t edge, KetteMessage *message, SimTime delay);
void sim_late_send(SimHost *host);                 /* what is due: after a pause */
void sim_late_close(SimHost *host, uint32_t edge); /* loses what would leave over the edge */
void sim_late_clear(SimHost *host);                /* loses all */
void sim_late_on_event(void *world, const SimEvent *event);

/* undoing.c: notes which transactions of the scenario a change of the node's tip has undone. */
void sim_undoing_note(SimHost *host, const KetteEntry *old_tip, const KetteEntry *fork,
                      const KetteEntry *new_tip);

/* load.c */
void sim_load_free(gpointer load);
void sim_load_start(SimWorld *world);
void sim_load_on_event(void *world, const SimEvent *event);

/* mining.c */
void sim_mining_on_event(void *world, const SimEvent *event);
/* Draws the time to the node's next block if it mines and has no draw for this difficulty. */
void sim_mining_arm(SimHost *host);
void sim_mining_stop(SimHost *host);
/* Gives up the block that it grinds with real proof of work: the next one is planned otherwise. */
void sim_mining_forget(SimHost *host);
/* Makes the host's next block and hands it to its node, which announces it. Returns a reference, or
 * NULL with the verdict. */
KetteBlock *sim_mining_make(SimHost *host, KetteVerdict *ret_verdict);

#endif
