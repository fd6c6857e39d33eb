const KEY = 'parlance.wipe';

/** What is to be removed from the database, and whose it is then. */
export interface Wipe {
  /** `seen` is what the server has, too; what was typed and never sent stays. */
  readonly what: 'everything' | 'seen';
  /** Empty for nobody. */
  readonly next: string;
}

/**
 * That something is to be removed, remembered where it is remembered at once: a page that goes away before the database
 * has done it leaves it to the next one. Where the browser has no storage for us, nothing is remembered and nothing fails.
 */
export const wipeMark = {
  get(): Wipe | null {
    try {
      return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Wipe | null;
    } catch {
      return null;
    }
  },

  /** Answers what is to be done now: less than what was marked before is no reason to leave the rest. */
  set(asked: Wipe): Wipe {
    const left = this.get();
    const wipe = asked.what === 'seen' && left?.what === 'everything' ? left : asked;
    try {
      localStorage.setItem(KEY, JSON.stringify(wipe));
    } catch {
      // Closed to us: what was kept here is little, and goes now or never.
    }
    return wipe;
  },

  /** This one is done. */
  clear(wipe: Wipe): void {
    try {
      if (localStorage.getItem(KEY) === JSON.stringify(wipe)) localStorage.removeItem(KEY);
    } catch {
      // There is none, then.
    }
  },
};
