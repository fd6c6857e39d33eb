import { type Browser, type BrowserContextOptions, test } from '@playwright/test';
import { Person } from './person';
import type { Server } from './server';

/** Ada and Ben with their accounts and avatars, each at a browser of their own. `options` are of Ada's browser. */
export async function twoPeople(
  browser: Browser,
  server: Pick<Server, 'url'>,
  options?: BrowserContextOptions,
): Promise<[ada: Person, ben: Person]> {
  const ada = await Person.arrive(browser, server, 'Ada', options);
  await ada.register();
  await ada.chooseAvatar(1);
  const ben = await Person.arrive(browser, server, 'Ben');
  await ben.register();
  await ben.chooseAvatar(2);
  return [ada, ben];
}

/** The same two, with Ada's `hello` before both. */
export async function twoInAChat(browser: Browser, server: Pick<Server, 'url'>): Promise<[ada: Person, ben: Person]> {
  const [ada, ben] = await twoPeople(browser, server);
  await ada.writeTo(ben);
  await ada.say('hello');
  await ben.open(ada);
  return [ada, ben];
}

/** Closes their browsers; those who never came are no matter. */
export async function leave(people: readonly (Person | undefined)[]): Promise<void> {
  await Promise.all(people.flatMap((person) => (person ? [person.page.context().close()] : [])));
}

/** Runs a server for the tests of a `describe`, with the people whom `begin` brings to it. */
export function onServer(server: Server, begin: (browser: Browser) => Promise<Person[]>): void {
  let people: Person[] = [];
  test.beforeAll(async ({ browser }) => {
    await server.start();
    people = await begin(browser);
  });
  test.afterAll(async () => {
    await leave(people);
    await server.dispose();
  });
}
