/* Signs that a node's version is too old: what it refuses or reads in versions may be an upgrade
 * that it does not know.
 *
 *   - a block that it refuses by a rule would have been its tip (Bitcoin Core warns of an invalid
 *     chain with more work than its own, validation.cpp CheckForkWarningConditions)
 *   - half of the last KETTE_OUTDATED_WINDOW blocks signal an upgrade that it does not know (Core
 *     warns of unknown versions, of unknown rules later)
 *
 * With config.foresees_upgrades the node notes KETTE_NOTE_UPGRADE_NEEDED at the first sign, once
 * until it restarts. It changes nothing else: anybody with proof of work can give the first sign.
 */
#ifndef CORE_NODE_OUTDATED_H
#define CORE_NODE_OUTDATED_H

#include "core/node/node.h"

void kette_outdated_on_refused(KetteNode *node, const KetteHeader *header, KetteVerdict verdict);
void kette_outdated_on_tip(KetteNode *node);

#endif
