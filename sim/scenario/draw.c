/* Keyed draws; see draw.h. */
#include "sim/scenario/draw.h"

static guint64
hash_text(guint64 hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (guint8)*text) * G_GUINT64_CONSTANT(0x100000001b3);
    return (hash ^ 0xff) *
           G_GUINT64_CONSTANT(
               0x100000001b3); /* separates texts, so that no key is a prefix of another */
}

static guint64
mix(guint64 x)
{
    x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

guint64
scn_draw(guint64 seed, const char *purpose, const char *name, guint64 n)
{
    guint64 key = hash_text(hash_text(G_GUINT64_CONSTANT(0xcbf29ce484222325), purpose), name);

    return mix(mix(seed ^ key) + (n + 1) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15));
}

/* Runs the first `count` steps of a Fisher-Yates shuffle. 64 bits modulo a count below 2^32 favour
 * no member by more than 2^-32. */
void
scn_draw_some(GArray *values, guint count, guint64 seed, const char *purpose, const char *name)
{
    guint32 *v = (guint32 *)(void *)values->data;

    for (guint i = 0; i < MIN(count, values->len); i++) {
        guint j = i + (guint)(scn_draw(seed, purpose, name, i) % (values->len - i));
        guint32 held = v[i];

        v[i] = v[j];
        v[j] = held;
    }
}
