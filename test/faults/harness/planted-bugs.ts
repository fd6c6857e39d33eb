/** A change of one source file that breaks a promise. `file` is the end of its path; `find` must stand in it. */
export interface Plant {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A bug for a test build, on one side of the wire. */
export interface PlantedBug {
  readonly side: 'api' | 'client';
  readonly plant: Plant;
}

/** Bugs that the checker must catch; nobody should be able to bring one of them in unnoticed. */
export const PLANTED_BUGS = {
  'ack before write': {
    side: 'api',
    plant: {
      file: 'messages/message-writer.js',
      find: 'const ended = this.metrics.writeSeconds.startTimer();',
      replace: `const ended = this.metrics.writeSeconds.startTimer();
        for (const { pending, message } of placed) this.settle(pending, { item: message, created: true });`,
    },
  },
  'no unique index': {
    side: 'api',
    plant: {
      file: 'messages/message.schema.js',
      find: `messageSchema.index({
    senderId: 1,
    clientId: 1
}, {
    unique: true
});`,
      replace: '',
    },
  },
  'broadcast before write': {
    side: 'api',
    plant: {
      file: 'messages/message-writer.js',
      find: 'const ended = this.metrics.writeSeconds.startTimer();',
      replace: `const ended = this.metrics.writeSeconds.startTimer();
        for (const { message, head } of placed) {
          this.events.publish(new MessageCreated(toMessage(message, message.senderId), head.memberIds));
        }`,
    },
  },
  'the API leaks': {
    side: 'api',
    plant: {
      file: 'messages/message-writer.js',
      find: 'this.events.publish(new MessageCreated(view, head.memberIds));',
      replace: `this.events.publish(new MessageCreated(view, head.memberIds));
        (globalThis.leaked ??= []).push(Array.from({ length: 300 }, () => ({ ...view })));`,
    },
  },
  'the store leaks': {
    side: 'api',
    plant: {
      file: 'commands/registry.js',
      find: 'const { name, args } = request;',
      replace: `const { name, args } = request;
        (globalThis.leaked ??= []).push(Array.from({ length: 4_000 }, (_, n) => ({ n })));`,
    },
  },
  'the API leaks past its heap': {
    side: 'api',
    plant: {
      file: 'messages/message-writer.js',
      find: 'this.events.publish(new MessageCreated(view, head.memberIds));',
      replace: `this.events.publish(new MessageCreated(view, head.memberIds));
        const { createHash } = process.getBuiltinModule('node:crypto');
        (globalThis.leaked ??= []).push(Array.from({ length: 300 }, () => createHash('sha256')));`,
    },
  },
  'a device leaks': {
    side: 'client',
    plant: {
      file: 'sync/summary-sync.ts',
      find: 'this.noteHead(message.conversationId, message.rev);',
      replace: `this.noteHead(message.conversationId, message.rev);
        (this.leaked ??= []).push(Array.from({ length: 300 }, () => ({ ...message })));`,
    },
  },
  'a damaged journal is read as far as it goes': {
    side: 'api',
    plant: {
      file: 'store/disk/journal.js',
      find: 'if (holds(bytes, missing) || holds(bytes, missing + 1n))',
      replace: 'if (false)',
    },
  },
  'the API ends by itself': {
    side: 'api',
    plant: {
      file: 'messages/message-writer.js',
      find: 'this.events.publish(new MessageCreated(view, head.memberIds));',
      replace: `if (message.seq === 20) process.kill(process.pid, 'SIGKILL');
        this.events.publish(new MessageCreated(view, head.memberIds));`,
    },
  },
  'last writer wins the marker': {
    side: 'api',
    plant: { file: 'messages/conversations.repository.js', find: '$max: furthest', replace: '$set: furthest' },
  },
  'a deletion keeps the text': {
    side: 'api',
    plant: { file: 'messages/message-changer.js', find: "body: '',", replace: 'body: message.body,' },
  },
  'an answer counts one too many now and then': {
    side: 'api',
    plant: {
      file: 'messages/conversation-view.js',
      find: '((head.sent[userId] ?? 0) - read.sent)',
      replace: '((head.sent[userId] ?? 0) - read.sent) + (head.seq % 3 === 2 ? 1 : 0)',
    },
  },
  'no repair of summaries': {
    side: 'api',
    plant: { file: 'messages/summary-repair.js', find: 'await this.heads.fresh(id);', replace: '' },
  },
  'cursor skips a hole': {
    side: 'client',
    plant: { file: 'sync/conversation-log.ts', find: 'if (rev > this.cursorRev + 1) break;', replace: '' },
  },
  'a gap is asked for late': {
    side: 'client',
    plant: { file: 'sync/conversation-sync.ts', find: 'GAP_DEBOUNCE_MS = 60', replace: 'GAP_DEBOUNCE_MS = 8_000' },
  },
  'a bubble stays beside its message': {
    side: 'client',
    plant: { file: 'sync/bubbles.ts', find: '!this.loaded.withClientId(clientId)', replace: 'clientId' },
  },
  'the cache keeps what was deleted': {
    side: 'client',
    plant: {
      file: 'messages/conversation-cache.ts',
      find: 'return kept && {',
      replace: 'return kept && !kept.messages.some(({ deletedAt }) => deletedAt) && {',
    },
  },
  'no gap detection': {
    side: 'client',
    plant: {
      file: 'sync/conversation-sync.ts',
      find: "if (reception === 'held' && this.log.cursor !== undefined) this.catchUpSoon(GAP_DEBOUNCE_MS);",
      replace: '',
    },
  },
  'catch-up stops after one page': {
    side: 'client',
    plant: { file: 'sync/conversation-sync.ts', find: 'if (!page.more || !moved) break;', replace: 'break;' },
  },
  'the list keeps what was deleted': {
    side: 'client',
    plant: {
      file: 'sync/conversation-summary.ts',
      find: 'other.seq > known.seq || (other.seq === known.seq && other.rev > known.rev)',
      replace: 'other.seq > known.seq',
    },
  },
  'outbox entry removed before the ack': {
    side: 'client',
    plant: {
      file: 'sync/outbox-queue.ts',
      find: 'defer(() => this.transport.send(request))',
      replace: 'defer(() => this.remove(clientId).then(() => this.transport.send(request)))',
    },
  },
  'new clientId at retry': {
    side: 'client',
    plant: {
      file: 'sync/outbox-queue.ts',
      find: 'this.transport.send(request)',
      replace: 'this.transport.send({ ...request, clientId: crypto.randomUUID() })',
    },
  },
} as const satisfies Record<string, PlantedBug>;

export type BugName = keyof typeof PLANTED_BUGS;
