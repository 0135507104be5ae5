/* Answers to questions about a place in an open file; see lsp.h. */
#include "sim/cli/lsp.h"
#include "sim/scenario/complete.h"
#include "sim/scenario/format.h"
#include "sim/scenario/model.h"
#include "sim/scenario/symbol.h"

#include <string.h>

/* ---- the file as a whole ---- */

/* A file with its includes, parsed as far as it can be. */
typedef struct {
    GPtrArray *sources;
    ScnErrors *errors;
    ScnSyntax *syntax;
    GArray *symbols;
} Reading;

static void
reading_init(Reading *reading, const LspDocument *document)
{
    reading->sources = scn_sources_new();
    g_ptr_array_add(reading->sources,
                    scn_source_new(document->path, document->text->str, document->text->len));
    reading->errors = scn_errors_new();
    reading->syntax = scn_parse_sources(reading->sources, reading->errors);
    reading->symbols = scn_symbols(reading->syntax, reading->sources);
}

static void
reading_clear(Reading *reading)
{
    g_clear_pointer(&reading->symbols, g_array_unref);
    g_clear_pointer(&reading->syntax, scn_syntax_free);
    g_clear_pointer(&reading->errors, scn_errors_free);
    g_clear_pointer(&reading->sources, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

static const ScnSource *
source_at(const Reading *reading, guint32 i)
{
    return reading->sources->pdata[i];
}

/* Returns the URI of a source: of the open file as its editor wrote it. Free with g_free. */
static char *
uri_of(const Reading *reading, const LspDocument *document, guint32 i)
{
    g_autofree char *path = g_canonicalize_filename(source_at(reading, i)->name, NULL);
    char *uri = i == 0 ? g_strdup(document->uri) : g_filename_to_uri(path, NULL, NULL);

    return uri != NULL ? uri : g_strdup(path);
}

static const ScnSymbol *
symbol_at(const Reading *reading, gsize offset)
{
    return scn_symbol_at(reading->symbols, 0, (guint32)offset);
}

static bool
refuse(char **ret_why, const char *why)
{
    *ret_why = g_strdup(why);
    return false;
}

#define NO_NAME "no name of this scenario stands here: put the cursor on one that it defines"

/* ---- completion and hover ---- */

static void
add_markdown(JsonBuilder *builder, const char *name, const char *text)
{
    io_json_member_object(builder, name);
    io_json_member_text(builder, "kind", "markdown");
    io_json_member_text(builder, "value", text);
    json_builder_end_object(builder);
}

static void
add_offer(JsonBuilder *builder, const ScnOffer *offer, const ScnSource *source, ScnSpan word)
{
    /* CompletionItemKind: keyword, event, property, value, function, variable */
    static const int kinds[] = {14, 23, 10, 12, 3, 6};

    json_builder_begin_object(builder);
    io_json_member_text(builder, "label", offer->text);
    io_json_member_int(builder, "kind", kinds[offer->kind]);
    if (offer->detail != NULL)
        io_json_member_text(builder, "detail", offer->detail);
    if (offer->about != NULL)
        add_markdown(builder, "documentation", offer->about);
    io_json_member_object(builder, "textEdit");
    lsp_add_range(builder, "range", source, word);
    io_json_member_text(builder, "newText", offer->text);
    json_builder_end_object(builder);
    json_builder_end_object(builder);
}

bool
lsp_complete(const LspQuestion *question, JsonBuilder *builder, char **ret_why)
{
    const GString *text = question->document->text;
    g_auto(Reading) reading = {NULL};
    g_auto(ScnCursor) cursor = {NULL};
    g_autoptr(GArray) offers = NULL;

    (void)ret_why;
    reading_init(&reading, question->document);
    scn_cursor_init(&cursor, text->str, text->len, question->offset, false);
    offers = scn_complete(&cursor, reading.symbols);
    json_builder_begin_array(builder);
    for (guint i = 0; i < offers->len; i++)
        add_offer(builder, &g_array_index(offers, ScnOffer, i), source_at(&reading, 0),
                  (ScnSpan){0, cursor.from, cursor.to - cursor.from});
    json_builder_end_array(builder);
    return true;
}

/* Appends the line that defines the name. */
static void
tell_definition(const Reading *reading, const ScnSymbol *definition, GString *out)
{
    const ScnSource *source = source_at(reading, definition->span.source);
    guint32 line, column;
    gsize length;

    scn_source_locate(source, definition->span.offset, &line, &column);
    const char *text = scn_source_line(source, line, &length);
    g_autofree char *shown = g_strstrip(g_strndup(text, length));
    g_string_append_printf(out, "%s `%s`\n\n```scn\n%s\n```\n", definition->what, definition->name,
                           shown);
}

bool
lsp_hover(const LspQuestion *question, JsonBuilder *builder, char **ret_why)
{
    const GString *text = question->document->text;
    g_auto(Reading) reading = {NULL};
    g_auto(ScnCursor) cursor = {NULL};
    g_autoptr(GString) out = g_string_new(NULL);
    const ScnSymbol *symbol;

    (void)ret_why;
    reading_init(&reading, question->document);
    scn_cursor_init(&cursor, text->str, text->len, question->offset, true);
    symbol = symbol_at(&reading, question->offset);
    if (symbol != NULL)
        tell_definition(&reading, scn_symbol_definition(reading.symbols, symbol), out);
    else
        scn_cursor_explain(&cursor, out);
    if (out->len == 0) {
        json_builder_add_null_value(builder);
        return true;
    }
    json_builder_begin_object(builder);
    add_markdown(builder, "contents", out->str);
    lsp_add_range(builder, "range", source_at(&reading, 0),
                  (ScnSpan){0, cursor.from, cursor.to - cursor.from});
    json_builder_end_object(builder);
    return true;
}

/* ---- names ---- */

static void
add_location(JsonBuilder *builder, const Reading *reading, const LspDocument *document,
             ScnSpan span)
{
    g_autofree char *uri = uri_of(reading, document, span.source);

    json_builder_begin_object(builder);
    io_json_member_text(builder, "uri", uri);
    lsp_add_range(builder, "range", source_at(reading, span.source), span);
    json_builder_end_object(builder);
}

bool
lsp_definition(const LspQuestion *question, JsonBuilder *builder, char **ret_why)
{
    g_auto(Reading) reading = {NULL};
    const ScnSymbol *symbol;

    (void)ret_why;
    reading_init(&reading, question->document);
    symbol = symbol_at(&reading, question->offset);
    if (symbol == NULL)
        json_builder_add_null_value(builder);
    else
        add_location(builder, &reading, question->document,
                     scn_symbol_definition(reading.symbols, symbol)->span);
    return true;
}

bool
lsp_references(const LspQuestion *question, JsonBuilder *builder, char **ret_why)
{
    g_auto(Reading) reading = {NULL};
    const ScnSymbol *symbol;

    (void)ret_why;
    reading_init(&reading, question->document);
    symbol = symbol_at(&reading, question->offset);
    json_builder_begin_array(builder);
    for (guint i = 0; symbol != NULL && i < reading.symbols->len; i++) {
        const ScnSymbol *other = &g_array_index(reading.symbols, ScnSymbol, i);

        if (scn_symbol_is_same(symbol, other))
            add_location(builder, &reading, question->document, other->span);
    }
    json_builder_end_array(builder);
    return true;
}

bool
lsp_prepare_rename(const LspQuestion *question, JsonBuilder *builder, char **ret_why)
{
    g_auto(Reading) reading = {NULL};
    const ScnSymbol *symbol;

    reading_init(&reading, question->document);
    symbol = symbol_at(&reading, question->offset);
    if (symbol == NULL)
        return refuse(ret_why, NO_NAME);
    lsp_add_range(builder, NULL, source_at(&reading, 0), symbol->span);
    return true;
}

/* Adds the edits of one source; nothing if it has none. */
static void
add_edits(JsonBuilder *builder, const Reading *reading, const LspDocument *document,
          const ScnSymbol *symbol, const char *name, guint32 source)
{
    bool any = false;

    for (guint i = 0; i < reading->symbols->len; i++) {
        const ScnSymbol *other = &g_array_index(reading->symbols, ScnSymbol, i);

        if (other->span.source != source || !scn_symbol_is_same(symbol, other))
            continue;
        if (!any) {
            g_autofree char *uri = uri_of(reading, document, source);
            io_json_member_array(builder, uri);
        }
        any = true;
        json_builder_begin_object(builder);
        lsp_add_range(builder, "range", source_at(reading, source), other->span);
        io_json_member_text(builder, "newText", name);
        json_builder_end_object(builder);
    }
    if (any)
        json_builder_end_array(builder);
}

/* Returns the text with the name changed. */
static GString *
renamed_text(const Reading *reading, const LspDocument *document, const ScnSymbol *symbol,
             const char *name)
{
    GString *text = g_string_new(NULL);

    for (guint32 at = 0; at < document->text->len;) {
        const ScnSymbol *other = scn_symbol_at(reading->symbols, 0, at);

        if (other != NULL && other->span.offset == at && scn_symbol_is_same(other, symbol)) {
            g_string_append(text, name);
            at += other->span.length;
        } else {
            g_string_append_c(text, document->text->str[at++]);
        }
    }
    return text;
}

static guint
count_errors(const char *path, const GString *text)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();

    scn_scenario_free(scn_parse_text(path, text->str, text->len, NULL, errors));
    return errors->found;
}

/* Returns whether the file has more errors under the new name, as when a member of a group of nodes
 * would have the name of something else. Files whose includes change, too, are not asked. */
static bool
breaks(const Reading *reading, const LspDocument *document, const ScnSymbol *symbol,
       const char *name)
{
    g_autoptr(GString) text = renamed_text(reading, document, symbol, name);

    for (guint i = 0; i < reading->symbols->len; i++) {
        const ScnSymbol *other = &g_array_index(reading->symbols, ScnSymbol, i);

        if (other->span.source != 0 && scn_symbol_is_same(symbol, other))
            return false;
    }
    return count_errors(document->path, text) > count_errors(document->path, document->text);
}

bool
lsp_rename(const LspQuestion *question, JsonBuilder *builder, char **ret_why)
{
    const char *name = io_json_read_text(question->params, "newName");
    g_auto(Reading) reading = {NULL};
    const ScnSymbol *symbol;

    reading_init(&reading, question->document);
    symbol = symbol_at(&reading, question->offset);
    if (symbol == NULL)
        return refuse(ret_why, NO_NAME);
    *ret_why = scn_symbol_refuse_name(reading.symbols, symbol, name != NULL ? name : "");
    if (*ret_why != NULL)
        return false;
    if (breaks(&reading, question->document, symbol, name))
        return refuse(ret_why, "under that name the scenario would have errors: choose another");
    json_builder_begin_object(builder);
    io_json_member_object(builder, "changes");
    for (guint32 i = 0; i < reading.sources->len; i++)
        add_edits(builder, &reading, question->document, symbol, name, i);
    json_builder_end_object(builder);
    json_builder_end_object(builder);
    return true;
}

/* ---- the whole text ---- */

bool
lsp_format(const LspQuestion *question, JsonBuilder *builder, char **ret_why)
{
    const LspDocument *document = question->document;
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnSource) source =
        scn_source_new(document->path, document->text->str, document->text->len);
    g_autofree char *text =
        scn_format(document->path, document->text->str, document->text->len, errors);

    if (text == NULL) {
        const ScnError *error = errors->items->pdata[0];

        *ret_why = g_strdup_printf("not formatted: %s", error->message);
        return false;
    }
    json_builder_begin_array(builder);
    if (strcmp(text, document->text->str) != 0) {
        json_builder_begin_object(builder);
        lsp_add_range(builder, "range", source, (ScnSpan){0, 0, (guint32)source->length});
        io_json_member_text(builder, "newText", text);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    return true;
}

bool
lsp_outline(const LspQuestion *question, JsonBuilder *builder, char **ret_why)
{
    g_auto(Reading) reading = {NULL};

    (void)ret_why;
    reading_init(&reading, question->document);
    json_builder_begin_array(builder);
    for (guint i = 0; i < reading.symbols->len; i++) {
        const ScnSymbol *symbol = &g_array_index(reading.symbols, ScnSymbol, i);

        if (symbol->what == NULL || symbol->span.source != 0)
            continue;
        json_builder_begin_object(builder);
        io_json_member_text(builder, "name", symbol->name);
        io_json_member_text(builder, "detail", symbol->what);
        io_json_member_int(builder, "kind", 13); /* a variable */
        lsp_add_range(builder, "range", source_at(&reading, 0), symbol->span);
        lsp_add_range(builder, "selectionRange", source_at(&reading, 0), symbol->span);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    return true;
}
