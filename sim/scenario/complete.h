/* What may be written at a place: words of the language from their tables, and names of the file.
 */
#ifndef SIM_SCENARIO_COMPLETE_H
#define SIM_SCENARIO_COMPLETE_H

#include "sim/scenario/cursor.h"

typedef enum {
    SCN_OFFER_STATEMENT,
    SCN_OFFER_ACTION,
    SCN_OFFER_OPTION,   /* the text ends in = */
    SCN_OFFER_VALUE,    /* a word that an option may be */
    SCN_OFFER_FUNCTION, /* the text ends in ( */
    SCN_OFFER_NAME,     /* of the file */
} ScnOfferKind;

typedef struct {
    ScnOfferKind kind;
    char *text;
    char *detail;      /* how it is used, or what it is; may be NULL */
    const char *about; /* one line of Markdown; NULL: nothing to say */
} ScnOffer;

/* Returns what may stand at the cursor and begins with the word there (ScnOffer), without
 * duplicates. `symbols` are those of the file (symbol.h). Free with g_array_unref. */
GArray *scn_complete(const ScnCursor *cursor, const GArray *symbols);

#endif
