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
      find: 'const abort = new AbortController();',
      replace: `const abort = new AbortController();
        for (const { pending, message } of placed) pending.settle({ message, created: true });`,
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
      find: 'const abort = new AbortController();',
      replace: `const abort = new AbortController();
        for (const { message, head } of placed) {
          this.events.publish(new MessageCreated(toMessage(message, message.senderId), head.memberIds));
        }`,
    },
  },
  'last writer wins the marker': {
    side: 'api',
    plant: { file: 'messages/conversations.repository.js', find: '$max: furthest', replace: '$set: furthest' },
  },
  'cursor skips a hole': {
    side: 'client',
    plant: { file: 'sync/conversation-log.ts', find: 'if (rev > this.cursorRev + 1) break;', replace: '' },
  },
  'no gap detection': {
    side: 'client',
    plant: {
      file: 'sync/conversation-sync.ts',
      find: "if (reception === 'held' && this.log.cursor !== undefined) this.catchUpSoon(GAP_DEBOUNCE_MS);",
      replace: '',
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
