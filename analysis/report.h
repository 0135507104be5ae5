/* One HTML file about a run or a sweep, for a browser without a network.
 *
 * The page (analysis/web/, built by make and kept in the binary) is static; what is measured goes
 * in as one JSON object, so that a name in a hostile database is never markup. What would be too
 * much for a page is aggregated here, in SQL: a day of 10 000 nodes stays below 5 MB. */
#ifndef ANALYSIS_REPORT_H
#define ANALYSIS_REPORT_H

#include "analysis/export.h"

/* False where the binary was built without npm: there is no page then. */
bool ana_report_has_page(void);

/* The window is of the messages shown one by one; to_ns 0: some seconds around the deepest
 * reorganisation, else around the first block. */
bool ana_report_write(AnaDatabase *database, AnaWindow window, FILE *out, GError **error);

#endif
