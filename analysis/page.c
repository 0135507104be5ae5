/* The page's bytes go in by the assembler: as a C string they would take the compiler seconds.
 * The path is the Makefile's PAGE, seen from the project's root. */
#include "analysis/page.h"

__asm__(".pushsection .rodata\n"
        ".global ana_page\n"
        ".global ana_page_end\n"
        "ana_page:\n"
        ".incbin \"build/web/page.html\"\n"
        "ana_page_end:\n"
        ".byte 0\n"
        ".popsection\n");
