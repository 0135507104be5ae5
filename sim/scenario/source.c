/* Reads files as sources. Each include knows the source that includes it, which is enough to find a
 * cycle.
 *
 * A file found in the search path is recorded as SEARCHED/NAME, wherever it was found: a trace or a
 * file of results has no path of this machine, and is read again without the search path. */
#include "sim/scenario/source.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VARIABLE "KETTENSIM_INCLUDE"
#define SEARCHED "$" VARIABLE

/* Where `make install` puts the networks of this project. */
#ifndef KETTENSIM_INCLUDE_FOLDER
#define KETTENSIM_INCLUDE_FOLDER "/usr/local/share/kettensim/include"
#endif

static gsize
bytes_so_far(const GPtrArray *sources)
{
    gsize total = 0;
    for (guint i = 0; i < sources->len; i++)
        total += ((const ScnSource *)sources->pdata[i])->length;
    return total;
}

/* Returns the bytes of the file, or NULL with the reason. */
static GString *
read_bounded(const char *path, gsize limit, char **ret_why)
{
    static const gsize chunk = 1 << 16;
    FILE *file = fopen(path, "rb");
    if (!file) {
        *ret_why = g_strdup(g_strerror(errno));
        return NULL;
    }
    GString *text = g_string_new(NULL);
    gsize got = chunk, before;
    while (got == chunk && text->len <= limit) {
        before = text->len;
        g_string_set_size(text, before + chunk);
        got = fread(text->str + before, 1, chunk, file);
        g_string_truncate(text, before + got);
    }
    if (ferror(file))
        *ret_why = g_strdup(g_strerror(errno));
    else if (text->len > limit)
        *ret_why = g_strdup(SCN_TOO_LONG);
    fclose(file);
    if (*ret_why) {
        g_string_free(text, TRUE);
        return NULL;
    }
    return text;
}

bool
scn_source_open(GPtrArray *sources, const char *path, ScnErrors *errors)
{
    g_autofree char *why = NULL;
    GString *text = read_bounded(path, SCN_BYTES_MAX, &why);
    if (!text) {
        g_autofree char *message = g_strdup_printf("cannot read %s: %s", path, why);
        scn_errors_add_bare(errors, message);
        return false;
    }
    g_ptr_array_add(sources, scn_source_new(path, text->str, text->len));
    g_string_free(text, TRUE);
    return true;
}

static const GPtrArray *
library_of(const GPtrArray *sources)
{
    return ((const ScnSource *)sources->pdata[0])->library;
}

/* Returns one name for a file however it is written. A text of a library needs no file. */
static char *
canonical_name(const GPtrArray *sources, const char *path)
{
    char *real = library_of(sources) ? NULL : realpath(path, NULL);
    char *name = real ? g_strdup(real) : g_canonicalize_filename(path, NULL);
    free(real);
    return name;
}

static bool
is_cycle(const GPtrArray *sources, guint32 from, const char *path, guint *ret_depth)
{
    g_autofree char *wanted = canonical_name(sources, path);
    *ret_depth = 0;
    for (gint64 i = from; i >= 0; (*ret_depth)++) {
        const ScnSource *source = sources->pdata[i];
        g_autofree char *name = canonical_name(sources, source->name);
        if (strcmp(name, wanted) == 0)
            return true;
        i = source->included_by;
    }
    return false;
}

static const char *
why_not_include(const GPtrArray *sources, guint32 from, const char *path)
{
    guint depth;
    if (is_cycle(sources, from, path, &depth))
        return "this file includes itself";
    if (depth >= SCN_INCLUDE_DEPTH_MAX)
        return "includes are nested too deeply";
    if (sources->len >= SCN_SOURCES_MAX)
        return "too many includes";
    if (library_of(sources) == NULL && g_file_test(path, G_FILE_TEST_EXISTS) &&
        !g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return "this is no file";
    return NULL;
}

/* Returns the path of an include relative to the folder of the including source. */
static char *
path_beside(const char *from, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(from);

    return g_path_is_absolute(path) || strcmp(folder, ".") == 0
               ? g_strdup(path)
               : g_build_filename(folder, path, NULL);
}

/* Returns the folders that an include is searched in after that of its own file; free with
 * g_strfreev. */
static char **
search_folders(void)
{
    const char *given = g_getenv(VARIABLE);
    g_auto(GStrv) parts = g_strsplit(given ? given : "", ":", -1);
    g_autoptr(GPtrArray) folders = g_ptr_array_new();

    for (guint i = 0; parts[i] != NULL; i++) {
        if (*parts[i] != '\0')
            g_ptr_array_add(folders, g_strdup(parts[i]));
    }
    g_ptr_array_add(folders, g_strdup(KETTENSIM_INCLUDE_FOLDER));
    g_ptr_array_add(folders, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&folders), FALSE);
}

static bool
has_text(const GPtrArray *library, const char *name)
{
    for (guint i = 0; i < library->len; i++) {
        if (strcmp(((const ScnSource *)library->pdata[i])->local_name, name) == 0)
            return true;
    }
    return false;
}

/* Returns the path of the file in the search path, or NULL. */
static char *
find_searched(const GPtrArray *sources, const char *path)
{
    g_auto(GStrv) folders = search_folders();
    g_autofree char *kept = g_build_filename(SEARCHED, path, NULL);

    if (g_path_is_absolute(path))
        return NULL;
    if (library_of(sources))
        return has_text(library_of(sources), kept) ? g_steal_pointer(&kept) : NULL;
    for (guint i = 0; folders[i] != NULL; i++) {
        char *found = g_build_filename(folders[i], path, NULL);

        if (g_file_test(found, G_FILE_TEST_EXISTS))
            return found;
        g_free(found);
    }
    return NULL;
}

/* Returns whether there is such a file or text. */
static bool
is_there(const GPtrArray *sources, const char *path)
{
    return library_of(sources) ? has_text(library_of(sources), path)
                               : g_file_test(path, G_FILE_TEST_EXISTS);
}

/* Returns the help of a message about a file that cannot be read. */
static char *
places_searched(const GPtrArray *sources, const char *beside, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(beside);
    g_auto(GStrv) folders = search_folders();
    g_autofree char *others = g_strjoinv(", ", folders);

    if (g_path_is_absolute(path) || library_of(sources) || is_there(sources, beside))
        return g_strdup("the name is relative to this file");
    return g_strdup_printf("looked in %s, %s; " VARIABLE " may name more folders",
                           strcmp(folder, ".") == 0 ? "this folder" : folder, others);
}

static GString *
read_library(const GPtrArray *library, const char *name, gsize limit, char **ret_why)
{
    for (guint i = 0; i < library->len; i++) {
        const ScnSource *source = library->pdata[i];

        if (strcmp(source->local_name, name) != 0)
            continue;
        if (source->length <= limit)
            return g_string_new_len(source->text, (gssize)source->length);
        *ret_why = g_strdup(SCN_TOO_LONG);
        return NULL;
    }
    *ret_why = g_strdup("it is not among the texts that are kept");
    return NULL;
}

static GString *
read_source(const GPtrArray *sources, const char *path, char **ret_why)
{
    gsize used = bytes_so_far(sources);
    gsize left = used < SCN_BYTES_MAX ? SCN_BYTES_MAX - used : 0;

    return library_of(sources) ? read_library(library_of(sources), path, left, ret_why)
                               : read_bounded(path, left, ret_why);
}

/* Returns the path of an include: beside the file that names it, else in the search path, else
 * beside. Sets the name under which it is recorded. */
static char *
find_include(const GPtrArray *sources, const ScnSource *from, const char *path,
             char **ret_local_name)
{
    g_autofree char *beside = path_beside(from->name, path);
    char *searched = is_there(sources, beside) ? NULL : find_searched(sources, path);

    *ret_local_name =
        searched ? g_build_filename(SEARCHED, path, NULL) : path_beside(from->local_name, path);
    return searched ? searched : g_steal_pointer(&beside);
}

bool
scn_source_include(GPtrArray *sources, ScnSpan span, const char *path, ScnErrors *errors,
                   guint32 *ret_source)
{
    const ScnSource *from = sources->pdata[span.source];
    g_autofree char *local_name = NULL;
    g_autofree char *full = find_include(sources, from, path, &local_name);
    g_autofree char *why = g_strdup(why_not_include(sources, span.source, full));
    GString *text = NULL;

    if (why) {
        scn_errors_add(errors, sources, span, why, NULL);
        return false;
    }
    text = read_source(sources, full, &why);
    if (!text) {
        g_autofree char *message = g_strdup_printf("cannot read %s: %s", full, why);
        g_autofree char *help = places_searched(sources, full, path);
        scn_errors_add(errors, sources, span, message, help);
        return false;
    }
    ScnSource *source = scn_source_new(full, text->str, text->len);
    source->included_by = (gint32)span.source;
    source->included_at = span;
    g_free(source->local_name);
    source->local_name = g_steal_pointer(&local_name);
    *ret_source = sources->len;
    g_ptr_array_add(sources, source);
    g_string_free(text, TRUE);
    return true;
}
