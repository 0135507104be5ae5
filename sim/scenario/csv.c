/* Splits lines of CSV into cells, without the blanks and "…" around them. A doubled quote inside
 * quotes stays doubled: no name or value of a scenario contains quotes. */
#include "sim/scenario/resolve.h"

#include <string.h>

static ScnSpan
trim(const ScnSource *source, ScnSpan cell)
{
    const char *text = source->text + cell.offset;

    while (cell.length > 0 && g_ascii_isspace(text[cell.length - 1]))
        cell.length--;
    while (cell.length > 0 && g_ascii_isspace(*text)) {
        text++;
        cell.offset++;
        cell.length--;
    }
    if (cell.length >= 2 && text[0] == '"' && text[cell.length - 1] == '"') {
        cell.offset++;
        cell.length -= 2;
    }
    return cell;
}

void
scn_csv_cells(const ScnSource *source, ScnSpan line, GArray *ret_cells)
{
    const char *text = source->text + line.offset;
    guint32 start = 0;
    bool quoted = false;

    g_array_set_size(ret_cells, 0);
    for (guint32 i = 0; i <= line.length; i++) {
        if (i < line.length && text[i] == '"')
            quoted = !quoted;
        if (i < line.length && (quoted || text[i] != ','))
            continue;
        ScnSpan cell = trim(source, (ScnSpan){line.source, line.offset + start, i - start});
        g_array_append_val(ret_cells, cell);
        start = i + 1;
    }
}
