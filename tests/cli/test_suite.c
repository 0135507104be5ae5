/* The command `test`: what is run, how it is judged and told, and what a run that dies does to the
 * others. */
#include "tests/cli/command.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define GOOD "scn 1 \"good\"\nduration 1m\nnodes n[1..3]\nfinally height(all) >= 0\n"
#define BAD "scn 1 \"bad\"\nduration 1m\nnodes n[1..3]\nfinally height(all) < 0\n"
#define BROKEN "scn 1 \"broken\"\nduration 1m\nfrobnicate\n"
/* Hours of real time. */
#define ENDLESS "scn 1 \"endless\"\nduration 100000h\nnodes n[1..9]\n"

static void
put(const char *folder, const char *name, const char *text)
{
    g_free(folder_write(folder, name, text));
}

/* --- what is run -------------------------------------------------------------------------- */

static void
test_no_check(void)
{
    char *folder = folder_new();

    put(folder, "n.scn", "scn 1 \"none\"\nduration 1m\nnodes n[1..3]\n");
    put(folder, "g.scn", GOOD);
    {
        g_auto(Result) none = COMMAND(folder, "test", "n.scn");
        g_auto(Result) good = COMMAND(folder, "test", "g.scn");

        CU_ASSERT_EQUAL(none.status, 0);
        TEST_CONTAINS(none.out, "\n  nothing was judged: there is no check\n");
        CU_ASSERT_PTR_NULL(strstr(good.out, "nothing was judged"));
    }
    folder_remove(folder);
}

static void
test_finds_files(void)
{
    char *folder = folder_new();

    put(folder, "scenarios/b.scn", GOOD);
    put(folder, "scenarios/sub/a.scn", GOOD);
    put(folder, "scenarios/include/part.scn", BROKEN);
    put(folder, "scenarios/sub/include/part.scn", BROKEN);
    put(folder, "scenarios/b.txt", BROKEN);
    {
        g_auto(Result) all = COMMAND(folder, "test");
        g_auto(Result) twice = COMMAND(folder, "test", "scenarios", "scenarios/b.scn");
        g_auto(Result) part = COMMAND(folder, "test", "scenarios/include/part.scn");

        CU_ASSERT_EQUAL(all.status, 0);
        TEST_CONTAINS(all.out, "ok   scenarios/b.scn");
        TEST_CONTAINS(all.out, "ok   scenarios/sub/a.scn");
        TEST_CONTAINS(all.out, "\n2 passed, 0 failed in ");
        TEST_CONTAINS(twice.out, "\n2 passed, 0 failed in ");
        TEST_CONTAINS(part.out, "\n0 passed, 1 failed in ");
    }
    folder_remove(folder);
}

static void
test_filters(void)
{
    char *folder = folder_new();

    put(folder, "scenarios/tie_a.scn", GOOD);
    put(folder, "scenarios/tie_b.scn", GOOD);
    put(folder, "scenarios/sub/c.scn", GOOD);
    {
        g_auto(Result) glob = COMMAND(folder, "test", "--filter", "tie_*");
        g_auto(Result) part = COMMAND(folder, "test", "--filter", "sub/");
        g_auto(Result) none = COMMAND(folder, "test", "--filter", "nothing");

        TEST_CONTAINS(glob.out, "\n2 passed, 0 failed in ");
        TEST_CONTAINS(part.out, "ok   scenarios/sub/c.scn");
        TEST_CONTAINS(part.out, "\n1 passed, 0 failed in ");
        CU_ASSERT_EQUAL(none.status, 2);
        TEST_CONTAINS(none.err, "kettensim test: nothing to run");
    }
    folder_remove(folder);
}

static void
test_seeds(void)
{
    char *folder = folder_new();

    put(folder, "a.scn", GOOD);
    {
        g_auto(Result) seeds = COMMAND(folder, "test", "a.scn", "--seeds", "3..5");

        CU_ASSERT_EQUAL(seeds.status, 0);
        TEST_CONTAINS(seeds.out, "ok   a.scn seed 3");
        TEST_CONTAINS(seeds.out, "ok   a.scn seed 5");
        TEST_CONTAINS(seeds.out, "\n3 passed, 0 failed in ");
    }
    folder_remove(folder);
}

static void
test_usage(void)
{
    static const char *const wrong[][4] = {{"nowhere"},
                                           {"--jobs", "0"},
                                           {"--jobs", "many"},
                                           {"--seeds", "5"},
                                           {"--seeds", "5..1"},
                                           {"--tap", "--json"},
                                           {"--frobnicate"},
                                           {"--filter"},
                                           {"--seeds", "1..2000000"},
                                           {"--bless", "--seeds", "1..2"}};
    char *folder = folder_new();

    put(folder, "scenarios/a.scn", GOOD);
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        const char *words[] = {"test", wrong[i][0], wrong[i][1], wrong[i][2], NULL};
        g_auto(Result) result = command_in(folder, words);

        CU_ASSERT_EQUAL(result.status, 2);
        CU_ASSERT_TRUE(g_str_has_prefix(result.err, "kettensim test: "));
        TEST_STR_EQUAL(result.out, "");
    }
    folder_remove(folder);
}

/* --- how it is judged --------------------------------------------------------------------- */

static void
test_failures(void)
{
    char *folder = folder_new();

    put(folder, "a good.scn", GOOD);
    put(folder, "b bad.scn", BAD);
    put(folder, "c broken.scn", BROKEN);
    {
        g_auto(Result) all = COMMAND(folder, "test", ".");

        CU_ASSERT_EQUAL(all.status, 1);
        TEST_CONTAINS(all.out, "ok   a good.scn");
        TEST_CONTAINS(all.out, "FAIL b bad.scn");
        TEST_CONTAINS(all.out, "FAIL b bad.scn:4:1  finally height(all) < 0\n    at 1m");
        TEST_CONTAINS(all.out, "reproduce: kettensim run 'b bad.scn' --seed 1\n");
        TEST_CONTAINS(all.out, "  c broken.scn:3:1: error: unknown statement 'frobnicate'\n");
        TEST_CONTAINS(all.out, "\n1 passed, 2 failed in ");
    }
    folder_remove(folder);
}

static void
test_golden(void)
{
    char *folder = folder_new();

    put(folder, "a.scn", GOOD);
    put(folder, "b.scn", GOOD);
    put(folder, "bad.scn", BAD);
    {
        g_autofree char *golden = folder_path(folder, "a.outcome");
        g_autofree char *other = folder_path(folder, "b.outcome");
        g_autofree char *text = NULL;
        /* One that is named gets one; in a folder none is made. */
        g_auto(Result) made = COMMAND(folder, "test", "a.scn", "--bless");
        g_auto(Result) same = COMMAND(folder, "test", "a.scn", "--json");
        g_auto(Result) again = COMMAND(folder, "test", ".", "--filter", "b.scn", "--bless");

        CU_ASSERT_EQUAL(made.status, 0);
        TEST_CONTAINS(made.out, "wrote a.outcome");
        TEST_CONTAINS(same.out, "\"golden\" : \"same\"");
        CU_ASSERT_EQUAL(again.status, 0);
        CU_ASSERT_FALSE(g_file_test(other, G_FILE_TEST_EXISTS));
        CU_ASSERT_TRUE_FATAL(g_file_get_contents(golden, &text, NULL, NULL));
        CU_ASSERT_TRUE(g_str_has_prefix(text, "kettensim outcome 1\nnode n1 "));
        put(folder, "a.outcome", "kettensim outcome 1\nold line\n");
    }
    {
        g_auto(Result) differs = COMMAND(folder, "test", "a.scn");
        g_auto(Result) seeds = COMMAND(folder, "test", "a.scn", "--seeds", "1..2");
        g_auto(Result) elsewhere = COMMAND(folder, "test", "a.scn", "--seeds", "2..3");
        g_auto(Result) blessed = COMMAND(folder, "test", ".", "--filter", "a.scn", "--bless");
        g_auto(Result) good = COMMAND(folder, "test", "a.scn");
        g_auto(Result) refused = COMMAND(folder, "test", "bad.scn", "--bless");
        g_autofree char *none = folder_path(folder, "bad.outcome");

        CU_ASSERT_EQUAL(differs.status, 1);
        TEST_CONTAINS(differs.out, "the outcome differs from a.outcome");
        TEST_CONTAINS(differs.out, "- old line");
        TEST_CONTAINS(differs.out, "+ node n1 height");
        TEST_CONTAINS(seeds.out, "\n1 passed, 1 failed in ");
        TEST_CONTAINS(elsewhere.out, "\n2 passed, 0 failed in ");
        CU_ASSERT_EQUAL(blessed.status, 0);
        TEST_CONTAINS(blessed.out, "- old line");
        CU_ASSERT_EQUAL(good.status, 0);
        CU_ASSERT_EQUAL(refused.status, 1);
        TEST_CONTAINS(refused.out, "not blessed");
        CU_ASSERT_FALSE(g_file_test(none, G_FILE_TEST_EXISTS));
    }
    folder_remove(folder);
}

/* --- how it is told ----------------------------------------------------------------------- */

static void
test_tap_and_json(void)
{
    char *folder = folder_new();

    put(folder, "a #1.scn", GOOD);
    put(folder, "b.scn", BAD);
    {
        g_auto(Result) tap = COMMAND(folder, "test", ".", "--tap");
        g_auto(Result) json = COMMAND(folder, "test", ".", "--json", "-j", "1");
        g_autoptr(JsonParser) parser = json_parser_new();
        JsonObject *object, *second;

        CU_ASSERT_EQUAL(tap.status, 1);
        CU_ASSERT_TRUE(g_str_has_prefix(tap.out, "TAP version 13\n1..2\nok 1 - a \\#1.scn\n"));
        TEST_CONTAINS(tap.out, "\nnot ok 2 - b.scn\n# FAIL b.scn:4:1");
        TEST_CONTAINS(tap.out, "\n# 1 passed, 1 failed\n");
        CU_ASSERT_EQUAL(json.status, 1);
        CU_ASSERT_TRUE_FATAL(json_parser_load_from_data(parser, json.out, -1, NULL));
        object = json_node_get_object(json_parser_get_root(parser));
        CU_ASSERT_EQUAL(json_object_get_int_member(object, "passed"), 1);
        CU_ASSERT_EQUAL(json_object_get_int_member(object, "failed"), 1);
        second = json_array_get_object_element(json_object_get_array_member(object, "tests"), 1);
        TEST_STR_EQUAL(json_object_get_string_member(second, "scenario"), "b.scn");
        TEST_STR_EQUAL(json_object_get_string_member(second, "verdict"), "failed");
        TEST_CONTAINS(json_object_get_string_member(second, "failure"), "reproduce: ");
    }
    folder_remove(folder);
}

/* Takes the text of the first failure, as a reader of XML sees it. */
typedef struct {
    guint cases, failures;
    bool inside;
    GString *text;
    char *message, *name;
} Junit;

static void
on_start(GMarkupParseContext *context, const char *element, const char **names, const char **values,
         gpointer user, GError **error)
{
    Junit *junit = user;

    (void)context;
    (void)error;
    junit->cases += strcmp(element, "testcase") == 0;
    junit->failures += strcmp(element, "failure") == 0;
    junit->inside = strcmp(element, "failure") == 0;
    for (; *names != NULL; names++, values++) {
        char **into = strcmp(*names, "message") == 0 ? &junit->message
                      : strcmp(*names, "name") == 0  ? &junit->name
                                                     : NULL;

        if (into == NULL)
            continue;
        g_free(*into);
        *into = g_strdup(*values);
    }
}

static void
on_text(GMarkupParseContext *context, const char *text, gsize length, gpointer user, GError **error)
{
    Junit *junit = user;

    (void)context;
    (void)error;
    if (junit->inside)
        g_string_append_len(junit->text, text, (gssize)length);
}

static void
test_junit(void)
{
    static const GMarkupParser handlers = {.start_element = on_start, .text = on_text};
    char *folder = folder_new();
    g_autofree char *path = folder_path(folder, "out.xml");
    g_autofree char *xml = NULL;
    Junit junit = {.text = g_string_new(NULL)};
    g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&handlers, 0, &junit, NULL);

    put(folder, "a.scn", GOOD);
    put(folder, "b \"<&>'\x01.scn",
        "scn 1 \"t\"\nduration 1m\nnodes n[1..3]\n"
        "finally height(all) < 0 and height(all) > 1\n");
    {
        g_auto(Result) result = COMMAND(folder, "test", ".", "--junit", "out.xml");
        g_auto(Result) nowhere = COMMAND(folder, "test", ".", "--junit", "no/out.xml");

        CU_ASSERT_EQUAL(result.status, 1);
        CU_ASSERT_EQUAL(nowhere.status, 2);
        TEST_CONTAINS(nowhere.err, "cannot write 'no/out.xml'");
    }
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &xml, NULL, NULL));
    CU_ASSERT_TRUE(g_markup_parse_context_parse(context, xml, -1, NULL));
    CU_ASSERT_TRUE(g_markup_parse_context_end_parse(context, NULL));
    CU_ASSERT_EQUAL(junit.cases, 2);
    TEST_STR_EQUAL(junit.name, "b \"<&>'\xEF\xBF\xBD.scn"); /* U+FFFD: XML cannot hold a 1 */
    TEST_CONTAINS(xml, " tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"");
    CU_ASSERT_EQUAL(junit.failures, 1);
    TEST_CONTAINS(junit.message, "height(all) < 0 and height(all) > 1");
    TEST_CONTAINS(junit.text->str, "reproduce: kettensim run ");
    for (const char *at = xml; *at != '\0'; at++)
        CU_ASSERT_TRUE((guchar)*at >= 0x20 || *at == '\n');
    g_string_free(junit.text, TRUE);
    g_free(junit.message);
    g_free(junit.name);
    folder_remove(folder);
}

/* A pipe, and a link to one, get the text and stay what they are. Not with a device: a build that
 * is wrong here would put a file in its place. */
static void
test_junit_elsewhere(void)
{
    static const char *const names[] = {"pipe", "link"};
    char *folder = folder_new();
    g_autofree char *pipe = folder_path(folder, "pipe");
    g_autofree char *link = folder_path(folder, "link");
    int fd;

    put(folder, "a.scn", GOOD);
    CU_ASSERT_EQUAL_FATAL(mkfifo(pipe, 0600), 0);
    CU_ASSERT_EQUAL_FATAL(symlink("pipe", link), 0);
    fd = open(pipe, O_RDWR | O_NONBLOCK);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_auto(Result) result = COMMAND(folder, "test", "a.scn", "--junit", names[i]);
        char bytes[4096] = "";

        CU_ASSERT_EQUAL(result.status, 0);
        CU_ASSERT(read(fd, bytes, sizeof bytes - 1) > 0);
        TEST_CONTAINS(bytes, "<?xml ");
    }
    close(fd);
    CU_ASSERT_FALSE(g_file_test(pipe, G_FILE_TEST_IS_REGULAR));
    CU_ASSERT_TRUE(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    folder_remove(folder);
}

/* The file that a link leads to is replaced, the link stays: /dev/stderr may be one. */
static void
test_junit_through_a_link(void)
{
    char *folder = folder_new();
    g_autofree char *link = folder_path(folder, "link");
    g_autofree char *path = folder_write(folder, "real.xml", "old");
    g_autofree char *text = NULL;

    put(folder, "a.scn", GOOD);
    CU_ASSERT_EQUAL_FATAL(symlink("real.xml", link), 0);
    {
        g_auto(Result) result = COMMAND(folder, "test", "a.scn", "--junit", "link");

        CU_ASSERT_EQUAL(result.status, 0);
    }
    CU_ASSERT_TRUE(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &text, NULL, NULL));
    TEST_CONTAINS(text, "<?xml ");
    folder_remove(folder);
}

/* Standard output may be a file: then the link that leads there leads to a regular one. */
static void
test_junit_with_a_file_as_output(void)
{
    char *folder = folder_new();
    g_autofree char *link = folder_path(folder, "out");
    g_autofree char *path = folder_path(folder, "text");
    g_autofree char *line =
        g_strdup_printf("exec '%s' test a.scn --junit out > text", command_path());
    char *argv[] = {"/bin/sh", "-c", line, NULL};
    g_autofree char *text = NULL;

    put(folder, "a.scn", GOOD);
    CU_ASSERT_EQUAL_FATAL(symlink("/dev/stdout", link), 0);
    CU_ASSERT_TRUE_FATAL(g_spawn_sync(folder, argv, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL));
    CU_ASSERT_TRUE(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &text, NULL, NULL));
    TEST_CONTAINS(text, "\n1 passed, 0 failed in ");
    TEST_CONTAINS(text, " s\n<?xml ");
    folder_remove(folder);
}

/* --- while it runs ------------------------------------------------------------------------ */

static guint
count_lines(const char *text, const char *part)
{
    guint count = 0;

    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        count++;
    return count;
}

/* A line is printed when its run ends, not when those before it have. */
static void
test_streams(void)
{
    char *folder = folder_new();

    put(folder, "a.scn", ENDLESS);
    put(folder, "b.scn", GOOD);
    put(folder, "c.scn", BAD);
    {
        g_auto(Result) both = COMMAND(folder, "test", "--timeout=1", "-j2", "a.scn", "b.scn");
        g_auto(Result) many = COMMAND(folder, "test", "c.scn", "--seeds", "1..21");
        g_auto(Result) quiet = COMMAND(folder, "test", "-q", "b.scn", "c.scn");

        CU_ASSERT_TRUE(strstr(both.out, "ok   b.scn") < strstr(both.out, "FAIL a.scn"));
        TEST_CONTAINS(both.out, "\n1 passed, 1 failed in ");
        TEST_CONTAINS(many.out, "\n\nFailures\nFAIL c.scn seed 1 ");
        CU_ASSERT_EQUAL(count_lines(many.out, "FAIL c.scn seed 21 "), 2);
        CU_ASSERT_PTR_NULL(strstr(quiet.out, "b.scn"));
        TEST_CONTAINS(quiet.out, "FAIL c.scn");
        CU_ASSERT_PTR_NULL(strstr(quiet.out, "Failures"));
        TEST_CONTAINS(quiet.out, "\n1 passed, 1 failed in ");
    }
    folder_remove(folder);
}

static void
test_fail_fast(void)
{
    char *folder = folder_new();

    put(folder, "a.scn", BAD);
    put(folder, "b.scn", ENDLESS);
    put(folder, "c.scn", GOOD);
    {
        g_auto(Result) text = COMMAND(folder, "test", ".", "--fail-fast", "-j2");
        g_auto(Result) tap = COMMAND(folder, "test", ".", "--fail-fast", "-j1", "--tap");

        CU_ASSERT_EQUAL(text.status, 1);
        TEST_CONTAINS(text.out, "\n2 not run\n0 passed, 1 failed in ");
        CU_ASSERT_EQUAL(tap.status, 1);
        TEST_CONTAINS(tap.out, "\nBail out! stopped at the first failure\n");
    }
    folder_remove(folder);
}

static void
test_last_failed(void)
{
    char *folder = folder_new();

    put(folder, "a b.scn", BAD);
    put(folder, "c.scn", GOOD);
    COMMAND_REFUSED(folder, "'scenarios', the default: name the files or folders", "test");
    COMMAND_REFUSED(folder, "none of these failed", "test", ".", "--last-failed");
    {
        g_auto(Result) good = COMMAND(folder, "test", "c.scn");
        g_auto(Result) all = COMMAND(folder, "test", ".");
        g_auto(Result) other = COMMAND(folder, "test", "c.scn"); /* says nothing of the first */
        g_auto(Result) again = COMMAND(folder, "test", ".", "--last-failed");

        TEST_CONTAINS(all.out, "\n1 passed, 1 failed in ");
        TEST_CONTAINS(again.out, "FAIL a b.scn");
        TEST_CONTAINS(again.out, "\n0 passed, 1 failed in ");
    }
    put(folder, "a b.scn", GOOD);
    {
        g_auto(Result) mended = COMMAND(folder, "test", ".", "--last-failed");

        TEST_CONTAINS(mended.out, "ok   a b.scn");
    }
    COMMAND_REFUSED(folder, "none of these failed", "test", ".", "--last-failed");
    folder_remove(folder);
}

/* With -P a run is another than that of the golden outcome. */
static void
test_params(void)
{
    char *folder = folder_new();

    put(folder, "p.scn",
        "scn 1 \"p\"\nparam n = 3\nduration 1m\nchain pow=off\nnodes n[1..$n]\n"
        "finally count(height(all) >= 0) < 5\n");
    {
        g_auto(Result) bless = COMMAND(folder, "test", "p.scn", "--bless");
        g_auto(Result) four = COMMAND(folder, "test", "p.scn", "-P", "n=4");
        g_auto(Result) five = COMMAND(folder, "test", "p.scn", "-P", "n=5", "--seeds", "2..2");

        CU_ASSERT_EQUAL(bless.status, 0);
        CU_ASSERT_EQUAL(four.status, 0);
        CU_ASSERT_EQUAL(five.status, 1);
        TEST_CONTAINS(five.out, "reproduce: kettensim run p.scn -P n=5 --seed 2\n");
    }
    COMMAND_REFUSED(folder, "leave -P out", "test", "p.scn", "-P", "n=4", "--bless");
    folder_remove(folder);
}

/* --- runs that die ------------------------------------------------------------------------ */

/* One run is killed by the system; those before, beside and after it are none the worse. */
static void
test_a_run_dies(void)
{
    char *folder = folder_new();

    put(folder, "a.scn", GOOD);
    put(folder, "b dies.scn", ENDLESS);
    put(folder, "c.scn", GOOD);
    {
        g_auto(Result) result =
            COMMAND_UNDER(folder, RLIMIT_CPU, 1, 60, "test", ".", "--json", "-j2");

        CU_ASSERT_EQUAL(result.status, 1);
        TEST_CONTAINS(result.out, "\"passed\" : 2,");
        TEST_CONTAINS(result.out, "\"verdict\" : \"error\"");
        TEST_CONTAINS(result.out, "the run died with signal 24");
        TEST_CONTAINS(result.out, "reproduce: kettensim run 'b dies.scn'");
    }
    folder_remove(folder);
}

static void
own_group(gpointer user)
{
    (void)user;
    setpgid(0, 0);
}

/* Interrupted once the first of two has told; nothing is left of the second. */
static void
test_interrupt(void)
{
    char *folder = folder_new();
    const char *argv[] = {command_path(), "test", ".", "-j", "2", NULL};
    GString *text = g_string_new(NULL);
    int out, status = 0;
    GPid pid;
    char c;

    put(folder, "a.scn", GOOD);
    put(folder, "b.scn", ENDLESS);
    CU_ASSERT_TRUE_FATAL(g_spawn_async_with_pipes(folder, (char **)argv, NULL,
                                                  G_SPAWN_DO_NOT_REAP_CHILD, own_group, NULL, &pid,
                                                  NULL, &out, NULL, NULL));
    while (read(out, &c, 1) == 1) {
        g_string_append_c(text, c);
        if (c == '\n' && strstr(text->str, "a.scn") != NULL)
            kill(pid, SIGINT);
    }
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_TRUE(WIFEXITED(status));
    CU_ASSERT_EQUAL(WEXITSTATUS(status), 130);
    TEST_CONTAINS(text->str, "\n1 not run\n1 passed, 0 failed in ");
    CU_ASSERT_TRUE(kill(-pid, 0) != 0);
    close(out);
    g_string_free(text, TRUE);
    folder_remove(folder);
}

static void
test_timeout(void)
{
    char *folder = folder_new();

    put(folder, "a.scn", ENDLESS);
    put(folder, "b.scn", ENDLESS "limit wall=1s\n");
    put(folder, "c.scn", GOOD);
    {
        g_auto(Result) result = COMMAND(folder, "test", "--timeout=2", "a.scn", "b.scn", "c.scn");

        CU_ASSERT_EQUAL(result.status, 1);
        CU_ASSERT_PTR_NOT_NULL(strstr(result.out, "the run took longer than 2s of wall time"));
        CU_ASSERT_PTR_NOT_NULL(strstr(result.out, "the run took longer than 1s of wall time"));
        CU_ASSERT_PTR_NOT_NULL(strstr(result.out, "1 passed, 2 failed"));
    }
    {
        g_auto(Result) result = COMMAND(folder, "test", "--timeout=1", "--seeds", "3..3", "a.scn");

        CU_ASSERT_EQUAL(result.status, 1);
        CU_ASSERT_PTR_NOT_NULL(strstr(result.out, "the run took longer than 1s of wall time"));
    }
    {
        g_auto(Result) result = COMMAND(folder, "test", "--timeout=1m", "c.scn");

        CU_ASSERT_EQUAL(result.status, 2);
    }
    folder_remove(folder);
}

/* A file that was named says what its pass may hide. */
static void
test_gaps(void)
{
    char *folder = folder_new();

    put(folder, "g.scn",
        "scn 1 \"gaps\"\nseeds 3..5\nduration 1m\nnodes n[1..3]\nfinally height(n1) >= 0\n"
        "finally height(n1) > 0 if height(n1) > 1000 maybe\n");
    {
        g_auto(Result) named = COMMAND(folder, "test", "g.scn");
        g_auto(Result) seeds = COMMAND(folder, "test", "g.scn", "--seeds", "3..3");
        g_auto(Result) found = COMMAND(folder, "test", ".");

        CU_ASSERT_EQUAL(named.status, 0);
        TEST_CONTAINS(named.out, "\n  1 of 2 checks decided nothing here (maybe)\n"
                                 "  this was seed 3 of the file's seeds: --seeds 3..5 runs them "
                                 "all\n");
        TEST_CONTAINS(seeds.out, "\n  1 of 2 checks decided nothing here (maybe)\n");
        CU_ASSERT_PTR_NULL(strstr(seeds.out, "this was seed"));
        CU_ASSERT_PTR_NULL(strstr(found.out, "decided nothing"));
    }
    folder_remove(folder);
}

TEST_SUITE(suite, {"streams", test_streams}, {"gaps", test_gaps}, {"fail fast", test_fail_fast},
           {"last failed", test_last_failed}, {"params", test_params}, {"no check", test_no_check},
           {"timeout", test_timeout}, {"finds files", test_finds_files}, {"filters", test_filters},
           {"seeds", test_seeds}, {"usage", test_usage}, {"failures", test_failures},
           {"golden outcomes", test_golden}, {"TAP and JSON", test_tap_and_json},
           {"JUnit", test_junit}, {"JUnit elsewhere", test_junit_elsewhere},
           {"JUnit through a link", test_junit_through_a_link},
           {"JUnit into the output", test_junit_with_a_file_as_output},
           {"a run dies", test_a_run_dies}, {"interrupt", test_interrupt})
