import { DOCUMENT } from '@angular/common';
import { EnvironmentInjector, createEnvironmentInjector, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { SocketFactName, SocketRequestName } from '@parlance/contracts';
import { Observable, type Subscriber } from 'rxjs';
import type { Clock } from '../../clock/clock';
import { CLOCK } from '../../clock/clock-token';
import { Session } from '../../identity/session';
import { ProblemError, timedOut, unreachable } from '../../problem/problem';
import { TabChannel } from '../../tabs/tab-channel';
import { TabLead } from '../../tabs/tab-lead';
import { BrowserLocks } from '../../tabs/testing/browser-locks';
import { TestChannel, talkedOut } from '../../tabs/testing/test-channel';
import type { Connection, ConnectionListener } from '../connection';
import { OPEN_SOCKET, Realtime, type ConnectionState } from '../realtime';

/** A request that has reached the server; open until the test answers it. */
export interface Arrived {
  readonly event: SocketRequestName;
  readonly payload: unknown;
  answer(data: unknown): void;
  fail(error: unknown): void;
}

/** The server's end of a socket, in the test's hands. */
export class ServedSocket implements Connection {
  readonly arrived: Arrived[] = [];
  isOpen = true;
  private isUp = false;
  private readonly open = new Set<Subscriber<unknown>>();

  constructor(
    readonly userId: string,
    private readonly listener: ConnectionListener,
  ) {}

  accept(): void {
    this.isUp = true;
    this.listener.connected();
  }

  lose(): void {
    this.isUp = false;
    this.listener.lost();
    for (const subscriber of [...this.open]) subscriber.error(new ProblemError(timedOut()));
  }

  tell(event: string, fact: unknown): void {
    this.listener.fact(event, fact);
  }

  request(event: SocketRequestName, payload: unknown): Observable<unknown> {
    return new Observable((subscriber) => {
      if (!this.isUp) return subscriber.error(new ProblemError(unreachable()));
      this.open.add(subscriber);
      subscriber.add(() => this.open.delete(subscriber));
      this.arrived.push({
        event,
        payload,
        answer: (data) => {
          subscriber.next(data);
          subscriber.complete();
        },
        fail: (error) => subscriber.error(error),
      });
    });
  }

  networkLost(): void {
    this.listener.lost();
  }

  networkBack(): void {
    this.lose();
  }

  close(): void {
    this.isOpen = false;
    for (const subscriber of [...this.open]) subscriber.error(new ProblemError(timedOut()));
  }
}

/** A page as the browser shows it, hides it, and puts it away. */
class Page extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible';
  readonly defaultView = new EventTarget();
}

/** A tab of somebody, with all of it that has to do with the connection. */
export class OpenTab {
  readonly states: ConnectionState[] = [];
  /** How often there was a new connection. */
  connections = 0;
  readonly realtime: Realtime;
  readonly channel: TestChannel;
  private readonly page = new Page();
  private readonly injector: EnvironmentInjector;
  private readonly user = signal<{ id: string } | null>(null);

  constructor(userId: string, clock: Clock, openSocket: (socket: ServedSocket) => void) {
    this.user.set({ id: userId });
    this.injector = createEnvironmentInjector(
      [
        TestChannel,
        { provide: TabChannel, useExisting: TestChannel },
        TabLead,
        Realtime,
        { provide: DOCUMENT, useValue: this.page },
        { provide: CLOCK, useValue: clock },
        { provide: Session, useValue: { user: this.user.asReadonly() } },
        {
          provide: OPEN_SOCKET,
          useValue: (userId: string, listener: ConnectionListener) => {
            const socket = new ServedSocket(userId, listener);
            openSocket(socket);
            return socket;
          },
        },
      ],
      TestBed.inject(EnvironmentInjector),
    );
    this.channel = this.injector.get(TestChannel);
    this.realtime = this.injector.get(Realtime);
    this.realtime.connected$.subscribe(() => (this.connections += 1));
    TestBed.tick();
  }

  get state(): ConnectionState {
    return this.realtime.state();
  }

  /** Facts of these kinds that this tab's stores hear from now on, in order. */
  hears(...events: string[]): unknown[] {
    const heard: unknown[] = [];
    for (const event of events) this.realtime.on(event as SocketFactName).subscribe((fact) => heard.push(fact));
    return heard;
  }

  /** How a request ends: its data, or its problem. */
  ask(event: SocketRequestName, payload: unknown): { data?: unknown; code?: string; ends: number } {
    const end: { data?: unknown; code?: string; ends: number } = { ends: 0 };
    this.realtime.request(event, payload as never).subscribe({
      next: (data) => (end.data = data),
      error: (error: ProblemError) => {
        end.ends += 1;
        end.code = error.code;
      },
      complete: () => (end.ends += 1),
    });
    return end;
  }

  /** The session of this tab is somebody else's; `effectsLate` keeps the browser from getting round to what follows. */
  switchTo(userId: string | null, effectsLate = false): void {
    this.user.set(userId === null ? null : { id: userId });
    if (!effectsLate) TestBed.tick();
  }

  /** The page is left, for good or to be gone back to. */
  putAway(): void {
    this.page.defaultView.dispatchEvent(new Event('pagehide'));
  }

  goneBackTo(): void {
    this.page.defaultView.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  }

  comeToFront(): void {
    this.page.dispatchEvent(new Event('visibilitychange'));
  }

  /** Everything in this tab is gone, without a word to the others. */
  destroy(): void {
    this.injector.destroy();
  }
}

/** Tabs of one browser, and the server's end of whatever sockets they open. */
export class TabGroup {
  readonly sockets: ServedSocket[] = [];
  private readonly tabs: OpenTab[] = [];

  constructor(
    private readonly clock: Clock & { advance(ms: number): Promise<void> },
    locks: BrowserLocks | null = new BrowserLocks(),
  ) {
    if (locks) Object.defineProperty(navigator, 'locks', { configurable: true, value: locks });
  }

  /** Sockets that are open, oldest first. */
  get open(): ServedSocket[] {
    return this.sockets.filter(({ isOpen }) => isOpen);
  }

  /** The only open socket. */
  get socket(): ServedSocket {
    const [socket, ...more] = this.open;
    if (!socket || more.length > 0) throw new Error(`There are ${this.open.length} sockets.`);
    return socket;
  }

  async tab(userId = 'ada'): Promise<OpenTab> {
    const tab = new OpenTab(userId, this.clock, (socket) => this.sockets.push(socket));
    this.tabs.push(tab);
    await this.talkedOut();
    return tab;
  }

  /** Everything is said that follows from what was done; no time passes. */
  talkedOut(): Promise<void> {
    return talkedOut(this.tabs.map(({ channel }) => channel));
  }

  /** Time passes in small steps, with what tabs say to each other between them. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 500) {
      await this.clock.advance(Math.min(500, ms - passed));
      await this.talkedOut();
    }
  }

  /** Ends a tab without a word to the others. */
  async crash(tab: OpenTab): Promise<void> {
    this.tabs.splice(this.tabs.indexOf(tab), 1);
    tab.destroy();
    await this.talkedOut();
  }

  end(): void {
    for (const tab of this.tabs) tab.destroy();
    Reflect.deleteProperty(navigator, 'locks');
  }
}
