/* Prints a moment, and the life of a block, as JSON; see show.h. */
#include "sim/cli/show.h"
#include "sim/io/json.h"

static void
member_node(JsonBuilder *builder, const char *name, const Show *show, uint32_t node)
{
    io_json_member_text(builder, name,
                        node == UINT32_MAX ? NULL : sim_trace_reader_node_name(show->reader, node));
}

static void
member_block(JsonBuilder *builder, const char *name, const Show *show, uint32_t block)
{
    io_json_member_text(builder, name,
                        block == UINT32_MAX ? NULL
                                            : sim_trace_reader_block(show->reader, block)->hash);
}

static bool
is_node_wanted(const Show *show, uint32_t node)
{
    return show->node == UINT32_MAX || show->node == node;
}

/* --- a moment ----------------------------------------------------------------------------- */

static void
json_faults(JsonBuilder *builder, const Show *show, const SimMoment *moment)
{
    io_json_member_array(builder, "faults");
    for (guint i = 0; i < moment->faults->len; i++) {
        uint32_t index = g_array_index(moment->faults, uint32_t, i);
        const SimTraceFault *fault = sim_trace_reader_fault(show->reader, index);
        g_autoptr(GArray) nodes = sim_moment_fault_nodes(show->reader, index, moment->at);

        json_builder_begin_object(builder);
        io_json_member_int(builder, "since_ns", fault->time);
        io_json_member_text(builder, "kind", fault->kind);
        io_json_member_text(builder, "text", fault->text);
        io_json_member_array(builder, "nodes");
        for (guint n = 0; n < nodes->len; n++)
            json_builder_add_string_value(
                builder,
                sim_trace_reader_node_name(show->reader, g_array_index(nodes, uint32_t, n)));
        json_builder_end_array(builder);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
json_tips(JsonBuilder *builder, const Show *show, const SimMoment *moment)
{
    io_json_member_array(builder, "nodes");
    for (uint32_t node = 0; node < moment->tips->len; node++) {
        uint32_t tip = g_array_index(moment->tips, uint32_t, node);

        if (!is_node_wanted(show, node))
            continue;
        json_builder_begin_object(builder);
        member_node(builder, "name", show, node);
        member_block(builder, "tip", show, tip);
        io_json_member_int(builder, "height", sim_trace_reader_block(show->reader, tip)->height);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
json_blocks(JsonBuilder *builder, const Show *show, const SimMoment *moment)
{
    io_json_member_array(builder, "blocks");
    for (uint32_t i = 0; i < sim_trace_reader_block_count(show->reader); i++) {
        const SimTraceBlock *block = sim_trace_reader_block(show->reader, i);

        if (block->found_ns > moment->at)
            continue;
        json_builder_begin_object(builder);
        io_json_member_text(builder, "hash", block->hash);
        member_block(builder, "parent", show, block->parent);
        io_json_member_text(builder, "name", block->name);
        io_json_member_int(builder, "height", block->height);
        member_node(builder, "miner", show, block->miner);
        io_json_member_int(builder, "found_ns", block->found_ns);
        io_json_member_text(builder, "secret", g_array_index(moment->secrets, const char *, i));
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
json_messages(JsonBuilder *builder, const Show *show, const SimMoment *moment)
{
    io_json_member_array(builder, "messages");
    for (guint i = 0; i < moment->messages->len; i++) {
        const SimMomentMessage *message = g_ptr_array_index(moment->messages, i);

        if (!is_node_wanted(show, message->src) && !is_node_wanted(show, message->dst))
            continue;
        json_builder_begin_object(builder);
        io_json_member_text(builder, "kind", message->kind);
        member_node(builder, "src", show, message->src);
        member_node(builder, "dst", show, message->dst);
        io_json_member_int(builder, "sent_ns", message->sent_ns);
        io_json_member_int(builder, "due_ns", message->due_ns);
        io_json_member_int(builder, "bytes", message->bytes);
        io_json_member_text(builder, "fate", message->fate);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
json_txs(JsonBuilder *builder, const Show *show, const SimMoment *moment)
{
    io_json_member_array(builder, "mempools");
    for (guint i = 0; i < moment->txs->len; i++) {
        const SimMomentTx *tx = &g_array_index(moment->txs, SimMomentTx, i);

        if (!is_node_wanted(show, tx->node))
            continue;
        json_builder_begin_object(builder);
        member_node(builder, "node", show, tx->node);
        io_json_member_text(builder, "tx", sim_trace_reader_tx(show->reader, tx->tx)->hash);
        io_json_member_text(builder, "name", sim_trace_reader_tx(show->reader, tx->tx)->name);
        io_json_member_int(builder, "since_ns", tx->time);
        io_json_member_bool(builder, "returned", tx->returned);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

void
show_moment_json(const Show *show, const SimMoment *moment)
{
    const SimTraceHead *head = sim_trace_reader_head(show->reader);
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    io_json_member_text(builder, "scenario", head->scenario);
    io_json_member_int(builder, "seed", (int64_t)head->seed);
    io_json_member_text(builder, "level", sim_trace_level_name(head->level));
    io_json_member_int(builder, "at_ns", moment->at);
    io_json_member_int(builder, "end_ns", head->end_ns);
    json_faults(builder, show, moment);
    json_tips(builder, show, moment);
    json_blocks(builder, show, moment);
    json_messages(builder, show, moment);
    json_txs(builder, show, moment);
    json_builder_end_object(builder);
    io_json_print(builder, show->out, true);
}

/* --- a block's life ----------------------------------------------------------------------- */

static void
json_steps(JsonBuilder *builder, const Show *show, const GPtrArray *steps)
{
    io_json_member_array(builder, "steps");
    for (guint i = 0; i < steps->len; i++) {
        const SimLifeStep *step = g_ptr_array_index(steps, i);

        if (step->node != UINT32_MAX && !is_node_wanted(show, step->node))
            continue;
        json_builder_begin_object(builder);
        io_json_member_int(builder, "time_ns", step->time);
        member_node(builder, "node", show, step->node);
        io_json_member_text(builder, "what", step->what);
        member_node(builder, "from", show, step->from);
        member_block(builder, "tip", show, step->tip);
        io_json_member_text(builder, "verdict", step->detail);
        if (step->confirmations >= 0)
            io_json_member_int(builder, "confirmations", step->confirmations);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

void
show_life_json(const Show *show, uint32_t block, const GPtrArray *steps)
{
    const SimTraceBlock *b = sim_trace_reader_block(show->reader, block);
    const uint32_t *txs = sim_trace_reader_block_txs(show->reader, block);
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    io_json_member_text(builder, "hash", b->hash);
    io_json_member_text(builder, "name", b->name);
    member_block(builder, "parent", show, b->parent);
    io_json_member_int(builder, "height", b->height);
    io_json_member_int(builder, "transactions", b->tx_count);
    io_json_member_array(builder, "txs");
    for (uint32_t i = 0; i < b->tx_count; i++)
        json_builder_add_string_value(builder, sim_trace_reader_tx(show->reader, txs[i])->hash);
    json_builder_end_array(builder);
    io_json_member_bool(builder, "active", b->active);
    json_steps(builder, show, steps);
    json_builder_end_object(builder);
    io_json_print(builder, show->out, true);
}

void
show_tx_life_json(const Show *show, uint32_t tx, const GPtrArray *steps)
{
    const SimTraceTx *t = sim_trace_reader_tx(show->reader, tx);
    g_autoptr(GArray) blocks = sim_tx_blocks(show->reader, tx);
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    io_json_member_text(builder, "hash", t->hash);
    io_json_member_text(builder, "name", t->name);
    io_json_member_array(builder, "blocks");
    for (guint i = 0; i < blocks->len; i++) {
        uint32_t block = g_array_index(blocks, uint32_t, i);

        json_builder_add_string_value(builder, sim_trace_reader_block(show->reader, block)->hash);
    }
    json_builder_end_array(builder);
    json_steps(builder, show, steps);
    json_builder_end_object(builder);
    io_json_print(builder, show->out, true);
}
