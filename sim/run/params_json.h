/* A scenario's parameters in force as a JSON object, for traces and for --json. */
#ifndef SIM_RUN_PARAMS_JSON_H
#define SIM_RUN_PARAMS_JSON_H

#include "sim/scenario/model.h"

/* Returns {"split": "10m", …} in order of declaration; free with g_free. */
char *sim_params_json(const ScnScenario *scenario);

#endif
