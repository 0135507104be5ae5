/* Writes facts and messages as lines; see log.h. */
#include "sim/run/log.h"

#include "sim/io/text.h"

#include "sim/engine/assert.h"
#include "sim/world/observe.h"

#include <inttypes.h>
#include <string.h>

struct SimLog {
    SimLogOptions options;
    SimWorld *world;
};

static bool
is_listed(const char *const *names, const char *name)
{
    return g_strv_contains((const gchar *const *)names, name);
}

static bool
wants_node(const SimLog *log, uint32_t node)
{
    return log->options.nodes == NULL ||
           (node != SIM_NODE_NONE &&
            is_listed(log->options.nodes, sim_world_node_name(log->world, node)));
}

static const char *
node_name(const SimLog *log, uint32_t node)
{
    return node == SIM_NODE_NONE ? "-" : sim_world_node_name(log->world, node);
}

/* Writes the first digits in display order; the most significant byte is last in memory. */
static void
short_hash(char ret_text[IO_HASH_DIGITS + 1], const uint8_t *hash)
{
    for (int i = 0; i < IO_HASH_DIGITS; i++) {
        int byte = hash[31 - i / 2];

        snprintf(ret_text + i, 2, "%x", i % 2 == 0 ? byte >> 4 : byte & 15);
    }
}

/* Describes a fact. A hash starts with zeros only under real proof of work, so its first digits
 * tell blocks apart. */
static void
describe_fact(const SimLog *log, const SimFact *fact, char *ret_text, size_t size)
{
    char hash[IO_HASH_DIGITS + 1] = "";
    const char *from = node_name(log, fact->from);

    if (fact->hash != NULL)
        short_hash(hash, fact->hash);
    switch (fact->kind) {
    case SIM_FACT_WITHHELD:
    case SIM_FACT_RELEASED:
    case SIM_FACT_GIVEN_UP:
        snprintf(ret_text, size, "%s height %" PRIu64, hash,
                 sim_world_block_height(log->world, fact->block));
        break;
    case SIM_FACT_BLOCK:
        snprintf(ret_text, size, "%s height %" PRIu64 ", new", hash,
                 sim_world_block_height(log->world, fact->block));
        break;
    case SIM_FACT_TIP:
        if (fact->depth > 0)
            snprintf(ret_text, size, "%s height %" PRIu64 " (%u out)", hash,
                     sim_world_block_height(log->world, fact->block), fact->depth);
        else
            snprintf(ret_text, size, "%s height %" PRIu64, hash,
                     sim_world_block_height(log->world, fact->block));
        break;
    case SIM_FACT_VERDICT:
        snprintf(ret_text, size, "%s %s refused: %s, from %s", fact->is_tx ? "tx" : "block", hash,
                 fact->name, from);
        break;
    case SIM_FACT_FAULT:
        snprintf(ret_text, size, "%s", fact->name);
        break;
    case SIM_FACT_BANNED:
        snprintf(ret_text, size, "%s: %s", from, fact->name);
        break;
    case SIM_FACT_READY:
        snprintf(ret_text, size, "with %s", from);
        break;
    default:
        snprintf(ret_text, size, fact->from == SIM_NODE_NONE ? "%s" : "%s from %s", hash, from);
    }
}

static void
print_line(const SimLog *log, SimTime time, const char *node, const char *kind, const char *text)
{
    char at[SIM_TIME_TEXT];

    fprintf(log->options.out, "%18s  %-8s %-12s %s\n", sim_time_format(at, time), node, kind, text);
}

static void
on_fact(void *user, const SimFact *fact)
{
    const SimLog *log = user;
    const char *kind = sim_fact_kind_name(fact->kind);
    char text[256];

    if (log->options.kinds != NULL && !is_listed(log->options.kinds, kind))
        return;
    if (!wants_node(log, fact->node) && fact->kind != SIM_FACT_FAULT)
        return;
    describe_fact(log, fact, text, sizeof text);
    print_line(log, fact->time, node_name(log, fact->node), kind, text);
}

static void
on_message(void *user, const SimPacket *packet, SimFate fate)
{
    const SimLog *log = user;
    const char *kind = kette_message_kind_name(packet->kind);
    char text[256], sent[SIM_TIME_TEXT];

    if (log->options.kinds == NULL ||
        (!is_listed(log->options.kinds, "message") && !is_listed(log->options.kinds, kind)))
        return;
    if (!wants_node(log, packet->src) && !wants_node(log, packet->dst))
        return;
    snprintf(text, sizeof text, "to %s, %u bytes, sent %s, %s",
             sim_world_node_name(log->world, packet->dst), packet->bytes,
             sim_time_format(sent, packet->sent), sim_fate_name(fate));
    print_line(log, packet->due, sim_world_node_name(log->world, packet->src), kind, text);
}

char *
sim_log_kinds(void)
{
    GString *out = g_string_new("message");

    for (unsigned i = 0; i < SIM_FACT_KIND_COUNT; i++)
        g_string_append_printf(out, " %s", sim_fact_kind_name(i));
    for (unsigned i = 0; i < KETTE_MSG_COUNT; i++)
        g_string_append_printf(out, " %s", kette_message_kind_name(i));
    return g_string_free(out, FALSE);
}

const char *
sim_log_unknown_kind(const char *const *kinds)
{
    g_autofree char *all = sim_log_kinds();
    g_auto(GStrv) known = g_strsplit(all, " ", -1);

    for (; kinds != NULL && *kinds != NULL; kinds++) {
        if (!is_listed((const char *const *)known, *kinds))
            return *kinds;
    }
    return NULL;
}

SimLog *
sim_log_new(const SimLogOptions *options, SimWorld *world)
{
    SimLog *log = g_new0(SimLog, 1);
    const SimWatcher watcher = {.user = log, .fact = on_fact, .message = on_message};

    log->options = *options;
    log->world = world;
    sim_world_add_watcher(world, &watcher);
    return log;
}

void
sim_log_free(SimLog *log)
{
    g_free(log);
}
