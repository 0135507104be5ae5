/* A node's folder: its log of records (core/node/record.h), and a lock so that one process has it.
 *
 * Records are appended as they come. live_disk_sync() makes them outlast a crash of the machine;
 * a node calls it before anything that follows from them leaves the process. A write that fails is
 * cut off again, so that the log never ends within a record that was not torn by a crash.
 */
#ifndef SIM_LIVE_DISK_H
#define SIM_LIVE_DISK_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct LiveDisk LiveDisk;

#define LIVE_DISK_LOG "log" /* name of the file in the folder */

/* Makes the folder if there is none, takes its lock and opens the log. Returns NULL with an error,
 * also when another process has the folder. */
LiveDisk *live_disk_open(const char *folder, GError **error);
void live_disk_close(LiveDisk *disk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveDisk, live_disk_close)

/* Reads the whole log. */
GByteArray *live_disk_read(LiveDisk *disk, GError **error);
/* Cuts the log to its sound prefix. */
bool live_disk_cut(LiveDisk *disk, size_t sound, GError **error);
/* Appends a record. Returns false with an error and leaves the log unchanged. */
bool live_disk_append(LiveDisk *disk, const uint8_t *record, size_t len, GError **error);
bool live_disk_sync(LiveDisk *disk, GError **error);
int64_t live_disk_bytes(const LiveDisk *disk);

#endif
