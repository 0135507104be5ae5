/* A report as a file: for `report`, `run --report` and `sweep --report`. */
#ifndef SIM_CLI_REPORT_FILE_H
#define SIM_CLI_REPORT_FILE_H

#include "analysis/report.h"

/* The database's path with .html in place of .db; free with g_free. */
char *report_file_path(const char *database);

/* An exit status; what went wrong is said in the name of `command`. The window as in
 * ana_report_write(). */
int report_file_write(const char *command, const char *database, const char *output,
                      AnaWindow window);

#endif
