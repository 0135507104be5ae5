/* The report as a file: whole, one object of data in it, and nothing of a name as markup. What a
 * browser makes of it is `make check-web`. */
#include "analysis/report.h"
#include "tests/analysis/trace.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#define DATA "<script type=\"application/json\" id=\"data\">"

/* The data of a page, which is also checked to be whole; NULL where there is no page. */
static JsonNode *
data_of(const char *page)
{
    const char *begin = strstr(page, DATA), *end;
    g_autofree char *text = NULL;

    CU_ASSERT_TRUE(g_str_has_prefix(page, "<!DOCTYPE html>"));
    CU_ASSERT_TRUE(g_str_has_suffix(page, "</html>\n"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(begin);
    begin += strlen(DATA);
    end = strstr(begin, "</script>");
    CU_ASSERT_PTR_NOT_NULL_FATAL(end);
    text = g_strndup(begin, (gsize)(end - begin));
    return json_from_string(text, NULL);
}

static JsonArray *
rows_of(JsonNode *data, const char *key)
{
    JsonObject *part = json_object_get_object_member(json_node_get_object(data), key);

    CU_ASSERT_PTR_NOT_NULL_FATAL(part);
    return json_object_get_array_member(part, "rows");
}

/* Without npm there is no page, and the command says how to get it. */
static bool
has_page(const char *folder)
{
    if (ana_report_has_page())
        return true;
    {
        g_auto(Result) result = COMMAND(folder, "report", "t.db");

        CU_ASSERT_EQUAL(result.status, 2);
        TEST_CONTAINS(result.err, "type 'make deps' and 'make'");
    }
    return false;
}

static void
test_whole(void)
{
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");

    if (has_page(folder)) {
        g_auto(Result) file = COMMAND(folder, "report", "t.db");
        g_auto(Result) page = COMMAND(folder, "report", "t.db", "-o", "-");
        g_auto(Result) window =
            COMMAND(folder, "report", "t.db", "-o", "-", "--from", "9s", "--to", "11s");
        g_autoptr(JsonNode) data = data_of(page.out);
        g_autoptr(JsonNode) narrow = data_of(window.out);

        TEST_STR_EQUAL(file.out, "t.html\n");
        CU_ASSERT_PTR_NOT_NULL_FATAL(data);
        CU_ASSERT_EQUAL(json_array_get_length(rows_of(data, "blocks")), trace_block_count);
        CU_ASSERT_EQUAL(json_array_get_length(rows_of(data, "arrivals")), trace_arrival_count);
        CU_ASSERT_EQUAL(json_array_get_length(rows_of(data, "nodes")), TRACE_NODES);
        CU_ASSERT_EQUAL(json_array_get_length(rows_of(data, "withheld")), 2);
        CU_ASSERT_EQUAL(json_array_get_length(rows_of(data, "attackers")), 1);
        CU_ASSERT_EQUAL(json_array_get_length(rows_of(data, "undone")), 1);
        /* Two are sent at 10 s; 11 s is outside. */
        CU_ASSERT_EQUAL(json_array_get_length(rows_of(narrow, "messages")), 2);
    }
    folder_remove(folder);
}

static char *
rows_text(JsonNode *data, const char *key)
{
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_ARRAY);

    json_node_set_array(node, rows_of(data, key));
    return json_to_string(node, FALSE);
}

/* What the player needs: three nodes on two sides of a cut, two links, and no moves but `tips`. */
static void
test_player(void)
{
    static const struct {
        const char *key, *rows;
    } parts[] = {
        {"player", "[[1,0,9000000000,11000000000,1,2]]"},
        {"clusters", "[[0,null,1,1],[1,null,2,1],[2,\"New York\",2,1]]"},
        {"links", "[[0,0,1,1],[2,1,2,1]]"},
        {"connections", "[[15000000000,0,0],[25000000000,0,1],[39000000000,2,0]]"},
        {"sides", "[[1,0,1],[1,1,2],[1,2,2]]"},
        {"spans", "[]"},
        {"down", "[]"},
        {"moves", "[]"},
        {"shifts", "[]"},
    };
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");

    if (has_page(folder)) {
        g_auto(Result) page =
            COMMAND(folder, "report", "t.db", "-o", "-", "--from", "9s", "--to", "11s");
        g_autoptr(JsonNode) data = data_of(page.out);

        CU_ASSERT_PTR_NOT_NULL_FATAL(data);
        for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
            g_autofree char *rows = rows_text(data, parts[i].key);
            g_autofree char *told = g_strconcat(parts[i].key, " ", rows, NULL);
            g_autofree char *want = g_strconcat(parts[i].key, " ", parts[i].rows, NULL);

            TEST_STR_EQUAL(told, want);
        }
    }
    folder_remove(folder);
}

/* A summary has no rows of strategies: what became of blocks is unknown, and not 0. */
static void
test_summary(void)
{
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");

    trace_edit(path, "DELETE FROM strategy; UPDATE run SET level = 'summary'");
    if (has_page(folder)) {
        g_auto(Result) page = COMMAND(folder, "report", "t.db", "-o", "-");
        g_autoptr(JsonNode) data = data_of(page.out);

        CU_ASSERT_PTR_NOT_NULL_FATAL(data);
        CU_ASSERT_EQUAL(json_array_get_length(rows_of(data, "attackers")), 0);
        CU_ASSERT_EQUAL(json_array_get_length(rows_of(data, "nodes")), TRACE_NODES);
    }
    folder_remove(folder);
}

static void
test_hostile_names(void)
{
    static const char harm[] = "</script><script>alert(1)</script><!--";
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");

    trace_edit(path, "UPDATE node SET name = '</script><script>alert(1)</script><!--';"
                     "UPDATE fault SET text = '</script><script>alert(1)</script><!--';"
                     "UPDATE run SET title = '</script><script>alert(1)</script><!--'");
    if (has_page(folder)) {
        g_auto(Result) page = COMMAND(folder, "report", "t.db", "-o", "-");
        g_autoptr(JsonNode) data = data_of(page.out);

        CU_ASSERT_PTR_NULL(strstr(page.out, "<script>alert"));
        CU_ASSERT_PTR_NOT_NULL_FATAL(data);
        TEST_STR_EQUAL(json_array_get_string_element(
                           json_array_get_array_element(rows_of(data, "nodes"), 0), 1),
                       harm);
    }
    folder_remove(folder);
}

static void
test_with_run(void)
{
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");

    if (has_page(folder)) {
        g_auto(Result) beside = COMMAND(folder, "run", "empty.scn", "-q", "-o", "e.db", "--report");
        g_auto(Result) named =
            COMMAND(folder, "run", "empty.scn", "-o", "e.db", "--report=other.html");
        g_auto(Result) off = COMMAND(folder, "run", "empty.scn", "--report", "--trace", "off");
        g_autofree char *first = folder_path(folder, "e.html");
        g_autofree char *second = folder_path(folder, "other.html");

        CU_ASSERT_EQUAL(beside.status, 0);
        CU_ASSERT_TRUE(g_file_test(first, G_FILE_TEST_EXISTS));
        CU_ASSERT_TRUE(g_file_test(second, G_FILE_TEST_EXISTS));
        TEST_CONTAINS(named.out, "report  other.html\n");
        CU_ASSERT_EQUAL(off.status, 2);
    }
    folder_remove(folder);
}

/* A full disk is one line and 4, also where what is written last is long and a later write cannot
 * say why the first failed; a device stays what it is. */
static void
test_full_disk(void)
{
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");
    g_autofree char *link = folder_path(folder, "full.html");

    CU_ASSERT_EQUAL_FATAL(symlink("/dev/full", link), 0);
    if (has_page(folder)) {
        g_auto(Result) result = COMMAND(folder, "report", "t.db", "-o", "full.html");

        CU_ASSERT_EQUAL(result.status, 4);
        TEST_CONTAINS(result.err, "cannot write 'full.html': No space left on device: make room");
        CU_ASSERT_TRUE(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    }
    {
        g_auto(Result) result = COMMAND(folder, "export", "t.db", "-f", "dot", "-o", "full.html");

        CU_ASSERT_EQUAL(result.status, 4);
        CU_ASSERT_TRUE(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    }
    folder_remove(folder);
}

TEST_SUITE(report, {"one whole file", test_whole}, {"the player", test_player},
           {"a summary", test_summary}, {"names made to do harm", test_hostile_names},
           {"with a run", test_with_run}, {"full disk", test_full_disk})
