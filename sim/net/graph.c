/* Nodes, directed edges and link classes of a net.
 *
 * The two directions of a pair are adjacent, so an edge needs no pointer to its reverse. Each
 * node's outgoing edges are one contiguous part of a shared array. A full part moves to the end
 * of the array and doubles its room; freezing packs all parts again.
 */
#include "sim/net/net_private.h"

#include "sim/engine/assert.h"
#include "sim/engine/memory.h"

#include <string.h>

#define PARTS_MIN 4

/* -- link classes --------------------------------------------------------------------------- */

static guint
hash_spec(gconstpointer data)
{
    return (guint)sim_link_spec_hash(data);
}

static gboolean
equal_spec(gconstpointer a, gconstpointer b)
{
    return sim_link_spec_equal(a, b);
}

static uint32_t
intern_class(SimNet *net, const SimLinkSpec *spec)
{
    uint32_t found = GPOINTER_TO_UINT(g_hash_table_lookup(net->class_by_spec, spec));
    SimLinkClass *added;

    if (found != 0)
        return found - 1;
    sim_assert(sim_link_spec_check(spec, NULL));
    sim_assert(net->classes->len < SIM_LINK_CLASSES_MAX);
    added = g_new0(SimLinkClass, 1);
    added->spec = *spec;
    added->is_sure = spec->transport == SIM_TRANSPORT_STREAM && spec->loss_ppb == 0 &&
                     spec->bad_loss_ppb == 0 && spec->corrupt_ppb == 0;
    g_ptr_array_add(net->classes, added);
    g_hash_table_insert(net->class_by_spec, &added->spec, GUINT_TO_POINTER(net->classes->len));
    return net->classes->len - 1;
}

void
sim_net_set_link(SimNet *net, uint32_t edge, const SimLinkSpec *spec)
{
    sim_assert(edge < net->edge_count);
    if (!sim_link_spec_equal(sim_net_link(net, edge), spec))
        net->edges[edge].klass = intern_class(net, spec) & (SIM_LINK_CLASSES_MAX - 1);
}

const SimLinkSpec *
sim_net_link(const SimNet *net, uint32_t edge)
{
    sim_assert(edge < net->edge_count);
    return &sim_net_class(net, net->edges[edge].klass)->spec;
}

uint32_t
sim_net_add_times(SimNet *net, const SimTime *values, size_t count)
{
    g_ptr_array_add(net->times, sim_times_new(values, count));
    return net->times->len - 1;
}

const SimTimes *
sim_net_times(const SimNet *net, uint32_t index)
{
    sim_assert(index < net->times->len);
    return g_ptr_array_index(net->times, index);
}

uint32_t
sim_net_class_count(const SimNet *net)
{
    return net->classes->len;
}

const SimLinkSpec *
sim_net_class_link(const SimNet *net, uint32_t klass)
{
    sim_assert(klass < net->classes->len);
    return &sim_net_class(net, klass)->spec;
}

/* -- nodes ---------------------------------------------------------------------------------- */

uint32_t
sim_net_add_node(SimNet *net, const char *name)
{
    uint32_t node = net->node_count++;

    if (node == net->node_size) {
        net->node_size = MAX(16, net->node_size * 2);
        net->nodes = sim_memory_resize(net->nodes, node, net->node_size, sizeof *net->nodes);
        net->ends = sim_memory_resize(net->ends, node, net->node_size, sizeof *net->ends);
        net->states = g_renew(uint8_t, net->states, net->node_size);
        net->node_names = g_renew(const char *, net->node_names, net->node_size);
    }
    net->nodes[node] = (SimNode){0};
    net->ends[node] = (SimNodeEnd){.key = sim_key(name)};
    net->states[node] = SIM_NODE_UP;
    net->node_names[node] = g_string_chunk_insert(net->names, name);
    return node;
}

uint32_t
sim_net_node_count(const SimNet *net)
{
    return net->node_count;
}

const char *
sim_net_node_name(const SimNet *net, uint32_t node)
{
    sim_assert(node < net->node_count);
    return net->node_names[node];
}

uint64_t
sim_net_node_key(const SimNet *net, uint32_t node)
{
    sim_assert(node < net->node_count);
    return net->ends[node].key;
}

void
sim_net_set_node_up(SimNet *net, uint32_t node, bool up)
{
    sim_assert(node < net->node_count);
    net->states[node] &= (uint8_t)~SIM_NODE_UP;
    if (up) {
        net->states[node] |= SIM_NODE_UP;
        return;
    }
    net->nodes[node].up_busy_until = 0;
    for (uint32_t i = 0; i < net->nodes[node].out_count; i++)
        sim_net_give_up_line(net, net->out_edges[net->nodes[node].out_start + i], SIM_FATE_DOWN);
}

void
sim_net_set_node_rates(SimNet *net, uint32_t node, uint64_t up_bps, uint64_t down_bps)
{
    sim_assert(node < net->node_count);
    net->nodes[node].up_bps = up_bps;
    net->ends[node].down_bps = down_bps;
    net->has_node_rates |= up_bps != 0 || down_bps != 0;
}

uint64_t
sim_net_node_up_bps(const SimNet *net, uint32_t node)
{
    sim_assert(node < net->node_count);
    return net->nodes[node].up_bps;
}

uint64_t
sim_net_node_down_bps(const SimNet *net, uint32_t node)
{
    sim_assert(node < net->node_count);
    return net->ends[node].down_bps;
}

/* -- edges ---------------------------------------------------------------------------------- */

uint32_t
sim_net_edge_count(const SimNet *net)
{
    return net->edge_count;
}

uint32_t
sim_net_edge_dst(const SimNet *net, uint32_t edge)
{
    sim_assert(edge < net->edge_count);
    return net->edges[edge].dst;
}

uint32_t
sim_net_edge_src(const SimNet *net, uint32_t edge)
{
    return sim_net_edge_dst(net, edge ^ 1);
}

uint32_t
sim_net_edge_place(const SimNet *net, uint32_t edge)
{
    sim_assert(edge < net->edge_count);
    return net->edges[edge].place;
}

uint64_t
sim_net_edge_key(const SimNet *net, uint32_t edge)
{
    sim_assert(edge < net->edge_count);
    return sim_net_key_of(net, edge);
}

static void
note_closing(SimNet *net, uint32_t edge)
{
    SimEdge *e = &net->edges[edge];

    if (e->sent == 0)
        return; /* no message of this connection is in flight */
    e->was_closed = 1;
    g_hash_table_insert(net->closings, GUINT_TO_POINTER(edge + 1),
                        GUINT_TO_POINTER((uint32_t)e->sent));
}

bool
sim_net_sent_before_closing(const SimNet *net, const SimEvent *event)
{
    gpointer key = GUINT_TO_POINTER(sim_message_edge(event) + 1);
    uint32_t first = GPOINTER_TO_UINT(g_hash_table_lookup(net->closings, key));

    return sim_message_is_after(first, event->counter);
}

void
sim_net_set_edge_open(SimNet *net, uint32_t edge, bool open)
{
    sim_assert(edge < net->edge_count);

    SimEdge *e = &net->edges[edge];

    if (!open && !e->closed) {
        note_closing(net, edge);
        e->last_due = e->busy_until = 0; /* messages that waited for the line are gone */
    }
    e->closed = !open || e->shut;
    if (open)
        return;
    sim_net_give_up_line(net, edge, SIM_FATE_CLOSED);
    if (e->stalled)
        sim_net_abandon_stall(net, edge);
}

void
sim_net_shut_edge(SimNet *net, uint32_t edge)
{
    sim_net_set_edge_open(net, edge, false);
    net->edges[edge].shut = 1;
}

bool
sim_net_edge_shut(const SimNet *net, uint32_t edge)
{
    sim_assert(edge < net->edge_count);
    return net->edges[edge].shut;
}

bool
sim_net_edge_open(const SimNet *net, uint32_t edge)
{
    sim_assert(edge < net->edge_count);
    return !net->edges[edge].closed;
}

const uint32_t *
sim_net_out_edges(const SimNet *net, size_t *ret_count, uint32_t node)
{
    const SimNode *n = &net->nodes[node];

    sim_assert(node < net->node_count);
    *ret_count = n->out_count;
    return net->out_edges + n->out_start;
}

static void
reserve_out(SimNet *net, uint32_t count)
{
    sim_assert(count <= UINT32_MAX / 2 - net->out_used);
    if (net->out_used + count <= net->out_size)
        return;
    net->out_size = MAX(net->out_used + count, net->out_size * 2);
    net->out_edges = g_renew(uint32_t, net->out_edges, net->out_size);
}

static void
add_out_edge(SimNet *net, uint32_t node, uint32_t edge)
{
    SimNode *n = &net->nodes[node];

    if (n->out_count == n->out_size) {
        uint32_t size = MAX(PARTS_MIN, n->out_size * 2);

        reserve_out(net, size);
        if (n->out_count > 0)
            memcpy(net->out_edges + net->out_used, net->out_edges + n->out_start,
                   n->out_count * sizeof *net->out_edges);
        n->out_start = net->out_used;
        n->out_size = size;
        net->out_used += size;
    }
    sim_assert(n->out_count < SIM_PLACES_MAX);
    net->edges[edge].place = n->out_count & (SIM_PLACES_MAX - 1);
    net->out_edges[n->out_start + n->out_count++] = edge;
}

/* -- the look-up of pairs ------------------------------------------------------------------- */

/* Returns the slot of the pair (a, b), in either order, or the free slot where it belongs. */
static uint32_t
pair_slot(const SimNet *net, uint32_t a, uint32_t b)
{
    uint64_t hash = sim_mix64((uint64_t)MIN(a, b) << 32 | MAX(a, b));
    uint32_t mask = net->pairs_size - 1, slot = (uint32_t)hash & mask;

    for (; net->pairs[slot] != 0; slot = (slot + 1) & mask) {
        uint32_t edge = 2 * (net->pairs[slot] - 1);
        uint32_t src = net->edges[edge + 1].dst, dst = net->edges[edge].dst;

        if ((src == a && dst == b) || (src == b && dst == a))
            break;
    }
    return slot;
}

static void
grow_pairs(SimNet *net)
{
    uint32_t *old = net->pairs;

    net->pairs_size = MAX(64, net->pairs_size * 2);
    net->pairs = g_new0(uint32_t, net->pairs_size);
    for (uint32_t edge = 0; edge < net->edge_count; edge += 2)
        net->pairs[pair_slot(net, net->edges[edge + 1].dst, net->edges[edge].dst)] = edge / 2 + 1;
    g_free(old);
}

static uint32_t
scan_for_edge(const SimNet *net, uint32_t a, uint32_t b)
{
    bool turned = net->nodes[b].out_count < net->nodes[a].out_count;
    const SimNode *n = &net->nodes[turned ? b : a];
    uint32_t other = turned ? a : b;

    for (uint32_t i = 0; i < n->out_count; i++) {
        uint32_t edge = net->out_edges[n->out_start + i];

        if (net->edges[edge].dst == other)
            return turned ? edge ^ 1 : edge;
    }
    return SIM_EDGE_NONE;
}

uint32_t
sim_net_find_edge(const SimNet *net, uint32_t a, uint32_t b)
{
    uint32_t found, edge;

    sim_assert(a < net->node_count);
    sim_assert(b < net->node_count);
    if (net->pairs == NULL)
        return scan_for_edge(net, a, b);
    found = net->pairs[pair_slot(net, a, b)];
    if (found == 0)
        return SIM_EDGE_NONE;
    edge = 2 * (found - 1);
    return net->edges[edge].dst == b ? edge : edge + 1;
}

/* Aligns the edges to cache lines, so that an edge and its reverse share one. */
static void
resize_edges(SimNet *net, uint32_t size)
{
    net->edges =
        sim_memory_resize(net->edges, net->edge_count, (size_t)size + 1, sizeof *net->edges);
    net->edge_size = size;
}

static uint32_t
append_pair(SimNet *net, uint32_t a, uint32_t b)
{
    uint32_t edge = net->edge_count;

    sim_assert(edge < UINT32_MAX / 4);
    if (edge + 2 > net->edge_size)
        resize_edges(net, MAX(16, net->edge_size * 2));
    net->edges[edge] = (SimEdge){.dst = b};
    net->edges[edge + 1] = (SimEdge){.dst = a};
    net->edge_count += 2;
    return edge;
}

uint32_t
sim_net_add_edge(SimNet *net, uint32_t a, uint32_t b)
{
    uint32_t edge = sim_net_find_edge(net, a, b);

    sim_assert(a != b);
    if (edge != SIM_EDGE_NONE)
        return edge;
    if (!net->frozen && net->edge_count >= net->pairs_size)
        grow_pairs(net); /* half full at most: an entry is two edges */
    edge = append_pair(net, a, b);
    if (net->pairs != NULL)
        net->pairs[pair_slot(net, a, b)] = edge / 2 + 1;
    add_out_edge(net, a, edge);
    add_out_edge(net, b, edge + 1);
    return edge;
}

void
sim_net_freeze(SimNet *net)
{
    uint32_t *packed = g_new(uint32_t, (size_t)net->edge_count + 1);
    uint32_t used = 0;

    for (uint32_t i = 0; i < net->node_count; i++) {
        SimNode *n = &net->nodes[i];

        if (n->out_count > 0)
            memcpy(packed + used, net->out_edges + n->out_start, n->out_count * sizeof *packed);
        n->out_start = used;
        n->out_size = n->out_count;
        used += n->out_count;
    }
    sim_assert(used == net->edge_count);
    g_free(net->out_edges);
    net->out_edges = packed;
    net->out_used = used;
    net->out_size = net->edge_count + 1;
    g_clear_pointer(&net->pairs, g_free);
    net->pairs_size = 0;
    resize_edges(net, net->edge_count);
    net->frozen = true;
}

/* -- life ----------------------------------------------------------------------------------- */

void
sim_net_graph_init(SimNet *net)
{
    SimLinkSpec first = sim_link_spec_default();

    net->names = g_string_chunk_new(4096);
    net->classes = g_ptr_array_new_with_free_func(g_free);
    net->class_by_spec = g_hash_table_new(hash_spec, equal_spec);
    net->times = g_ptr_array_new_with_free_func(g_free);
    net->closings = g_hash_table_new(NULL, NULL);
    intern_class(net, &first); /* class 0, that of new edges */
}

void
sim_net_graph_clear(SimNet *net)
{
    g_hash_table_unref(net->class_by_spec);
    g_ptr_array_unref(net->classes);
    g_ptr_array_unref(net->times);
    g_hash_table_unref(net->closings);
#if SIM_NET_EDGE_BOOKS
    if (net->edge_books != NULL)
        g_array_unref(net->edge_books);
#endif
    g_string_chunk_free(net->names);
    g_free(net->pairs);
    g_free(net->out_edges);
    sim_memory_free(net->edges);
    sim_memory_free(net->nodes);
    sim_memory_free(net->ends);
    g_free(net->states);
    g_free(net->node_names);
}

size_t
sim_net_memory(const SimNet *net)
{
    return sizeof *net +
           net->node_size * (sizeof(SimNode) + sizeof(SimNodeEnd) + 1 + sizeof(char *)) +
           net->edge_size * sizeof(SimEdge) + (net->out_size + net->pairs_size) * sizeof(uint32_t) +
           net->classes->len * (sizeof(SimLinkClass) + sizeof(gpointer)) +
           sim_net_lines_memory(net);
}
