import { type Ack, ACK_TIMEOUT_MS, FRAME, type SocketRequestName } from '@parlance/contracts';
import { Observable, Subscription } from 'rxjs';
import type { Clock } from '../clock/clock';
import { payloadTooLarge, ProblemError, timedOut, unreachable } from '../problem/problem';
import type { Tabs } from '../tabs/tab-channel';
import type { Connection, ConnectionListener } from './connection';
import { ANSWER, BYE, FACT, HELLO, REQUEST, STANDING } from './connection-topics';

/**
 * A follower's connection: the socket of the leading tab, from afar. It is connected when this leader has said so, and as
 * long as it does not say otherwise; whether the leader can still say anything is for `TabLead` to watch.
 */
export class TabConnection implements Connection {
  private readonly tab = crypto.randomUUID();
  private readonly listening = new Subscription();
  private isConnected = false;
  private readonly open = new Map<number, (ack: Ack<unknown>) => void>();
  private requests = 0;

  constructor(
    private readonly leader: string,
    private readonly tabs: Tabs,
    private readonly clock: Clock,
    private readonly listener: ConnectionListener,
  ) {
    const { listening } = this;
    listening.add(tabs.hears(STANDING).subscribe((told) => told.leader === leader && this.stand(told.isConnected)));
    listening.add(tabs.hears(FACT).subscribe((told) => told.leader === leader && listener.fact(told.event, told.fact)));
    listening.add(
      tabs.hears(ANSWER).subscribe(({ tab, id, ack }) => {
        if (tab === this.tab) this.open.get(id)?.(ack);
      }),
    );
    tabs.tell(HELLO, { leader });
  }

  request(event: SocketRequestName, payload: unknown): Observable<unknown> {
    return new Observable((subscriber) => {
      if (!this.isConnected) return subscriber.error(new ProblemError(unreachable()));
      const json = JSON.stringify(payload) as string | undefined;
      // Over a socket the server would close it for that, and this one is everybody's.
      if (json !== undefined && json.length > FRAME.maxBytes)
        return subscriber.error(new ProblemError(payloadTooLarge()));
      const id = ++this.requests;
      const cancel = this.clock.schedule(ACK_TIMEOUT_MS, () => this.open.get(id)?.({ ok: false, problem: timedOut() }));
      subscriber.add(() => {
        cancel();
        this.open.delete(id);
      });
      this.open.set(id, (ack) => {
        if (!ack.ok) return subscriber.error(new ProblemError(ack.problem));
        subscriber.next(ack.data);
        subscriber.complete();
      });
      this.tabs.tell(REQUEST, { leader: this.leader, tab: this.tab, id, event, payload: json });
    });
  }

  /** The leader will say so as well, but maybe a moment later than this tab knows it. */
  networkLost(): void {
    this.lose();
    this.listener.lost();
  }

  /** The leader makes a new connection now. It may have had that news first, so it is asked. */
  networkBack(): void {
    this.networkLost();
    this.tabs.tell(HELLO, { leader: this.leader });
  }

  close(): void {
    this.listening.unsubscribe();
    this.lose();
    this.tabs.tell(BYE, { leader: this.leader, tab: this.tab });
  }

  private stand(isConnected: boolean): void {
    if (isConnected === this.isConnected) return;
    if (!isConnected) return this.networkLost();
    this.isConnected = true;
    this.listener.connected();
  }

  private lose(): void {
    this.isConnected = false;
    for (const settle of [...this.open.values()]) settle({ ok: false, problem: timedOut() });
  }
}
