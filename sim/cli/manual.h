/* Manual pages in man(7) markup, made from the help of the commands and the words of the language.
 *
 * kettensim(1) lists the commands, kettensim-COMMAND(1) is the help of one, and
 * kettensim-scenario(5) is the language.
 */
#ifndef SIM_CLI_MANUAL_H
#define SIM_CLI_MANUAL_H

#include <glib.h>
#include <stdbool.h>

/* Returns the name of a page, "kettensim-run", and stores its section; NULL past the last. Free
 * with g_free(). */
char *manual_page(guint index, guint *ret_section);

/* Appends a page. Returns false if there is none of this name. */
bool manual_write(GString *out, const char *name);

/* The scenario of the page about the language. */
extern const char manual_example[];

#endif
