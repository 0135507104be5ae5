/* Opens the database, writes the report and prints errors; see report_file.h. */
#include "sim/cli/report_file.h"

#include "sim/io/output.h"
#include "sim/cli/command.h"
#include "sim/cli/interrupt.h"

#include <string.h>

char *
report_file_path(const char *database)
{
    gsize length = strlen(database) - (g_str_has_suffix(database, ".db") ? strlen(".db") : 0);

    return g_strdup_printf("%.*s.html", (int)length, database);
}

static bool
write_report(const char *path, const char *output_path, AnaWindow window, GError **error)
{
    AnaLimits limits = {.stop = interrupt_asked};
    g_autoptr(AnaDatabase) database = ana_database_open(path, limits, error);
    const char *const inputs[] = {path, NULL};
    g_auto(IoOutput) output = IO_OUTPUT_INIT;

    return database != NULL && io_output_open(&output, output_path, inputs, error) &&
           ana_report_write(database, window, output.file, error) &&
           io_output_commit(&output, error);
}

int
report_file_write(const char *command, const char *database, const char *output, AnaWindow window)
{
    g_autoptr(GError) error = NULL;

    if (write_report(database, output, window, &error))
        return 0;
    return command_fail(command, error);
}
