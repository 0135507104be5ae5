/* Rows by the million; see made_trace.h. */
#include "tests/scale/made_trace.h"

#include "sim/run/trace.h"
#include "sim/io/output.h"
#include "sim/run/trace_schema.h"
#include "sim/run/trace_writer.h"

#define DAY_NS (86400 * SIM_S)
#define LINKS 8u /* that a node opens */
#define SPREAD_NS (3 * SIM_S)
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

typedef struct {
    const MadeTrace *spec;
    SimTraceWriter *writer;
    uint32_t blocks; /* so far, genesis among them */
    uint32_t last;   /* the block of the height before that all build on */
} Making;

static SimTraceCell *
begin(const Making *making, SimTraceTable table)
{
    return sim_trace_writer_begin(making->writer, table);
}

static void
end(const Making *making, SimTraceTable table, const SimTraceCell *cell)
{
    sim_trace_writer_end(making->writer, table, cell);
}

static SimTraceCell *
put_hash(SimTraceCell *cell, uint64_t id)
{
    for (int i = 0; i < 4; i++)
        cell[i].bits = sim_key_combine(id + 1, (uint64_t)i);
    return cell + 4;
}

static SimTraceCell *
put_integers(SimTraceCell *cell, const int64_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cell = sim_trace_put_integer(cell, values[i]);
    return cell;
}

#define PUT(cell, ...)                                                                             \
    put_integers((cell), (const int64_t[]){__VA_ARGS__},                                           \
                 sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

/* --- what stands still -------------------------------------------------------------------- */

static void
put_run(const Making *making)
{
    SimTraceCell *at = begin(making, SIM_TABLE_RUN);
    const char *level = making->spec->messages > 0 ? "full" : "consensus";
    const char *const texts[] = {"made.scn", "a made day", "scn 1\n", "{}"};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        at = sim_trace_put_text(at, texts[i]);
    at = PUT(at, 1);
    at = sim_trace_put_text(at, KETTENSIM_VERSION);
    at = sim_trace_put_text(at, level);
    at = sim_trace_put_text(at, "held");
    at = sim_trace_put_text(at, ZEROS);
    at = sim_trace_put_text(at, ZEROS);
    at = PUT(at, DAY_NS, (int64_t)making->spec->messages, 0);
    end(making, SIM_TABLE_RUN, at);
    at = begin(making, SIM_TABLE_SOURCE);
    at = sim_trace_put_text(at, "made.scn");
    at = sim_trace_put_text(at, "scn 1\n");
    end(making, SIM_TABLE_SOURCE, at);
}

/* After the blocks, whose last one is everybody's tip. */
static void
put_nodes(const Making *making, GStringChunk *names)
{
    for (uint32_t node = 0; node < making->spec->nodes; node++) {
        g_autofree char *name = g_strdup_printf("n%u", node + 1);
        SimTraceCell *at = begin(making, SIM_TABLE_NODE);

        at = PUT(at, node);
        at = sim_trace_put_text(at, g_string_chunk_insert(names, name));
        at = sim_trace_put_text(at, node < 100 ? "miner" : "full");
        at = sim_trace_put_text(at, NULL);
        at = PUT(at, 8000 + node, node < 100 ? 10000000 : 0, making->last, making->spec->heights,
                 making->spec->heights / 20, 1, node < 100 ? making->spec->heights / 100 : 0);
        at = PUT(at, SIM_TRACE_NULL, SIM_TRACE_NULL);
        at = sim_trace_put_text(at, NULL);
        end(making, SIM_TABLE_NODE, at);
    }
}

/* The other end of the k-th of a node's links: those that it opens, then those that others do. */
static uint32_t
link_end(const Making *making, uint32_t node, uint32_t k)
{
    uint32_t nodes = making->spec->nodes, step = 1 + (k % LINKS) * 97 % (nodes - 1);

    return (k < LINKS ? node + step : node + nodes - step) % nodes;
}

static void
put_links(const Making *making)
{
    uint32_t nodes = making->spec->nodes, links = MIN(LINKS, nodes - 1);

    for (uint32_t i = 0; i < 2 * nodes * links; i++) {
        uint32_t from = i / 2 / links, to = link_end(making, from, i / 2 % links);
        SimTraceCell *at = begin(making, SIM_TABLE_EDGE);

        at = PUT(at, i, i % 2 == 0 ? from : to, i % 2 == 0 ? to : from);
        at = sim_trace_put_text(at, "lognormal(80ms,0.5)");
        at = PUT(at, SIM_MS, 0, SIM_TRACE_NULL, SIM_TRACE_NULL, 0, 1);
        at = PUT(at, SIM_TRACE_NULL, SIM_TRACE_NULL, SIM_TRACE_NULL, 0, 0, 0, 0, 0, 0, 0, 0);
        end(making, SIM_TABLE_EDGE, at);
        if (i % 2 == 0)
            end(making, SIM_TABLE_CONNECTION, PUT(begin(making, SIM_TABLE_CONNECTION), 0, i, 1));
    }
}

/* --- blocks ------------------------------------------------------------------------------- */

static SimTime
height_time(const Making *making, uint32_t height)
{
    return DAY_NS / (making->spec->heights + 1) * height;
}

/* Transactions of a height: an even share of all. */
static uint32_t
first_tx(const Making *making, uint32_t height)
{
    return (uint32_t)((uint64_t)making->spec->txs * (height - 1) / making->spec->heights);
}

static uint32_t
put_block(Making *making, uint32_t height, SimTime found, bool active)
{
    uint32_t block = making->blocks++, from = first_tx(making, height);
    uint32_t count = active ? first_tx(making, height + 1) - from : 0;
    SimTraceCell *at = begin(making, SIM_TABLE_BLOCK);
    const KetteU256 work = kette_u256_from_u64(height + 1);

    at = put_hash(PUT(at, block), block);
    at = PUT(at, making->last, height, (height * 7 + !active) % MIN(100, making->spec->nodes),
             found);
    at = sim_trace_put_work(at, &work);
    at = PUT(at, 309 + 144 * (int64_t)count, count, active);
    end(making, SIM_TABLE_BLOCK, at);
    for (uint32_t i = 0; i < count; i++)
        end(making, SIM_TABLE_BLOCK_TX, PUT(begin(making, SIM_TABLE_BLOCK_TX), block, i, from + i));
    return block;
}

/* The node that a block reaches as the k-th, and when. */
static uint32_t
node_at(const Making *making, uint32_t k, uint32_t height)
{
    return (uint32_t)(((uint64_t)k * 7919 + (uint64_t)height * 31) % making->spec->nodes);
}

static SimTime
delay_at(const Making *making, uint32_t k)
{
    return SPREAD_NS / making->spec->nodes * k;
}

static void
put_arrival(const Making *making, uint32_t block, uint32_t node, SimTime at_ns)
{
    end(making, SIM_TABLE_ARRIVAL,
        PUT(begin(making, SIM_TABLE_ARRIVAL), node, block, at_ns, at_ns, at_ns,
            (node + 1) % making->spec->nodes));
}

/* The second half of the nodes stood on `other` when there were two at the height before. */
static void
spread(const Making *making, uint32_t height, uint32_t block, SimTime found, uint32_t other)
{
    uint32_t nodes = making->spec->nodes;

    for (uint32_t k = 0; k < nodes; k++) {
        uint32_t node = node_at(making, k, height);
        bool back = other != UINT32_MAX && node >= nodes / 2;
        SimTime at_ns = found + delay_at(making, k);

        put_arrival(making, block, node, at_ns);
        end(making, SIM_TABLE_TIP,
            PUT(begin(making, SIM_TABLE_TIP), at_ns, node, block, height, back,
                back ? other : making->last));
    }
}

/* Two blocks at once: the first half takes one, the second the other. */
static void
spread_both(const Making *making, uint32_t height, const uint32_t blocks[2], SimTime found)
{
    uint32_t nodes = making->spec->nodes;

    for (uint32_t k = 0; k < nodes; k++) {
        uint32_t node = node_at(making, k, height);
        SimTime at_ns = found + delay_at(making, k);
        uint32_t own = blocks[node >= nodes / 2];

        put_arrival(making, blocks[0], node, at_ns);
        put_arrival(making, blocks[1], node, at_ns);
        end(making, SIM_TABLE_TIP,
            PUT(begin(making, SIM_TABLE_TIP), at_ns, node, own, height, 0, making->last));
    }
}

static void
put_chain(Making *making)
{
    uint32_t other = UINT32_MAX;
    SimTraceCell *at = put_hash(PUT(begin(making, SIM_TABLE_BLOCK), 0), 0);
    const KetteU256 work = kette_u256_from_u64(1);

    at = PUT(at, SIM_TRACE_NULL, 0, SIM_TRACE_NULL, 0);
    at = PUT(sim_trace_put_work(at, &work), 165, 0, 1);
    end(making, SIM_TABLE_BLOCK, at);
    making->blocks = 1;
    for (uint32_t height = 1; height <= making->spec->heights; height++) {
        SimTime found = height_time(making, height);
        uint32_t block = put_block(making, height, found, true);

        if (height % 20 == 0 && height < making->spec->heights) {
            const uint32_t both[] = {block, put_block(making, height, found, false)};

            spread_both(making, height, both, found);
            other = both[1];
        } else {
            spread(making, height, block, found, other);
            other = UINT32_MAX;
        }
        making->last = block;
    }
}

/* --- transactions and messages ------------------------------------------------------------ */

/* Each comes in a tenth of an interval before its block. */
static void
put_txs(const Making *making)
{
    for (uint32_t height = 1; height <= making->spec->heights; height++) {
        SimTime since = height_time(making, height) - height_time(making, 1) / 10;

        for (uint32_t tx = first_tx(making, height); tx < first_tx(making, height + 1); tx++) {
            SimTraceCell *at = PUT(begin(making, SIM_TABLE_TX), tx);

            at = sim_trace_put_text(at, NULL);
            end(making, SIM_TABLE_TX, put_hash(at, UINT32_MAX + (uint64_t)tx));
            for (uint32_t k = 0; k < making->spec->nodes; k++) {
                at = PUT(begin(making, SIM_TABLE_TX_EVENT), since + (SimTime)k * 1000,
                         node_at(making, k, tx), tx);
                at = sim_trace_put_text(at, "accepted");
                end(making, SIM_TABLE_TX_EVENT,
                    sim_trace_put_ref(at, k == 0 ? UINT32_MAX : node_at(making, k - 1, tx)));
            }
        }
    }
}

static void
put_messages(const Making *making)
{
    static const char *const kinds[] = {"inv", "getdata", "compact-block", "ack", "tx"};
    static const char *const fates[] = {"loss", "cut", "queue"};
    uint64_t count = making->spec->messages, nodes = making->spec->nodes;

    for (uint64_t i = 0; i < count; i++) {
        uint64_t draw = sim_key_combine(i, 1);
        uint32_t src = (uint32_t)((draw >> 8) % nodes);
        SimTime due = (SimTime)((double)DAY_NS / (double)count * (double)i);
        SimTraceCell *at = begin(making, SIM_TABLE_MESSAGE);

        at = sim_trace_put_text(at, kinds[draw % G_N_ELEMENTS(kinds)]);
        at = PUT(at, src, link_end(making, src, (uint32_t)(draw >> 40) % (2 * LINKS)),
                 MAX(due - (SimTime)(draw % 200) * SIM_MS, 0), due);
        at = sim_trace_put_text(at, i % 100 == 0 ? fates[draw % 3] : "delivered");
        end(making, SIM_TABLE_MESSAGE, PUT(at, 61 + (int64_t)(draw >> 54)));
    }
}

static void
put_rest(const Making *making)
{
    static const char *const texts[] = {"partition {n1} | {n2} for 1h",
                                        "end of partition {n1} | {n2} for 1h"};

    for (int i = 0; i < 2; i++) {
        SimTraceCell *at = PUT(begin(making, SIM_TABLE_FAULT), i + 1, (i + 1) * 3600 * SIM_S);

        at = sim_trace_put_text(at, i == 0 ? "partition" : "end");
        at = PUT(at, i == 0, i == 0 ? 2 : SIM_TRACE_NULL);
        end(making, SIM_TABLE_FAULT, sim_trace_put_text(at, texts[i]));
    }
}

bool
made_trace_write(const char *path, const MadeTrace *spec, GError **error)
{
    g_auto(IoOutput) file = IO_OUTPUT_INIT;
    g_autoptr(GStringChunk) names = g_string_chunk_new(1 << 16);
    Making making = {.spec = spec};

    if (!io_output_open_database(&file, path, SIM_TRACE_APPLICATION_ID, NULL, error))
        return false;
    making.writer = sim_trace_writer_new(file.temporary, path, error);
    if (making.writer == NULL)
        return false;
    put_run(&making);
    put_chain(&making);
    put_nodes(&making, names);
    put_links(&making);
    put_txs(&making);
    put_rest(&making);
    put_messages(&making);
    return sim_trace_writer_finish(making.writer, error) && io_output_publish(&file, error);
}
