/* Dispatches messages of the protocol; see lsp.h. */
#include "sim/cli/lsp.h"

#include <string.h>

static void
free_document(gpointer document)
{
    lsp_document_free(document);
}

void
lsp_server_init(LspServer *server)
{
    *server = (LspServer){.documents = g_ptr_array_new_with_free_func(free_document)};
}

void
lsp_server_clear(LspServer *server)
{
    g_clear_pointer(&server->documents, g_ptr_array_unref);
}

/* ---- replies ---- */

static JsonBuilder *
reply_new(JsonNode *id)
{
    JsonBuilder *builder = json_builder_new();

    json_builder_begin_object(builder);
    io_json_member_text(builder, "jsonrpc", "2.0");
    if (id != NULL) {
        json_builder_set_member_name(builder, "id");
        json_builder_add_value(builder, json_node_copy(id));
    }
    return builder;
}

/* Frees the builder. */
static void
send_reply(GPtrArray *replies, JsonBuilder *builder)
{
    json_builder_end_object(builder);
    g_ptr_array_add(replies, io_json_line(builder));
    g_object_unref(builder);
}

static void
send_error(GPtrArray *replies, JsonNode *id, int code, const char *message)
{
    g_autoptr(JsonNode) null = json_node_new(JSON_NODE_NULL);
    JsonBuilder *builder = reply_new(id != NULL ? id : null);

    io_json_member_object(builder, "error");
    io_json_member_int(builder, "code", code);
    io_json_member_text(builder, "message", message);
    json_builder_end_object(builder);
    send_reply(replies, builder);
}

void
lsp_server_refuse(GPtrArray *replies, const char *why)
{
    send_error(replies, NULL, LSP_PARSE_ERROR, why);
}

/* ---- files ---- */

/* Returns the open file of that URI, or NULL. */
static LspDocument *
find_document(const LspServer *server, const char *uri)
{
    for (guint i = 0; uri != NULL && i < server->documents->len; i++) {
        LspDocument *document = server->documents->pdata[i];

        if (strcmp(document->uri, uri) == 0)
            return document;
    }
    return NULL;
}

/* Returns the open file that the parameters name, or NULL. */
static LspDocument *
document_of(const LspServer *server, JsonObject *params)
{
    return find_document(server,
                         io_json_read_text(io_json_read_object(params, "textDocument"), "uri"));
}

static void
publish(GPtrArray *replies, const LspDocument *document, bool closed)
{
    JsonBuilder *builder = reply_new(NULL);

    io_json_member_text(builder, "method", "textDocument/publishDiagnostics");
    io_json_member_object(builder, "params");
    io_json_member_text(builder, "uri", document->uri);
    json_builder_set_member_name(builder, "diagnostics");
    if (closed) {
        json_builder_begin_array(builder);
        json_builder_end_array(builder);
    } else {
        lsp_document_diagnose(document, builder);
    }
    json_builder_end_object(builder);
    send_reply(replies, builder);
}

static void
on_open(LspServer *server, JsonObject *params, GPtrArray *replies)
{
    JsonObject *item = io_json_read_object(params, "textDocument");
    const char *uri = io_json_read_text(item, "uri"), *text = io_json_read_text(item, "text");

    if (uri == NULL || text == NULL || server->documents->len >= LSP_DOCUMENTS_MAX)
        return;
    g_ptr_array_remove(server->documents, find_document(server, uri));
    g_ptr_array_add(server->documents, lsp_document_new(uri, text));
    publish(replies, server->documents->pdata[server->documents->len - 1], false);
}

/* Takes over the last change, which has the whole text. */
static void
on_change(LspServer *server, JsonObject *params, GPtrArray *replies)
{
    LspDocument *document = document_of(server, params);
    JsonNode *node = params != NULL ? json_object_get_member(params, "contentChanges") : NULL;
    JsonArray *changes =
        node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    guint count = changes != NULL ? json_array_get_length(changes) : 0;
    JsonNode *last = count > 0 ? json_array_get_element(changes, count - 1) : NULL;
    const char *text = last != NULL && JSON_NODE_HOLDS_OBJECT(last)
                           ? io_json_read_text(json_node_get_object(last), "text")
                           : NULL;

    if (document == NULL || text == NULL)
        return;
    g_string_assign(document->text, text);
    publish(replies, document, false);
}

static void
on_close(LspServer *server, JsonObject *params, GPtrArray *replies)
{
    LspDocument *document = document_of(server, params);

    if (document == NULL)
        return;
    publish(replies, document, true);
    g_ptr_array_remove(server->documents, document);
}

/* ---- requests ---- */

static void
add_capabilities(JsonBuilder *builder)
{
    static const char *const plain[] = {"hoverProvider", "definitionProvider", "referencesProvider",
                                        "documentFormattingProvider", "documentSymbolProvider"};
    static const char *const triggers[] = {"$", "="};

    json_builder_begin_object(builder);
    io_json_member_object(builder, "capabilities");
    io_json_member_text(builder, "positionEncoding", "utf-16");
    io_json_member_object(builder, "textDocumentSync");
    io_json_member_bool(builder, "openClose", true);
    io_json_member_int(builder, "change", 1); /* the whole text */
    json_builder_end_object(builder);
    io_json_member_object(builder, "completionProvider");
    io_json_member_array(builder, "triggerCharacters");
    for (guint i = 0; i < G_N_ELEMENTS(triggers); i++)
        json_builder_add_string_value(builder, triggers[i]);
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    io_json_member_object(builder, "renameProvider");
    io_json_member_bool(builder, "prepareProvider", true);
    json_builder_end_object(builder);
    for (guint i = 0; i < G_N_ELEMENTS(plain); i++)
        io_json_member_bool(builder, plain[i], true);
    json_builder_end_object(builder);
    io_json_member_object(builder, "serverInfo");
    io_json_member_text(builder, "name", "kettensim");
    io_json_member_text(builder, "version", KETTENSIM_VERSION);
    json_builder_end_object(builder);
    json_builder_end_object(builder);
}

static const struct {
    const char *method;
    LspAnswer answer;
} requests[] = {
    {"textDocument/completion", lsp_complete},
    {"textDocument/hover", lsp_hover},
    {"textDocument/definition", lsp_definition},
    {"textDocument/references", lsp_references},
    {"textDocument/prepareRename", lsp_prepare_rename},
    {"textDocument/rename", lsp_rename},
    {"textDocument/formatting", lsp_format},
    {"textDocument/documentSymbol", lsp_outline},
};

static const struct {
    const char *method;
    void (*handle)(LspServer *server, JsonObject *params, GPtrArray *replies);
} notices[] = {
    {"textDocument/didOpen", on_open},
    {"textDocument/didChange", on_change},
    {"textDocument/didClose", on_close},
};

static gsize
offset_of(const LspDocument *document, JsonObject *position)
{
    g_autoptr(ScnSource) source = scn_source_new("", document->text->str, document->text->len);

    return lsp_offset(source, io_json_read_int(position, "line", 0),
                      io_json_read_int(position, "character", 0));
}

static void
answer_document(LspServer *server, JsonNode *id, LspAnswer answer, JsonObject *params,
                GPtrArray *replies)
{
    LspQuestion question = {.document = document_of(server, params), .params = params};
    JsonBuilder *builder;
    g_autofree char *why = NULL;

    if (question.document == NULL) {
        send_error(replies, id, LSP_INVALID_PARAMS, "no such file is open: send didOpen first");
        return;
    }
    question.offset = offset_of(question.document, io_json_read_object(params, "position"));
    builder = reply_new(id);
    json_builder_set_member_name(builder, "result");
    if (answer(&question, builder, &why)) {
        send_reply(replies, builder);
        return;
    }
    g_object_unref(builder);
    send_error(replies, id, LSP_REQUEST_FAILED, why);
}

static void
send_result(GPtrArray *replies, JsonNode *id, void (*add)(JsonBuilder *builder))
{
    JsonBuilder *builder = reply_new(id);

    json_builder_set_member_name(builder, "result");
    add(builder);
    send_reply(replies, builder);
}

static void
add_null(JsonBuilder *builder)
{
    json_builder_add_null_value(builder);
}

static void
handle_request(LspServer *server, JsonNode *id, const char *method, JsonObject *params,
               GPtrArray *replies)
{
    if (server->shut_down) {
        send_error(replies, id, LSP_INVALID_REQUEST, "the server is shut down: send exit");
    } else if (strcmp(method, "initialize") == 0) {
        server->initialized = true;
        send_result(replies, id, add_capabilities);
    } else if (!server->initialized) {
        send_error(replies, id, LSP_NOT_INITIALIZED, "send initialize first");
    } else if (strcmp(method, "shutdown") == 0) {
        server->shut_down = true;
        send_result(replies, id, add_null);
    } else {
        for (guint i = 0; i < G_N_ELEMENTS(requests); i++) {
            if (strcmp(requests[i].method, method) == 0) {
                answer_document(server, id, requests[i].answer, params, replies);
                return;
            }
        }
        send_error(replies, id, LSP_METHOD_NOT_FOUND, "this server has no such method");
    }
}

static void
handle_notice(LspServer *server, const char *method, JsonObject *params, GPtrArray *replies)
{
    if (strcmp(method, "exit") == 0)
        server->exited = true;
    for (guint i = 0; server->initialized && !server->shut_down && i < G_N_ELEMENTS(notices); i++) {
        if (strcmp(notices[i].method, method) == 0)
            notices[i].handle(server, params, replies);
    }
}

/* ---- a message ---- */

/* Returns whether objects and arrays are nested no deeper than the parser's stack allows. */
static bool
is_shallow(const char *json, gsize length)
{
    guint depth = 0;
    bool quoted = false;

    for (gsize i = 0; i < length; i++) {
        if (quoted && json[i] == '\\')
            i++;
        else if (json[i] == '"')
            quoted = !quoted;
        else if (!quoted && (json[i] == '{' || json[i] == '['))
            depth++;
        else if (!quoted && (json[i] == '}' || json[i] == ']') && depth > 0)
            depth--;
        if (depth > LSP_DEPTH_MAX)
            return false;
    }
    return true;
}

void
lsp_server_handle(LspServer *server, const char *message, gsize length, GPtrArray *replies)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonNode *root = NULL, *id;
    JsonObject *object;
    const char *method;

    if (memchr(message, '\0', length) == NULL && g_utf8_validate(message, (gssize)length, NULL) &&
        is_shallow(message, length) &&
        json_parser_load_from_data(parser, message, (gssize)length, NULL))
        root = json_parser_get_root(parser);
    if (root == NULL) {
        lsp_server_refuse(replies, "this is not JSON, or is nested too deeply");
        return;
    }
    object = JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
    id = object != NULL ? json_object_get_member(object, "id") : NULL;
    if (id != NULL && !JSON_NODE_HOLDS_VALUE(id) && !JSON_NODE_HOLDS_NULL(id))
        id = NULL;
    method = io_json_read_text(object, "method");
    if (method == NULL && (object == NULL || !json_object_has_member(object, "result")))
        send_error(replies, id, LSP_INVALID_REQUEST, "a message has a method");
    else if (method != NULL && id != NULL)
        handle_request(server, id, method, io_json_read_object(object, "params"), replies);
    else if (method != NULL)
        handle_notice(server, method, io_json_read_object(object, "params"), replies);
}
