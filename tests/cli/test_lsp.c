/* The language server without a process: messages in a stream, answers, and bytes that are neither.
 * make check-editor asks the same server from Neovim. */
#include "sim/cli/lsp.h"
#include "tests/cli/command.h"

#include <string.h>
#include <sys/wait.h>

#define OPEN                                                                                       \
    "{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didOpen\",\"params\":{\"textDocument\":{"      \
    "\"uri\":\"file:///t/t.scn\",\"languageId\":\"scn\",\"version\":1,\"text\":\"%s\"}}}"
#define ASK                                                                                        \
    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"textDocument/%s\",\"params\":{\"textDocument\":{"  \
    "\"uri\":\"file:///t/t.scn\"},\"position\":{\"line\":%d,\"character\":%d}%s}}"
#define INITIALIZE "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{}}"

/* Returns the replies to one message, a line each. */
static char *
say(LspServer *server, const char *message)
{
    g_autoptr(GPtrArray) replies = g_ptr_array_new_with_free_func(g_free);

    lsp_server_handle(server, message, strlen(message), replies);
    g_ptr_array_add(replies, NULL);
    return g_strjoinv("\n", (char **)replies->pdata);
}

static void
check(LspServer *server, const char *message, const char *part)
{
    g_autofree char *reply = say(server, message);

    TEST_CONTAINS(reply, part);
}

static void
open_text(LspServer *server, const char *text, const char *part)
{
    g_autofree char *message = g_strdup_printf(OPEN, text);

    check(server, message, part);
}

static void
ask(LspServer *server, const char *method, int line, int character, const char *more,
    const char *part)
{
    g_autofree char *message = g_strdup_printf(ASK, method, line, character, more);

    check(server, message, part);
}

static void
test_life(void)
{
    LspServer server;

    lsp_server_init(&server);
    ask(&server, "hover", 0, 0, "", "\"code\":-32002");
    check(&server, INITIALIZE, "\"renameProvider\":{\"prepareProvider\":true}");
    ask(&server, "hover", 0, 0, "", "no such file is open");
    check(&server, "{\"id\":2,\"method\":\"workspace/none\"}", "\"code\":-32601");
    check(&server, "{\"method\":\"$/none\"}", "");
    check(&server, "{\"id\":3,\"method\":\"shutdown\"}", "\"id\":3,\"result\":null");
    ask(&server, "hover", 0, 0, "", "\"code\":-32600");
    CU_ASSERT(!server.exited);
    g_free(say(&server, "{\"method\":\"exit\"}"));
    CU_ASSERT(server.exited && server.shut_down);
    lsp_server_clear(&server);
}

/* Each is answered with an error, or with nothing; none ends the server. */
static void
test_untrusted(void)
{
    static const char *const bad[] = {"",
                                      "{",
                                      "[]",
                                      "null",
                                      "3",
                                      "{}",
                                      "{\"id\":[],\"method\":3}",
                                      "{\"method\":{}}",
                                      "\xff",
                                      "{\"id\":1,\"method\":\"\"}"};
    static const char *const quiet[] = {
        "{\"method\":\"textDocument/didOpen\"}",
        "{\"method\":\"textDocument/didOpen\",\"params\":[]}",
        "{\"method\":\"textDocument/didOpen\",\"params\":{\"textDocument\":{\"uri\":3}}}",
        "{\"method\":\"textDocument/didChange\",\"params\":{\"contentChanges\":[3]}}",
        "{\"method\":\"textDocument/didClose\",\"params\":{\"textDocument\":null}}",
    };
    g_autoptr(GString) deep = g_string_new(NULL);
    LspServer server;

    lsp_server_init(&server);
    g_free(say(&server, INITIALIZE));
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        check(&server, bad[i], "\"error\"");
    for (guint i = 0; i < G_N_ELEMENTS(quiet); i++) {
        g_autofree char *reply = say(&server, quiet[i]);
        TEST_STR_EQUAL(reply, "");
    }
    for (guint i = 0; i < 1000000; i++)
        g_string_append_c(deep, '[');
    check(&server, deep->str, "\"code\":-32700");
    g_string_assign(deep, "[");
    for (guint i = 1; i < LSP_DEPTH_MAX; i++) {
        g_string_prepend_c(deep, '[');
        g_string_append_c(deep, ']');
    }
    g_string_append_c(deep, ']');
    check(&server, deep->str, "\"code\":-32600"); /* no request, but JSON */
    g_string_prepend_c(deep, '[');
    g_string_append_c(deep, ']');
    check(&server, deep->str, "\"code\":-32700");
    for (gsize i = 0; i < deep->len; i++)
        deep->str[i] = '[';
    g_string_prepend(deep, "{\"id\":1,\"method\":\"\\\""); /* brackets of a text do not nest */
    g_string_append(deep, "\"}");
    check(&server, deep->str, "\"code\":-32601");
    open_text(&server, "scn 1 \\\"t\\\"", "duration");
    ask(&server, "hover", -5, 2000000000, "", "\"result\":{");
    ask(&server, "completion", 99, 99, "", "\"result\":[");
    ask(&server, "rename", 0, 0, "", "\"error\"");
    lsp_server_clear(&server);
}

static void
test_places(void)
{
    LspServer server;

    lsp_server_init(&server);
    g_free(say(&server, INITIALIZE));
    /* Two bytes are one unit, four bytes are two. */
    open_text(&server, "scn 1 \\\"t\\\"\\nalways \xC3\xBC \xF0\x9D\x92\xB3 x\\n",
              "\"range\":{\"start\":{\"line\":1,\"character\":7},\"end\":{\"line\":1,\"character\":"
              "8}}");
    open_text(&server, "scn 1 \\\"t\\\"\\nduration 1h\\nnodes a\\nparam \xF0\x9D\x92\xB3 = 1\\n",
              "\"range\":{\"start\":{\"line\":3,\"character\":6},\"end\":{\"line\":3,\"character\":"
              "8}}");
    open_text(&server, "scn 1 \\\"\xF0\x9D\x92\xB3\\\"; let x = 80q",
              "\"character\":20},\"end\":{\"line\":0,\"character\":23}");
    open_text(
        &server, "scn 1 \\\"\xE2\x80\xA6\\\"; let x = 80q",
        "\"character\":19},\"end\":{\"line\":0,\"character\":22}"); /* three bytes, one unit */
    open_text(&server, "# \xF0\x9D\x92\xB3\\nnodes abc # \xF0\x9D\x92\xB3\\n", "");
    ask(&server, "prepareRename", 1, 7, "",
        "\"start\":{\"line\":1,\"character\":6},\"end\":{\"line\":1,\"character\":9}");
    ask(&server, "rename", 1, 7, ",\"newName\":\"d\"", "\"newText\":\"d\"");
    ask(&server, "rename", 1, 7, ",\"newName\":\"end\"", "is no name");
    ask(&server, "formatting", 0, 0, "", "nodes abc  # ");
    lsp_server_clear(&server);
}

/* Fails unless the reply has the part that many times. */
static void
ask_count(LspServer *server, const char *method, int line, const char *part, guint want)
{
    g_autofree char *message = g_strdup_printf(ASK, method, line, 4, "");
    g_autofree char *reply = say(server, message);
    g_auto(GStrv) pieces = g_strsplit(reply, part, -1);

    CU_ASSERT_EQUAL(g_strv_length(pieces), want + 1);
}

static void
test_answers(void)
{
    LspServer server;

    lsp_server_init(&server);
    g_free(say(&server, INITIALIZE));
    open_text(&server,
              "scn 1 \\\"t\\\"\\nduration 1h\\nnodes a[1..2]\\nparam p = 2m\\nat $p mine 1 at a1\\n"
              "node b1\\n",
              "\"severity\":2");
    ask(&server, "completion", 4, 4, "", "\"label\":\"$p\"");
    ask(&server, "completion", 4, 4, "", "\"newText\":\"$p\"");
    ask(&server, "completion", 1, 1, "", "\"label\":\"duration\",\"kind\":14");
    ask(&server, "hover", 4, 4, "", "param p = 2m");
    ask(&server, "hover", 1, 2, "", "`duration T`");
    ask(&server, "definition", 4, 4, "", "\"start\":{\"line\":3,\"character\":6}");
    ask_count(&server, "references", 4, "\"uri\":\"file:///t/t.scn\"", 2);
    ask_count(&server, "documentSymbol", 0, "\"selectionRange\"", 3);
    ask(&server, "documentSymbol", 0, 0, "", "\"name\":\"p\",\"detail\":\"param\"");
    ask(&server, "formatting", 0, 0, "", "\"result\":[]");
    ask(&server, "rename", 2, 6, ",\"newName\":\"b\"", "the scenario would have errors");
    lsp_server_clear(&server);
}

/* Changes and closes a file, and opens it again. */
static void
test_document(void)
{
    LspServer server;

    lsp_server_init(&server);
    g_free(say(&server, INITIALIZE));
    open_text(&server, "nodes a\\n", "\"diagnostics\":[]"); /* to be included by others */
    check(&server,
          "{\"method\":\"textDocument/didChange\",\"params\":{\"textDocument\":{\"uri\":"
          "\"file:///t/t.scn\"},\"contentChanges\":[{\"text\":\"\"},{\"text\":\"nodes  c d\"}]}}",
          "\"severity\":1");
    open_text(&server, "nodes  b\\n", "\"diagnostics\":[]");
    ask(&server, "formatting", 0, 0, "", "\"newText\":\"nodes b\\n\"");
    open_text(&server, "scn 1 \\\"t\\\"\\nduration 1h\\nnodes a\\nlink all latency=80\\n",
              "\\nhelp: write 80ms");
    check(&server,
          "{\"method\":\"textDocument/didClose\",\"params\":{\"textDocument\":{\"uri\":"
          "\"file:///t/t.scn\"}}}",
          "\"diagnostics\":[]");
    ask(&server, "hover", 0, 0, "", "no such file is open");
    CU_ASSERT_EQUAL(server.documents->len, 0);
    for (guint i = 0; i <= LSP_DOCUMENTS_MAX; i++) {
        g_autofree char *message =
            g_strdup_printf("{\"method\":\"textDocument/didOpen\",\"params\":{"
                            "\"textDocument\":{\"uri\":\"%u\",\"text\":\"\"}}}",
                            i);
        g_free(say(&server, message));
    }
    CU_ASSERT_EQUAL(server.documents->len, LSP_DOCUMENTS_MAX);
    lsp_server_clear(&server);
}

static LspFrame
next_is(LspFrames *frames, const char *want)
{
    GString *message = NULL;
    LspFrame kind = lsp_frames_next(frames, &message);

    if (message != NULL) {
        TEST_STR_EQUAL(message->str, want);
        g_string_free(message, TRUE);
    }
    return kind;
}

/* Messages come whole however the bytes are cut. */
static void
test_frames(void)
{
    static const char stream[] = "Content-Length: 2\r\nContent-Type: x\r\n\r\n{}"
                                 "content-length:5\r\n\r\n[1,2]Content-Length: 0\r\n\r\n";

    for (gsize size = 1; size < sizeof stream; size++) {
        LspFrames frames;
        guint count = 0;
        static const char *const want[] = {"{}", "[1,2]", ""};

        lsp_frames_init(&frames);
        for (gsize at = 0; at < strlen(stream); at += size) {
            lsp_frames_feed(&frames, stream + at, MIN(size, strlen(stream) - at));
            while (count < G_N_ELEMENTS(want) && next_is(&frames, want[count]) == LSP_FRAME_MESSAGE)
                count++;
        }
        CU_ASSERT_EQUAL(count, 3);
        lsp_frames_clear(&frames);
    }
}

static void
test_broken_frames(void)
{
    static const char *const broken[] = {"Content-Length: x\r\n\r\n", "Length: 3\r\n\r\nabc",
                                         "Content-Length: -1\r\n\r\n", "\n\n"};
    g_autofree char *endless = g_strnfill(LSP_HEADER_MAX + 1, 'x');
    LspFrames frames;

    for (guint i = 0; i < G_N_ELEMENTS(broken); i++) {
        lsp_frames_init(&frames);
        lsp_frames_feed(&frames, broken[i], strlen(broken[i]));
        CU_ASSERT_EQUAL(next_is(&frames, ""), LSP_FRAME_BROKEN);
        lsp_frames_clear(&frames);
    }
    lsp_frames_init(&frames);
    lsp_frames_feed(&frames, endless, strlen(endless));
    CU_ASSERT_EQUAL(next_is(&frames, ""), LSP_FRAME_BROKEN);
    lsp_frames_clear(&frames);
    /* A message that is too long is skipped, and the next one is read. */
    lsp_frames_init(&frames);
    lsp_frames_feed(&frames, "Content-Length: 70000000\r\n\r\nab", 30);
    CU_ASSERT_EQUAL(next_is(&frames, ""), LSP_FRAME_TOO_LONG);
    for (guint i = 0; i < 7; i++) {
        g_autofree char *piece = g_strnfill(10000000, ' ');
        lsp_frames_feed(&frames, piece, i == 6 ? 9999998 : 10000000);
        CU_ASSERT_EQUAL(frames.bytes->len, 0);
    }
    lsp_frames_feed(&frames, "Content-Length: 2\r\n\r\n{}", 23);
    CU_ASSERT_EQUAL(next_is(&frames, "{}"), LSP_FRAME_MESSAGE);
    lsp_frames_clear(&frames);
}

static void
test_command(void)
{
    char *folder = folder_new();
    g_autofree char *words = g_strdup_printf("printf 'hello\\n\\n' | %s lsp", command_path());
    const char *const shell[] = {"sh", "-c", words, NULL};
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    int status;

    CU_ASSERT_TRUE_FATAL(g_spawn_sync(folder, (char **)shell, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                                      &out, &err, &status, NULL));
    CU_ASSERT(status != 0);
    TEST_CONTAINS(out, "Content-Length: ");
    TEST_CONTAINS(err, "an editor starts this command");
    COMMAND_REFUSED(folder, "no words are due", "lsp", "x");
    folder_remove(folder);
}

/* Returns the exit status after messages that the shell sends. */
static int
status_after(const char *messages)
{
    g_autofree char *words =
        g_strdup_printf("say() { printf 'Content-Length: %%d\\r\\n\\r\\n%%s' ${#1} \"$1\"; }; "
                        "(%s) | %s lsp",
                        messages, command_path());
    const char *const shell[] = {"sh", "-c", words, NULL};
    int status = -1;

    CU_ASSERT_TRUE_FATAL(g_spawn_sync(NULL, (char **)shell, NULL,
                                      G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                                      NULL, NULL, &status, NULL));
    return WEXITSTATUS(status);
}

#define SAY_INITIALIZE "say '{\"id\":1,\"method\":\"initialize\"}';"
#define SAY_SHUTDOWN "say '{\"id\":2,\"method\":\"shutdown\"}';"
#define SAY_EXIT "say '{\"method\":\"exit\"}';"

static void
test_status(void)
{
    CU_ASSERT_EQUAL(status_after(SAY_INITIALIZE SAY_SHUTDOWN SAY_EXIT), 0);
    CU_ASSERT_EQUAL(status_after(SAY_INITIALIZE SAY_SHUTDOWN), 1);
    CU_ASSERT_EQUAL(status_after(SAY_INITIALIZE SAY_EXIT), 1);
}

TEST_SUITE(lsp, {"life", test_life}, {"untrusted", test_untrusted}, {"places", test_places},
           {"answers", test_answers}, {"document", test_document}, {"frames", test_frames},
           {"broken frames", test_broken_frames}, {"command", test_command},
           {"exit status", test_status})
