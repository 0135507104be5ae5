/* A net that logs: see world.h. */
#include "tests/net/world.h"
#include "tests/harness/harness.h"

static NetRow
row_of(const SimPacket *packet, SimFate fate)
{
    return (NetRow){packet->edge, packet->kind, packet->sent, packet->due, fate, packet->corrupt};
}

static void
on_deliver(void *user, const SimPacket *packet)
{
    NetWorld *w = user;
    NetRow row = row_of(packet, SIM_FATE_DELIVERED);

    CU_ASSERT_EQUAL(packet->due, sim_engine_now(w->engine));
    CU_ASSERT_EQUAL(packet->src, sim_net_edge_src(w->net, packet->edge));
    CU_ASSERT_EQUAL(packet->dst, sim_net_edge_dst(w->net, packet->edge));
    CU_ASSERT(packet->payload == &w->payloads);
    g_array_append_val(w->delivered, row);
}

static void
on_fate(void *user, const SimPacket *packet, SimFate fate)
{
    NetWorld *w = user;
    NetRow row = row_of(packet, fate);

    g_array_append_val(w->fates, row);
}

static void *
payload_ref(void *payload)
{
    ++*(int *)payload;
    return payload;
}

static void
payload_unref(void *payload)
{
    --*(int *)payload;
}

static bool
on_intact(void *user, const SimPacket *packet)
{
    CU_ASSERT(packet->corrupt != 0);
    return ((NetWorld *)user)->takes_corrupt;
}

/* Both directions are closed before either end is told. */
static void
on_broken(void *user, uint32_t edge)
{
    NetWorld *w = user;

    CU_ASSERT(!sim_net_edge_open(w->net, edge));
    CU_ASSERT(!sim_net_edge_open(w->net, edge ^ 1));
    g_array_append_val(w->broken, edge);
}

void
net_world_init(NetWorld *w, uint64_t seed, const char *names)
{
    SimNetOps ops = {
        .user = w,
        .deliver = on_deliver,
        .fate = on_fate,
        .payload_ref = payload_ref,
        .payload_unref = payload_unref,
        .intact = on_intact,
        .broken = on_broken,
    };

    w->engine = sim_engine_new(seed);
    w->net = sim_net_new(w->engine, seed, &ops);
    w->delivered = g_array_new(FALSE, FALSE, sizeof(NetRow));
    w->fates = g_array_new(FALSE, FALSE, sizeof(NetRow));
    w->broken = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    w->payloads = 0;
    w->takes_corrupt = false;
    for (const char *name = names; *name != '\0'; name++)
        sim_net_add_node(w->net, (char[]){*name, '\0'});
}

void
net_world_clear(NetWorld *w)
{
    g_autoptr(GString) report = g_string_new(NULL);

    CU_ASSERT(sim_net_books_balance(w->net, report));
    TEST_STR_EQUAL(report->str, "");
    sim_net_finish(w->net);
    CU_ASSERT(sim_net_books_balance(w->net, report));
    CU_ASSERT_EQUAL(w->payloads, 0);
    CU_ASSERT_EQUAL(w->fates->len, sim_net_sent(w->net));
    CU_ASSERT_EQUAL(w->delivered->len, sim_net_fate_count(w->net, SIM_FATE_DELIVERED));
    CU_ASSERT_EQUAL(sim_engine_pending(w->engine), 0);
    sim_net_free(w->net);
    sim_engine_free(w->engine);
    g_array_unref(w->delivered);
    g_array_unref(w->fates);
    g_array_unref(w->broken);
}

uint32_t
net_world_edge(NetWorld *w, uint32_t a, uint32_t b)
{
    return sim_net_add_edge(w->net, a, b);
}

void
net_world_send(NetWorld *w, uint32_t edge, uint8_t kind, uint32_t bytes)
{
    w->payloads++;
    sim_net_send(w->net, edge, kind, bytes, &w->payloads);
}

const NetRow *
net_world_delivered(const NetWorld *w, guint i)
{
    CU_ASSERT_FATAL(i < w->delivered->len);
    return &g_array_index(w->delivered, NetRow, i);
}

const NetRow *
net_world_fate(const NetWorld *w, guint i)
{
    CU_ASSERT_FATAL(i < w->fates->len);
    return &g_array_index(w->fates, NetRow, i);
}

char *
net_world_kinds(const NetWorld *w)
{
    GString *kinds = g_string_new(NULL);

    for (guint i = 0; i < w->delivered->len; i++)
        g_string_append_printf(kinds, "%u ", g_array_index(w->delivered, NetRow, i).kind);
    return g_string_free(kinds, FALSE);
}

void
net_world_run(NetWorld *w, SimTime until)
{
    if (sim_engine_run(w->engine, until, 0) == SIM_RUN_IDLE)
        sim_engine_advance(w->engine, until);
}
