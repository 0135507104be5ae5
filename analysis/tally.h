/* Two aggregate functions of SQL that group without sorting.
 *
 * SQLite groups by sorting all rows, which takes a minute for 50 million rows. There are few
 * groups, so both functions keep an entry for each group in a hash table. They return JSON for
 * json_each():
 *
 *   tally(value, key, …)  up to four keys, integers, texts or null (1 and '1' are different):
 *                         [[key, …, rows, sum of values], …]
 *   spread(key, member)   two integers from 0 below 2^32: [[key, number of different members], …]
 *
 * The groups are in no order. More than 2^22 groups, or an answer above the size limit of a value,
 * are an error.
 */
#ifndef ANALYSIS_TALLY_H
#define ANALYSIS_TALLY_H

#include <sqlite3.h>
#include <stdbool.h>

bool ana_tally_register(sqlite3 *db);

#endif
