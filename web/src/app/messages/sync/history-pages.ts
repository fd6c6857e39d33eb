import type { MessagePage } from '@parlance/contracts';
import type { ConversationLog } from './conversation-log';
import type { HistorySource } from './history-source';
import type { Run } from './message-runs';

/** State of the next page in one direction. */
export type PageState = 'idle' | 'loading' | 'error';

/**
 * The pages of one conversation beside its end: those before and after what is looked at, and those around a place that one
 * goes to. They only fill the log; what changes in them is told by catch-up.
 */
export class HistoryPages {
  private readonly states: Record<'older' | 'newer', PageState> = { older: 'idle', newer: 'idle' };
  private looked: Run | undefined;

  constructor(
    private readonly conversationId: string,
    private readonly source: HistorySource,
    private readonly log: ConversationLog,
    private readonly changed: () => void,
  ) {}

  /** The page before what is looked at. */
  get older(): PageState {
    return this.states.older;
  }

  /** The page after it, when what is looked at lies apart from the newest. */
  get newer(): PageState {
    return this.states.newer;
  }

  /** What is looked at; undefined for the end. */
  get lookedAt(): Run | undefined {
    return this.looked;
  }

  /** Somebody looks at this stretch; undefined for the end. */
  look(at: Run | undefined): void {
    this.looked = at;
  }

  /** Loads the page before what is looked at. Does nothing while one is on its way or there is none. */
  async loadOlder(): Promise<void> {
    const { first, last } = this.lookedRun;
    if (first > 1 && first <= last) await this.extend('older', () => this.source.before(this.conversationId, first));
  }

  /** Loads the page after what is looked at. Does nothing while one is on its way or the newest is there. */
  async loadNewer(): Promise<void> {
    const { last } = this.lookedRun;
    if (last < this.log.tail.last) await this.extend('newer', () => this.source.after(this.conversationId, last));
  }

  /** Loads what stands around `seq`, unless that is there. Resolves to whether it is. */
  async reach(seq: number): Promise<boolean> {
    if (!this.log.loaded.at(seq)) {
      await this.load(() => this.source.around(this.conversationId, seq));
      // Until it is on the screen it must not be let go.
      if (this.log.loaded.at(seq)) this.looked = { first: seq, last: seq };
      this.changed();
    }
    return this.log.loaded.at(seq) !== undefined;
  }

  /** The stretch that is looked at. */
  private get lookedRun(): Run {
    return (this.looked && this.log.loaded.runOf(this.looked.first)) ?? this.log.tail;
  }

  private async extend(side: 'older' | 'newer', ask: () => Promise<MessagePage>): Promise<void> {
    if (this.states[side] === 'loading') return;
    this.states[side] = 'loading';
    this.changed();
    this.states[side] = (await this.load(ask)) ? 'idle' : 'error';
    this.changed();
  }

  /** Asks for one page and takes it; resolves to whether it came. */
  private async load(ask: () => Promise<MessagePage>): Promise<boolean> {
    const ticket = this.log.expectPage();
    try {
      this.log.takePage(ticket, await ask());
      return true;
    } catch {
      this.log.takePage(ticket);
      return false;
    }
  }
}
