import { Injectable } from '@angular/core';
import { Observable, filter, firstValueFrom } from 'rxjs';
import { TabChannel, type TabTopic, tabTopic } from '../tab-channel';

const MARK = tabTopic<number>('test:mark');
let marks = 0;

/** A tab's channel, over the real BroadcastChannel, whose tab can be blocked: it hears everything later then. */
@Injectable()
export class TestChannel extends TabChannel {
  private late: (() => void)[] | undefined;

  override hears<Fact>(topic: TabTopic<Fact>): Observable<Fact> {
    return new Observable((subscriber) =>
      super.hears(topic).subscribe((fact) => {
        const hear = () => subscriber.next(fact);
        if (this.late) this.late.push(hear);
        else hear();
      }),
    );
  }

  block(): void {
    this.late = [];
  }

  unblock(): void {
    const late = this.late ?? [];
    this.late = undefined;
    for (const hear of late) hear();
  }

  /** Resolves when this tab has got everything that was told before. */
  async caughtUp(): Promise<void> {
    const mark = ++marks;
    const passed = firstValueFrom(super.hears(MARK).pipe(filter((told) => told === mark)));
    const teller = new BroadcastChannel('parlance-tabs');
    teller.postMessage({ topic: MARK.name, fact: mark });
    await passed;
    teller.close();
  }
}

/** Lets these tabs tell each other, answer, and answer that; no time passes. */
export async function talkedOut(channels: readonly TestChannel[]): Promise<void> {
  for (let round = 0; round < 5; round++) {
    await new Promise((resolve) => setTimeout(resolve));
    await Promise.all(channels.map((channel) => channel.caughtUp()));
  }
}
