/* Asks the world what a fact of the language asks; one of a set gives a list, an element a node. */
#ifndef SIM_RUN_FUNCTION_H
#define SIM_RUN_FUNCTION_H

#include "sim/run/eval.h"

/* call: a SCN_TERM_FACT. */
ScnValue sim_function_call(const SimEval *eval, const ScnTerm *call);

#endif
