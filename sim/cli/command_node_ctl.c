/* kettensim node-ctl: asks or orders a node of `kettensim node` through its control socket. */
#include "sim/cli/command.h"

#include "sim/io/text.h"
#include "sim/live/client.h"

#include <stdio.h>
#include <string.h>

#define usage(...) command_usage("node-ctl", __VA_ARGS__)

/* A word, the members of its request that its arguments fill, and how many it needs. */
typedef struct {
    const char *word, *usage, *text;
    const char *first, *second; /* members; NULL: no such argument */
    bool is_number;             /* of the first */
    int least;                  /* arguments */
} Order;

static const Order orders[] = {
    {"status", "status", "where the node stands, and what it has sent", NULL, NULL, false, 0},
    {"peers", "peers", "its connections", NULL, NULL, false, 0},
    {"mine", "mine [N]", "make N blocks (default: 1) on its tip", "count", NULL, true, 0},
    {"submit", "submit NAME", "offer it a transaction of the scenario", "name", NULL, false, 1},
    {"submit-raw", "submit-raw HEX", "offer it a transaction of 288 hex digits", "tx", NULL, false,
     1},
    {"connect", "connect ADDR:PORT", "keep a connection open", "address", NULL, false, 1},
    {"disconnect", "disconnect ADDR:PORT", "end that", "address", NULL, false, 1},
    {"hand", "hand WORD BLOCK", "invalidate, reconsider, unpark or checkpoint a block, or tip",
     "hand", "block", false, 2},
    {"watch", "watch", "print what happens, a line each, until Ctrl-C", NULL, NULL, false, 0},
    {"stop", "stop", "end the node", NULL, NULL, false, 0},
};

static char *
describe_orders(void)
{
    GString *out = g_string_new("Words:\n");

    for (unsigned i = 0; i < G_N_ELEMENTS(orders); i++)
        g_string_append_printf(out, "  %-22s %s\n", orders[i].usage, orders[i].text);
    g_string_append(out,
                    "\nAn answer is one line of JSON.\n\n"
                    "Examples:\n"
                    "  kettensim node-ctl /tmp/alice status\n"
                    "  kettensim node-ctl /tmp/alice submit payment\n\n"
                    "Exit status: 0 done; 1 refused by the chain's rules; 2 usage error, or no "
                    "node\nruns there.\n");
    return g_string_free(out, FALSE);
}

static const Order *
find_order(const char *word)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(orders); i++) {
        if (strcmp(orders[i].word, word) == 0)
            return &orders[i];
    }
    return NULL;
}

static void
add_argument(JsonBuilder *out, const char *member, const char *text, bool is_number)
{
    gint64 number;

    json_builder_set_member_name(out, member);
    if (is_number && g_ascii_string_to_signed(text, 10, 0, G_MAXINT32, &number, NULL))
        json_builder_add_int_value(out, number);
    else
        json_builder_add_string_value(out, text);
}

static char *
request_of(const Order *order, int argc, char **argv)
{
    g_autoptr(JsonBuilder) out = json_builder_new();
    g_autoptr(JsonNode) root = NULL;

    json_builder_begin_object(out);
    json_builder_set_member_name(out, "do");
    json_builder_add_string_value(out,
                                  g_str_has_prefix(order->word, "submit") ? "submit" : order->word);
    if (argc > 0 && order->first != NULL)
        add_argument(out, order->first, argv[0], order->is_number);
    if (argc > 1 && order->second != NULL)
        add_argument(out, order->second, argv[1], false);
    json_builder_end_object(out);
    root = json_builder_get_root(out);
    return json_to_string(root, FALSE);
}

static void
on_event(void *user, JsonObject *event, const char *line)
{
    (void)user, (void)event;
    io_print(stdout, "%s\n", line);
    (void)fflush(stdout);
}

static bool
is_refused(JsonObject *answer)
{
    return json_object_has_member(answer, "verdict") &&
           strcmp(json_object_get_string_member(answer, "verdict"), "ok") != 0;
}

static int
carry_out(const char *folder, const Order *order, int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LiveClient) client = live_client_open(folder, &error);
    g_autofree char *request = request_of(order, argc, argv);
    g_autofree char *line = NULL;
    g_autoptr(JsonObject) answer = NULL;

    if (client == NULL)
        return usage("%s", error->message);
    live_client_on_event(client, on_event, NULL);
    answer = live_client_ask(client, request, &line, &error);
    if (answer == NULL)
        return usage("%s", error->message);
    if (strcmp(order->word, "watch") != 0) {
        io_print(stdout, "%s\n", line);
        return is_refused(answer) ? 1 : 0;
    }
    while (live_client_wait(client, &error))
        continue;
    return 0; /* the node has ended */
}

int
command_node_ctl(int argc, char **argv)
{
    g_autoptr(GOptionContext) context = g_option_context_new("DIR WORD [ARGUMENT…]");
    g_autofree char *description = describe_orders();
    const Order *order;
    int most;

    g_option_context_set_summary(context, "Asks or orders a node of 'kettensim node'.");
    g_option_context_set_description(context, description);
    if (!command_parse("node-ctl", context, &argc, &argv))
        return EXIT_USAGE;
    if (argc < 3)
        return usage("a folder and a word are needed, as in 'node-ctl DIR status'");
    order = find_order(argv[2]);
    if (order == NULL)
        return usage("no word '%s': 'kettensim node-ctl --help' lists them", argv[2]);
    most = order->second != NULL ? 2 : order->first != NULL ? 1 : 0;
    if (argc - 3 < order->least || argc - 3 > most)
        return usage("write 'node-ctl DIR %s'", order->usage);
    return command_flush("node-ctl", carry_out(argv[1], order, argc - 3, argv + 3));
}
