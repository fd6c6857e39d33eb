/** Changes in one round; what is sent meanwhile waits for no more than these. */
const AT_ONCE = 16;

interface WaitingChange {
  readonly conversationId: string;
  /** Never rejects. */
  run(): Promise<void>;
}

/**
 * Changes of messages that wait for their turn between two groups of new ones. Both take the next `rev` of a
 * conversation: side by side they would spoil each other's place, and a lone change would lose to groups that follow
 * each other without a pause, every time.
 *
 * A round has one change of each conversation, the one that waits longest, and these run side by side. So changes wait
 * for one group each, however many messages come, and messages for one round, however many changes.
 */
export class ChangeRounds {
  private waiting: WaitingChange[] = [];

  get areDue(): boolean {
    return this.waiting.length > 0;
  }

  /** Settles as `change` does, which runs in one of the next rounds. */
  add<T>(conversationId: string, change: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ conversationId, run: () => change().then(resolve, reject) });
    });
  }

  /** Runs one round. Resolves when the last change of it has settled, and never rejects. */
  async runOne(): Promise<void> {
    const round = new Map<string, WaitingChange>();
    this.waiting = this.waiting.filter((change) => {
      if (round.size === AT_ONCE || round.has(change.conversationId)) return true;
      round.set(change.conversationId, change);
      return false;
    });
    await Promise.all([...round.values()].map((change) => change.run()));
  }
}
