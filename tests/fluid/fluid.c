/* Runs fluid transfers through sim/net/fair.c for solver.py, which works the same out in its own
 * way. On stdin: `line RATE_BPS` and `transfer START_NS BYTES LINE…`, transfers in the order of
 * their starts. On stdout: when each transfer is done, in ns, in the order of the file.
 */
#include "sim/net/fair.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    SimTime start, done;
    uint64_t bytes;
    uint32_t lines[SIM_FAIR_LINES_MAX];
    unsigned count;
} Transfer;

typedef struct {
    SimFair *fair;
    GArray *rates;     /* of uint64_t */
    GArray *indices;   /* of uint32_t: of the lines that last */
    GArray *transfers; /* of Transfer */
} Fluid;

static void
on_ended(void *user, uint32_t owner)
{
    g_array_index(((Fluid *)user)->indices, uint32_t, owner) = SIM_FAIR_NONE;
}

static void
read_line(Fluid *fluid, char **words)
{
    uint64_t rate = g_ascii_strtoull(words[1], NULL, 10);
    uint32_t none = SIM_FAIR_NONE;

    g_array_append_val(fluid->rates, rate);
    g_array_append_val(fluid->indices, none);
}

static void
read_transfer(Fluid *fluid, char **words)
{
    Transfer t = {.start = g_ascii_strtoll(words[1], NULL, 10),
                  .bytes = g_ascii_strtoull(words[2], NULL, 10)};

    for (; words[3 + t.count] != NULL; t.count++)
        t.lines[t.count] = (uint32_t)g_ascii_strtoull(words[3 + t.count], NULL, 10);
    g_array_append_val(fluid->transfers, t);
}

static void
read_all(Fluid *fluid)
{
    char text[256];

    while (fgets(text, sizeof text, stdin) != NULL) {
        g_auto(GStrv) words = g_strsplit(g_strstrip(text), " ", 0);

        if (g_strcmp0(words[0], "line") == 0)
            read_line(fluid, words);
        else
            read_transfer(fluid, words);
    }
}

static void
begin(Fluid *fluid, guint i)
{
    const Transfer *t = &g_array_index(fluid->transfers, Transfer, i);
    uint32_t lines[SIM_FAIR_LINES_MAX];

    for (unsigned j = 0; j < t->count; j++) {
        uint32_t *index = &g_array_index(fluid->indices, uint32_t, t->lines[j]);

        if (*index == SIM_FAIR_NONE)
            *index =
                sim_fair_add_line(fluid->fair, t->lines[j],
                                  g_array_index(fluid->rates, uint64_t, t->lines[j]), t->lines[j]);
        lines[j] = *index;
    }
    sim_fair_begin(fluid->fair, i, lines, t->count, t->bytes, i);
}

static void
run(Fluid *fluid)
{
    guint next = 0;

    while (next < fluid->transfers->len || sim_fair_next(fluid->fair) != SIM_TIME_NEVER) {
        SimTime end = sim_fair_next(fluid->fair);
        SimTime start = next < fluid->transfers->len
                            ? g_array_index(fluid->transfers, Transfer, next).start
                            : SIM_TIME_NEVER;
        SimTime now = MIN(start, end);
        uint32_t done;

        while (sim_fair_take_done(fluid->fair, now, &done))
            g_array_index(fluid->transfers, Transfer, done).done = now;
        for (; next < fluid->transfers->len &&
               g_array_index(fluid->transfers, Transfer, next).start == now;
             next++)
            begin(fluid, next);
        sim_fair_settle(fluid->fair, now);
    }
}

int
main(void)
{
    Fluid fluid = {.rates = g_array_new(FALSE, FALSE, sizeof(uint64_t)),
                   .indices = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                   .transfers = g_array_new(FALSE, FALSE, sizeof(Transfer))};

    fluid.fair = sim_fair_new(on_ended, &fluid);
    read_all(&fluid);
    run(&fluid);
    for (guint i = 0; i < fluid.transfers->len; i++)
        printf("%" PRId64 "\n", g_array_index(fluid.transfers, Transfer, i).done);
    sim_fair_free(fluid.fair);
    g_array_unref(fluid.rates);
    g_array_unref(fluid.indices);
    g_array_unref(fluid.transfers);
    return 0;
}
