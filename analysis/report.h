/* Writes one HTML file about a run or a sweep, for a browser without a network.
 *
 * The page (analysis/web/, built by make into the binary) is static. The data is one JSON object,
 * so that a name in a hostile database never becomes markup. SQL aggregates here what is too much
 * for a page: a day of 10 000 nodes stays below 5 MB.
 */
#ifndef ANALYSIS_REPORT_H
#define ANALYSIS_REPORT_H

#include "analysis/export.h"

/* Returns false if the binary was built without npm and so has no page. */
bool ana_report_has_page(void);

/* Writes the report. The window selects the messages shown singly; to_ns 0: some seconds around the
 * deepest reorganisation, or else around the first block. */
bool ana_report_write(AnaDatabase *database, AnaWindow window, FILE *out, GError **error);

#endif
