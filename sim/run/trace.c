/* Writes facts and messages as rows; see trace.h.
 *
 * Transactions have the world's numbers; undeclared ones follow in order of their first event or
 * block.
 */
#include "sim/run/trace.h"

#include "sim/engine/assert.h"
#include "sim/io/output.h"
#include "sim/run/trace_world.h"
#include "sim/run/trace_writer.h"
#include "sim/world/observe.h"

#include <sqlite3.h>

struct SimTrace {
    SimTraceLevel level;
    IoOutput file;
    SimTraceWriter *writer; /* NULL after sim_trace_finish() */
    SimWorld *world;
    GStringChunk *texts;    /* strings that rows point to and nothing else owns */
    GPtrArray *txs;         /* KetteHash, by index */
    GHashTable *tx_by_hash; /* KetteHash * of txs -> index + 1 */
    GHashTable *faults;     /* number -> OpenFault: faults in force; look-up only */
    uint32_t fault_count;
    size_t bytes; /* peak, once finished */
};

/* A node of a fault, and the number of the row that ended the fault there; 0: none. */
typedef struct {
    SimFaultNode at;
    uint32_t ends;
} FaultNode;

/* A fault in force, whose rows are written when it ends. */
typedef struct {
    SimTime time;
    const char *kind, *text;
    GArray *nodes; /* FaultNode, by node */
} OpenFault;

static void
open_fault_free(gpointer data)
{
    g_array_unref(((OpenFault *)data)->nodes);
    g_free(data);
}

static const char *const level_names[] = {"off", "summary", "consensus", "full"};

bool
sim_trace_level_parse(SimTraceLevel *ret_level, const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(level_names); i++) {
        if (strcmp(name, level_names[i]) == 0) {
            *ret_level = i;
            return true;
        }
    }
    return false;
}

const char *
sim_trace_level_name(SimTraceLevel level)
{
    sim_assert(level < G_N_ELEMENTS(level_names));
    return level_names[level];
}

/* --- opening and giving up --------------------------------------------------------------- */

SimTrace *
sim_trace_open(const char *path, SimTraceLevel level, const char *const *inputs, GError **error)
{
    g_autoptr(SimTrace) trace = g_new0(SimTrace, 1);

    sim_assert(level > SIM_TRACE_OFF);
    sim_assert(level <= SIM_TRACE_FULL);
    trace->level = level;
    trace->texts = g_string_chunk_new(4096);
    trace->txs = g_ptr_array_new_with_free_func(g_free);
    trace->tx_by_hash = g_hash_table_new(kette_hash_table_hash, kette_hash_table_equal);
    trace->faults = g_hash_table_new_full(NULL, NULL, NULL, open_fault_free);
    trace->file.fd = -1;
    if (!io_output_open_database(&trace->file, path, SIM_TRACE_APPLICATION_ID, inputs, error))
        return NULL;
    trace->writer = sim_trace_writer_new(trace->file.temporary, path, error);
    if (trace->writer == NULL)
        return NULL;
    return g_steal_pointer(&trace);
}

void
sim_trace_free(SimTrace *trace)
{
    if (trace == NULL)
        return;
    sim_trace_writer_abandon(trace->writer);
    io_output_clear(&trace->file);
    g_hash_table_unref(trace->faults);
    g_hash_table_unref(trace->tx_by_hash);
    g_ptr_array_unref(trace->txs);
    g_string_chunk_free(trace->texts);
    g_free(trace);
}

bool
sim_trace_failed(const SimTrace *trace)
{
    return trace->writer != NULL && sim_trace_writer_failed(trace->writer);
}

/* Stores a text, each once. */
static const char *
keep_text(SimTrace *trace, const char *text)
{
    return text ? g_string_chunk_insert_const(trace->texts, text) : NULL;
}

/* --- transactions ------------------------------------------------------------------------ */

static uint32_t
tx_add(SimTrace *trace, const KetteHash *hash)
{
    KetteHash *copy = g_memdup2(hash, sizeof *hash);

    g_ptr_array_add(trace->txs, copy);
    g_hash_table_insert(trace->tx_by_hash, copy, GUINT_TO_POINTER(trace->txs->len));
    return trace->txs->len - 1;
}

/* Numbers the declared transactions; all of them exist before the first is sent. */
static void
txs_declared(SimTrace *trace)
{
    for (uint32_t tx = trace->txs->len; tx < sim_world_tx_count(trace->world); tx++)
        tx_add(trace, sim_world_tx_id(trace->world, tx));
}

static uint32_t
tx_number(SimTrace *trace, const uint8_t *bytes)
{
    KetteHash hash;
    guint found;

    if (trace->txs->len == 0)
        txs_declared(trace);
    memcpy(hash.b, bytes, sizeof hash.b);
    found = GPOINTER_TO_UINT(g_hash_table_lookup(trace->tx_by_hash, &hash));
    return found > 0 ? found - 1 : tx_add(trace, &hash);
}

static void
write_txs(SimTrace *trace)
{
    uint32_t declared = sim_world_tx_count(trace->world);

    txs_declared(trace);
    for (uint32_t tx = 0; tx < trace->txs->len; tx++) {
        const KetteHash *hash = g_ptr_array_index(trace->txs, tx);
        SimTraceCell *at = sim_trace_writer_begin(trace->writer, SIM_TABLE_TX);

        at = sim_trace_put_integer(at, tx);
        at = sim_trace_put_text(at, tx < declared ? sim_world_tx_name(trace->world, tx) : NULL);
        at = sim_trace_put_hash(at, hash->b);
        sim_trace_writer_end(trace->writer, SIM_TABLE_TX, at);
    }
}

/* --- watching ---------------------------------------------------------------------------- */

static void
on_arrival(SimTrace *trace, const SimFact *fact)
{
    SimTraceCell *at = sim_trace_writer_begin(trace->writer, SIM_TABLE_ARRIVAL);

    at = sim_trace_put_integer(at, fact->node);
    at = sim_trace_put_integer(at, fact->block);
    at = sim_trace_put_time(at, sim_world_header_arrived(trace->world, fact->node, fact->block));
    at = sim_trace_put_integer(at, sim_world_arrived(trace->world, fact->node, fact->block));
    at = sim_trace_put_integer(at, fact->time);
    at = sim_trace_put_ref(at, fact->from);
    sim_trace_writer_end(trace->writer, SIM_TABLE_ARRIVAL, at);
}

static void
on_tip(SimTrace *trace, const SimFact *fact)
{
    SimTraceCell *at = sim_trace_writer_begin(trace->writer, SIM_TABLE_TIP);

    at = sim_trace_put_integer(at, fact->time);
    at = sim_trace_put_integer(at, fact->node);
    at = sim_trace_put_integer(at, fact->block);
    at = sim_trace_put_integer(at, (int64_t)sim_world_block_height(trace->world, fact->block));
    at = sim_trace_put_integer(at, fact->depth);
    at = sim_trace_put_integer(at, fact->old_block);
    sim_trace_writer_end(trace->writer, SIM_TABLE_TIP, at);
}

static void
on_tx_event(SimTrace *trace, const SimFact *fact, const char *event)
{
    SimTraceCell *at = sim_trace_writer_begin(trace->writer, SIM_TABLE_TX_EVENT);

    at = sim_trace_put_integer(at, fact->time);
    at = sim_trace_put_integer(at, fact->node);
    at = sim_trace_put_integer(at, tx_number(trace, fact->hash));
    at = sim_trace_put_text(at, event);
    at = sim_trace_put_ref(at, fact->from);
    sim_trace_writer_end(trace->writer, SIM_TABLE_TX_EVENT, at);
}

static void
on_tx_lost(void *user, SimTime time, uint32_t node, const uint8_t *hash)
{
    const SimFact fact = {.time = time, .node = node, .from = SIM_NODE_NONE, .hash = hash};

    on_tx_event(user, &fact, "lost");
}

static void
on_tx_undone(void *user, SimTime time, uint32_t node, const uint8_t *hash, uint64_t confirmations)
{
    SimTrace *trace = user;
    SimTraceCell *at = sim_trace_writer_begin(trace->writer, SIM_TABLE_UNDONE);

    at = sim_trace_put_integer(at, time);
    at = sim_trace_put_integer(at, node);
    at = sim_trace_put_integer(at, tx_number(trace, hash));
    at = sim_trace_put_integer(at, (int64_t)confirmations);
    sim_trace_writer_end(trace->writer, SIM_TABLE_UNDONE, at);
}

static void
on_strategy(SimTrace *trace, const SimFact *fact)
{
    SimTraceCell *at = sim_trace_writer_begin(trace->writer, SIM_TABLE_STRATEGY);

    at = sim_trace_put_integer(at, fact->time);
    at = sim_trace_put_integer(at, fact->node);
    at = sim_trace_put_integer(at, fact->block);
    at = sim_trace_put_text(at, sim_fact_kind_name(fact->kind));
    sim_trace_writer_end(trace->writer, SIM_TABLE_STRATEGY, at);
}

static void
on_verdict(SimTrace *trace, const SimFact *fact)
{
    SimTraceCell *at = sim_trace_writer_begin(trace->writer, SIM_TABLE_VERDICT);

    at = sim_trace_put_integer(at, fact->time);
    at = sim_trace_put_integer(at, fact->node);
    at = sim_trace_put_hash(at, fact->hash);
    at = sim_trace_put_integer(at, fact->is_tx);
    at = sim_trace_put_text(at, keep_text(trace, fact->name));
    at = sim_trace_put_ref(at, fact->from);
    sim_trace_writer_end(trace->writer, SIM_TABLE_VERDICT, at);
}

/* Writes the transactions of a block. Watchers learn of a block once, before its other events. */
static void
on_block(SimTrace *trace, const SimFact *fact)
{
    for (uint32_t i = 0; i < fact->body->tx_count; i++) {
        uint32_t tx = tx_number(trace, fact->body->txs[i]->id.b);
        SimTraceCell *at = sim_trace_writer_begin(trace->writer, SIM_TABLE_BLOCK_TX);

        at = sim_trace_put_integer(at, fact->block);
        at = sim_trace_put_integer(at, i);
        at = sim_trace_put_integer(at, tx);
        sim_trace_writer_end(trace->writer, SIM_TABLE_BLOCK_TX, at);
    }
}

static SimTraceCell *
put_fault_ref(SimTraceCell *at, uint32_t number)
{
    return sim_trace_put_integer(at, number > 0 ? (int64_t)number : SIM_TRACE_NULL);
}

/* `ends` is the number of the row that ended the fault; 0: none. */
static void
write_fault(SimTrace *trace, uint32_t number, const OpenFault *fault, bool begins, uint32_t ends)
{
    SimTraceCell *at = sim_trace_writer_begin(trace->writer, SIM_TABLE_FAULT);

    at = sim_trace_put_integer(at, number);
    at = sim_trace_put_integer(at, fault->time);
    at = sim_trace_put_text(at, fault->kind);
    at = sim_trace_put_integer(at, begins);
    at = put_fault_ref(at, ends);
    at = sim_trace_put_text(at, fault->text);
    sim_trace_writer_end(trace->writer, SIM_TABLE_FAULT, at);
    for (guint i = 0; i < fault->nodes->len; i++) {
        const FaultNode *node = &g_array_index(fault->nodes, FaultNode, i);

        at = sim_trace_writer_begin(trace->writer, SIM_TABLE_FAULT_NODE);
        at = sim_trace_put_integer(at, number);
        at = sim_trace_put_integer(at, node->at.node);
        at = put_fault_ref(at, node->ends);
        at = sim_trace_put_integer(at, node->at.side != SIM_SIDE_NONE ? (int64_t)node->at.side
                                                                      : SIM_TRACE_NULL);
        sim_trace_writer_end(trace->writer, SIM_TABLE_FAULT_NODE, at);
    }
}

static void
write_ended(SimTrace *trace, uint32_t number, uint32_t ends)
{
    const OpenFault *fault = g_hash_table_lookup(trace->faults, GUINT_TO_POINTER(number));

    if (fault == NULL)
        return;
    write_fault(trace, number, fault, true, ends);
    g_hash_table_remove(trace->faults, GUINT_TO_POINTER(number));
}

/* Notes that the row `ends` ended a fault at a node. */
static void
release_node(const SimTrace *trace, const SimFaultRelease *release, uint32_t ends)
{
    const OpenFault *fault = g_hash_table_lookup(trace->faults, GUINT_TO_POINTER(release->note));

    for (guint i = 0; fault != NULL && i < fault->nodes->len; i++) {
        FaultNode *node = &g_array_index(fault->nodes, FaultNode, i);

        if (node->at.node == release->node)
            node->ends = ends;
    }
}

static OpenFault *
open_fault(SimTrace *trace, const SimFaultNote *note)
{
    OpenFault *fault = g_new(OpenFault, 1);

    *fault = (OpenFault){note->time, keep_text(trace, note->kind), keep_text(trace, note->text),
                         g_array_new(FALSE, FALSE, sizeof(FaultNode))};
    for (size_t i = 0; i < note->node_count; i++) {
        FaultNode node = {note->nodes[i], 0};

        g_array_append_val(fault->nodes, node);
    }
    return fault;
}

/* A fault in force is written when it ends, so rows are not in order of their numbers. */
static void
on_fault(void *user, const SimFaultNote *note)
{
    SimTrace *trace = user;

    trace->fault_count = note->number;
    for (size_t i = 0; i < note->released_count; i++)
        release_node(trace, &note->released[i], note->number);
    for (size_t i = 0; i < note->ended_count; i++)
        write_ended(trace, note->ended[i], note->number);
    g_hash_table_insert(trace->faults, GUINT_TO_POINTER(note->number), open_fault(trace, note));
    if (note->begins)
        return;
    write_fault(trace, note->number,
                g_hash_table_lookup(trace->faults, GUINT_TO_POINTER(note->number)), false, 0);
    g_hash_table_remove(trace->faults, GUINT_TO_POINTER(note->number));
}

static void
write_faults_in_force(SimTrace *trace)
{
    for (uint32_t number = 1; number <= trace->fault_count; number++)
        write_ended(trace, number, 0);
}

/* A new block gets its row at the end of the run; a header's time is in the arrival of its body. */
static void
on_fact(void *user, const SimFact *fact)
{
    SimTrace *trace = user;

    if (fact->kind == SIM_FACT_BLOCK) {
        on_block(trace, fact);
        return;
    }
    if (trace->level < SIM_TRACE_CONSENSUS)
        return;
    switch (fact->kind) {
    case SIM_FACT_BODY:
        /* A block lost in a crash and received again has already joined */
        if (sim_world_block_joined(trace->world, fact->node, fact->block) == fact->time)
            on_arrival(trace, fact);
        break;
    case SIM_FACT_TIP:
        on_tip(trace, fact);
        break;
    case SIM_FACT_VERDICT:
        on_verdict(trace, fact);
        break;
    case SIM_FACT_TX_ACCEPTED:
        on_tx_event(trace, fact, "accepted");
        break;
    case SIM_FACT_TX_RETURNED:
        on_tx_event(trace, fact, "returned");
        break;
    case SIM_FACT_TX_DROPPED:
        on_tx_event(trace, fact, "dropped");
        break;
    case SIM_FACT_WITHHELD:
    case SIM_FACT_RELEASED:
    case SIM_FACT_GIVEN_UP:
        on_strategy(trace, fact);
        break;
    default:
        break;
    }
}

static void
on_message(void *user, const SimPacket *packet, SimFate fate)
{
    SimTrace *trace = user;
    SimTraceCell *at = sim_trace_writer_begin(trace->writer, SIM_TABLE_MESSAGE);

    at = sim_trace_put_text(at, kette_message_kind_name(packet->kind));
    at = sim_trace_put_integer(at, packet->src);
    at = sim_trace_put_integer(at, packet->dst);
    at = sim_trace_put_integer(at, packet->sent);
    at = sim_trace_put_integer(at, packet->due);
    at = sim_trace_put_text(at, sim_fate_name(fate));
    at = sim_trace_put_integer(at, packet->bytes);
    sim_trace_writer_end(trace->writer, SIM_TABLE_MESSAGE, at);
}

static void
on_connection(void *user, SimTime time, uint32_t edge, bool open)
{
    SimTrace *trace = user;
    SimTraceCell *at = sim_trace_writer_begin(trace->writer, SIM_TABLE_CONNECTION);

    at = sim_trace_put_integer(at, time);
    at = sim_trace_put_integer(at, edge);
    at = sim_trace_put_integer(at, open);
    sim_trace_writer_end(trace->writer, SIM_TABLE_CONNECTION, at);
}

void
sim_trace_watch(SimTrace *trace, SimWorld *world)
{
    const SimWatcher watcher = {
        .user = trace,
        .fact = on_fact,
        .fault = on_fault,
        .message = trace->level == SIM_TRACE_FULL ? on_message : NULL,
        .connection = trace->level >= SIM_TRACE_CONSENSUS ? on_connection : NULL,
        .tx_lost = trace->level >= SIM_TRACE_CONSENSUS ? on_tx_lost : NULL,
        .tx_undone = trace->level >= SIM_TRACE_CONSENSUS ? on_tx_undone : NULL,
    };

    sim_assert(trace->world == NULL);
    trace->world = world;
    sim_world_add_watcher(world, &watcher);
}

/* --- what the run tells itself ----------------------------------------------------------- */

void
sim_trace_check(SimTrace *trace, unsigned line, const char *text, const char *kind,
                const char *verdict, SimTime time_ns, const char *detail)
{
    SimTraceCell *at = sim_trace_writer_begin(trace->writer, SIM_TABLE_CHECK);

    at = sim_trace_put_integer(at, line);
    at = sim_trace_put_text(at, keep_text(trace, text));
    at = sim_trace_put_text(at, keep_text(trace, kind));
    at = sim_trace_put_text(at, keep_text(trace, verdict));
    at = sim_trace_put_time(at, time_ns);
    at = sim_trace_put_text(at, keep_text(trace, detail));
    sim_trace_writer_end(trace->writer, SIM_TABLE_CHECK, at);
}

void
sim_trace_measure(SimTrace *trace, const char *name, SimCellValue value, const char *text)
{
    SimTraceCell *at = sim_trace_writer_begin(trace->writer, SIM_TABLE_MEASURE);

    at = sim_trace_put_text(at, keep_text(trace, name));
    value.text = (char *)keep_text(trace, value.text);
    at = sim_trace_put_value(at, &value);
    at = sim_trace_put_text(at, keep_text(trace, text));
    sim_trace_writer_end(trace->writer, SIM_TABLE_MEASURE, at);
}

void
sim_trace_source(SimTrace *trace, const char *name, const char *text)
{
    SimTraceCell *at = sim_trace_writer_begin(trace->writer, SIM_TABLE_SOURCE);

    at = sim_trace_put_text(at, name);
    at = sim_trace_put_text(at, text);
    sim_trace_writer_end(trace->writer, SIM_TABLE_SOURCE, at);
}

void
sim_trace_block_name(SimTrace *trace, uint32_t block, const char *name)
{
    SimTraceCell *at = sim_trace_writer_begin(trace->writer, SIM_TABLE_BLOCK_NAME);

    at = sim_trace_put_integer(at, block);
    at = sim_trace_put_text(at, name);
    sim_trace_writer_end(trace->writer, SIM_TABLE_BLOCK_NAME, at);
}

static void
write_run(SimTrace *trace, const SimTraceRun *run)
{
    SimTraceCell *at = sim_trace_writer_begin(trace->writer, SIM_TABLE_RUN);

    at = sim_trace_put_text(at, run->scenario);
    at = sim_trace_put_text(at, run->title);
    at = sim_trace_put_text(at, run->source);
    at = sim_trace_put_text(at, run->params);
    at = sim_trace_put_integer(at, (int64_t)run->seed);
    at = sim_trace_put_text(at, KETTENSIM_VERSION);
    at = sim_trace_put_text(at, sim_trace_level_name(trace->level));
    at = sim_trace_put_text(at, run->status);
    at = sim_trace_put_text(at, run->digest);
    at = sim_trace_put_text(at, run->outcome);
    at = sim_trace_put_integer(at, run->end_ns);
    at = sim_trace_put_integer(at, (int64_t)run->events);
    at = sim_trace_put_integer(at, (int64_t)run->speed_ppb);
    sim_trace_writer_end(trace->writer, SIM_TABLE_RUN, at);
}

bool
sim_trace_finish(SimTrace *trace, const SimTraceRun *run, GError **error)
{
    bool whole;

    sim_assert(trace->writer != NULL);
    sim_assert(trace->world != NULL);
    write_run(trace, run);
    sim_trace_write_world(trace->writer, trace->texts, trace->world, run->model);
    write_txs(trace);
    write_faults_in_force(trace);
    trace->bytes = sim_trace_writer_bytes(trace->writer);
    whole = sim_trace_writer_finish(g_steal_pointer(&trace->writer), error) &&
            io_output_publish(&trace->file, error);
    trace->bytes += (size_t)sqlite3_memory_highwater(0);
    if (!whole)
        io_output_clear(&trace->file);
    return whole;
}

size_t
sim_trace_bytes(const SimTrace *trace)
{
    return trace->bytes;
}
