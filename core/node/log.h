/* The log: what a node saves through its door as it goes, and how it comes back from that; record.h
 * describes the records. */
#ifndef CORE_NODE_LOG_H
#define CORE_NODE_LOG_H

#include "core/node/node.h"

/* Saves what the last block offered did to the chain: node->result. */
void kette_log_results(KetteNode *node, const KetteHash *offered);
/* Saves that the first sync is over. */
void kette_log_caught_up(KetteNode *node);
/* Saves what the operator did to a block. */
void kette_log_hand(KetteNode *node, KetteHand hand, const KetteEntry *entry);
/* Saves that a block failed or is parked, once. */
void kette_log_verdict(KetteNode *node, const KetteEntry *entry);
/* At the start: saves what the log does not say: which upgrades the node knows, and what failed or
 * was parked when the chain was restored. */
void kette_log_start(KetteNode *node);
/* Restores the chain. Returns the length of the sound prefix. */
size_t kette_log_restore(KetteNode *node, const uint8_t *log, size_t len);

#endif
