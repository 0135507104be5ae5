/* The export for Perfetto against the rules of Chrome's trace event format ("Trace Event Format",
 * Google): what each phase must have, flows in pairs that lie in slices, names for every track, and
 * slices of one track that nest. */
#include "tests/analysis/trace.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

typedef struct {
    gint64 from, to; /* ns */
} Slice;

typedef struct {
    GHashTable *processes; /* "pid" with a name */
    GHashTable *threads;   /* "pid/tid" with a name */
    GHashTable *slices;    /* "pid/tid" -> GArray of Slice */
    GHashTable *flows;     /* "id/cat/name" -> its open beginning's ts + 1 */
    guint flow_count, slice_count;
} Rules;

static gint64
nanoseconds(JsonObject *event, const char *member)
{
    return llround(json_object_get_double_member(event, member) * 1000);
}

static char *
track_of(JsonObject *event)
{
    return g_strdup_printf("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT,
                           json_object_get_int_member(event, "pid"),
                           json_object_get_int_member(event, "tid"));
}

static void
take_metadata(Rules *rules, JsonObject *event)
{
    const char *name = json_object_get_string_member(event, "name");
    JsonObject *args = json_object_get_object_member(event, "args");

    CU_ASSERT_PTR_NOT_NULL_FATAL(args);
    if (strcmp(name, "process_name") == 0)
        g_hash_table_add(
            rules->processes,
            g_strdup_printf("%" G_GINT64_FORMAT, json_object_get_int_member(event, "pid")));
    else if (strcmp(name, "thread_name") == 0)
        g_hash_table_add(rules->threads, track_of(event));
    if (g_str_has_suffix(name, "_name"))
        CU_ASSERT_TRUE(json_object_has_member(args, "name"));
}

static void
take_slice(Rules *rules, JsonObject *event)
{
    char *track = track_of(event);
    GArray *list = g_hash_table_lookup(rules->slices, track);
    Slice slice = {.from = nanoseconds(event, "ts")};

    CU_ASSERT_TRUE(json_object_has_member(event, "dur"));
    slice.to = slice.from + nanoseconds(event, "dur");
    CU_ASSERT_TRUE(slice.to >= slice.from);
    if (list == NULL) {
        list = g_array_new(FALSE, FALSE, sizeof slice);
        g_hash_table_insert(rules->slices, track, list);
    } else {
        g_free(track);
    }
    g_array_append_val(list, slice);
    rules->slice_count++;
}

/* A beginning and an end, of a flow or a span, have id, category and name in common; the end is not
 * before. */
static void
take_flow(Rules *rules, JsonObject *event, char phase)
{
    bool is_end = phase == 'f' || phase == 'e';
    g_autofree char *key = NULL;
    gint64 begun, at = nanoseconds(event, "ts");

    CU_ASSERT_TRUE_FATAL(json_object_has_member(event, "id"));
    CU_ASSERT_TRUE_FATAL(json_object_has_member(event, "cat"));
    key = g_strdup_printf("%" G_GINT64_FORMAT "/%s/%s", json_object_get_int_member(event, "id"),
                          json_object_get_string_member(event, "cat"),
                          json_object_get_string_member(event, "name"));
    begun = GPOINTER_TO_SIZE(g_hash_table_lookup(rules->flows, key));
    if (is_end) {
        CU_ASSERT_TRUE(begun > 0);
        CU_ASSERT_TRUE(at + 1 >= begun);
        if (phase == 'f')
            TEST_STR_EQUAL(json_object_get_string_member(event, "bp"), "e");
        CU_ASSERT_TRUE(g_hash_table_remove(rules->flows, key));
    } else {
        CU_ASSERT_EQUAL(begun, 0);
        g_hash_table_insert(rules->flows, g_steal_pointer(&key), GSIZE_TO_POINTER(at + 1));
        rules->flow_count += phase == 's';
    }
}

static void
take_event(Rules *rules, JsonObject *event)
{
    const char *phase = json_object_get_string_member(event, "ph");

    CU_ASSERT_TRUE(json_object_has_member(event, "name"));
    CU_ASSERT_TRUE(json_object_has_member(event, "pid"));
    CU_ASSERT_TRUE(json_object_has_member(event, "tid"));
    CU_ASSERT_TRUE(json_object_has_member(event, "ts"));
    CU_ASSERT_EQUAL_FATAL(strlen(phase), 1);
    switch (phase[0]) {
    case 'M':
        take_metadata(rules, event);
        break;
    case 'X':
        take_slice(rules, event);
        break;
    case 'i':
        CU_ASSERT_TRUE(strchr("gpt", json_object_get_string_member(event, "s")[0]) != NULL);
        break;
    case 's':
    case 'f':
    case 'b':
    case 'e':
        take_flow(rules, event, phase[0]);
        break;
    default:
        TEST_STR_EQUAL(phase, "a phase of the format");
    }
}

static gint
compare_slices(gconstpointer a, gconstpointer b)
{
    const Slice *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->to > y->to ? -1 : x->to < y->to;
}

/* Of two slices of a track one holds the other, or they do not meet. */
static bool
is_nested(GArray *slices)
{
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(gint64));

    g_array_sort(slices, compare_slices);
    for (guint i = 0; i < slices->len; i++) {
        const Slice *slice = &g_array_index(slices, Slice, i);

        while (open->len > 0 && g_array_index(open, gint64, open->len - 1) <= slice->from)
            g_array_set_size(open, open->len - 1);
        if (open->len > 0 && g_array_index(open, gint64, open->len - 1) < slice->to)
            return false;
        g_array_append_val(open, slice->to);
    }
    return true;
}

static void
check_place(const Rules *rules, JsonObject *event)
{
    g_autofree char *track = track_of(event);
    g_autofree char *process =
        g_strdup_printf("%" G_GINT64_FORMAT, json_object_get_int_member(event, "pid"));
    const char *phase = json_object_get_string_member(event, "ph");
    const GArray *slices = g_hash_table_lookup(rules->slices, track);
    gint64 at = nanoseconds(event, "ts");
    bool inside = false;

    CU_ASSERT_TRUE(g_hash_table_contains(rules->processes, process));
    if (strcmp(phase, "M") != 0 && !g_hash_table_contains(rules->threads, track))
        TEST_STR_EQUAL(track, "a track with a name");
    if (strcmp(phase, "s") != 0 && strcmp(phase, "f") != 0)
        return;
    CU_ASSERT_PTR_NOT_NULL_FATAL(slices);
    for (guint i = 0; i < slices->len && !inside; i++)
        inside =
            g_array_index(slices, Slice, i).from <= at && at <= g_array_index(slices, Slice, i).to;
    CU_ASSERT_TRUE(inside);
}

static void
array_unref(gpointer array)
{
    g_array_unref(array);
}

static void
check_rules(const char *text, guint flows)
{
    Rules rules = {
        .processes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .threads = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .slices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, array_unref),
        .flows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
    g_autoptr(JsonNode) root = json_from_string(text, NULL);
    JsonArray *events;
    GHashTableIter iter;
    gpointer slices;

    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    events = json_object_get_array_member(json_node_get_object(root), "traceEvents");
    for (guint i = 0; i < json_array_get_length(events); i++)
        take_event(&rules, json_array_get_object_element(events, i));
    for (guint i = 0; i < json_array_get_length(events); i++)
        check_place(&rules, json_array_get_object_element(events, i));
    CU_ASSERT_EQUAL(g_hash_table_size(rules.flows), 0); /* each has come to its end */
    CU_ASSERT_EQUAL(rules.flow_count, flows);
    CU_ASSERT_TRUE(rules.slice_count > flows);
    g_hash_table_iter_init(&iter, rules.slices);
    while (g_hash_table_iter_next(&iter, NULL, &slices))
        CU_ASSERT_TRUE(is_nested(slices));
    g_hash_table_unref(rules.processes);
    g_hash_table_unref(rules.threads);
    g_hash_table_unref(rules.slices);
    g_hash_table_unref(rules.flows);
}

static void
test_rules(void)
{
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");
    guint came = 0;

    for (size_t i = 0; i < trace_message_count; i++)
        came += strcmp(trace_messages[i].fate, "delivered") == 0;
    /* Two messages half a microsecond apart, of one node, and to itself at once. */
    trace_edit(path, "INSERT INTO message(kind, src, dst, sent_ns, due_ns, fate, bytes) VALUES"
                     " ('ack', 0, 1, 1000, 2000, 'delivered', 9),"
                     " ('ack', 0, 1, 1500, 2500, 'delivered', 9),"
                     " ('ack', 0, 0, 1500, 1500, 'delivered', 9)");
    {
        g_auto(Result) all = COMMAND(folder, "export", "t.db", "-f", "perfetto");
        g_auto(Result) window =
            COMMAND(folder, "export", "t.db", "-f", "perfetto", "--from", "10s", "--to", "12s");

        TEST_STR_EQUAL(all.err, "");
        check_rules(all.out, came + 3);
        check_rules(window.out, 4);
    }
    folder_remove(folder);
}

/* Numbers that no run has are numbers in the export, too. */
static void
test_far_ends(void)
{
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");

    trace_edit(path, "INSERT INTO message(kind, src, dst, sent_ns, due_ns, fate, bytes) VALUES"
                     " ('ack', 9223372036854775807, -9223372036854775808, 1, -9223372036854775808,"
                     "  'delivered', 9);"
                     "UPDATE node SET id = 9223372036854775807 WHERE id = 2;"
                     "UPDATE run SET end_ns = -9223372036854775808");
    {
        g_auto(Result) all = COMMAND(folder, "export", "t.db", "-f", "perfetto");
        g_autoptr(JsonNode) parsed = json_from_string(all.out, NULL);

        CU_ASSERT_EQUAL(all.status, 0);
        CU_ASSERT_PTR_NOT_NULL(parsed);
        TEST_CONTAINS(all.out, "\"ts\":-9223372036854775.808");
    }
    folder_remove(folder);
}

TEST_SUITE(perfetto, {"the rules of the format", test_rules}, {"far ends", test_far_ends})
