/* main() of the benchmarks: all sections, or those named. */
#include "tests/bench/bench.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *name;
    void (*func)(void);
} sections[] = {
    {"scale", bench_scale}, /* first: it shows the process's peak of memory so far */
    {"engine", bench_engine}, {"runs", bench_runs}, {"trace", bench_trace}, {"sweep", bench_sweep},
};

#define FIGURES_MAX 256

static struct {
    const char *name;
    double value;
} figures[FIGURES_MAX];
static size_t figure_count;

double
bench_figure(const char *name, double value)
{
    if (figure_count < FIGURES_MAX) {
        figures[figure_count].name = name;
        figures[figure_count++].value = value;
    }
    return value;
}

/* Figures that are no number (a section that failed) are null. */
static int
write_figures(const char *program)
{
    char path[4096];
    FILE *file;

    if (snprintf(path, sizeof path, "%s.json", program) >= (int)sizeof path)
        return 1;
    file = fopen(path, "w");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    fputs("{", file);
    for (size_t i = 0; i < figure_count; i++) {
        fprintf(file, "%s\n  \"%s\": ", i > 0 ? "," : "", figures[i].name);
        if (isfinite(figures[i].value))
            fprintf(file, "%.6g", figures[i].value);
        else
            fputs("null", file);
    }
    fputs("\n}\n", file);
    if (fclose(file) != 0) {
        perror(path);
        return 1;
    }
    printf("figures: %s\n", path);
    return 0;
}

double
bench_cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double
bench_median(double *values, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        for (size_t j = i; j > 0 && values[j] < values[j - 1]; j--) {
            double swap = values[j];

            values[j] = values[j - 1];
            values[j - 1] = swap;
        }
    }
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static int
is_wanted(const char *name, int argc, char **argv)
{
    int wanted = argc < 2;

    for (int i = 1; i < argc; i++)
        wanted |= strcmp(argv[i], name) == 0;
    return wanted;
}

int
main(int argc, char **argv)
{
    int count = 0;

    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        if (!is_wanted(sections[i].name, argc, argv))
            continue;
        sections[i].func();
        count++;
    }
    if (count == 0)
        fprintf(stderr, "bench: no such section\n");
    return count == 0 || write_figures(argv[0]);
}
