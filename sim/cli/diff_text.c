/* Prints lines with - and +, as diff does; see diff_text.h. */
#include "sim/cli/diff_text.h"

#include "sim/cli/terminal.h"

#include <string.h>

#define RED "\033[31m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

typedef struct {
    const char *before, *after; /* colour codes around a line */
    char mark;
} Style;

static void
print_lines(FILE *out, const GPtrArray *lines, Style style)
{
    char at[SIM_TIME_TEXT];

    for (guint i = 0; i < lines->len; i++) {
        const SimDiffLine *line = g_ptr_array_index(lines, i);

        fprintf(out, "%s%c %-16s %s%s\n", style.before, style.mark, sim_time_format(at, line->time),
                line->text, style.after);
    }
    if (lines->len == 0)
        fprintf(out, "%s%c nothing more%s\n", style.before, style.mark, style.after);
}

void
diff_print(FILE *out, const SimTraceDiff *diff, const char *first, const char *second)
{
    bool colour = terminal_has_colour(out);
    const Style both = {"", "", ' '};
    const Style minus = {colour ? RED : "", colour ? PLAIN : "", '-'};
    const Style plus = {colour ? GREEN : "", colour ? PLAIN : "", '+'};
    char at[SIM_TIME_TEXT];

    if (*diff->uncompared != '\0')
        fprintf(out, "not compared, because one of the traces has none: %s\n", diff->uncompared);
    if (!diff->has_event) {
        if (!diff->same)
            fprintf(out, "no event differs, but this does:\n%s", diff->rest);
        return;
    }
    fprintf(out, "the first event that differs is at %s, in table %s\n",
            sim_time_format(at, diff->time), sim_event_kind_name(diff->kind));
    fprintf(out, "- %s\n+ %s\n\n", first, second);
    if (diff->before->len > 0)
        print_lines(out, diff->before, both);
    print_lines(out, diff->first, minus);
    print_lines(out, diff->second, plus);
}
