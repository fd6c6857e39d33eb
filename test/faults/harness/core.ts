/** The client's own sync core, as its Angular services use it: what the swarm runs is what people run. */
export { Injector, runInInjectionContext } from '@angular/core';
export { systemClock, type Clock } from '../../../web/src/app/core/clock/clock';
export { CLOCK } from '../../../web/src/app/core/clock/clock-token';
export { LocalDatabase, type ListRecord, type RunRecord } from '../../../web/src/app/core/storage/local-database';
export { ConversationCache, KEPT_MESSAGES } from '../../../web/src/app/messages/conversation-cache';
export { BubbleList, type Bubble } from '../../../web/src/app/messages/sync/bubbles';
export { ConversationSync, type ConversationSnapshot } from '../../../web/src/app/messages/sync/conversation-sync';
export type { HistorySource } from '../../../web/src/app/messages/sync/history-source';
export { SummarySync } from '../../../web/src/app/messages/sync/summary-sync';
export { OutboxQueue } from '../../../web/src/app/messages/sync/outbox-queue';
export { type OutboxEntry, type OutboxStorage } from '../../../web/src/app/messages/sync/outbox-entry';
export { ReceiptQueue, type ReceiptKind } from '../../../web/src/app/messages/sync/receipt-queue';
