/* One typed value of a row in a trace or results file. */
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
    char *text; /* "" or NULL unless the type is text */
} SimCellValue;

#endif
