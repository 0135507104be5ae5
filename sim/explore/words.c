/* See words.h. */
#include "sim/explore/words.h"

#include "sim/scenario/quantity.h"

#include <string.h>

/* Returns the text without the bytes from `from` up to `to`. */
static char *
without(const char *text, const char *from, const char *to)
{
    return g_strdup_printf("%.*s%s", (int)(from - text), text, to);
}

char *
explore_words_without_member(const char *text, guint k)
{
    for (const char *open = strchr(text, '{'); open != NULL; open = strchr(open + 1, '{')) {
        const char *close = strchr(open, '}'), *from = open + 1;
        bool is_only = true;

        if (close == NULL)
            return NULL;
        for (const char *at = from; at < close; at++)
            is_only &= *at != ',';
        while (!is_only && from < close) {
            const char *comma = memchr(from, ',', (gsize)(close - from));
            const char *to = comma != NULL ? comma + 1 + strspn(comma + 1, " ") : close;

            if (k-- == 0) {
                /* The last member takes the comma before it along. */
                while (comma == NULL && from[-1] != '{' && from[-1] != ',')
                    from--;
                return without(text, comma == NULL ? from - 1 : from, to);
            }
            from = to;
        }
        open = close;
    }
    return NULL;
}

char *
explore_words_without_item(const char *text, guint k)
{
    const char *from = strchr(text, '\n'), *to;

    for (; from != NULL && (to = strchr(from + 1, '\n')) != NULL; from = to) {
        if (k-- == 0)
            return without(text, from, to);
    }
    return NULL;
}

/* Returns the end of a value, which may have parentheses and quotes. */
static const char *
end_of_value(const char *at)
{
    guint depth = 0;
    bool quoted = false;

    for (; *at != '\0' && *at != '\n'; at++) {
        quoted ^= *at == '"';
        if (quoted)
            continue;
        if (depth == 0 && (*at == ' ' || *at == ')'))
            break;
        depth += *at == '(';
        depth -= *at == ')';
    }
    return at;
}

char *
explore_words_without_option(const char *text, guint k)
{
    for (const char *at = strchr(text, ' '); at != NULL; at = strchr(at + 1, ' ')) {
        gsize name = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz-");

        if (name == 0 || at[1 + name] != '=' || at[2 + name] == '=')
            continue;
        if (k-- == 0)
            return without(text, at, end_of_value(at + 2 + name));
    }
    return NULL;
}

char *
explore_words_with_fewer(const char *text, bool half)
{
    const char *range = strstr(text, "[1..");
    char *end = NULL;
    guint64 count = range != NULL ? g_ascii_strtoull(range + 4, &end, 10) : 0;

    if (count < 2 || *end != ']' || (half && count < 4))
        return NULL;
    count = half ? count / 2 : count - 1;
    return g_strdup_printf("%.*s[1..%" G_GUINT64_FORMAT "%s", (int)(range - text), text, count,
                           end);
}

char *
explore_words_with_half_time(const char *text)
{
    gsize before = g_str_has_prefix(text, "duration ") ? 9 : g_str_has_prefix(text, "at ") ? 3 : 0;
    gsize length = strcspn(text + before, " \n"), used;
    g_autofree char *shorter = NULL, *problem = NULL, *help = NULL;
    ScnQuantity quantity;

    if (before == 0 ||
        !scn_quantity_parse(text + before, length, &quantity, &used, &problem, &help) ||
        used != length || quantity.dim != SCN_DIM_TIME || quantity.value < 2 * SCN_SECOND_NS)
        return NULL;
    quantity.value = quantity.value / 2 / SCN_SECOND_NS * SCN_SECOND_NS;
    shorter = scn_quantity_text(quantity);
    return g_strdup_printf("%.*s%s%s", (int)before, text, shorter, text + before + length);
}
