import type { ChangePage, MessagePage, Problem } from '@parlance/contracts';

/** Where history comes from. Every method rejects with what `describe` can turn into a problem. */
export interface HistorySource {
  /** The latest page. */
  latest(conversationId: string): Promise<MessagePage>;
  /** The page before `seq`. */
  before(conversationId: string, seq: number): Promise<MessagePage>;
  /** The page after `seq`. */
  after(conversationId: string, seq: number): Promise<MessagePage>;
  /** The page with `seq` in its middle, or as near as there is one. */
  around(conversationId: string, seq: number): Promise<MessagePage>;
  /** What changed after `rev`. */
  changes(conversationId: string, rev: number): Promise<ChangePage>;
  describe(error: unknown): Problem;
}
