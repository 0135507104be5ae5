/* docs/trace-schema.md and docs/sweeps.md say of the schemas what these say of themselves.
 * KETTE_BLESS=1 writes their generated parts. */
#include "analysis/schema.h"
#include "tests/analysis/trace.h"

#include <stdlib.h>
#include <string.h>

#define BEGIN "<!-- begin: generated from the schema by kettensim query --schema -->\n\n"
#define END "\n<!-- end: generated -->\n"

static char *
describe(AnaDatabase *database)
{
    char *text = NULL, *copy;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    CU_ASSERT_TRUE(ana_schema_print(database, out, NULL));
    fclose(out);
    copy = g_strdup(text);
    free(text);
    return copy;
}

static void
compare(const char *path, const char *generated)
{
    g_autofree char *document = NULL;
    char *begin, *end;

    CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &document, NULL, NULL));
    begin = strstr(document, BEGIN);
    end = begin != NULL ? strstr(begin, END) : NULL;
    CU_ASSERT_PTR_NOT_NULL_FATAL(end);
    if (g_getenv("KETTE_BLESS") != NULL) {
        g_autofree char *head = g_strndup(document, (gsize)(begin - document));
        g_autofree char *fresh = g_strconcat(head, BEGIN, generated, end, NULL);

        CU_ASSERT_TRUE(g_file_set_contents(path, fresh, -1, NULL));
        return;
    }
    *end = '\0';
    TEST_STR_EQUAL(begin + strlen(BEGIN), generated);
}

static void
test_document(void)
{
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");
    g_autoptr(AnaDatabase) database = ana_database_open(path, (AnaLimits){NULL, 0}, NULL);
    g_autofree char *generated = NULL;
    g_autofree char *stray = NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(database);
    generated = describe(database);
    compare("docs/trace-schema.md", generated);
    CU_ASSERT_PTR_NULL(strstr(generated, "not described"));
    stray = ana_schema_stray_note(database);
    TEST_STR_EQUAL(stray != NULL ? stray : "", "");
    folder_remove(folder);
}

static void
test_results_document(void)
{
    char *folder = folder_new();
    g_autofree char *scenario =
        folder_write(folder, "s.scn",
                     "scn 1 \"s\"\nparam latency = 80ms in 1ms..1s\nsweep latency = 20ms, 80ms\n"
                     "seeds 1..2\nduration 10s\nnodes a\nmeasure deepest = max_reorg(all)\n"
                     "table deepest by latency\n");
    g_autofree char *path = folder_path(folder, "s.db");
    g_auto(Result) sweep = COMMAND(folder, "sweep", "s.scn", "-q", "-o", "s.db");
    g_autoptr(AnaDatabase) database = ana_database_open(path, (AnaLimits){NULL, 0}, NULL);
    g_autofree char *generated = NULL;
    g_autofree char *stray = NULL;

    TEST_STR_EQUAL(sweep.err, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(database);
    generated = describe(database);
    compare("docs/sweeps.md", generated);
    CU_ASSERT_PTR_NULL(strstr(generated, "not described"));
    stray = ana_schema_stray_note(database);
    TEST_STR_EQUAL(stray != NULL ? stray : "", "");
    folder_remove(folder);
}

/* A table that nobody described is told as such, whatever its name. */
static void
test_unknown_table(void)
{
    char *folder = folder_new();
    g_autofree char *path = trace_write(folder, "t.db");
    g_autoptr(AnaDatabase) database = NULL;
    g_autofree char *text = NULL;

    trace_edit(path, "CREATE TABLE \"<b>`|\"(x)");
    database = ana_database_open(path, (AnaLimits){NULL, 0}, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(database);
    text = describe(database);
    TEST_CONTAINS(text, "### ?b???\n\nnot described\n");
    folder_remove(folder);
}

TEST_SUITE(schema, {"the document agrees with it", test_document},
           {"that of results does", test_results_document},
           {"tables that are not described", test_unknown_table})
