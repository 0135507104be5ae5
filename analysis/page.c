/* Includes the page with the assembler: a C string of its size takes the compiler seconds. The path
 * is PAGE of the Makefile, relative to the project's root. */
#include "analysis/page.h"

__asm__(".pushsection .rodata\n"
        ".global ana_page\n"
        ".global ana_page_end\n"
        "ana_page:\n"
        ".incbin \"build/web/page.html\"\n"
        "ana_page_end:\n"
        ".byte 0\n"
        ".popsection\n");
