/* Two aggregate functions of SQL that group without sorting.
 *
 * SQLite groups by sorting all rows, which takes a minute of 50 million; there are few groups. Both
 * keep one entry a group in a hash table and give a text of JSON for json_each():
 *
 *   tally(value, key, …)  up to four keys, integers, texts or null (1 and '1' are two):
 *                         [[key, …, rows, sum of values], …]
 *   spread(key, member)   two integers from 0 below 2^32: [[key, how many different members], …]
 *
 * In no order. More than 2^22 groups, or an answer beyond the limit of a value, are an error.
 */
#ifndef ANALYSIS_TALLY_H
#define ANALYSIS_TALLY_H

#include <sqlite3.h>
#include <stdbool.h>

bool ana_tally_register(sqlite3 *db);

#endif
