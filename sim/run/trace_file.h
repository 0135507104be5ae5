/* A file that appears under its name only when it is whole.
 *
 * It is written under a temporary name in the same folder (name.part-XXXXXX), so that giving it
 * its name is one rename. Errors are in SIM_RUN_ERROR: FULL when there is no room, else OUTPUT.
 */
#ifndef SIM_RUN_TRACE_FILE_H
#define SIM_RUN_TRACE_FILE_H

#include <glib.h>
#include <stdbool.h>

typedef struct SimTraceFile SimTraceFile;

/* Makes an empty temporary file. NULL with an error when the folder is missing or not writable, or
 * when what stands under the name is no regular file. */
SimTraceFile *sim_trace_file_new(const char *path, GError **error);
/* Removes it first. NULL is fine. */
void sim_trace_file_free(SimTraceFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimTraceFile, sim_trace_file_free)

/* The same string until the file is freed, also when nothing stands under it any more. */
const char *sim_trace_file_temporary(const SimTraceFile *file);

/* Brings what was written to the disk and gives the file its name; nobody has it open. */
bool sim_trace_file_publish(SimTraceFile *file, GError **error);
/* Removes the temporary file unless it got its name. */
void sim_trace_file_remove(SimTraceFile *file);

/* The error for a failed write: what, where and what to do. */
void sim_trace_file_error(GError **error, const char *path, bool full, const char *why);
bool sim_trace_file_errno_is_full(int saved_errno);
/* Tries to let a file that is given up grow: 0, or the errno that tells why it cannot. */
int sim_trace_file_probe(const char *path);

#endif
