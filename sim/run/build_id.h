/* Identifies the build: a hash of the sources that a run depends on, made by the Makefile. Two
 * builds with one id produce the same runs, whatever the compiler. */
#ifndef SIM_RUN_BUILD_ID_H
#define SIM_RUN_BUILD_ID_H

extern const char sim_build_id[]; /* 12 hex digits */

#endif
