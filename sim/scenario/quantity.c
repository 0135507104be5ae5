/* Reads, computes and writes quantities exactly, without floating point. */
#include "sim/scenario/quantity.h"

#include "sim/scenario/remedy.h"

#include <string.h>

typedef unsigned __int128 Wide;

#define DIGITS_MAX 36 /* of one literal; 10^36 still fits 128 bits */
#define NUMBER_LIMIT (SCN_ONE * 1000000000000 * 100000000000000) /* 10^26, 10^38 in places */

typedef struct {
    const char *name;
    ScnDim dim;
    ScnNumber scale;
} Unit;

static const Unit units[] = {
    {"ns", SCN_DIM_TIME, 1},
    {"us", SCN_DIM_TIME, 1000},
    {"ms", SCN_DIM_TIME, 1000000},
    {"s", SCN_DIM_TIME, SCN_SECOND_NS},
    {"m", SCN_DIM_TIME, 60 * SCN_SECOND_NS},
    {"h", SCN_DIM_TIME, 3600 * SCN_SECOND_NS},
    {"d", SCN_DIM_TIME, 86400 * SCN_SECOND_NS},
    {"B", SCN_DIM_SIZE, 1},
    {"kB", SCN_DIM_SIZE, 1000},
    {"MB", SCN_DIM_SIZE, 1000000},
    {"GB", SCN_DIM_SIZE, 1000000000},
    {"KiB", SCN_DIM_SIZE, 1 << 10},
    {"MiB", SCN_DIM_SIZE, 1 << 20},
    {"GiB", SCN_DIM_SIZE, 1 << 30},
    {"bps", SCN_DIM_RATE, 1},
    {"kbps", SCN_DIM_RATE, 1000},
    {"Mbps", SCN_DIM_RATE, 1000000},
    {"Gbps", SCN_DIM_RATE, 1000000000},
    {"/s", SCN_DIM_FREQUENCY, 3600 * SCN_ONE},
    {"/m", SCN_DIM_FREQUENCY, 60 * SCN_ONE},
    {"/h", SCN_DIM_FREQUENCY, SCN_ONE},
    {"%", SCN_DIM_NUMBER, SCN_ONE / 100},
    {"ppm", SCN_DIM_NUMBER, SCN_ONE / 1000000},
    {"x", SCN_DIM_NUMBER, SCN_ONE},
    {"", SCN_DIM_NUMBER, SCN_ONE},
};

const char *
scn_dim_name(ScnDim dim)
{
    static const char *const names[] = {"a plain number", "a time", "a size", "a rate",
                                        "a frequency"};
    return names[dim];
}

const char *
scn_unit_get(guint index, ScnDim *ret_dim)
{
    if (index >= G_N_ELEMENTS(units))
        return NULL;
    *ret_dim = units[index].dim;
    return units[index].name;
}

double
scn_quantity_double(ScnQuantity quantity)
{
    if (quantity.dim == SCN_DIM_NUMBER)
        return (double)quantity.value / (double)SCN_ONE;
    if (quantity.dim == SCN_DIM_FREQUENCY)
        return (double)quantity.value / ((double)SCN_ONE * 3600);
    return (double)quantity.value;
}

static bool
is_in_range(ScnDim dim, ScnNumber value)
{
    if (dim == SCN_DIM_TIME || dim == SCN_DIM_SIZE || dim == SCN_DIM_RATE)
        return value >= -(ScnNumber)G_MAXINT64 && value < (ScnNumber)G_MAXINT64;
    return value >= -NUMBER_LIMIT && value <= NUMBER_LIMIT;
}

/* A literal as mantissa / 10^decimals, without trailing zeros. */
typedef struct {
    Wide mantissa;
    guint decimals;
    gsize used;
    bool too_long;
} Decimal;

static bool
add_digit(Decimal *decimal, guint *digits, char c)
{
    if (*digits >= DIGITS_MAX)
        return false;
    decimal->mantissa = decimal->mantissa * 10 + (Wide)(c - '0');
    if (decimal->mantissa != 0)
        (*digits)++;
    return true;
}

static Decimal
read_decimal(const char *text, gsize length)
{
    Decimal decimal = {0};
    guint digits = 0;
    gsize i = 0;

    for (; i < length && g_ascii_isdigit(text[i]); i++)
        decimal.too_long |= !add_digit(&decimal, &digits, text[i]);
    if (i + 1 < length && text[i] == '.' && g_ascii_isdigit(text[i + 1])) {
        gsize end = i + 1, keep;
        while (end < length && g_ascii_isdigit(text[end]))
            end++;
        for (keep = end; keep > i + 1 && text[keep - 1] == '0'; keep--)
            ;
        for (gsize k = i + 1; k < keep; k++) {
            decimal.too_long |= decimal.decimals >= DIGITS_MAX;
            decimal.too_long |= !add_digit(&decimal, &digits, text[k]);
            decimal.decimals++;
        }
        i = end;
    }
    decimal.used = i;
    return decimal;
}

/* Returns the length of a unit as others write it, such as that of 2/sec; 0 if it is none. */
static gsize
foreign_length(const char *text, gsize length)
{
    gsize n = 1;

    if (length == 0 || text[0] != '/')
        return 0;
    while (n < length && g_ascii_isalpha(text[n]))
        n++;
    g_autofree char *unit = g_strndup(text, n);

    return (n == length || text[n] != '(') && scn_remedy_has("unit", unit) ? n : 0;
}

static gsize
unit_length(const char *text, gsize length)
{
    gsize foreign = foreign_length(text, length);

    if (length > 0 && text[0] == '%')
        return 1;
    if (foreign > 0)
        return foreign;
    if (length > 1 && text[0] == '/' && strchr("smh", text[1]) && text[1] &&
        (length == 2 || !(g_ascii_isalnum(text[2]) || text[2] == '_')))
        return 2;
    gsize n = 0;
    while (n < length && (g_ascii_isalpha(text[n]) || text[n] == '_'))
        n++;
    return n;
}

static const Unit *
find_unit(const char *text, gsize length)
{
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        if (strlen(units[i].name) == length && memcmp(units[i].name, text, length) == 0)
            return &units[i];
    }
    return NULL;
}

/* Computes mantissa * scale / 10^decimals. Returns a problem unless the result is whole and fits.
 */
static const char *
scale_decimal(const Decimal *decimal, const Unit *unit, ScnNumber *ret_value)
{
    Wide product, divisor = 1;
    if (decimal->too_long || __builtin_mul_overflow(decimal->mantissa, (Wide)unit->scale, &product))
        return decimal->decimals > SCN_DECIMALS ? "too many decimals" : "the number is too large";
    for (guint i = 0; i < decimal->decimals; i++)
        divisor *= 10;
    if (product % divisor != 0)
        return unit->dim == SCN_DIM_TIME ? "times are whole nanoseconds" : "too many decimals";
    if (product / divisor > (Wide)NUMBER_LIMIT ||
        !is_in_range(unit->dim, (ScnNumber)(product / divisor)))
        return "the number is too large";
    *ret_value = (ScnNumber)(product / divisor);
    return NULL;
}

/* Returns the name of the unit that was meant; NULL with *ret_help set if there is none. */
static const char *
meant_unit(const char *wrong, const char **ret_help)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        if (units[i].name[0] != '\0' && (units[i].name[0] != '/' || wrong[0] == '/'))
            g_ptr_array_add(words, (gpointer)units[i].name);
    }
    if (wrong[0] == 'e' && g_ascii_isdigit(wrong[1])) {
        *ret_help = "write the number out, without an exponent";
        return NULL;
    }
    const char *meant = scn_remedy_find("unit", wrong, words, ret_help);
    if (!meant && !*ret_help)
        *ret_help = "units are ns us ms s m h d, B kB MB GB, bps kbps Mbps Gbps, /s /m /h, % ppm";
    return meant;
}

static void
unknown_unit(const char *text, gsize number_length, gsize length, char **ret_problem,
             char **ret_help)
{
    g_autofree char *unit = g_strndup(text + number_length, MIN(length - number_length, 40));
    const char *help = NULL, *meant = meant_unit(unit, &help);

    *ret_problem = g_strdup_printf("unknown unit '%s'", unit);
    if (help)
        *ret_help = g_strdup(help);
    else if (number_length > 40)
        *ret_help = g_strdup_printf("write %s", meant);
    else
        *ret_help = g_strdup_printf("write %.*s%s", (int)number_length, text, meant);
}

/* Returns whether "/s" follows a unit, as in 20Mbit/s. */
static bool
is_per_second(const char *text, gsize length)
{
    return length >= 2 && text[0] == '/' && text[1] == 's' &&
           (length == 2 || !(g_ascii_isalnum(text[2]) || text[2] == '_'));
}

/* Reports bytes a second: a rate is in bits a second. */
static void
bytes_per_second(ScnNumber bytes, char **ret_problem, char **ret_help)
{
    *ret_problem = g_strdup("a rate is in bits a second, not in bytes");
    if (bytes > G_MAXINT64 / 8)
        return;
    g_autofree char *rate = scn_quantity_text((ScnQuantity){SCN_DIM_RATE, bytes * 8});
    *ret_help = g_strdup_printf("write %s", rate);
}

/* Reads one number with its unit. */
static bool
read_part(const char *text, gsize length, ScnQuantity *ret_part, const Unit **ret_unit,
          gsize *ret_used, char **ret_problem, char **ret_help)
{
    Decimal decimal = read_decimal(text, length);
    gsize word = unit_length(text + decimal.used, length - decimal.used);
    const Unit *unit = find_unit(text + decimal.used, word);

    *ret_used = decimal.used + word;
    if (!unit) {
        while (*ret_used < length && (g_ascii_isalnum(text[*ret_used]) || text[*ret_used] == '_'))
            (*ret_used)++;
        if (is_per_second(text + *ret_used, length - *ret_used))
            *ret_used += 2;
        unknown_unit(text, decimal.used, *ret_used, ret_problem, ret_help);
        return false;
    }
    const char *problem = scale_decimal(&decimal, unit, &ret_part->value);
    if (problem) {
        *ret_problem = g_strdup(problem);
        return false;
    }
    if (unit->dim == SCN_DIM_SIZE && is_per_second(text + *ret_used, length - *ret_used)) {
        *ret_used += 2;
        bytes_per_second(ret_part->value, ret_problem, ret_help);
        return false;
    }
    ret_part->dim = unit->dim;
    *ret_unit = unit;
    return true;
}

bool
scn_quantity_parse(const char *text, gsize length, ScnQuantity *ret_quantity, gsize *ret_used,
                   char **ret_problem, char **ret_help)
{
    ScnQuantity total = {0}, part = {0};
    const Unit *unit = NULL;
    gsize used = 0;

    if (!read_part(text, length, &total, &unit, ret_used, ret_problem, ret_help))
        return false;
    used = *ret_used;
    while (unit->dim == SCN_DIM_TIME && used < length && g_ascii_isdigit(text[used])) {
        const Unit *next = NULL;
        gsize more;
        bool ok = read_part(text + used, length - used, &part, &next, &more, ret_problem, ret_help);
        *ret_used = used + more;
        if (!ok)
            return false;
        if (next->dim != SCN_DIM_TIME || next->scale >= unit->scale) {
            *ret_problem = g_strdup("a compound time goes from large units to small");
            *ret_help = g_strdup("write it as in 1h30m or 29m30s");
            return false;
        }
        total.value += part.value;
        if (!is_in_range(SCN_DIM_TIME, total.value)) {
            *ret_problem = g_strdup("the number is too large");
            return false;
        }
        used = *ret_used;
        unit = next;
    }
    *ret_quantity = total;
    return true;
}

bool
scn_quantity_read(const char *text, ScnQuantity *ret_quantity)
{
    g_autofree char *problem = NULL, *help = NULL;
    const bool minus = text[0] == '-';
    const gsize length = strlen(text) - minus;
    gsize used;

    if (!scn_quantity_parse(text + minus, length, ret_quantity, &used, &problem, &help) ||
        used != length)
        return false;
    if (minus)
        ret_quantity->value = -ret_quantity->value;
    return true;
}

/* ---- arithmetic ---- */

static Wide
magnitude(ScnNumber number)
{
    return number < 0 ? -(Wide)number : (Wide)number;
}

/* Multiplies to 256 bits, as a high and a low half. */
static void
multiply_wide(Wide a, Wide b, Wide *ret_high, Wide *ret_low)
{
    Wide mask = ~(guint64)0;
    Wide a0 = a & mask, a1 = a >> 64, b0 = b & mask, b1 = b >> 64;
    Wide low = a0 * b0, mid1 = a1 * b0, mid2 = a0 * b1, high = a1 * b1;
    Wide carry = (low >> 64) + (mid1 & mask) + (mid2 & mask);
    *ret_low = (carry << 64) | (low & mask);
    *ret_high = high + (mid1 >> 64) + (mid2 >> 64) + (carry >> 64);
}

/* Divides (high, low) by c, bit by bit. Returns false if the quotient needs more than 127 bits. */
static bool
divide_wide(Wide high, Wide low, Wide c, Wide *ret_quotient, Wide *ret_rest)
{
    Wide rest = high, quotient = 0;
    if (high >= c)
        return false;
    for (int bit = 127; bit >= 0; bit--) {
        bool carry = rest >> 127;
        rest = (rest << 1) | ((low >> bit) & 1);
        quotient <<= 1;
        if (carry || rest >= c) {
            rest -= c;
            quotient |= 1;
        }
    }
    *ret_quotient = quotient;
    *ret_rest = rest;
    return quotient >> 127 == 0;
}

bool
scn_number_muldiv(ScnNumber *ret_result, ScnNumber a, ScnNumber b, ScnNumber c)
{
    bool negative = (a < 0) ^ (b < 0) ^ (c < 0);
    Wide product, quotient, rest, divisor = magnitude(c);

    if (c == 0)
        return false;
    if (!__builtin_mul_overflow(magnitude(a), magnitude(b), &product)) {
        quotient = product / divisor;
        rest = product % divisor;
    } else {
        Wide high, low;
        multiply_wide(magnitude(a), magnitude(b), &high, &low);
        if (!divide_wide(high, low, divisor, &quotient, &rest))
            return false;
    }
    if (rest >= divisor - rest)
        quotient++;
    if (quotient >> 127 != 0)
        return false;
    *ret_result = negative ? -(ScnNumber)quotient : (ScnNumber)quotient;
    return true;
}

static ScnMath
store_result(ScnDim dim, bool ok, ScnNumber value, ScnQuantity *ret_result)
{
    if (!ok || !is_in_range(dim, value))
        return SCN_MATH_OVERFLOW;
    *ret_result = (ScnQuantity){dim, value};
    return SCN_MATH_OK;
}

static bool
is_bare_zero(ScnQuantity quantity)
{
    return quantity.dim == SCN_DIM_NUMBER && quantity.value == 0;
}

static ScnMath
apply_sum(ScnOp op, ScnQuantity a, ScnQuantity b, ScnQuantity *ret_result)
{
    ScnNumber value;
    if (a.dim != b.dim && !is_bare_zero(a) && !is_bare_zero(b))
        return SCN_MATH_DIMENSION;
    bool over = op == SCN_OP_ADD ? __builtin_add_overflow(a.value, b.value, &value)
                                 : __builtin_sub_overflow(a.value, b.value, &value);
    return store_result(is_bare_zero(a) ? b.dim : a.dim, !over, value, ret_result);
}

static ScnMath
apply_product(ScnQuantity a, ScnQuantity b, ScnQuantity *ret_result)
{
    ScnNumber value = 0;
    if (a.dim != SCN_DIM_NUMBER && b.dim != SCN_DIM_NUMBER)
        return SCN_MATH_DIMENSION;
    bool ok = scn_number_muldiv(&value, a.value, b.value, SCN_ONE);
    return store_result(a.dim == SCN_DIM_NUMBER ? b.dim : a.dim, ok, value, ret_result);
}

static ScnMath
apply_quotient(ScnQuantity a, ScnQuantity b, ScnQuantity *ret_result)
{
    ScnNumber value = 0;
    if (a.dim != b.dim && b.dim != SCN_DIM_NUMBER)
        return SCN_MATH_DIMENSION;
    if (b.value == 0)
        return SCN_MATH_ZERO_DIVIDE;
    bool ok = scn_number_muldiv(&value, a.value, SCN_ONE, b.value);
    return store_result(a.dim == b.dim ? SCN_DIM_NUMBER : a.dim, ok, value, ret_result);
}

static ScnMath
apply_remainder(ScnQuantity a, ScnQuantity b, ScnQuantity *ret_result)
{
    if (a.dim != b.dim && !is_bare_zero(a) && !is_bare_zero(b))
        return SCN_MATH_DIMENSION;
    if (b.value == 0)
        return SCN_MATH_ZERO_DIVIDE;
    return store_result(b.dim, true, a.value % b.value, ret_result);
}

static ScnMath
apply_power(ScnQuantity a, ScnQuantity b, ScnQuantity *ret_result)
{
    ScnQuantity result = {SCN_DIM_NUMBER, SCN_ONE};
    if (a.dim != SCN_DIM_NUMBER || b.dim != SCN_DIM_NUMBER)
        return SCN_MATH_DIMENSION;
    if (b.value % SCN_ONE != 0 || b.value > 64 * SCN_ONE || b.value < -64 * SCN_ONE)
        return SCN_MATH_EXPONENT;
    int times = (int)(b.value / SCN_ONE);
    for (int i = 0; i < ABS(times); i++) {
        ScnMath math =
            times > 0 ? apply_product(result, a, &result) : apply_quotient(result, a, &result);
        if (math != SCN_MATH_OK)
            return math;
    }
    *ret_result = result;
    return SCN_MATH_OK;
}

ScnMath
scn_quantity_apply(ScnOp op, ScnQuantity a, ScnQuantity b, ScnQuantity *ret_result)
{
    switch (op) {
    case SCN_OP_ADD:
    case SCN_OP_SUB:
        return apply_sum(op, a, b, ret_result);
    case SCN_OP_MUL:
        return apply_product(a, b, ret_result);
    case SCN_OP_DIV:
        return apply_quotient(a, b, ret_result);
    case SCN_OP_REM:
        return apply_remainder(a, b, ret_result);
    default:
        return apply_power(a, b, ret_result);
    }
}

int
scn_quantity_compare(ScnQuantity a, ScnQuantity b)
{
    return (a.value > b.value) - (a.value < b.value);
}

/* ---- writing ---- */

/* Appends value / one as a decimal without trailing zeros. */
static void
append_decimal(GString *out, Wide value, Wide one)
{
    char digits[48];
    guint n = sizeof digits;
    Wide whole = value / one, rest = value % one;

    digits[--n] = '\0';
    do {
        digits[--n] = (char)('0' + (int)(whole % 10));
        whole /= 10;
    } while (whole != 0);
    g_string_append(out, digits + n);
    if (rest != 0)
        g_string_append_c(out, '.');
    while (rest != 0) {
        rest *= 10;
        g_string_append_c(out, (char)('0' + (int)(rest / one)));
        rest %= one;
    }
}

char *
scn_number_text(ScnNumber number)
{
    GString *out = g_string_new(number < 0 ? "-" : "");
    append_decimal(out, magnitude(number), (Wide)SCN_ONE);
    return g_string_free(out, FALSE);
}

/* Appends a time: below a second in one unit with decimals, else as d, h, m and decimal seconds. */
static void
append_time(GString *out, Wide time_ns)
{
    static const struct {
        const char *name;
        guint64 ns;
    } large[] = {{"d", 86400000000000}, {"h", 3600000000000}, {"m", 60000000000}};

    if (time_ns == 0)
        g_string_append(out, "0s");
    else if (time_ns < 1000)
        g_string_append_printf(out, "%dns", (int)time_ns);
    else if (time_ns < 1000000)
        append_decimal(out, time_ns, 1000), g_string_append(out, "us");
    else if (time_ns < 1000000000)
        append_decimal(out, time_ns, 1000000), g_string_append(out, "ms");
    else {
        for (guint i = 0; i < G_N_ELEMENTS(large); i++) {
            if (time_ns >= large[i].ns)
                g_string_append_printf(out, "%" G_GUINT64_FORMAT "%s",
                                       (guint64)(time_ns / large[i].ns), large[i].name);
            time_ns %= large[i].ns;
        }
        if (time_ns != 0)
            append_decimal(out, time_ns, 1000000000), g_string_append(out, "s");
    }
}

char *
scn_time_text(gint64 time_ns)
{
    GString *out = g_string_new(time_ns < 0 ? "-" : "");
    append_time(out, magnitude(time_ns));
    return g_string_free(out, FALSE);
}

/* Appends a value in the largest decimal unit that does not exceed it. */
static void
append_scaled(GString *out, ScnDim dim, Wide value)
{
    const Unit *best = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        bool binary = strchr(units[i].name, 'i') != NULL;
        if (units[i].dim == dim && !binary && (!best || value >= (Wide)units[i].scale))
            best = &units[i];
    }
    append_decimal(out, value, (Wide)best->scale);
    g_string_append(out, best->name);
}

static void
append_frequency(GString *out, Wide value)
{
    Wide second = (Wide)SCN_ONE * 3600;
    if (value * 1000 % second == 0) {
        append_decimal(out, value, second);
        g_string_append(out, "/s");
    } else {
        append_decimal(out, value, (Wide)SCN_ONE);
        g_string_append(out, "/h");
    }
}

char *
scn_quantity_text(ScnQuantity quantity)
{
    GString *out = g_string_new(quantity.value < 0 ? "-" : "");
    Wide value = magnitude(quantity.value);

    if (quantity.dim == SCN_DIM_NUMBER)
        append_decimal(out, value, (Wide)SCN_ONE);
    else if (quantity.dim == SCN_DIM_TIME)
        append_time(out, value);
    else if (quantity.dim == SCN_DIM_FREQUENCY)
        append_frequency(out, value);
    else
        append_scaled(out, quantity.dim, value);
    return g_string_free(out, FALSE);
}
