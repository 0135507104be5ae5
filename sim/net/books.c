/* Counts every message and its fate by link class, in debug builds by edge too. */
#include "sim/net/net_private.h"

#include "sim/engine/assert.h"

#include <inttypes.h>

const char *
sim_fate_name(SimFate fate)
{
    static const char *const names[SIM_FATE_COUNT] = {
        [SIM_FATE_DELIVERED] = "delivered", [SIM_FATE_LOSS] = "loss",
        [SIM_FATE_QUEUE] = "queue",         [SIM_FATE_CUT] = "cut",
        [SIM_FATE_DOWN] = "down",           [SIM_FATE_CLOSED] = "closed",
        [SIM_FATE_IN_FLIGHT] = "in-flight", [SIM_FATE_CHECKSUM] = "checksum",
    };

    sim_assert(fate < SIM_FATE_COUNT);
    return names[fate];
}

/* -- entries -------------------------------------------------------------------------------- */

#if SIM_NET_EDGE_BOOKS
SimEdgeBook *
sim_net_edge_book(SimNet *net, uint32_t edge)
{
    if (net->edge_books == NULL)
        net->edge_books = g_array_new(FALSE, TRUE, sizeof(SimEdgeBook));
    if (net->edge_books->len <= edge)
        g_array_set_size(net->edge_books, net->edge_count);
    return &g_array_index(net->edge_books, SimEdgeBook, edge);
}
#endif

/* -- sums ----------------------------------------------------------------------------------- */

uint64_t
sim_net_class_sent(const SimNet *net, uint32_t klass)
{
    sim_assert(klass < net->classes->len);
    return sim_net_class(net, klass)->sent;
}

uint64_t
sim_net_class_fate_count(const SimNet *net, uint32_t klass, SimFate fate)
{
    sim_assert(klass < net->classes->len);
    sim_assert(fate < SIM_FATE_COUNT);
    return sim_net_class(net, klass)->fates[fate];
}

uint64_t
sim_net_sent(const SimNet *net)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < net->classes->len; i++)
        sum += sim_net_class_sent(net, i);
    return sum;
}

uint64_t
sim_net_fate_count(const SimNet *net, SimFate fate)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < net->classes->len; i++)
        sum += sim_net_class_fate_count(net, i, fate);
    return sum;
}

/* -- balance -------------------------------------------------------------------------------- */

typedef struct {
    const SimNet *net;
    uint64_t *by_class;
    uint64_t *by_edge; /* NULL: not wanted */
} Counting;

static void
count_message(void *user, const SimEvent *event)
{
    Counting *counting = user;

    counting->by_class[sim_message_class(event)]++;
    if (counting->by_edge != NULL)
        counting->by_edge[sim_message_edge(event)]++;
}

static void
count_pending(void *user, const SimEvent *event)
{
    if (event->handler == ((Counting *)user)->net->handler)
        count_message(user, event);
}

static bool
class_balances(const SimNet *net, GString *ret_report, uint32_t klass, uint64_t in_flight)
{
    const SimLinkClass *book = sim_net_class(net, klass);
    uint64_t sum = in_flight;

    for (int fate = 0; fate < SIM_FATE_COUNT; fate++)
        sum += book->fates[fate];
    if (sum == book->sent)
        return true;
    if (ret_report == NULL)
        return false;
    g_string_append_printf(ret_report,
                           "link class %u: sent %" PRIu64 ", accounted for %" PRIu64 ":", klass,
                           book->sent, sum);
    for (int fate = 0; fate < SIM_FATE_COUNT; fate++)
        g_string_append_printf(ret_report, " %s %" PRIu64 ",", sim_fate_name((SimFate)fate),
                               book->fates[fate]);
    g_string_append_printf(ret_report, " pending %" PRIu64 "\n", in_flight);
    return false;
}

#if SIM_NET_EDGE_BOOKS
static bool
edges_balance(const SimNet *net, GString *ret_report, const uint64_t *in_flight)
{
    bool balances = true;

    for (uint32_t i = 0; net->edge_books != NULL && i < net->edge_books->len; i++) {
        const SimEdgeBook *book = &g_array_index(net->edge_books, SimEdgeBook, i);

        if (book->settled + in_flight[i] == book->sent)
            continue;
        balances = false;
        if (ret_report != NULL)
            g_string_append_printf(ret_report,
                                   "edge %s -> %s: sent %" PRIu64 ", accounted for %" PRIu64 "\n",
                                   sim_net_node_name(net, sim_net_edge_src(net, i)),
                                   sim_net_node_name(net, sim_net_edge_dst(net, i)), book->sent,
                                   book->settled + in_flight[i]);
    }
    return balances;
}
#endif

bool
sim_net_books_balance(const SimNet *net, GString *ret_report)
{
    g_autofree uint64_t *by_class = g_new0(uint64_t, net->classes->len);
    g_autofree uint64_t *by_edge =
        SIM_NET_EDGE_BOOKS ? g_new0(uint64_t, (size_t)net->edge_count + 1) : NULL;
    Counting counting = {net, by_class, by_edge};
    bool balances = true;

    sim_engine_foreach_pending(net->engine, count_pending, &counting);
    sim_net_foreach_in_line(net, count_message, &counting);
    sim_net_foreach_waiting(net, count_message, &counting);
    for (uint32_t i = 0; i < net->classes->len; i++)
        balances &= class_balances(net, ret_report, i, by_class[i]);
#if SIM_NET_EDGE_BOOKS
    balances &= edges_balance(net, ret_report, by_edge);
#endif
    return balances;
}
