/* Reads a file within a limit: a device or a pipe may have no end, and a file may be hostile. */
#ifndef IO_INPUT_H
#define IO_INPUT_H

#include <glib.h>

/* Returns the bytes of the file, which may contain NULs; NULL with an error if it cannot be read or
 * has more than `most` bytes. */
GString *io_input_read(const char *path, gsize most, GError **error);

#endif
