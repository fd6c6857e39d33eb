import { DestroyRef, Injectable, inject } from '@angular/core';
import { Observable, Subject, filter, map } from 'rxjs';

/** Something that the tabs of one browser tell each other, with the shape of what is told. */
export interface TabTopic<Fact> {
  readonly name: string;
  /** Only for the compiler; never set. */
  readonly fact?: Fact;
}

/** Names a topic; two of one name are the same. What is told must be cloneable and belongs to this origin alone. */
export function tabTopic<Fact>(name: string): TabTopic<Fact> {
  return { name };
}

interface Told {
  readonly topic: string;
  readonly fact: unknown;
}

/** Tells the other tabs of this browser, and hears from them. What a tab tells does not come back to itself. */
export interface Tabs {
  /** Whether there is a way to tell them anything. */
  readonly isOpen: boolean;
  tell<Fact>(topic: TabTopic<Fact>, fact: Fact): void;
  hears<Fact>(topic: TabTopic<Fact>): Observable<Fact>;
}

/** The tabs of this browser, over a BroadcastChannel. */
@Injectable({ providedIn: 'root' })
export class TabChannel implements Tabs {
  private channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('parlance-tabs');
  private readonly told = new Subject<Told>();

  readonly isOpen = this.channel !== undefined;

  constructor() {
    this.channel?.addEventListener('message', ({ data }: MessageEvent<Told>) => this.told.next(data));
    inject(DestroyRef).onDestroy(() => {
      this.channel?.close();
      this.channel = undefined;
      this.told.complete();
    });
  }

  tell<Fact>(topic: TabTopic<Fact>, fact: Fact): void {
    const told: Told = { topic: topic.name, fact };
    this.channel?.postMessage(told);
  }

  hears<Fact>(topic: TabTopic<Fact>): Observable<Fact> {
    return this.told.pipe(
      filter((told) => told.topic === topic.name),
      map((told) => told.fact as Fact),
    );
  }
}
