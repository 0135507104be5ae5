/* Scenarios changed by token and databases changed by value: whatever comes of it, no command
 * crashes, hangs, prints what a terminal obeys or leaves a file.
 *
 * A few of each by default, always the same. `make mutate` draws many under the sanitizers:
 * KETTENSIM_MUTATIONS is how many scenarios, and three quarters as many databases; what fails is
 * kept in build/mutate/. */
#include "sim/io/text.h"
#include "tests/cli/command.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#define FEW 16
#define CPU_S 5             /* of any command; limits of the scenarios are far below */
#define FILE_BYTES_MAX 6000 /* of a scenario that is drawn from */
#define KEPT "build/mutate"

/* xorshift64 (Marsaglia 2003). */
static guint64
draw(guint64 *state, guint64 below)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state % below;
}

static guint
count_wanted(void)
{
    const char *text = g_getenv("KETTENSIM_MUTATIONS");
    guint64 count = FEW;

    if (text != NULL)
        CU_ASSERT_TRUE_FATAL(g_ascii_string_to_unsigned(text, 10, 1, 1000000, &count, NULL));
    return (guint)count;
}

/* --- what is asked of a command ----------------------------------------------------------- */

static bool
is_shown_as_it_is(const char *text)
{
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char_validated(text, -1);

        if (c >= (gunichar)-2 || (c != '\n' && c != '\t' && !io_is_printable(c)))
            return false;
    }
    return true;
}

static guint
count_left(const char *folder)
{
    static const char *const parts[] = {".part-", ".lock", "-journal", "-wal", ".new"};
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    guint count = 0;

    while ((name = g_dir_read_name(dir)) != NULL) {
        for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
            count += strstr(name, parts[i]) != NULL;
    }
    g_dir_close(dir);
    return count;
}

/* NULL: nothing. */
static const char *
what_is_wrong(const char *folder, const Result *result)
{
    if (result->status < 0)
        return "it died, or took too long";
    if (result->status > 4 || strstr(result->err, "runtime error:") != NULL ||
        strstr(result->err, "Sanitizer") != NULL)
        return "it broke";
    if (!is_shown_as_it_is(result->out) || !is_shown_as_it_is(result->err))
        return "it prints what a terminal obeys";
    return count_left(folder) > 0 ? "it leaves a file" : NULL;
}

/* Keeps the file that a command failed on, for whoever looks into it. */
static void
tell(const char *wrong, const char *const *words, const Result *result, const char *input,
     guint number)
{
    g_autofree char *command = g_strjoinv(" ", (char **)words);
    g_autofree char *base = g_path_get_basename(input);
    g_autofree char *kept = g_strdup_printf(KEPT "/%u-%s", number, base);
    g_autofree char *text =
        g_strdup_printf("%s: %s: %s: %.600s", wrong, command, kept, result->err);
    g_autofree char *bytes = NULL;
    gsize length;

    if (g_mkdir_with_parents(KEPT, 0777) == 0 && g_file_get_contents(input, &bytes, &length, NULL))
        g_file_set_contents(kept, bytes, (gssize)length, NULL);
    TEST_STR_EQUAL(text, "");
}

static void
try_command(const char *folder, const char *input, guint number, const char *const *words)
{
    g_auto(Result) result = command_under(folder, RLIMIT_CPU, CPU_S, CPU_S + 1, words);
    const char *wrong = what_is_wrong(folder, &result);

    if (wrong != NULL)
        tell(wrong, words, &result, input, number);
}

#define TRY(folder, input, number, ...)                                                            \
    try_command((folder), (input), (number), (const char *const[]){__VA_ARGS__, NULL})

/* --- scenarios ---------------------------------------------------------------------------- */

/* Paths below scenarios/, of files that are no giants. */
static void
find_files(GPtrArray *paths, const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            find_files(paths, path);
        else
            g_ptr_array_add(paths, g_steal_pointer(&path));
    }
    if (dir != NULL)
        g_dir_close(dir);
}

static gint
compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Words, texts, single marks and the blanks between them. */
static GPtrArray *
tokens_of(const char *text)
{
    GPtrArray *tokens = g_ptr_array_new_with_free_func(g_free);

    while (*text != '\0') {
        const char *start = text;

        if (*text == '"')
            for (text++; *text != '\0' && *text != '"' && *text != '\n'; text++)
                ;
        while (g_ascii_isalnum(*text) || *text == '_' || *text == '$')
            text++;
        text += text == start || *text == '"';
        g_ptr_array_add(tokens, g_strndup(start, (gsize)(text - start)));
    }
    return tokens;
}

static const char *const odd_tokens[] = {"0",
                                         "-1",
                                         "1",
                                         "9223372036854775807",
                                         "18446744073709551616",
                                         "1e30",
                                         "0.000000001",
                                         "100%",
                                         "101%",
                                         "0s",
                                         "1ns",
                                         "106751d",
                                         "1TiB",
                                         "1bps",
                                         "all",
                                         "none",
                                         "a1",
                                         "n1",
                                         "{",
                                         "}",
                                         "(",
                                         ")",
                                         "[",
                                         "]",
                                         "..",
                                         "*",
                                         "^",
                                         "-",
                                         "not",
                                         "and",
                                         "at",
                                         "end",
                                         "every",
                                         "for",
                                         "if",
                                         "over seeds",
                                         "\"\"",
                                         "\"\\n\"",
                                         "\"../x\"",
                                         "$x",
                                         "\n",
                                         "\\\n",
                                         "999999",
                                         "1..1000000",
                                         "\xff",
                                         "\033[31m",
                                         "\xe2\x80\xae",
                                         "tip",
                                         "height",
                                         "max",
                                         "within 1s",
                                         "mine",
                                         "crash",
                                         "drop",
                                         "restart"};

static void
change_token(GPtrArray *tokens, const GPtrArray *others, guint64 *state)
{
    guint at = (guint)draw(state, tokens->len);

    switch (draw(state, 6)) {
    case 0:
        if (tokens->len > 1)
            g_ptr_array_remove_index(tokens, at);
        break;
    case 1:
        g_ptr_array_insert(tokens, (gint)at, g_strdup(tokens->pdata[at]));
        break;
    case 2:
        g_free(tokens->pdata[at]);
        tokens->pdata[at] = g_strdup(others->pdata[draw(state, others->len)]);
        break;
    case 3: {
        g_autofree char *old = tokens->pdata[at];
        gsize cut = (gsize)draw(state, strlen(old) + 1);

        tokens->pdata[at] =
            g_strdup_printf("%.*s%s%s", (int)cut, old,
                            odd_tokens[draw(state, G_N_ELEMENTS(odd_tokens))], old + cut);
        break;
    }
    case 4:
        g_ptr_array_insert(tokens, (gint)at, g_strdup(others->pdata[draw(state, others->len)]));
        break;
    default:
        g_free(tokens->pdata[at]);
        tokens->pdata[at] = g_strdup(odd_tokens[draw(state, G_N_ELEMENTS(odd_tokens))]);
    }
}

/* Limits make an end of what is only large. */
static char *
change_scenario(const char *text, const GPtrArray *others, guint64 *state)
{
    g_autoptr(GPtrArray) tokens = tokens_of(text);
    GString *out = g_string_new(NULL);

    for (guint64 i = 1 + draw(state, 4); i > 0; i--)
        change_token(tokens, others, state);
    for (guint i = 0; i < tokens->len; i++)
        g_string_append(out, tokens->pdata[i]);
    g_string_append(out, "\nlimit wall=1s memory=2GB events=200000\n");
    return g_string_free(out, FALSE);
}

static GPtrArray *
all_tokens(const GPtrArray *paths)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < paths->len; i++) {
        g_autofree char *text = NULL;
        g_autoptr(GPtrArray) tokens = NULL;

        if (!g_str_has_suffix(paths->pdata[i], ".scn") ||
            !g_file_get_contents(paths->pdata[i], &text, NULL, NULL))
            continue;
        tokens = tokens_of(text);
        g_ptr_array_extend(all, tokens, (GCopyFunc)(void *)g_strdup, NULL);
    }
    return all;
}

/* A copy of the tree, so that includes are found. */
static void
copy_files(const char *folder, const GPtrArray *paths)
{
    for (guint i = 0; i < paths->len; i++) {
        g_autofree char *text = NULL;

        if (g_file_get_contents(paths->pdata[i], &text, NULL, NULL))
            g_free(folder_write(folder, paths->pdata[i], text));
    }
}

static void
test_scenarios(void)
{
    char *folder = folder_new();
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) others = NULL;
    guint64 state = 0x9e3779b97f4a7c15;

    find_files(paths, "scenarios");
    g_ptr_array_sort(paths, compare);
    copy_files(folder, paths);
    others = all_tokens(paths);
    for (guint i = 0; i < count_wanted();) {
        const char *path = paths->pdata[draw(&state, paths->len)];
        g_autofree char *text = NULL, *changed = NULL, *written = NULL;

        if (!g_str_has_suffix(path, ".scn") || !g_file_get_contents(path, &text, NULL, NULL) ||
            strlen(text) > FILE_BYTES_MAX)
            continue;
        changed = change_scenario(text, others, &state);
        written = folder_write(folder, path, changed);
        TRY(folder, written, i, "check", path);
        TRY(folder, written, i, "run", path, "-o", "t.db");
        g_free(folder_write(folder, path, text));
        i++;
    }
    folder_remove(folder);
}

/* --- databases ---------------------------------------------------------------------------- */

#define TRACED                                                                                     \
    "scn 1 \"t\"\nlimit wall=1s memory=2GB events=200000\nduration 2m\nnodes n[1..3]\n"            \
    "wallet w funds=3\nwallet v\ntx p from=w to=v amount=1\nat 5s submit p at n1\n"                \
    "at 20s partition {n1} | {n2, n3} for 60s name=c\nfinally same_tip(all, ignore-last=3)\n"      \
    "measure m = max_reorg(all)\nparam a = 1\n"
#define SWEPT TRACED "sweep a = 1, 2\nseeds 1..3\ntable m by a\nfinally mean(m) >= 0 over seeds\n"

static const char *const odd_values[] = {"NULL",
                                         "0",
                                         "-1",
                                         "1",
                                         "9223372036854775807",
                                         "-9223372036854775807 - 1",
                                         "4294967295",
                                         "4294967296",
                                         "9e999",
                                         "-9e999",
                                         "0.5",
                                         "''",
                                         "'x'",
                                         "char(27) || '[2J'",
                                         "char(8238)",
                                         "CAST(x'ff00' AS TEXT)",
                                         "x'00ff'",
                                         "hex(zeroblob(200000))",
                                         "'{\"a\":'",
                                         "'n1'",
                                         "'held'",
                                         "replace(hex(zeroblob(2000)), '00', '[')"};

/* Changes one column in one row or in all; what the database refuses stays as it was. */
static void
change_value(sqlite3 *db, const GPtrArray *columns, guint64 *state)
{
    const char *column = columns->pdata[draw(state, columns->len)]; /* "table"."column" */
    g_auto(GStrv) names = g_strsplit(column, ".", 2);
    const char *value = odd_values[draw(state, G_N_ELEMENTS(odd_values))];
    g_autofree char *sql =
        draw(state, 4) == 0
            ? g_strdup_printf("UPDATE OR IGNORE %s SET %s = %s", names[0], names[1], value)
            : g_strdup_printf(
                  "UPDATE OR IGNORE %s SET %s = %s WHERE %s = (SELECT %s FROM %s LIMIT 1"
                  " OFFSET %d)",
                  names[0], names[1], value, names[1], names[1], names[0], (int)draw(state, 12));

    sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static GPtrArray *
columns_of(sqlite3 *db)
{
    GPtrArray *columns = g_ptr_array_new_with_free_func(g_free);
    sqlite3_stmt *stmt = NULL;

    CU_ASSERT_EQUAL_FATAL(
        sqlite3_prepare_v2(
            db,
            "SELECT '\"' || s.name || '\".\"' || c.name || '\"' FROM sqlite_schema s,"
            " pragma_table_info(s.name) c WHERE s.type = 'table' ORDER BY 1",
            -1, &stmt, NULL),
        SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        g_ptr_array_add(columns, g_strdup((const char *)sqlite3_column_text(stmt, 0)));
    sqlite3_finalize(stmt);
    return columns;
}

static char *
change_database(const char *folder, const char *from, guint64 *state)
{
    g_autofree char *source = folder_path(folder, from), *bytes = NULL;
    char *path = folder_path(folder, "changed.db");
    g_autoptr(GPtrArray) columns = NULL;
    sqlite3 *db = NULL;
    gsize length;

    CU_ASSERT_TRUE_FATAL(g_file_get_contents(source, &bytes, &length, NULL));
    CU_ASSERT_TRUE_FATAL(g_file_set_contents(path, bytes, (gssize)length, NULL));
    CU_ASSERT_EQUAL_FATAL(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    sqlite3_exec(db, "PRAGMA ignore_check_constraints=ON; PRAGMA journal_mode=OFF", NULL, NULL,
                 NULL);
    columns = columns_of(db);
    for (guint64 i = 1 + draw(state, 4); i > 0; i--)
        change_value(db, columns, state);
    sqlite3_close(db);
    return path;
}

static void
try_trace(const char *folder, const char *path, guint number, guint64 *state)
{
    static const char *const queries[] = {
        "overview",   "agreement", "forks",        "heals",           "growth",
        "mempool",    "peers",     "mempool-size", "tx-confirmation", "tx-fates",
        "traffic",    "stale",     "revenue",      "common-prefix",   "common-prefix-pairs",
        "connections"};
    static const char *const forms[] = {"dot", "graphml", "perfetto"};

    TRY(folder, path, number, "report", "changed.db", "-o", "r.html");
    TRY(folder, path, number, "query", "changed.db", queries[draw(state, G_N_ELEMENTS(queries))]);
    TRY(folder, path, number, "export", "changed.db", "--format",
        forms[draw(state, G_N_ELEMENTS(forms))]);
    TRY(folder, path, number, "show", "changed.db", "--at", "40s");
    TRY(folder, path, number, "diff", "changed.db", "trace.db");
    TRY(folder, path, number, "replay", "changed.db");
}

static void
try_results(const char *folder, const char *path, guint number)
{
    TRY(folder, path, number, "report", "changed.db", "-o", "r.html");
    TRY(folder, path, number, "query", "changed.db", "points");
    TRY(folder, path, number, "merge", "-q", "--force", "m.db", "changed.db", "results.db");
    TRY(folder, path, number, "sweep", "s.scn", "-j1", "-o", "changed.db");
}

static void
test_databases(void)
{
    char *folder = folder_new();
    guint64 state = 0xd1b54a32d192ed03;

    g_free(folder_write(folder, "t.scn", TRACED));
    g_free(folder_write(folder, "s.scn", SWEPT));
    {
        g_auto(Result) run =
            COMMAND(folder, "run", "t.scn", "--trace", "full", "-q", "-o", "trace.db");
        g_auto(Result) sweep = COMMAND(folder, "sweep", "s.scn", "-q", "-o", "results.db");

        CU_ASSERT_EQUAL_FATAL(run.status, 0);
        CU_ASSERT_EQUAL_FATAL(sweep.status, 0);
    }
    for (guint i = 0; i < count_wanted() * 3 / 4; i++) {
        bool is_trace = i % 3 != 0;
        g_autofree char *path =
            change_database(folder, is_trace ? "trace.db" : "results.db", &state);

        if (is_trace)
            try_trace(folder, path, i, &state);
        else
            try_results(folder, path, i);
    }
    folder_remove(folder);
}

TEST_SUITE(mutate, {"scenarios", test_scenarios}, {"databases", test_databases})
