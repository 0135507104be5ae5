/* One value of a row, by its type, as traces and results have it. */
#ifndef SIM_RUN_CELL_H
#define SIM_RUN_CELL_H

#include <stdint.h>

typedef enum {
    SIM_CELL_NULL,
    SIM_CELL_INTEGER, /* ns, bytes, bits a second, whole numbers, conditions */
    SIM_CELL_REAL,
    SIM_CELL_TEXT,
} SimCellKind;

typedef struct {
    SimCellKind kind;
    int64_t integer;
    double real;
    char *text; /* "" or NULL unless a text */
} SimCellValue;

#endif
