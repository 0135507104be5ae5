/* The names and classes of verdicts; the list itself stands in verdict.h. */
#include "core/chain/verdict.h"

#include <string.h>

#include "core/base/assert.h"

/* Names stand in the rows themselves: a table of pointers would be data to relocate. */
typedef struct {
    char name[24];
    KetteVerdictClass class;
} Row;

static const Row rows[KETTE_VERDICT_COUNT] = {
#define KETTE_VERDICT_ROW(symbol, name, class) [KETTE_##symbol] = {name, KETTE_CLASS_##class},
    KETTE_VERDICTS(KETTE_VERDICT_ROW)
#undef KETTE_VERDICT_ROW
};

const char *
kette_verdict_name(KetteVerdict verdict)
{
    kette_assert(verdict < KETTE_VERDICT_COUNT);
    return rows[verdict].name;
}

KetteVerdictClass
kette_verdict_class(KetteVerdict verdict)
{
    kette_assert(verdict < KETTE_VERDICT_COUNT);
    return rows[verdict].class;
}

const char *
kette_verdict_class_name(KetteVerdictClass class)
{
    switch (class) {
    case KETTE_CLASS_OK:
        return "ok";
    case KETTE_CLASS_INVALID:
        return "invalid";
    case KETTE_CLASS_NOT_YET:
        return "not-yet";
    case KETTE_CLASS_MISSING:
        return "missing";
    case KETTE_CLASS_REFUSED:
        return "refused";
    }
    kette_assert(!"a verdict class");
    return NULL;
}

KetteVerdict
kette_verdict_find(const char *name)
{
    unsigned i = 0;

    while (i < KETTE_VERDICT_COUNT && strcmp(rows[i].name, name) != 0)
        i++;
    return i;
}
