/* Asks the world for a fact of the language. A fact of a set returns a list, one element a node. */
#ifndef SIM_RUN_FUNCTION_H
#define SIM_RUN_FUNCTION_H

#include "sim/run/eval.h"

/* `call` is a SCN_TERM_FACT. */
ScnValue sim_function_call(const SimEval *eval, const ScnTerm *call);

#endif
