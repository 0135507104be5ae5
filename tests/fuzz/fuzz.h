/* Fuzz targets: each takes any bytes and must neither crash, leak nor break an audit.
 *
 * `make fuzz` builds one libFuzzer binary a target with clang and runs it for FUZZ_SECONDS (60);
 * `make check` replays the corpus of tests/fuzz/corpus/ through the same functions.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The codec: bytes that parse must serialise to the same bytes. */
void fuzz_message(const uint8_t *data, size_t size);

/* A node between two peers that say anything: the bytes are a script of messages, ticks, mining,
 * connections; see fuzz_node.c. */
void fuzz_node(const uint8_t *data, size_t size);

/* A stream of bytes: its frames are the same however it is cut into pieces. */
void fuzz_stream(const uint8_t *data, size_t size);

/* The scenario language: a file is a scenario without an error, or placed messages; never both,
 * never neither. */
void fuzz_scenario(const uint8_t *data, size_t size);

/* The file of a policy: a table that is written and read as the same and has a share, or a message
 * with its line. */
void fuzz_policy(const uint8_t *data, size_t size);

/* A CUnit test: every file of a folder, of which there must be one, through that target. */
void fuzz_replay(const char *folder, void (*target)(const uint8_t *data, size_t size));

#endif
