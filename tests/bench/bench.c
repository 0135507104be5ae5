/* main() of the benchmarks: all sections, or those named. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *name;
    void (*func)(void);
} sections[] = {
    {"engine", bench_engine},
    {"runs", bench_runs},
    {"scale", bench_scale},
};

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
    return count == 0;
}
