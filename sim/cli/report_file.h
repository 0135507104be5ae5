/* Writes a report to a file: for `report`, `run --report` and `sweep --report`. */
#ifndef SIM_CLI_REPORT_FILE_H
#define SIM_CLI_REPORT_FILE_H

#include "analysis/report.h"

/* Returns the database's path with .html instead of .db; free with g_free. */
char *report_file_path(const char *database);

/* Returns an exit status; error messages name `command`. For the window see ana_report_write(). */
int report_file_write(const char *command, const char *database, const char *output,
                      AnaWindow window);

#endif
