/* `kettensim policy --double-spend`. */
#ifndef SIM_CLI_POLICY_SPEND_H
#define SIM_CLI_POLICY_SPEND_H

#include "sim/cli/policy_words.h"

/* Returns an exit status. */
int policy_spend_command(PolicyWords *words);

#endif
