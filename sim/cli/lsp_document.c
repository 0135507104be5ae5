/* An open file and its diagnostics; see lsp.h. */
#include "sim/cli/lint.h"
#include "sim/cli/lsp.h"
#include "sim/scenario/syntax.h"

#include <string.h>

LspDocument *
lsp_document_new(const char *uri, const char *text)
{
    LspDocument *document = g_new0(LspDocument, 1);
    char *path = g_filename_from_uri(uri, NULL, NULL);

    document->uri = g_strdup(uri);
    document->path = path != NULL ? path : g_strdup("unsaved.scn");
    document->text = g_string_new(text);
    return document;
}

void
lsp_document_free(LspDocument *document)
{
    g_free(document->uri);
    g_free(document->path);
    g_string_free(document->text, TRUE);
    g_free(document);
}

/* ---- diagnostics ---- */

typedef enum { SEVERITY_ERROR = 1, SEVERITY_WARNING = 2 } Severity;

static void
add_diagnostic(JsonBuilder *builder, const ScnSource *source, ScnSpan span, Severity severity,
               const char *message)
{
    json_builder_begin_object(builder);
    lsp_add_range(builder, "range", source, span);
    io_json_member_int(builder, "severity", severity);
    io_json_member_text(builder, "source", "kettensim");
    io_json_member_text(builder, "message", message);
    json_builder_end_object(builder);
}

static void
add_errors(JsonBuilder *builder, const ScnSource *source, const ScnErrors *errors)
{
    for (guint i = 0; i < errors->items->len; i++) {
        const ScnError *error = errors->items->pdata[i];
        g_autofree char *message =
            g_strconcat(error->is_included ? error->place : "", error->is_included ? ": " : "",
                        error->message, error->help != NULL ? "\nhelp: " : NULL, error->help, NULL);

        add_diagnostic(builder, source, error->span, SEVERITY_ERROR, message);
    }
}

/* Returns the span of the line of a warning; of the first line for a warning elsewhere. */
static ScnSpan
warning_span(const ScnSource *source, ScnPlace place)
{
    guint32 line = place.source == 0 && place.line > 0 ? place.line : 1;
    gsize length;
    const char *text = scn_source_line(source, line, &length);
    gsize from = 0;

    while (from < length && g_ascii_isspace(text[from]))
        from++;
    return (ScnSpan){0, (guint32)(text - source->text + (gssize)from), (guint32)(length - from)};
}

static void
add_warnings(JsonBuilder *builder, const ScnSource *source, const ScnScenario *scenario)
{
    g_autoptr(GArray) warnings = lint_find_warnings(scenario);

    for (guint i = 0; i < warnings->len; i++) {
        const LintWarning *warning = &g_array_index(warnings, LintWarning, i);
        g_autofree char *place = warning->place.source > 0
                                     ? scn_scenario_place(scenario, warning->place, ": ")
                                     : g_strdup("");
        g_autofree char *message = g_strconcat(place, warning->message, NULL);

        add_diagnostic(builder, source, warning_span(source, warning->place), SEVERITY_WARNING,
                       message);
    }
}

/* Returns whether the file is to be included by others: it has no title line of its own. */
static bool
is_part(const LspDocument *document)
{
    return !g_str_has_prefix(document->text->str, "scn ") &&
           strstr(document->text->str, "\nscn ") == NULL;
}

void
lsp_document_diagnose(const LspDocument *document, JsonBuilder *builder)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnSource) source =
        scn_source_new(document->path, document->text->str, document->text->len);
    g_autoptr(ScnScenario) scenario = NULL;

    json_builder_begin_array(builder);
    if (is_part(document)) {
        g_autoptr(GPtrArray) sources = g_ptr_array_new();

        g_ptr_array_add(sources, source);
        scn_syntax_free(scn_parse_alone(sources, errors));
    } else {
        scenario =
            scn_parse_text(document->path, document->text->str, document->text->len, NULL, errors);
    }
    add_errors(builder, source, errors);
    if (scenario != NULL)
        add_warnings(builder, source, scenario);
    json_builder_end_array(builder);
}
