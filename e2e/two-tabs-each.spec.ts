import { type BrowserContext, expect, test } from '@playwright/test';
import { FlakyProxy } from '../test/faults/harness/flaky-proxy';
import { chosenSeed, randomOf } from '../test/faults/harness/random';
import type { Person } from './support/person';
import { Server } from './support/server';
import { leave, twoInAChat } from './support/two-people';
import { Tab } from './support/tab';

const TEXTS_A_TAB = 20;
/** Behind so many texts of all tabs the next bad thing happens. */
const TEXTS_A_HARM = 8;

/** The whole promise as people see it: what was typed stands once, in one order, on every screen and in the database. */
test.describe('two people with two tabs each, and a bad network', () => {
  const seed = chosenSeed();
  const random = randomOf(seed);
  let server: Server;
  let proxy: FlakyProxy;
  let ada: Person;
  let ben: Person;

  test.beforeAll(async ({ browser }) => {
    process.stdout.write(`Seed ${seed}: again with FAULTS_SEED=${seed}\n`);
    proxy = new FlakyProxy(() => ({ host: '127.0.0.1', port: Number(new URL(server.url).port) }), random);
    await proxy.listen();
    server = new Server({
      PUBLIC_ORIGIN: proxy.url,
      SOCKET_PING_SECONDS: '1',
      SOCKET_PING_TIMEOUT_SECONDS: '2',
      SOCKET_SENDS_PER_SECOND: '100',
      SOCKET_SENDS_BURST: '100',
      SOCKET_EVENTS_PER_SECOND: '200',
      SOCKET_EVENTS_BURST: '200',
      SOCKETS_PER_USER: '100',
      SOCKETS_PER_ADDRESS: '200',
      HTTP_REQUESTS_PER_10_SECONDS: '10000',
    });
    await server.start();
    [ada, ben] = await twoInAChat(browser, proxy);
  });

  test.afterAll(async () => {
    await leave([ada, ben]);
    await proxy.end();
    await server.dispose();
  });

  test('all screens and the database agree', async () => {
    const address = ada.page.url();
    const adas = ada.page.context();
    const opened = async (context: BrowserContext, name: string) => {
      const tab = new Tab(await context.newPage(), name);
      await tab.page.goto(address);
      await expect(tab.composer).toBeVisible();
      return tab;
    };
    const [first, second] = [new Tab(ada.page, 'ada 1'), await opened(adas, 'ada 2')];
    const [third, fourth] = [new Tab(ben.page, 'ben 1'), await opened(ben.page.context(), 'ben 2')];
    expect([await first.leads(), await second.leads()]).toEqual([true, false]);

    const harms = random.shuffled([
      () => proxy.cut(),
      () => proxy.swallowAnswers(0.7),
      () => proxy.halfOpen(0.5),
      () => proxy.blackHole(0.5),
      () => (proxy.weather = { delay: [0, 120] }),
      () => (proxy.weather = { opening: [0, 400] }),
      () => (proxy.weather = {}),
    ]);
    let count = 0;
    /** One thing at a time happens to the network; a page that loads needs one. */
    let happening: Promise<unknown> = Promise.resolve();
    const next = <T>(happens: () => Promise<T> | T): Promise<T> => {
      const done = happening.then(happens);
      happening = done;
      return done;
    };
    /** What the browsers still hold open leads nowhere after some of the harms. */
    const heal = () => {
      proxy.weather = {};
      proxy.cut();
    };
    /** One person types into one tab at a time: a draft is the same in both, and grows by what is typed in either. */
    const hands = new Map<BrowserContext, Promise<void>>();
    const type = async (tab: Tab, until: number) => {
      const context = tab.page.context();
      while (tab.typed.length < until) {
        const said = (hands.get(context) ?? Promise.resolve()).then(() => tab.say());
        hands.set(context, said);
        await said;
        count += 1;
        const harm = count % TEXTS_A_HARM === 0 ? harms.pop() : undefined;
        if (harm) void next(harm);
      }
    };

    const [fifth] = await Promise.all([
      // The leading tab is closed while it sends; another one takes over, and a new one is opened.
      type(first, TEXTS_A_TAB / 2).then(async () => {
        const closed = performance.now();
        await first.page.close();
        await expect.poll(() => second.leads(), { intervals: [50] }).toBe(true);
        test.info().annotations.push({ type: 'lead taken over', description: `${performance.now() - closed} ms` });
        const fifth = await next(() => {
          heal();
          return opened(adas, 'ada 3');
        });
        await type(fifth, TEXTS_A_TAB / 2);
        return fifth;
      }),
      type(second, TEXTS_A_TAB),
      type(third, TEXTS_A_TAB),
      // Loaded anew while it sends.
      type(fourth, TEXTS_A_TAB / 2).then(async () => {
        await next(async () => {
          heal();
          await fourth.page.reload();
          await expect(fourth.composer).toBeVisible();
        });
        await type(fourth, TEXTS_A_TAB);
      }),
    ]);
    await next(heal);

    const tabs = [first, second, third, fourth, fifth];
    const typed = ['hello', ...tabs.flatMap((tab) => tab.typed)];
    expect(typed).toHaveLength(4 * TEXTS_A_TAB + 1);
    const stored = () => ada.stored(server, address);
    await expect.poll(async () => (await stored()).sort(), { timeout: 30_000 }).toEqual([...typed].sort());
    const order = await stored();
    for (const tab of tabs) expect(order.filter((text) => tab.typed.includes(text))).toEqual(tab.typed);
    for (const tab of tabs.slice(1)) {
      // Only what one can see stands in the document, so one sees all of it.
      await tab.page.setViewportSize({ width: 1_000, height: 8_000 });
      await expect.poll(() => tab.shown(), { message: tab.name, timeout: 30_000 }).toEqual(order);
      await expect(tab.unfinished).toHaveCount(0);
    }
  });
});
