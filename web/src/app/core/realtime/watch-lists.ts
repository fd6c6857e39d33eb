import { PRESENCE_WATCH } from '@parlance/contracts';

/**
 * Whom the tabs on one socket watch. The server keeps one list for a socket, and the last one counts; so each tab asks
 * for all that any of them wants. Where that is more people than a list may hold, those are left out whom other tabs
 * asked for longest ago, until those tabs ask again.
 */
export class WatchLists {
  /** By tab, the one that asked last at the end. */
  private readonly lists = new Map<string, readonly string[]>();

  /** Takes what a tab wants now, and answers what to ask for. */
  merge(tab: string, userIds: readonly string[]): string[] {
    this.lists.delete(tab);
    this.lists.set(tab, userIds);
    const latestFirst = [...this.lists.values()].reverse().flat();
    // A list that is too long by itself is for the server to refuse.
    return [...new Set(latestFirst)].slice(0, Math.max(PRESENCE_WATCH.maxUsers, userIds.length));
  }

  /** A tab is gone. */
  drop(tab: string): void {
    this.lists.delete(tab);
  }

  /** A new socket watches nobody; every tab asks anew over it. */
  clear(): void {
    this.lists.clear();
  }
}
