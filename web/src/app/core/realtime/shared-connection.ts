import type { SocketRequestName, SocketRequests } from '@parlance/contracts';
import { Observable, Subscription, defer, map } from 'rxjs';
import { toProblem } from '../problem/problem';
import type { Tabs } from '../tabs/tab-channel';
import type { Connection, ConnectionListener } from './connection';
import { ANSWER, BYE, FACT, HELLO, REQUEST, STANDING } from './connection-topics';
import { WatchLists } from './watch-lists';

/** This tab's name in the watch lists; the others have random ones. */
const OWN = 'own';

/**
 * The leading tab's connection, which the others use as well: what the server tells is passed on to them, what they ask
 * goes out here, and each of them is answered once. A request is never repeated here.
 */
export class SharedConnection implements Connection {
  private readonly connection: Connection;
  private readonly listening = new Subscription();
  private readonly watchLists = new WatchLists();
  private isConnected = false;

  /** @param open makes the connection that is shared, for the listener that it is given */
  constructor(
    private readonly leader: string,
    private readonly tabs: Tabs,
    open: (listener: ConnectionListener) => Connection,
    private readonly listener: ConnectionListener,
  ) {
    this.listen();
    this.connection = open({
      connected: () => this.connected(),
      lost: () => this.lost(),
      fact: (event, fact) => {
        listener.fact(event, fact);
        tabs.tell(FACT, { leader, event, fact });
      },
    });
  }

  request(event: SocketRequestName, payload: unknown): Observable<unknown> {
    return this.ask(OWN, event, payload);
  }

  networkLost(): void {
    this.connection.networkLost();
  }

  networkBack(): void {
    this.connection.networkBack();
  }

  close(): void {
    this.listening.unsubscribe();
    this.tellLost();
    this.connection.close();
  }

  private listen(): void {
    const { leader, tabs, listening } = this;
    listening.add(tabs.hears(HELLO).subscribe((told) => told.leader === leader && this.tellStanding()));
    listening.add(tabs.hears(BYE).subscribe((told) => told.leader === leader && this.watchLists.drop(told.tab)));
    listening.add(
      tabs.hears(REQUEST).subscribe(({ tab, id, event, payload, ...told }) => {
        if (told.leader !== leader) return;
        defer(() => this.ask(tab, event, payload === undefined ? undefined : JSON.parse(payload))).subscribe({
          next: (data) => tabs.tell(ANSWER, { tab, id, ack: { ok: true, data } }),
          error: (error: unknown) => tabs.tell(ANSWER, { tab, id, ack: { ok: false, problem: toProblem(error) } }),
        });
      }),
    );
  }

  private ask(tab: string, event: SocketRequestName, payload: unknown): Observable<unknown> {
    if (event !== 'presence:watch') return this.connection.request(event, payload);
    const { userIds } = payload as SocketRequests['presence:watch']['payload'];
    const answer = this.connection.request(event, { userIds: this.watchLists.merge(tab, userIds) });
    return (answer as Observable<SocketRequests['presence:watch']['data']>).pipe(
      map((presences) => presences.filter(({ userId }) => userIds.includes(userId))),
    );
  }

  private connected(): void {
    this.isConnected = true;
    this.watchLists.clear();
    this.tellStanding();
    this.listener.connected();
  }

  private lost(): void {
    this.tellLost();
    this.listener.lost();
  }

  private tellLost(): void {
    if (!this.isConnected) return;
    this.isConnected = false;
    this.tellStanding();
  }

  private tellStanding(): void {
    this.tabs.tell(STANDING, { leader: this.leader, isConnected: this.isConnected });
  }
}
