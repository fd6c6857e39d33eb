import { setTimeout as pause } from 'node:timers/promises';
import type { Conversation, Page } from '@parlance/contracts';
import { ApiProcess } from './api-process';
import { checkEverything, checkListed, checkLists, emptyReport, findingsIn, type Report } from './checker';
import * as core from './core';
import { Device } from './device';
import { FlakyProxy } from './flaky-proxy';
import { Ledger } from './ledger';
import { MemoryWatch } from './memory-watch';
import { Onlooker, SHOWN_WITHIN_MS } from './onlooker';
import type { OutboxDisk } from './outbox-disk';
import { ask, conversationOf, type Person, register } from './people';
import { type BugName, PLANTED_BUGS } from './planted-bugs';
import { type Core, coreWith } from './planted-core';
import { type Random, randomOf } from './random';
import { readRecords } from './records';
import { until, untilAtRest } from './until';

/** While something is left to send, something is sent within this time of everything being well, in milliseconds. */
const SENT_WITHIN_MS = 30_000;
const SUMMED_UP_WITHIN_MS = 8_000;
/** What a device keeps is stored half a second after the last change. */
const KEPT_WITHIN_MS = 2_000;
/** Texts that every device types in each of its conversations to see whether the API lets go of them. */
const LOAD = 30;

export interface WorldOptions {
  readonly seed: number;
  readonly bug?: BugName;
  readonly settings?: Record<string, string>;
  readonly nodeArgs?: readonly string[];
}

export interface DeviceOptions {
  /** Its network, when it is not everybody's. */
  readonly proxy?: FlakyProxy;
  /** What it has stored before, or shares with other tabs. */
  readonly disk?: OutboxDisk;
  /** False for a tab that only follows. */
  readonly leads?: boolean;
}

const isLoaded = (sync: { cursor: number | undefined }) => sync.cursor !== undefined;

const isCaughtUp = (device: Device, heads: ReadonlyMap<string, number>) =>
  [...device.syncs].every(([id, { cursor }]) => (cursor ?? -1) >= (heads.get(id) ?? 0));

/** A Parlance, a network that can be made bad, people with devices, and a ledger of what was promised. */
export class World {
  readonly ledger = new Ledger();
  readonly devices: Device[] = [];
  readonly proxy: FlakyProxy;
  private readonly proxies: FlakyProxy[] = [];
  private readonly people = new Map<string, Promise<Person>>();
  private deviceCount = 0;
  readonly memory: MemoryWatch;
  readonly onlooker: Onlooker;
  private isClosed = false;
  /** How each device types. */
  private readonly rhythms = new Map<Device, Random>();

  private constructor(
    readonly api: ApiProcess,
    readonly random: Random,
    private readonly core: Core,
  ) {
    this.proxy = new FlakyProxy(() => api.address, random.fork('network'));
    this.memory = new MemoryWatch(api);
    this.onlooker = new Onlooker(this.ledger, this.devices);
  }

  static async open({ seed, bug, settings, nodeArgs }: WorldOptions): Promise<World> {
    const planted = bug && PLANTED_BUGS[bug];
    const api = new ApiProcess(planted?.side === 'api' ? [planted.plant] : [], settings, undefined, nodeArgs);
    const world = new World(api, randomOf(seed), planted?.side === 'client' ? await coreWith(planted.plant) : core);
    try {
      await api.start();
      await world.proxy.listen();
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  /** Somebody with this name; the same one each time. */
  person(name: string): Promise<Person> {
    const known = this.people.get(name) ?? register(this.api.url, name);
    this.people.set(name, known);
    return known;
  }

  async conversation(one: string, other: string): Promise<string> {
    return conversationOf(this.api.url, await this.person(one), await this.person(other));
  }

  /** What the server lists for somebody, past all devices. */
  async list(person: string): Promise<Conversation[]> {
    const { token } = await this.person(person);
    return (await ask<Page<Conversation>>(this.api.url, 'GET', '/api/conversations', token)).items;
  }

  /** A new device of this person that has these conversations open, on the common network unless told. */
  async device(person: string, conversations: readonly string[], options: DeviceOptions = {}): Promise<Device> {
    const { proxy = this.proxy, disk, leads } = options;
    this.deviceCount += 1;
    const name = `${person}/${this.deviceCount}`;
    const surroundings = { core: this.core, ledger: this.ledger, proxy, chance: this.random.fork(`${name} tries`) };
    const device = new Device(surroundings, name, await this.person(person), conversations, disk, leads);
    this.devices.push(device);
    this.rhythms.set(device, this.random.fork(name));
    return device;
  }

  /** A network of one's own. */
  async network(): Promise<FlakyProxy> {
    const chance = this.random.fork(`network ${this.proxies.length}`);
    const proxy = new FlakyProxy(() => this.api.address, chance);
    this.proxies.push(proxy);
    await proxy.listen();
    return proxy;
  }

  /** From now on this share of all pushes never leaves the API, from 0 to 1. */
  losePushes(share: number): Promise<unknown> {
    return this.api.losePushes(share, this.random.fork('pushes').seed);
  }

  /** The tab or the app is closed; what it shows is not looked at any more, what it has stored is. */
  leave(device: Device): void {
    device.close();
    this.devices.splice(this.devices.indexOf(device), 1);
  }

  /** Types `count` texts with up to `gapMs` between them, or goes on while `goesOn` says so. */
  async talk(
    device: Device,
    conversation: string,
    count: number | (() => boolean),
    gapMs: number,
    padding = '',
  ): Promise<void> {
    const goesOn = typeof count === 'number' ? (n: number) => n < count : count;
    for (let n = 0; goesOn(n) && !this.isClosed; n++) {
      await device.say(conversation, padding);
      if (gapMs > 0) await pause(this.rhythms.get(device)?.between(0, gapMs));
    }
  }

  /**
   * Resolves when everybody is connected, has the present state, and nothing is left to send; fails when that takes too
   * long. From then on the API's memory may not grow.
   */
  async begin(): Promise<void> {
    const ready = () => this.devices.every(({ rests, syncs }) => rests && [...syncs.values()].every(isLoaded));
    if (!(await this.atRest(ready))) throw new Error('The devices did not come up.');
    await this.memory.begin();
  }

  /**
   * Makes the network well, gives everybody the time that is promised, and compares everything with everything. The
   * API is stopped for it. `refresh`: the pages come back into view before lists are compared, for what has no digest.
   */
  async judge({ refresh = false } = {}): Promise<Report> {
    this.proxy.weather = {};
    const rests = await this.atRest();
    await this.catchesUp();
    let lists = emptyReport();
    await until(async () => {
      // More than once: what somebody tells of, having heard of it then, may be what the others have no digest for.
      if (refresh) await this.refreshed();
      lists = checkLists(await this.told());
      return findingsIn(lists) === 0;
    }, SUMMED_UP_WITHIN_MS);
    // Where something is wrong already, more would only take time.
    if (rests && this.ledger.sightings.length + findingsIn(lists) === 0) {
      await this.memory.end(() => this.everybodyTalks());
    }
    const listed = await Promise.all(
      [...this.people.keys()].map(async (name) => [name, await this.list(name)] as const),
    );
    if (this.api.unhandledRejections > 0) throw new Error(`A rejection was not handled.\n${this.api.stderr}`);
    const code = await this.api.stop();
    if (code !== 0) throw new Error(`The API ended with ${code}.\n${this.api.stderr}`);
    const { messages, disagreements } = await readRecords(this.api.dataDir);
    if (disagreements > 0) throw new Error(`The check of the store found ${disagreements} disagreements.`);
    await until(() => !this.keepsDeleted, KEPT_WITHIN_MS);
    this.onlooker.stop();
    const report = checkEverything({ ledger: this.ledger, records: messages, devices: this.devices });
    for (const [name, conversations] of listed) {
      const { id } = await this.person(name);
      for (const conversation of conversations) checkListed(id, conversation, messages, report);
    }
    return {
      ...report,
      stuck: [...report.stuck, ...lists.stuck],
      divergent: [...report.divergent, ...lists.divergent],
    };
  }

  /** All pages come back into view; resolves when they have asked for what they ask for then. */
  private async refreshed(): Promise<void> {
    for (const device of this.devices) device.catchUp();
    await until(() => this.devices.every(({ rests }) => rests), SUMMED_UP_WITHIN_MS);
  }

  /** Resolves when these have sent everything; fails when they get no further. */
  async sent(devices: readonly Device[]): Promise<void> {
    if (!(await this.atRest(() => devices.every(({ rests }) => rests)))) throw new Error('Not everything was sent.');
  }

  /** Resolves with whether all came to rest; as long as something is being sent, there is hope. */
  private atRest(rest = () => this.devices.every(({ rests }) => rests)): Promise<boolean> {
    const left = () => this.devices.reduce((sum, { entries }) => sum + entries.length, 0);
    return untilAtRest(rest, left, SENT_WITHIN_MS);
  }

  /** Whether a device still keeps a text that was taken away. */
  private get keepsDeleted(): boolean {
    const kept = JSON.stringify(this.devices.map(({ disk }) => disk.seen.all));
    return this.ledger.changes.some(({ former, body }) => body === '' && kept.includes(JSON.stringify(former)));
  }

  /** A load of the same size each time. */
  private async everybodyTalks(): Promise<void> {
    const lines = this.devices.flatMap((device) => [...device.syncs.keys()].map((id) => ({ device, id })));
    await Promise.all(lines.map(({ device, id }) => this.talk(device, id, LOAD, 0)));
    await this.atRest();
    await this.catchesUp();
  }

  /** Gives everybody the time that is promised to show what there is, and writes down who does not. */
  private async catchesUp(): Promise<void> {
    const heads = await this.heads();
    await until(() => this.devices.every((device) => isCaughtUp(device, heads)), SHOWN_WITHIN_MS);
    for (const device of this.devices) {
      if (isCaughtUp(device, heads)) continue;
      this.ledger.sightings.push({ kind: 'stuck', what: `${device.name} is behind after ${SHOWN_WITHIN_MS} ms` });
    }
  }

  /** What the server tells each device's person about the conversations that the device has open. */
  private async told(): Promise<Map<Device, Conversation[]>> {
    const asked = new Map<string, Promise<Conversation>>();
    const tell = ({ id: personId, token }: Person, id: string): Promise<Conversation> => {
      const key = `${personId} ${id}`;
      const known = asked.get(key) ?? ask<Conversation>(this.api.url, 'GET', `/api/conversations/${id}`, token);
      asked.set(key, known);
      return known;
    };
    const told = this.devices.map(async (device) => {
      const conversations = [...device.syncs.keys()].map((id) => tell(device.person, id));
      return [device, await Promise.all(conversations)] as const;
    });
    return new Map(await Promise.all(told));
  }

  /** The last `rev` of every conversation that a device has open. */
  private async heads(): Promise<Map<string, number>> {
    const conversations = [...(await this.told()).values()].flat();
    return new Map(conversations.map(({ id, headRev }) => [id, headRev]));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.onlooker.stop();
    for (const device of this.devices) device.close();
    await Promise.all([this.proxy, ...this.proxies].map((proxy) => proxy.end()));
    await this.api.dispose();
  }
}
