/* Computes the optimal string alignment over three rows of the length of a word. */
#include "sim/scenario/word.h"

#include <string.h>

#define WORD_MAX 64

static gsize
cut_length(const char *word)
{
    return MIN(strlen(word), (gsize)WORD_MAX);
}

guint
scn_word_distance(const char *a, const char *b)
{
    guint rows[3][WORD_MAX + 1];
    gsize a_len = cut_length(a), b_len = cut_length(b);

    for (gsize j = 0; j <= b_len; j++)
        rows[0][j] = (guint)j;
    for (gsize i = 1; i <= a_len; i++) {
        guint *row = rows[i % 3], *above = rows[(i - 1) % 3], *twice = rows[(i + 1) % 3];
        row[0] = (guint)i;
        for (gsize j = 1; j <= b_len; j++) {
            guint change = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = MIN(change, MIN(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = MIN(row[j], twice[j - 2] + 1);
        }
    }
    return rows[a_len % 3][b_len];
}

static void
keep_nearer(const char *wrong, const char *word, const char **best, guint *best_distance)
{
    guint distance = scn_word_distance(wrong, word);
    if (!*best || distance < *best_distance) {
        *best = word;
        *best_distance = distance;
    }
}

const char *
scn_word_nearest(const char *wrong, const char *const *words)
{
    const char *best = NULL;
    guint distance = 0;
    for (; *words; words++)
        keep_nearer(wrong, *words, &best, &distance);
    return best;
}

const char *
scn_word_nearest_of(const char *wrong, const GPtrArray *words)
{
    const char *best = NULL;
    guint distance = 0;
    for (guint i = 0; i < words->len; i++)
        keep_nearer(wrong, words->pdata[i], &best, &distance);
    return best;
}
