import type { Message, SendMessageRequest } from '@parlance/contracts';
import type { OutboxEntry, OutboxStorage, OutboxTransport } from '../sync/outbox-entry';
import { message, problem } from './fixtures';

class Refused extends Error {
  constructor(readonly status: number) {
    super();
  }
}

/** What outlives a reload. */
export class Disk implements OutboxStorage {
  readonly entries = new Map<string, OutboxEntry>();
  full = false;
  private turn: Promise<void> = Promise.resolve();

  /** What is put from now on waits until the answered function is called. */
  hold(): () => void {
    let letGo = () => {};
    this.turn = new Promise((resolve) => (letGo = resolve));
    return letGo;
  }

  async put(entry: OutboxEntry): Promise<void> {
    await this.turn;
    if (this.full) throw new Error('full');
    this.entries.set(entry.clientId, structuredClone(entry));
  }

  remove(clientId: string): Promise<void> {
    this.entries.delete(clientId);
    return Promise.resolve();
  }

  entriesOf(userId: string): Promise<OutboxEntry[]> {
    return Promise.resolve([...this.entries.values()].filter((entry) => entry.userId === userId).reverse());
  }
}

/** Every attempt stays open until the test answers it. */
export class Wire implements OutboxTransport {
  readonly attempts: (SendMessageRequest & { ack(): void; refuse(status: number): void })[] = [];
  private seq = 0;

  send(request: SendMessageRequest): Promise<Message> {
    return new Promise((resolve, reject) => {
      this.attempts.push({
        ...request,
        ack: () => resolve(message(++this.seq, { ...request, senderId: 'ada' })),
        refuse: (status) => reject(new Refused(status)),
      });
    });
  }

  describe(error: unknown) {
    return problem(error instanceof Refused ? error.status : 0);
  }

  get bodies() {
    return this.attempts.map(({ body }) => body);
  }

  get last() {
    const last = this.attempts.at(-1);
    if (!last) throw new Error('Nothing was sent.');
    return last;
  }
}
