/* Benchmarks: sections that each print a table, on CPU time of this process.
 *
 * Figures that are compared come from the same run, in interleaved rounds, and are medians: what
 * another process or the clock's speed does meanwhile then falls on both sides alike.
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <stddef.h>

double bench_cpu_seconds(void);

/* The median; orders the values. */
double bench_median(double *values, size_t count);

/* Takes a figure down for <binary>.json, an object of all of them, and gives it back. */
double bench_figure(const char *name, double value);

void bench_engine(void); /* bench_engine.c: the event queue beside a heap, and what a draw costs */
void bench_scale(void);  /* bench_scale.c: 600 to 10 000 nodes beside a bare flood */
void bench_runs(void);   /* bench_runs.c: partition_heal, runs a second and what they spend */
void bench_trace(void);  /* bench_trace.c: rows a second, and what a trace adds to a run */
void bench_sweep(void);  /* bench_sweep.c: two workers beside one */

#endif
