/* Reads scenario files, within limits that protect the machine from a hostile one. */
#ifndef SIM_SCENARIO_SOURCE_H
#define SIM_SCENARIO_SOURCE_H

#include "sim/scenario/diagnostic.h"

#define SCN_BYTES_MAX (16u << 20) /* of a file with all its includes */
#define SCN_TOO_LONG "a scenario and its includes have at most 16 MiB"
#define SCN_SOURCES_MAX 256
#define SCN_INCLUDE_DEPTH_MAX 16

/* Reads path as sources[0]; reports errors without a place. */
bool scn_source_open(GPtrArray *sources, const char *path, ScnErrors *errors);

/* Adds the file that an include at `span` names: beside the file that contains the include, else in
 * the folders of KETTENSIM_INCLUDE (`:` between them), else among the installed networks. Returns
 * false after reporting at span that it cannot be read, includes itself or exceeds the limit. */
bool scn_source_include(GPtrArray *sources, ScnSpan span, const char *path, ScnErrors *errors,
                        guint32 *ret_source);

#endif
