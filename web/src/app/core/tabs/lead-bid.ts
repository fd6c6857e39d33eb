import { Subscription } from 'rxjs';
import type { Clock } from '../clock/clock';
import { LEADER_ASKED, LEADER_GONE, LEADER_HERE, LeaderWatch } from './leader-watch';
import type { Tabs } from './tab-channel';

/** What a tab is among the tabs of one person in this browser. */
export type TabPlace =
  /** It holds the lead, under this name. */
  | { readonly role: 'leads'; readonly userId: string; readonly leader: string }
  /** Another tab leads; its name is known once it has been heard. */
  | { readonly role: 'follows'; readonly userId: string; readonly leader: string | undefined }
  /** There is nobody whom it could follow: it does everything for itself, and nothing for others. */
  | { readonly role: 'alone'; readonly userId: string };

/** What a bid needs of the browser. */
export interface TabSurroundings {
  /** Absent where the browser has no Web Locks, as over plain HTTP. */
  readonly locks: Pick<LockManager, 'request'> | undefined;
  readonly tabs: Tabs;
  readonly clock: Clock;
}

/**
 * A tab's bid for the lead of one person's tabs. The lead is a Web Lock: the browser hands it on in the moment in which
 * the leading tab is closed, reloaded or crashes. A leader that holds it and does not answer, because it is blocked or
 * was put to sleep, is left alone until it answers again. Each person has a lock of their own, so nobody follows a tab
 * in which somebody else is signed in.
 */
export class LeadBid {
  private readonly withdrawn = new AbortController();
  private readonly listening = new Subscription();
  private watch: LeaderWatch | undefined;
  private letGo: (() => void) | undefined;

  /**
   * @param changed hears at once what the tab is to begin with, and then of each change
   * @param failed hears when the browser refuses the lock; the tab is alone then
   */
  constructor(
    private readonly userId: string,
    { locks, tabs, clock }: TabSurroundings,
    private readonly changed: (place: TabPlace) => void,
    failed: (error: unknown) => void,
  ) {
    if (!locks || !tabs.isOpen) {
      changed({ role: 'alone', userId });
      return;
    }
    changed({ role: 'follows', userId, leader: undefined });
    this.watch = new LeaderWatch(userId, tabs, clock, ({ leader, isSilent }) =>
      changed(isSilent ? { role: 'alone', userId } : { role: 'follows', userId, leader }),
    );
    // Builds whose tabs could not understand each other need locks of different names.
    locks
      .request(`parlance-lead/${userId}`, { signal: this.withdrawn.signal }, () => this.lead(tabs))
      .catch((error: unknown) => {
        if (this.withdrawn.signal.aborted) return;
        this.stopWatch();
        changed({ role: 'alone', userId });
        failed(error);
      });
  }

  /** Looks now whether the leader is well: somebody has come back to this tab. */
  check(): void {
    this.watch?.ask();
  }

  /** Lets go of the lead, or does not want it any more. Nothing is told to `changed` from now on. */
  withdraw(): void {
    this.withdrawn.abort();
    this.stopWatch();
    this.listening.unsubscribe();
    this.letGo?.();
  }

  private stopWatch(): void {
    this.watch?.stop();
    this.watch = undefined;
  }

  /** Holds the lock until the promise is settled. */
  private lead(tabs: Tabs): Promise<void> | undefined {
    if (this.withdrawn.signal.aborted) return undefined;
    const { userId } = this;
    const leader = crypto.randomUUID();
    this.stopWatch();
    this.listening.add(
      tabs.hears(LEADER_ASKED).subscribe((asked) => {
        if (asked.userId === userId) tabs.tell(LEADER_HERE, { userId, leader, question: asked.question });
      }),
    );
    tabs.tell(LEADER_HERE, { userId, leader });
    this.changed({ role: 'leads', userId, leader });
    return new Promise((resolve) => {
      this.letGo = () => {
        tabs.tell(LEADER_GONE, { userId, leader });
        resolve();
      };
    });
  }
}
