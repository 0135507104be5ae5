/* kettensim query: asks a trace or the results of a sweep, with a ready query or your own. */
#include "analysis/query.h"
#include "analysis/schema.h"
#include "sim/cli/command.h"
#include "sim/cli/interrupt.h"

#include <string.h>

#define usage(...) command_usage("query", __VA_ARGS__)

typedef struct {
    gboolean table, csv, json, markdown, schema;
    gint timeout_s;
    char *path, *what;
} Words;

static GOptionContext *
context_new(Words *words)
{
    const GOptionEntry entries[] = {
        {"table", 0, 0, G_OPTION_ARG_NONE, &words->table, "Print aligned columns (the default)",
         NULL},
        {"csv", 0, 0, G_OPTION_ARG_NONE, &words->csv, "Print CSV with a heading", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &words->json, "Print one JSON array of objects", NULL},
        {"md", 0, 0, G_OPTION_ARG_NONE, &words->markdown, "Print a Markdown table", NULL},
        {"schema", 0, 0, G_OPTION_ARG_NONE, &words->schema,
         "Describe every table, view and column instead (Markdown)", NULL},
        {"timeout", 0, 0, G_OPTION_ARG_INT, &words->timeout_s,
         "Stop a statement after this many seconds (default: never)", "SECONDS"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("DB [NAME|SQL]");

    g_option_context_set_summary(
        context,
        "Queries a trace, or the results of a sweep. NAME is a ready query; without NAME the\n"
        "command lists them. An argument with a blank in it is SQL: one statement that only "
        "reads.");
    g_option_context_set_description(
        context,
        "Examples:\n"
        "  kettensim query out/partition_heal.db\n"
        "  kettensim query out/partition_heal.db reorgs\n"
        "  kettensim query out/partition_heal.db propagation --csv\n"
        "  kettensim query out/partition_heal.db \"SELECT name, mined FROM node\" --json\n"
        "  kettensim query out/partition_heal.db --schema\n\n"
        "Exit status: 0; 2 usage, a file that is no such database, or a statement that fails;\n"
        "130 interrupted.\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

/* Returns an exit status, or -1 to go on. */
static int
parse_words(Words *words, int argc, char **argv)
{
    g_autoptr(GOptionContext) context = context_new(words);

    if (!command_parse("query", context, &argc, &argv))
        return EXIT_USAGE;
    if (argc < 2 || argc > 3)
        return usage("a database and at most one question are due, and %d words came: put SQL in "
                     "quotes",
                     argc - 1);
    if (words->table + words->csv + words->json + words->markdown > 1)
        return usage("--table, --csv, --json and --md are four forms: choose one");
    if (words->timeout_s < 0)
        return usage("--timeout is a number of seconds from 0 on");
    if (words->schema && argc == 3)
        return usage("--schema takes no question");
    words->path = argv[1];
    words->what = argc == 3 ? argv[2] : NULL;
    return -1;
}

static AnaForm
form_of(const Words *words)
{
    if (words->csv)
        return ANA_FORM_CSV;
    if (words->json)
        return ANA_FORM_JSON;
    return words->markdown ? ANA_FORM_MARKDOWN : ANA_FORM_TABLE;
}

static void
list_queries(const AnaDatabase *database)
{
    for (const AnaQuery *query = ana_queries; query->name != NULL; query++) {
        g_autofree char *question = ana_query_question(query);

        if (ana_query_kind(query) == ana_database_kind(database))
            printf("%-20s %s\n", query->name, question);
    }
}

static bool
ask(AnaDatabase *database, const Words *words, GError **error)
{
    const AnaQuery *query;

    if (words->schema)
        return ana_schema_print(database, stdout, error);
    if (words->what == NULL) {
        list_queries(database);
        return true;
    }
    if (strpbrk(words->what, " \t\n;(") != NULL)
        return ana_query_print(database, words->what, form_of(words), stdout, error);
    query = ana_query_find(words->what);
    if (query == NULL) {
        g_set_error(error, ANA_ERROR, ANA_ERROR_INPUT,
                    "no query is called '%s'; without a name kettensim query lists them",
                    words->what);
        return false;
    }
    return ana_query_fits(query, database, error) &&
           ana_query_print(database, query->sql, form_of(words), stdout, error);
}

int
command_query(int argc, char **argv)
{
    Words words = {.path = NULL};
    g_autoptr(AnaDatabase) database = NULL;
    g_autoptr(GError) error = NULL;
    AnaLimits limits = {.stop = interrupt_asked};
    int status = parse_words(&words, argc, argv);

    if (status >= 0)
        return status;
    interrupt_install();
    limits.timeout_us = (gint64)words.timeout_s * G_USEC_PER_SEC;
    database = ana_database_open(words.path, limits, &error);
    if (database != NULL && ask(database, &words, &error))
        return command_flush("query", 0);
    return command_fail("query", error);
}
