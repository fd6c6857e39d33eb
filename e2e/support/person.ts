import { type Browser, type BrowserContextOptions, expect, type Locator, type Page } from '@playwright/test';
import type { MessagePage, PostMessageRequest, SessionGrant } from '@parlance/contracts';
import type { Server } from './server';

/** A password for sample people; nothing else is ever signed in with it. */
const PASSWORD = 'quiet harbour 72';

/** Somebody at a browser of their own: what they do, in the words in which they would tell it. */
export class Person {
  /** Of another device than the browser, once one was needed. */
  private token: string | undefined;

  private constructor(
    readonly page: Page,
    readonly username: string,
    readonly displayName: string,
    /** What the browser has complained of; empty at the end of a good day. */
    readonly complaints: string[],
  ) {}

  /** Opens a browser of this person's own, on the sign-in screen. */
  static async arrive(
    browser: Browser,
    server: Pick<Server, 'url'>,
    name: string,
    options: BrowserContextOptions = {},
  ): Promise<Person> {
    const context = await browser.newContext({ baseURL: server.url, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/ERR_|WebSocket|status of (401|409)/.test(message.text()))
        complaints.push(message.text());
    });
    await page.goto('/');
    await expect(page).toHaveURL(/sign-in/);
    return new Person(page, `${name.toLowerCase()}.sample`, `${name} Sample`, complaints);
  }

  /** Registers, and stands before the avatars then. */
  async register(): Promise<void> {
    const { page } = this;
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('Username', { exact: true }).fill(this.username);
    await page.getByLabel('E-mail', { exact: true }).fill(`${this.username}@example.test`);
    await page.getByLabel('Display name').fill(this.displayName);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Create account' }).click();
    await expect(page.getByRole('heading', { name: 'Choose how people see you' })).toBeVisible();
  }

  /** Takes the avatar at this place, and is in the chats then. */
  async chooseAvatar(place: number): Promise<void> {
    await this.page.getByRole('radio', { name: `Avatar ${place}`, exact: true }).check({ force: true });
    await this.page.getByRole('button', { name: 'Start chatting' }).click();
    await expect(this.page.getByRole('heading', { name: 'Chats', exact: true })).toBeVisible();
  }

  /** Signs in at this browser, also somebody else. */
  async signIn({ username }: Pick<Person, 'username'> = this): Promise<void> {
    await this.page.getByLabel('Username or e-mail').fill(username);
    await this.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await expect(this.page.getByRole('heading', { name: 'Chats', exact: true })).toBeVisible();
  }

  /** Finds somebody among the people and opens a conversation with them. */
  async writeTo(other: Person): Promise<void> {
    await this.page.getByRole('link', { name: 'People', exact: true }).click();
    await this.page.getByLabel('Search people by name').fill(other.username);
    await this.page.getByRole('button', { name: other.displayName }).click();
    await expect(this.composer).toBeVisible();
  }

  /** Opens the conversation that is in the list. */
  async open(other: Person): Promise<void> {
    await this.row(other).click();
    await expect(this.composer).toBeVisible();
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
    await expect(this.composer).toHaveValue('');
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Message/ });
  }

  get log(): Locator {
    return this.page.getByRole('log', { name: 'Messages' });
  }

  /** Somebody's row in the list of chats. */
  row(other: Person): Locator {
    return this.page.getByRole('list', { name: 'Chats' }).getByRole('link', { name: other.displayName });
  }

  /** What the open conversation shows, from the top. */
  texts(): Promise<string[]> {
    return this.log.locator('.bubble .body').allTextContents();
  }

  /** What the server has of a conversation, in its order, as this person's other device would ask for it. */
  async stored(server: Server, address: string): Promise<string[]> {
    this.token ??= await this.signInElsewhere(server);
    const path = `/api/conversations/${new URL(address).pathname.split('/').at(-1)}/messages`;
    const texts: string[] = [];
    for (let after = 0; ;) {
      const answer = await fetch(`${server.url}${path}?after=${after}&limit=100`, {
        headers: { authorization: `Bearer ${this.token}` },
      });
      const { items } = (await answer.json()) as MessagePage;
      texts.push(...items.map(({ body }) => body));
      const last = items.at(-1);
      if (!last) return texts;
      after = last.seq;
    }
  }

  /** Sends over HTTP, into the conversation that is open, what a bot of this person's might send. */
  async sendAsBot(server: Server, message: PostMessageRequest): Promise<void> {
    this.token ??= await this.signInElsewhere(server);
    const path = `/api/conversations/${new URL(this.page.url()).pathname.split('/').at(-1)}/messages`;
    const answer = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token}` },
      body: JSON.stringify(message),
    });
    expect(answer.status).toBe(201);
  }

  private async signInElsewhere(server: Server): Promise<string> {
    const answer = await fetch(`${server.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ identifier: this.username, password: PASSWORD }),
    });
    return ((await answer.json()) as SessionGrant).accessToken;
  }

  /** Until the server has the last of one's own messages, and the screen says so. */
  async lastIs(state: 'Delivered' | 'Read' | RegExp): Promise<void> {
    await expect(this.log.locator('app-delivery-mark').last()).toContainText(state);
  }
}
