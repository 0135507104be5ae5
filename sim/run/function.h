/* The functions of the language, evaluated: one of a set gives a list, an element a node. */
#ifndef SIM_RUN_FUNCTION_H
#define SIM_RUN_FUNCTION_H

#include "sim/run/eval.h"

/* call: of a resolved function, no statistic. */
SimValue sim_function_call(const SimEval *eval, const ScnExpr *call);

#endif
