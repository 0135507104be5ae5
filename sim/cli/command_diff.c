/* kettensim diff: finds where two traces diverge. */
#include "sim/io/text.h"
#include "sim/cli/command.h"
#include "sim/cli/diff_text.h"

#include <string.h>

#define usage(...) command_usage("diff", __VA_ARGS__)

static GOptionContext *
context_new(void)
{
    GOptionContext *context = g_option_context_new("A.db B.db");

    g_option_context_set_summary(
        context, "Shows the first event in which two traces differ, with ten events around it.");
    g_option_context_set_description(
        context,
        "Events are messages (in traces of level full), arrivals of blocks, refusals, tips,\n"
        "transactions and faults. A line of both traces begins with a blank, a line of A with\n"
        "'-', a line of B with '+'. The first '-' and the first '+' are the difference. Traces of\n"
        "different levels are compared only in the events that both have.\n\n"
        "Examples:\n"
        "  kettensim run scenarios/partition_heal.scn --seed 1 -o /tmp/a.db\n"
        "  kettensim run scenarios/partition_heal.scn --seed 2 -o /tmp/b.db\n"
        "  kettensim diff /tmp/a.db /tmp/b.db\n\n"
        "Exit status: 0 the same; 3 they differ; 2 usage, or a file that is no trace.\n");
    return context;
}

static void
print_heads(const SimTraceReader *a, const SimTraceReader *b)
{
    const SimTraceHead *x = sim_trace_reader_head(a), *y = sim_trace_reader_head(b);

    if (strcmp(x->scenario, y->scenario) != 0 || x->seed != y->seed ||
        strcmp(x->params, y->params) != 0) {
        g_autofree char *first = io_printable(x->scenario);
        g_autofree char *second = io_printable(y->scenario);
        g_autofree char *p = io_printable(x->params);
        g_autofree char *q = io_printable(y->params);

        printf("- %s seed %" G_GUINT64_FORMAT " %s\n+ %s seed %" G_GUINT64_FORMAT " %s\n", first,
               x->seed, p, second, y->seed, q);
    }
    if (strcmp(x->version, y->version) != 0) {
        g_autofree char *first = io_printable(x->version);
        g_autofree char *second = io_printable(y->version);

        printf("- kettensim %s\n+ kettensim %s\n", first, second);
    }
}

static int
compare(const char *first, const char *second)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimTraceReader) a = sim_trace_reader_open(first, &error);
    g_autoptr(SimTraceReader) b = a ? sim_trace_reader_open(second, &error) : NULL;
    g_auto(SimTraceDiff) diff = {.same = false};

    if (b == NULL || !sim_trace_compare(a, b, &diff, &error))
        return usage("%s", error->message);
    if (!diff.same)
        print_heads(a, b);
    diff_print(stdout, &diff, first, second);
    if (diff.same)
        printf("the same: digest %s\n", sim_trace_reader_head(a)->digest);
    return command_flush("diff", diff.same ? 0 : EXIT_DIFFERS);
}

int
command_diff(int argc, char **argv)
{
    g_autoptr(GOptionContext) context = context_new();

    if (!command_parse("diff", context, &argc, &argv))
        return EXIT_USAGE;
    if (argc != 3)
        return usage("two traces are due, and %d came", argc - 1);
    return compare(argv[1], argv[2]);
}
