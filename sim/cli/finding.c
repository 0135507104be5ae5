/* See finding.h. */
#include "sim/cli/finding.h"

#include "sim/io/output.h"
#include "sim/io/text.h"

#include <glib/gstdio.h>
#include <errno.h>
#include <string.h>

#define SHRINK_RUNS 4000 /* at most, for one failure */

void
finding_free(gpointer data)
{
    Finding *finding = data;

    explore_verdict_clear(&finding->verdict);
    g_free(finding->path);
    g_free(finding);
}

/* Returns which candidates fail: as `wanted`, or, if that is NULL, at all. NULL if that was
 * interrupted. Takes over the texts. */
static gboolean *
try_candidates(Trier *trier, GPtrArray *texts, const ExploreVerdict *wanted, char **ret_detail)
{
    gboolean *fails = g_new0(gboolean, texts->len + 1);

    if (!trier_run(trier, texts))
        g_clear_pointer(&fails, g_free);
    for (guint i = 0; fails != NULL && i < trier->texts->len; i++) {
        fails[i] = wanted != NULL ? explore_verdict_is_same(&trier->results[i], wanted)
                                  : trier->results[i].class != EXPLORE_HELD;
        if (fails[i] && ret_detail != NULL && *ret_detail == NULL)
            *ret_detail = g_strdup(trier->results[i].detail);
    }
    trier_forget(trier);
    return fails;
}

/* Tries a round, and takes over the first candidate that fails as before and whose control does
 * not. Returns false if that was interrupted. */
static bool
shrink_once(Finding *finding, Trier *trier, ExploreShrink *shrink, GPtrArray *texts,
            guint64 *ret_tried)
{
    GPtrArray *controls = explore_shrink_controls(shrink);
    guint count = texts->len, first = 0;
    g_autofree char *detail = NULL;
    g_autofree gboolean *fails = NULL, *spoilt = NULL;

    *ret_tried += count + (controls != NULL ? controls->len : 0);
    fails = try_candidates(trier, texts, &finding->verdict, &detail);
    spoilt = controls != NULL ? try_candidates(trier, controls, NULL, NULL)
                              : g_new0(gboolean, count + 1);
    if (fails == NULL || spoilt == NULL)
        return false;
    while (first < count && (!fails[first] || spoilt[first]))
        first++;
    explore_shrink_accept(shrink, first < count ? first : G_MAXUINT);
    if (first < count && detail != NULL) {
        g_free(finding->verdict.detail);
        finding->verdict.detail = g_steal_pointer(&detail);
    }
    return true;
}

bool
finding_shrink(Finding *finding, Trier *trier, ExploreShrink *shrink, guint64 *ret_tried)
{
    GPtrArray *texts;
    bool whole = true;

    trier->how = (ExploreTrial){.modes = finding->verdict.class == EXPLORE_DIGEST,
                                .model = finding->verdict.class == EXPLORE_MODEL};
    trier->modes_every = 1;
    for (*ret_tried = 0;
         whole && *ret_tried < SHRINK_RUNS && (texts = explore_shrink_propose(shrink)) != NULL;)
        whole = shrink_once(finding, trier, shrink, texts, ret_tried);
    finding->faults = explore_shrink_faults(shrink);
    return whole;
}

/* --- the file ----------------------------------------------------------------------------- */

/* Appends a comment. It is one line whatever it names: names of files may have any bytes. */
static void G_GNUC_PRINTF(2, 3) put_comment(GString *out, const char *format, ...)
{
    g_autofree char *text = NULL, *line = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    line = io_printable(text);
    g_string_append_printf(out, "# %s\n", line);
}

/* Makes the lines of a text comments. */
static void
put_comments(GString *out, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (*lines[i] != '\0')
            put_comment(out, "%s", lines[i]);
    }
}

static char *
head_of(const Finding *finding, const char *origin)
{
    GString *head = g_string_new(NULL);
    g_autofree char *file = io_shell_word(finding->path);

    put_comment(head, "What fails (%s): %s", explore_class_name(finding->verdict.class),
                finding->verdict.what);
    put_comment(head, "%s", origin);
    put_comment(head, "reproduce: kettensim run %s%s", file,
                finding->verdict.class == EXPLORE_MODEL ? " --model" : "");
    put_comments(head, finding->verdict.detail);
    return g_string_free(head, FALSE);
}

/* Has the verdict name places in the file that is written, of which the head is a part. */
static void
tell_place(Finding *finding, Trier *trier, const ExploreShrink *shrink, const char *head)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    const char *base = trier->path;

    g_ptr_array_add(texts, explore_shrink_text(shrink, head));
    trier->path = finding->path;
    if (trier_run(trier, texts) && explore_verdict_is_same(&trier->results[0], &finding->verdict)) {
        g_free(finding->verdict.detail);
        finding->verdict.detail = g_strdup(trier->results[0].detail);
    }
    trier->path = base;
    trier_forget(trier);
}

bool
finding_write(Finding *finding, Trier *trier, const ExploreShrink *shrink, const char *origin,
              const char *const *inputs, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(finding->path);
    g_autofree char *first_head = head_of(finding, origin), *head = NULL, *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (g_mkdir_with_parents(folder, 0777) != 0)
        return io_set_errno(error, folder, errno);
    tell_place(finding, trier, shrink, first_head);
    head = head_of(finding, origin);
    text = explore_shrink_text(shrink, head);
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++)
        finding->lines += *lines[i] != '\0' && *lines[i] != '#';
    return io_output_write(finding->path, text, inputs, error);
}
