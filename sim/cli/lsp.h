/* The language server: answers the questions of an editor about scenarios.
 *
 * Protocol: the Language Server Protocol 3.17, JSON-RPC 2.0. `lsp_frames` cuts a stream of bytes
 * into messages, `lsp_server` answers one message; neither reads nor writes a stream, so tests need
 * no process. Bytes are untrusted: lengths and nesting have limits, bad JSON is answered with an
 * error.
 */
#ifndef SIM_CLI_LSP_H
#define SIM_CLI_LSP_H

#include "sim/io/json.h"
#include "sim/scenario/diagnostic.h"

#define LSP_MESSAGE_MAX (64u << 20) /* a text of 16 MiB, escaped */
#define LSP_HEADER_MAX 4096
#define LSP_DEPTH_MAX 64
#define LSP_DOCUMENTS_MAX 1000

/* Errors of JSON-RPC and of the protocol. */
#define LSP_PARSE_ERROR (-32700)
#define LSP_INVALID_REQUEST (-32600)
#define LSP_METHOD_NOT_FOUND (-32601)
#define LSP_INVALID_PARAMS (-32602)
#define LSP_NOT_INITIALIZED (-32002)
#define LSP_REQUEST_FAILED (-32803)

/* ---- messages in a stream (lsp_frames.c) ---- */

typedef enum {
    LSP_FRAME_NONE,     /* more bytes are needed */
    LSP_FRAME_MESSAGE,  /* *ret_message is the next message */
    LSP_FRAME_TOO_LONG, /* a message was longer than the limit and is skipped */
    LSP_FRAME_BROKEN,   /* no length: the rest of the stream cannot be read */
} LspFrame;

typedef struct {
    GString *bytes;
    guint64 skip; /* bytes of a message that is too long */
} LspFrames;

void lsp_frames_init(LspFrames *frames);
void lsp_frames_clear(LspFrames *frames);
void lsp_frames_feed(LspFrames *frames, const char *bytes, gsize length);
/* Takes the next message out of the stream; free it with g_string_free. */
LspFrame lsp_frames_next(LspFrames *frames, GString **ret_message);
/* Returns a message with its header; free with g_free. */
char *lsp_frame_write(const char *message);

/* ---- places (lsp_place.c) ---- */

/* Returns the offset of a line and a UTF-16 unit in it, both from 0. Past the end of the line or of
 * the text it returns that end. */
gsize lsp_offset(const ScnSource *source, gint64 line, gint64 character);
/* Adds the line and the unit of an offset. */
void lsp_add_position(JsonBuilder *builder, const char *name, const ScnSource *source,
                      gsize offset);
/* Adds {"start": …, "end": …}; a NULL name adds the object alone. */
void lsp_add_range(JsonBuilder *builder, const char *name, const ScnSource *source, ScnSpan span);

/* ---- open files (lsp_document.c) ---- */

typedef struct {
    char *uri, *path;
    GString *text;
} LspDocument;

LspDocument *lsp_document_new(const char *uri, const char *text);
void lsp_document_free(LspDocument *document);

/* Adds the array of diagnostics. */
void lsp_document_diagnose(const LspDocument *document, JsonBuilder *builder);

/* ---- answers to questions (lsp_answer.c) ---- */

typedef struct {
    const LspDocument *document;
    gsize offset;
    JsonObject *params;
} LspQuestion;

/* Adds the result of a request. Returns false with *ret_why, to be freed, if there is none. */
typedef bool (*LspAnswer)(const LspQuestion *question, JsonBuilder *builder, char **ret_why);
bool lsp_complete(const LspQuestion *question, JsonBuilder *builder, char **ret_why);
bool lsp_hover(const LspQuestion *question, JsonBuilder *builder, char **ret_why);
bool lsp_definition(const LspQuestion *question, JsonBuilder *builder, char **ret_why);
bool lsp_references(const LspQuestion *question, JsonBuilder *builder, char **ret_why);
bool lsp_prepare_rename(const LspQuestion *question, JsonBuilder *builder, char **ret_why);
bool lsp_rename(const LspQuestion *question, JsonBuilder *builder, char **ret_why);
bool lsp_format(const LspQuestion *question, JsonBuilder *builder, char **ret_why);
bool lsp_outline(const LspQuestion *question, JsonBuilder *builder, char **ret_why);

/* ---- the server (lsp_server.c) ---- */

typedef struct {
    GPtrArray *documents; /* LspDocument */
    bool initialized, shut_down, exited;
} LspServer;

void lsp_server_init(LspServer *server);
void lsp_server_clear(LspServer *server);
/* Handles one message and adds what to send (char *). */
void lsp_server_handle(LspServer *server, const char *message, gsize length, GPtrArray *replies);
/* Adds an error for bytes that are no message. */
void lsp_server_refuse(GPtrArray *replies, const char *why);

#endif
