/* The one way to write a scenario: blanks, indentation and empty lines, as `kettensim fmt` writes
 * them.
 *
 *   - Blocks are indented by two, and so is the rest of a statement that a `\` continues; the
 * author may indent that further.
 *   - An operator, an arrow, a bar and the = of a value stand between blanks. The = , : and .. of
 * an option, a power, an index and a field have none. A comma is followed by one, but not in an
 * option.
 *   - Columns stay: where words of neighbouring lines stand below each other after more than one
 * blank, they still do. A comment after a statement keeps its column, or follows with two blanks.
 *   - At most one empty line in a row, none at either end; no blanks at the end of a line.
 *
 * Lines are neither joined nor broken. Every token, comment and continuation stays: only what
 * stands between them changes. Formatting twice gives the same text as once.
 */
#ifndef SIM_SCENARIO_FORMAT_H
#define SIM_SCENARIO_FORMAT_H

#include "sim/scenario/diagnostic.h"

/* Returns the formatted text, to be freed with g_free. Includes are not read, names and values not
 * looked at. Returns NULL with at least one message if the text does not parse. */
char *scn_format(const char *name, const char *text, gsize length, ScnErrors *errors);

/* Returns one statement in the same way, to be freed with g_free: `text` is a line of its own, or,
 * if not `alone`, an item of a timed block. Returns a copy of a text that does not parse. */
char *scn_format_statement(const char *text, bool alone);

#endif
