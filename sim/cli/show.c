/* Prints a moment, and the life of a block, for people; see show.h. */
#include "sim/cli/show.h"

#include "sim/io/text.h"
#include "sim/cli/terminal.h"

#include <inttypes.h>
#include <string.h>

#define MESSAGES_SHOWN 20
#define NODES_SHOWN 24
#define TXS_SHOWN 40
#define BLOCKS_SHOWN 20

static void
heading(const Show *show, const char *text)
{
    bool colour = terminal_has_colour(show->out);

    fprintf(show->out, "\n%s%s%s\n", colour ? "\033[1m" : "", text, colour ? "\033[0m" : "");
}

static const char *
name_of(const Show *show, uint32_t node)
{
    return sim_trace_reader_node_name(show->reader, node);
}

static bool
is_node_wanted(const Show *show, uint32_t node)
{
    return show->node == UINT32_MAX || show->node == node;
}

static bool
has(const Show *show, SimEventKind kind)
{
    return sim_event_kind_traced(kind, sim_trace_reader_head(show->reader)->level);
}

/* --- a moment ----------------------------------------------------------------------------- */

/* Prints the nodes at which a fault still is, unless that is all of them. */
static void
print_rest_of_fault(const Show *show, uint32_t fault, SimTime at)
{
    g_autoptr(GArray) nodes = sim_moment_fault_nodes(show->reader, fault, at);

    if (nodes->len == sim_trace_reader_fault(show->reader, fault)->node_count)
        return;
    fputs("; still at", show->out);
    for (guint i = 0; i < MIN(nodes->len, NODES_SHOWN); i++)
        fprintf(show->out, " %s",
                sim_trace_reader_node_name(show->reader, g_array_index(nodes, uint32_t, i)));
    if (nodes->len > NODES_SHOWN)
        fprintf(show->out, " and %u more", nodes->len - NODES_SHOWN);
}

static void
print_faults(const Show *show, const SimMoment *moment)
{
    char since[SIM_TIME_TEXT];

    heading(show, "Faults in force");
    if (moment->faults->len == 0)
        fputs("  none\n", show->out);
    for (guint i = 0; i < moment->faults->len; i++) {
        uint32_t index = g_array_index(moment->faults, uint32_t, i);
        const SimTraceFault *fault = sim_trace_reader_fault(show->reader, index);
        g_autofree char *text = io_printable(fault->text);

        fprintf(show->out, "  %s  (since %s", text, sim_time_format(since, fault->time));
        print_rest_of_fault(show, index, moment->at);
        fputs(")\n", show->out);
    }
}

static void
print_tips(const Show *show, const SimMoment *moment)
{
    uint32_t shown = 0, count = 0;

    heading(show, "Tips");
    for (uint32_t node = 0; node < moment->tips->len; node++) {
        g_autofree char *block = NULL;

        if (!is_node_wanted(show, node) || ++count > NODES_SHOWN)
            continue;
        block = sim_trace_block_text(show->reader, g_array_index(moment->tips, uint32_t, node));
        fprintf(show->out, "  %-8s %s\n", name_of(show, node), block);
        shown++;
    }
    if (count > shown)
        fprintf(show->out, "  … and %u more (the tree has them all)\n", count - shown);
}

static void
print_messages(const Show *show, const SimMoment *moment)
{
    char sent[SIM_TIME_TEXT], due[SIM_TIME_TEXT];
    guint count = 0;

    heading(show, "Messages in flight");
    if (!has(show, SIM_EVENT_MESSAGE)) {
        fputs("  unknown: only traces of level full have messages\n", show->out);
        return;
    }
    for (guint i = 0; i < moment->messages->len; i++) {
        const SimMomentMessage *message = g_ptr_array_index(moment->messages, i);
        g_autofree char *kind = NULL;
        g_autofree char *fate = NULL;

        if ((!is_node_wanted(show, message->src) && !is_node_wanted(show, message->dst)) ||
            ++count > MESSAGES_SHOWN)
            continue;
        kind = io_printable(message->kind);
        fate = io_printable(message->fate);
        fprintf(show->out, "  %s -> %s  %s, %" PRId64 " bytes, sent %s, due %s: %s\n",
                name_of(show, message->src), name_of(show, message->dst), kind, message->bytes,
                sim_time_format(sent, message->sent_ns), sim_time_format(due, message->due_ns),
                fate);
    }
    if (count == 0)
        fputs("  none\n", show->out);
    if (count > MESSAGES_SHOWN)
        fprintf(show->out, "  … and %u more\n", count - MESSAGES_SHOWN);
}

/* Prints each transaction on a line, with the nodes that have it. */
static void
print_tx(const Show *show, const SimMoment *moment, uint32_t tx)
{
    const SimTraceTx *t = sim_trace_reader_tx(show->reader, tx);
    guint count = 0;

    fprintf(show->out, "  %-12.*s", t->name ? 12 : IO_HASH_DIGITS, t->name ? t->name : t->hash);
    for (guint i = 0; i < moment->txs->len; i++) {
        const SimMomentTx *held = &g_array_index(moment->txs, SimMomentTx, i);

        if (held->tx != tx || !is_node_wanted(show, held->node))
            continue;
        if (++count <= NODES_SHOWN)
            fprintf(show->out, " %s%s", name_of(show, held->node), held->returned ? "*" : "");
    }
    if (count > NODES_SHOWN)
        fprintf(show->out, " and %u more", count - NODES_SHOWN);
    fputs("\n", show->out);
}

static void
print_txs(const Show *show, const SimMoment *moment)
{
    g_autofree bool *told = g_new0(bool, sim_trace_reader_tx_count(show->reader) + 1);
    guint count = 0;

    heading(show, "Mempools");
    for (guint i = 0; i < moment->txs->len; i++) {
        const SimMomentTx *held = &g_array_index(moment->txs, SimMomentTx, i);

        if (told[held->tx] || !is_node_wanted(show, held->node))
            continue;
        told[held->tx] = true;
        if (++count <= TXS_SHOWN)
            print_tx(show, moment, held->tx);
    }
    if (count > TXS_SHOWN)
        fprintf(show->out, "  … and %u more\n", count - TXS_SHOWN);
    if (!has(show, SIM_EVENT_TX))
        fputs("  unknown: traces of level summary do not tell\n", show->out);
    else
        fputs(count == 0 ? "  none\n" : "  (* returned by a lost branch)\n", show->out);
}

void
show_moment(const Show *show, const SimMoment *moment)
{
    const SimTraceHead *head = sim_trace_reader_head(show->reader);
    g_autofree char *title = io_printable(head->title);
    char at[SIM_TIME_TEXT], end[SIM_TIME_TEXT];

    fprintf(show->out, "%s\n  at %s of %s, seed %" PRIu64 "%s%s\n", title,
            sim_time_format(at, moment->at), sim_time_format(end, head->end_ns), head->seed,
            show->node == UINT32_MAX ? "" : ", node ",
            show->node == UINT32_MAX ? "" : name_of(show, show->node));
    print_faults(show, moment);
    heading(show, "Blocks");
    if (has(show, SIM_EVENT_TIP))
        show_tree(show, moment);
    else
        fputs("  who is where is unknown: traces of level summary do not tell\n", show->out);
    if (has(show, SIM_EVENT_TIP))
        print_tips(show, moment);
    print_messages(show, moment);
    print_txs(show, moment);
}

/* --- a block's life ----------------------------------------------------------------------- */

static char *
step_text(const Show *show, const SimLifeStep *step)
{
    const char *from = step->from != UINT32_MAX ? name_of(show, step->from) : NULL;
    g_autofree char *tip =
        step->tip != UINT32_MAX ? sim_trace_block_text(show->reader, step->tip) : NULL;

    if (strcmp(step->what, "found") == 0)
        return g_strdup(step->node == UINT32_MAX ? "found by no node" : "found");
    if (strcmp(step->what, "header") == 0)
        return g_strdup("has its header");
    if (strcmp(step->what, "body") == 0)
        return g_strconcat("has it", from ? " from " : "", from, NULL);
    if (strcmp(step->what, "active") == 0)
        return g_strconcat("takes it into its chain, tip ", tip, NULL);
    if (strcmp(step->what, "out") == 0)
        return g_strconcat("takes it out for ", tip, NULL);
    if (strcmp(step->what, "accepted") == 0)
        return g_strconcat("takes it in", from ? " from " : "", from, NULL);
    if (strcmp(step->what, "returned") == 0)
        return g_strdup("takes it back from a branch that lost");
    if (strcmp(step->what, "dropped") == 0)
        return g_strdup("drops it");
    if (strcmp(step->what, "lost") == 0)
        return g_strdup("loses it in a crash");
    if (strcmp(step->what, "withheld") == 0)
        return g_strdup("keeps it secret");
    if (strcmp(step->what, "released") == 0)
        return g_strdup("shows it to others");
    if (strcmp(step->what, "given-up") == 0)
        return g_strdup("gives it up, without showing it");
    if (strcmp(step->what, "undone") == 0)
        return g_strdup_printf("has it in no block any more; it had %" PRId64 " confirmations",
                               step->confirmations);
    return g_strconcat("refuses it: ", step->detail, from ? ", from " : "", from, NULL);
}

static void
print_steps(const Show *show, const GPtrArray *steps)
{
    char at[SIM_TIME_TEXT];

    fputs("\n", show->out);
    for (guint i = 0; i < steps->len; i++) {
        const SimLifeStep *step = g_ptr_array_index(steps, i);
        g_autofree char *text = NULL;
        g_autofree char *printable = NULL;

        if (step->node != UINT32_MAX && !is_node_wanted(show, step->node))
            continue;
        text = step_text(show, step);
        printable = io_printable(text);
        fprintf(show->out, "  %-16s %-8s %s\n", sim_time_format(at, step->time),
                step->node == UINT32_MAX ? "" : name_of(show, step->node), printable);
    }
}

static void
print_block_txs(const Show *show, uint32_t block)
{
    const uint32_t *txs = sim_trace_reader_block_txs(show->reader, block);
    uint32_t count = sim_trace_reader_block(show->reader, block)->tx_count;

    for (uint32_t i = 0; i < MIN(count, TXS_SHOWN); i++) {
        const SimTraceTx *tx = sim_trace_reader_tx(show->reader, txs[i]);

        fprintf(show->out, "  has %.*s%s%s\n", IO_HASH_DIGITS, tx->hash, tx->name ? " " : "",
                tx->name ? tx->name : "");
    }
    if (count > TXS_SHOWN)
        fprintf(show->out, "  … and %u more\n", count - TXS_SHOWN);
}

void
show_life(const Show *show, uint32_t block, const GPtrArray *steps)
{
    const SimTraceBlock *b = sim_trace_reader_block(show->reader, block);
    g_autofree char *parent =
        b->parent != UINT32_MAX ? sim_trace_block_text(show->reader, b->parent) : NULL;

    fprintf(show->out, "block %s%s%s\n  height %u, %u transactions, %s at the end\n", b->hash,
            b->name ? ", " : "", b->name ? b->name : "", b->height, b->tx_count,
            b->active ? "active" : "not active");
    if (parent != NULL)
        fprintf(show->out, "  on %s\n", parent);
    print_block_txs(show, block);
    print_steps(show, steps);
}

void
show_tx_life(const Show *show, uint32_t tx, const GPtrArray *steps)
{
    const SimTraceTx *t = sim_trace_reader_tx(show->reader, tx);
    g_autoptr(GArray) blocks = sim_tx_blocks(show->reader, tx);

    fprintf(show->out, "transaction %s%s%s\n", t->hash, t->name ? ", " : "",
            t->name ? t->name : "");
    for (guint i = 0; i < MIN(blocks->len, BLOCKS_SHOWN); i++) {
        uint32_t block = g_array_index(blocks, uint32_t, i);
        g_autofree char *text = sim_trace_block_text(show->reader, block);

        fprintf(show->out, "  in block %s, %s at the end\n", text,
                sim_trace_reader_block(show->reader, block)->active ? "active" : "not active");
    }
    if (blocks->len > BLOCKS_SHOWN)
        fprintf(show->out, "  … and %u more\n", blocks->len - BLOCKS_SHOWN);
    if (blocks->len == 0)
        fputs("  in no block\n", show->out);
    if (has(show, SIM_EVENT_TX))
        print_steps(show, steps);
    else
        fputs("\n  its way is unknown: traces of level summary do not tell\n", show->out);
}
