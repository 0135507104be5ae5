/* Nodes on a made-up host; see net.h. */
#include "tests/core/net.h"

#include "tests/harness/harness.h"

void
net_host_send(void *user, uint32_t peer, KetteMessage *message)
{
    Host *host = user;
    Mail mail = {host->index, peer, message};

    host->sent[message->kind]++;
    host->last_to[message->kind] = peer;
    g_array_append_val(host->net->mail, mail);
}

void
net_host_set_timer(void *user, KetteTimer timer, int64_t delay_ns)
{
    Host *host = user;

    CU_ASSERT_TRUE(delay_ns > 0);
    host->timers[timer] = host->net->now_ns + delay_ns;
}

void
net_host_cancel_timer(void *user, KetteTimer timer)
{
    ((Host *)user)->timers[timer] = 0;
}

uint64_t
net_host_random(void *user)
{
    (void)user;
    return 4;
}

/* Knuth's MMIX generator, its upper half first. */
static uint64_t
draw(void *user)
{
    Net *net = ((Host *)user)->net;

    net->draws = net->draws * UINT64_C(6364136223846793005) + 1;
    return net->draws << 32 | net->draws >> 32;
}

static void
net_host_note(void *user, const KetteNote *note)
{
    Host *host = user;

    host->returned += note->kind == KETTE_NOTE_TX_RETURNED;
    host->refused += note->kind == KETTE_NOTE_REFUSED;
    host->banned += note->kind == KETTE_NOTE_BANNED;
}

static KetteU256
work_of_blocks(const Fixture *f, uint32_t count)
{
    KetteU256 work = kette_work_of_bits(f->params.genesis_bits);

    CU_ASSERT_FALSE(kette_u256_mul_u64(&work, &work, count));
    return work;
}

/* Puts a new node on the host. */
static void
start(Host *host, KetteStore *store, const NetOptions *options)
{
    const KetteHost door = {.user = host,
                            .send = net_host_send,
                            .set_timer = net_host_set_timer,
                            .cancel_timer = net_host_cancel_timer,
                            .random = options->trickle ? draw : net_host_random,
                            .note = net_host_note};
    KetteNodeConfig config;

    kette_node_config_init(&config);
    config.ack = options->ack;
    config.relay = options->relay;
    config.relay_before_check = options->ahead;
    config.compact_high = options->high;
    config.tx_relay = options->trickle ? KETTE_TX_RELAY_TRICKLE : KETTE_TX_RELAY_AT_ONCE;
    if (options->orphans != 0)
        config.orphan_limit = options->orphans;
    if (options->headers != 0)
        config.headers_max = options->headers;
    if (host->index == 0)
        config.min_work = work_of_blocks(&host->net->f, options->min_work);
    config.miner.b[0] = (uint8_t)(host->index + 1);
    host->node = kette_node_new(store, &config, &door);
    kette_node_start(host->node, host->net->now_ns);
}

void
net_share_builder(Net *net, uint32_t node)
{
    kette_node_free(net->hosts[node].node);
    start(&net->hosts[node], net->f.builder, &(NetOptions){.ack = true});
}

/* Peer numbers are node numbers here. */
void
net_open(Net *net, const NetOptions *options)
{
    memset(net, 0, sizeof *net);
    net->nodes = options->nodes ? options->nodes : NODES;
    net->lose = options->lose;
    fixture_init(&net->f);
    net->f.params.fork_choice = options->choice;
    net->f.params.free_bits = options->free_bits;
    net->mail = g_array_new(FALSE, FALSE, sizeof(Mail));
    net->drop_kind = -1;
    for (uint32_t i = 0; i < net->nodes; i++) {
        Host *host = &net->hosts[i];

        *host = (Host){.net = net, .index = i, .store = fixture_store(&net->f)};
        start(host, host->store, options);
    }
}

void
net_init_relay(Net *net, bool ack, KetteRelay relay)
{
    net_open(net, &(NetOptions){.ack = ack, .relay = relay});
}

void
net_init(Net *net, bool ack)
{
    net_init_relay(net, ack, KETTE_RELAY_FLOOD);
}

void
net_clear(Net *net)
{
    for (guint i = 0; i < net->mail->len; i++)
        kette_message_unref(g_array_index(net->mail, Mail, i).message);
    g_array_unref(net->mail);
    for (int i = 0; i < (int)net->nodes; i++) {
        kette_node_free(net->hosts[i].node);
        kette_store_free(net->hosts[i].store);
    }
    fixture_clear(&net->f);
}

void
net_connect(Net *net, uint32_t a, uint32_t b)
{
    kette_node_add_peer(net->hosts[b].node, a, false, net->now_ns);
    kette_node_add_peer(net->hosts[a].node, b, true, net->now_ns);
}

static void
audit_all(Net *net)
{
    for (int i = 0; i < (int)net->nodes; i++) {
        const char *wrong = kette_node_audit(net->hosts[i].node);

        TEST_STR_EQUAL(wrong ? wrong : "ok", "ok");
    }
}

bool
net_step(Net *net)
{
    Mail mail;

    if (net->mail->len == 0)
        return false;
    mail = g_array_index(net->mail, Mail, 0);
    g_array_remove_index(net->mail, 0);
    if (!(net->lose != 0 && ++net->delivered % net->lose == 0) && !net->cut[mail.from][mail.to] &&
        (int)mail.message->kind != net->drop_kind)
        kette_node_receive(net->hosts[mail.to].node, mail.from, mail.message, net->now_ns);
    kette_message_unref(mail.message);
    return true;
}

void
net_settle(Net *net)
{
    for (unsigned steps = 0; net_step(net); steps++)
        CU_ASSERT_FATAL(steps < 10000); /* mail that makes mail without end */
    audit_all(net);
}

/* Lets time pass, firing timers and delivering mail at once. */
void
net_pass(Net *net, int64_t duration_ns)
{
    int64_t end = net->now_ns + duration_ns;

    for (;;) {
        Host *next = NULL;
        int timer = 0;

        for (int i = 0; i < (int)net->nodes; i++) {
            for (int t = 0; t < KETTE_TIMER_COUNT; t++) {
                int64_t due = net->hosts[i].timers[t];

                if (due != 0 && due <= end && (next == NULL || due < next->timers[timer])) {
                    next = &net->hosts[i];
                    timer = t;
                }
            }
        }
        if (next == NULL)
            break;
        net->now_ns = next->timers[timer];
        next->timers[timer] = 0;
        kette_node_timer(next->node, (KetteTimer)timer, net->now_ns);
        net_settle(net);
    }
    net->now_ns = end;
}

unsigned
net_sent(const Net *net, KetteMessageKind kind)
{
    unsigned sent = 0;

    for (uint32_t i = 0; i < net->nodes; i++)
        sent += net->hosts[i].sent[kind];
    return sent;
}

const KetteEntry *
net_tip(const Net *net, int node)
{
    return kette_chain_tip(kette_node_chain(net->hosts[node].node));
}

bool
net_same_tip(const Net *net, int a, int b)
{
    return kette_hash_equal(&net_tip(net, a)->id, &net_tip(net, b)->id);
}

void
net_mine(Net *net, int node, unsigned count)
{
    KetteVerdict verdict;

    for (unsigned i = 0; i < count; i++)
        kette_block_unref(
            kette_node_mine_pending_transactions(net->hosts[node].node, &verdict, net->now_ns));
}

void
net_cut(Net *net, int a, int b, bool on)
{
    net->cut[a][b] = net->cut[b][a] = on;
}

void
net_give(Net *net, uint32_t to, uint32_t from, KetteBlock *block)
{
    g_autoptr(KetteMessage) message = kette_message_block(block);

    kette_node_receive(net->hosts[to].node, from, message, net->now_ns);
}

/* An answer to a question of node 0, with these headers. */
void
net_answer_headers(Net *net, const KetteHeader *headers, uint16_t count)
{
    g_autoptr(KetteMessage) message = kette_message_response_chain(headers, count);

    kette_node_request_chain_sync(net->hosts[0].node, 1, net->now_ns);
    kette_node_receive(net->hosts[0].node, 1, message, net->now_ns);
}
