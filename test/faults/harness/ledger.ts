import { EventEmitter } from 'node:events';
import type { Conversation, Message } from '@parlance/contracts';

/** A text that somebody has typed; every text of a run is another one. */
export interface Intent {
  readonly body: string;
  readonly conversationId: string;
  readonly senderId: string;
  /** The device, and its how-manieth in this conversation. */
  readonly device: string;
  readonly place: number;
  /** The device has stored it: from then on it may not be lost. */
  kept: boolean;
  /** The server's first answer. */
  ack?: Message;
  /** When that came, by `performance.now()`. */
  ackedAt?: number;
}

/** A text that somebody has changed, or taken away when it is empty. */
export interface Change {
  readonly messageId: string;
  /** What it was before. */
  readonly former: string;
  readonly body: string;
  /** The server's answer. */
  ack?: Message;
}

/** What the server has answered about a conversation, to whom. */
export type Told = Pick<Conversation, 'headSeq' | 'readSeq' | 'unread'> & {
  readonly conversationId: string;
  readonly personId: string;
  readonly device: string;
};

/** What everybody wanted and what the server promised, written down as it happens; `acked` tells of each promise. */
export class Ledger extends EventEmitter<{ acked: [Intent] }> {
  readonly intents = new Map<string, Intent>();
  readonly changes: Change[] = [];
  /** What a device saw and never should have, with its kind. */
  readonly sightings: { kind: 'outOfOrder' | 'divergent' | 'duplicate' | 'stuck'; what: string }[] = [];
  /** Every answer about a conversation: each has to agree with the messages that are there in the end. */
  readonly told: Told[] = [];
  private readonly places = new Map<string, number>();

  /** Writes an intent down, before anything is done about it. */
  intend(device: string, senderId: string, conversationId: string, padding = ''): Intent {
    const line = `${device} ${conversationId}`;
    const place = (this.places.get(line) ?? 0) + 1;
    this.places.set(line, place);
    const body = `text ${place} of ${device} in ${conversationId}${padding}`;
    const intent: Intent = { body, conversationId, senderId, device, place, kept: false };
    this.intents.set(body, intent);
    return intent;
  }

  /** The server has answered that it has this message. */
  acked(body: string, message: Message): void {
    const intent = this.intents.get(body);
    if (!intent) return;
    if (intent.ack && (intent.ack.id !== message.id || intent.ack.seq !== message.seq)) {
      this.sightings.push({
        kind: 'duplicate',
        what: `two answers to "${body}": seq ${intent.ack.seq}, ${message.seq}`,
      });
    }
    if (!intent.ack) Object.assign(intent, { ack: message, ackedAt: performance.now() });
    this.emit('acked', intent);
  }

  /** A message came to a device, which knows by its text whose it is. */
  came(device: string, { body, seq, senderId }: Message): void {
    const intent = this.intents.get(body);
    if (!intent || intent.senderId === senderId) return;
    this.sightings.push({ kind: 'divergent', what: `${device} heard of seq ${seq} as of another sender` });
  }

  /** How many texts the server has promised to keep. */
  get ackedCount(): number {
    return [...this.intents.values()].filter(({ ack }) => ack).length;
  }
}
