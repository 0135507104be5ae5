/* Nodes on a made-up host: a few of them talk through a queue that the test delivers, drops or
 * delays by hand. Peer numbers are node numbers. */
#ifndef TESTS_CORE_NET_H
#define TESTS_CORE_NET_H

#include "core/node/node.h"
#include "tests/core/fixture.h"

#define NODES 3 /* unless a test asks for more */
#define NODES_MAX 8
#define SECOND INT64_C(1000000000)

typedef struct {
    uint32_t from, to;
    KetteMessage *message;
} Mail;

typedef struct Net Net;

typedef struct {
    Net *net;
    uint32_t index;
    KetteNode *node;
    KetteStore *store;
    int64_t timers[KETTE_TIMER_COUNT]; /* when due, 0: off */
    unsigned sent[KETTE_MSG_COUNT];
    uint32_t last_to[KETTE_MSG_COUNT]; /* who the last message of the kind went to */
    unsigned returned, refused, banned;
} Host;

/* What may differ; zeros are the defaults. */
typedef struct {
    bool ack;
    KetteRelay relay;
    KetteForkChoice choice;
    bool free_bits;
    bool trickle;  /* payments */
    bool ahead;    /* relay_before_check */
    uint32_t high; /* compact_high */
    uint32_t nodes, orphans;
    uint16_t headers;  /* headers_max */
    uint32_t min_work; /* of node 0, in blocks of the genesis bits */
    unsigned lose;     /* each how many-th message is lost; 0: none */
} NetOptions;

struct Net {
    Fixture f;
    uint32_t nodes;
    Host hosts[NODES_MAX];
    GArray *mail;
    int64_t now_ns;
    bool cut[NODES_MAX][NODES_MAX];
    int drop_kind; /* messages of this kind are lost; -1 none */
    unsigned lose, delivered;
    uint64_t draws; /* the state of what hosts draw, with `trickle`; else each draw is 4 */
};

void net_open(Net *net, const NetOptions *options);
void net_init_relay(Net *net, bool ack, KetteRelay relay);
void net_init(Net *net, bool ack);
/* The node begins anew on the store that blocks are built on: nothing is checked twice. */
void net_share_builder(Net *net, uint32_t node);
void net_clear(Net *net);
/* a opens a connection to b. */
void net_connect(Net *net, uint32_t a, uint32_t b);
void net_cut(Net *net, int a, int b, bool on);

/* Delivers the oldest mail; false when there is none. */
bool net_step(Net *net);
/* Delivers all mail, and what it causes, without time passing; audits every node. */
void net_settle(Net *net);
/* Lets time pass, firing timers and delivering mail at once. */
void net_pass(Net *net, int64_t duration_ns);

/* Of one kind, sent by all. */
unsigned net_sent(const Net *net, KetteMessageKind kind);
const KetteEntry *net_tip(const Net *net, int node);
bool net_same_tip(const Net *net, int a, int b);
void net_mine(Net *net, int node, unsigned count);
/* A block whole from one node to another, past the queue. */
void net_give(Net *net, uint32_t to, uint32_t from, KetteBlock *block);
/* An answer of node 1 to a question of node 0, with these headers. */
void net_answer_headers(Net *net, const KetteHeader *headers, uint16_t count);

/* The door of a node, for hosts that differ in one function. user: a Host. */
void net_host_send(void *user, uint32_t peer, KetteMessage *message);
void net_host_set_timer(void *user, KetteTimer timer, int64_t delay_ns);
void net_host_cancel_timer(void *user, KetteTimer timer);
uint64_t net_host_random(void *user);

#endif
