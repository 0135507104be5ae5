/* kettensim lsp: the language server, on standard input and output. */
#include "sim/cli/command.h"
#include "sim/cli/lsp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PIECE 65536

static GOptionContext *
context_new(void)
{
    GOptionContext *context = g_option_context_new(NULL);

    g_option_context_set_summary(
        context,
        "Answers an editor about scenarios while they are written: errors and warnings, words\n"
        "that fit, what a word means, where a name is defined and used, a name changed\n"
        "everywhere, formatting. Speaks the Language Server Protocol on standard input and\n"
        "output; an editor starts it.");
    g_option_context_set_description(
        context, "docs/editors.md shows how to set up Neovim, Vim and VS Code.\n\n"
                 "Exit status: 0 after shutdown and exit; 1 the input ended without them; 2 usage, "
                 "or\ninput that is no message.\n");
    return context;
}

/* Writes the messages and frees them. Returns false if nobody reads them. */
static bool
send_all(GPtrArray *replies)
{
    for (guint i = 0; i < replies->len; i++) {
        g_autofree char *frame = lsp_frame_write(replies->pdata[i]);

        fputs(frame, stdout);
    }
    g_ptr_array_set_size(replies, 0);
    return fflush(stdout) == 0;
}

/* Handles the complete messages. Returns false if the rest cannot be read. */
static bool
handle_all(LspServer *server, LspFrames *frames, GPtrArray *replies)
{
    LspFrame next = LSP_FRAME_MESSAGE;

    while (next != LSP_FRAME_NONE && !server->exited) {
        GString *message = NULL;

        next = lsp_frames_next(frames, &message);
        if (next == LSP_FRAME_MESSAGE)
            lsp_server_handle(server, message->str, message->len, replies);
        if (next == LSP_FRAME_TOO_LONG)
            lsp_server_refuse(replies, "a message has at most 64 MiB: this one is left out");
        if (message != NULL)
            g_string_free(message, TRUE);
        if (next == LSP_FRAME_BROKEN) {
            lsp_server_refuse(replies, "a message begins with Content-Length: N and an empty line");
            return false;
        }
    }
    return true;
}

static int
serve(LspServer *server, LspFrames *frames)
{
    g_autoptr(GPtrArray) replies = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *piece = g_malloc(PIECE);
    bool readable = true;
    ssize_t got = 1;

    while (got > 0 && readable && !server->exited) {
        do
            got = read(STDIN_FILENO, piece, PIECE);
        while (got < 0 && errno == EINTR);
        if (got > 0)
            lsp_frames_feed(frames, piece, (gsize)got);
        readable = handle_all(server, frames, replies);
        if (!send_all(replies))
            return EXIT_USAGE;
    }
    if (!readable)
        return command_usage("lsp", "standard input is no stream of messages: an editor starts "
                                    "this command; see docs/editors.md");
    return server->exited && server->shut_down ? 0 : 1;
}

int
command_lsp(int argc, char **argv)
{
    g_autoptr(GOptionContext) context = context_new();
    LspServer server;
    LspFrames frames;
    int status;

    if (!command_parse("lsp", context, &argc, &argv))
        return EXIT_USAGE;
    if (argc != 1)
        return command_usage("lsp", "no words are due: an editor starts this command");
    lsp_server_init(&server);
    lsp_frames_init(&frames);
    status = serve(&server, &frames);
    lsp_frames_clear(&frames);
    lsp_server_clear(&server);
    return status;
}
