import { Subscription } from 'rxjs';
import type { Clock } from '../clock/clock';
import { type Tabs, tabTopic } from './tab-channel';

/**
 * How often a tab looks whether its leader is well, and how long the answer may take, in milliseconds: so long together
 * what is shown can be old before the tab helps itself.
 */
export const LEADER_WATCH = { askEveryMs: 3_000, answerWithinMs: 2_000 } as const;

/** Does anybody lead this person's tabs, and is well? */
export const LEADER_ASKED = tabTopic<{ userId: string; question: string }>('lead:asked');
/** The leader says its name: by itself when it begins, and to each question. */
export const LEADER_HERE = tabTopic<{ userId: string; leader: string; question?: string }>('lead:here');
/** The leader lets go. One that crashes says nothing, and is noticed when the next one begins. */
export const LEADER_GONE = tabTopic<{ userId: string; leader: string }>('lead:gone');

/** What a follower knows of its leader. */
export interface LeaderNews {
  /** Its name, once it has been heard. */
  readonly leader: string | undefined;
  /** It does not answer: it is blocked, was put to sleep, or is of a build that does not know the question. */
  readonly isSilent: boolean;
}

/**
 * A follower's eye on its leader. What the leader answers to one is heard by all, so that together they ask hardly more
 * often than one would. Only the follower waits: a hidden leader, whose timers the browser slows down, still gets
 * messages and answers them at once.
 */
export class LeaderWatch {
  private readonly listening = new Subscription();
  private leader: string | undefined;
  private isSilent = false;
  /** The question that waits for its answer; none when it was answered or given up. */
  private question: string | undefined;
  private cancel: (() => void) | undefined;

  constructor(
    private readonly userId: string,
    private readonly tabs: Tabs,
    private readonly clock: Clock,
    private readonly changed: (news: LeaderNews) => void,
  ) {
    this.listening.add(tabs.hears(LEADER_HERE).subscribe((told) => told.userId === userId && this.here(told)));
    this.listening.add(tabs.hears(LEADER_GONE).subscribe((told) => told.userId === userId && this.gone(told)));
    this.ask();
  }

  /** Asks now, out of turn. */
  ask(): void {
    this.cancel?.();
    const question = crypto.randomUUID();
    this.question = question;
    const due = this.clock.now() + LEADER_WATCH.answerWithinMs;
    this.cancel = this.clock.schedule(LEADER_WATCH.answerWithinMs, () => this.judge(due));
    this.tabs.tell(LEADER_ASKED, { userId: this.userId, question });
  }

  stop(): void {
    this.cancel?.();
    this.listening.unsubscribe();
  }

  private here({ leader, question }: { leader: string; question?: string }): void {
    // One that was silent is trusted again when it answers in time; what it says late is of no use to anybody.
    if (this.isSilent && leader === this.leader && question !== this.question) return;
    this.question = undefined;
    this.askLater();
    this.learn(leader, false);
  }

  private gone({ leader }: { leader: string }): void {
    if (leader !== this.leader) return;
    this.learn(undefined, this.isSilent);
    this.ask();
  }

  private judge(due: number): void {
    // Who has slept oneself has letters to read before one judges.
    if (this.clock.now() - due > LEADER_WATCH.answerWithinMs) return this.ask();
    this.question = undefined;
    this.askLater();
    this.learn(this.leader, true);
  }

  private askLater(): void {
    this.cancel?.();
    this.cancel = this.clock.schedule(LEADER_WATCH.askEveryMs, () => this.ask());
  }

  private learn(leader: string | undefined, isSilent: boolean): void {
    if (leader === this.leader && isSilent === this.isSilent) return;
    this.leader = leader;
    this.isSilent = isSilent;
    this.changed({ leader, isSilent });
  }
}
