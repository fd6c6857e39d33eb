import type { Page } from '@playwright/test';

/**
 * Holds a page up as a debugger would, in the middle of whatever it was about to do: nothing in it runs, and what it has
 * open stays open. Answers what lets it go on.
 */
export async function holdUp(page: Page): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Debugger.enable');
  const stopped = new Promise<void>((resolve) => session.once('Debugger.paused', () => resolve()));
  await session.send('Debugger.pause');
  // It stops at the next thing that it runs.
  void session.send('Runtime.evaluate', { expression: '0' }).catch(() => undefined);
  await stopped;
  return async () => {
    await session.send('Debugger.resume');
    await session.send('Debugger.disable');
    await session.detach();
  };
}
