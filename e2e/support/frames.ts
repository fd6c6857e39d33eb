import type { CDPSession, Page } from '@playwright/test';

/** How long frames took, in milliseconds. */
export interface FrameTimes {
  readonly frames: number;
  readonly median: number;
  readonly p95: number;
  readonly worst: number;
  /** Longer than two frames of a 60 Hz screen. */
  readonly long: number;
}

/** What the page's main thread did for a frame on average, in milliseconds. */
export interface FrameWork {
  /** All of it. */
  readonly busy: number;
  readonly script: number;
  /** Styles and layout. */
  readonly layout: number;
}

/** What a list looked like in every frame while somebody scrolled. */
export interface Scrolled extends FrameTimes, FrameWork {
  /** Most elements at a time in the log. */
  readonly mostElements: number;
  /** Most messages at a time in the log. */
  readonly mostMessages: number;
  /** Places that stood in the log in any frame, ascending. */
  readonly seen: number[];
  /** A frame in which the messages did not stand in their order, each once and without a gap. */
  readonly disorder: string | null;
}

interface Recording {
  readonly times: number[];
  readonly seen: Set<number>;
  mostElements: number;
  mostMessages: number;
  disorder: string | null;
  handle: number;
}

const LONG_FRAME_MS = 34;

/** Looks at the log in every frame while `work` is done. */
export async function whileRecording(page: Page, work: () => Promise<void>): Promise<Scrolled> {
  await page.evaluate(() => {
    const recording: Recording = {
      times: [],
      seen: new Set(),
      mostElements: 0,
      mostMessages: 0,
      disorder: null,
      handle: 0,
    };
    let before: number | undefined;
    const look = (now: number) => {
      if (before !== undefined) recording.times.push(now - before);
      before = now;
      const log = document.querySelector('[role=log]');
      const places = [...(log?.querySelectorAll<HTMLElement>('[data-seq]') ?? [])].map(({ dataset }) =>
        Number(dataset['seq']),
      );
      for (const [index, seq] of places.entries()) {
        recording.seen.add(seq);
        if (index > 0 && seq !== (places[index - 1] ?? 0) + 1) recording.disorder ??= places.join(' ');
      }
      recording.mostMessages = Math.max(recording.mostMessages, places.length);
      recording.mostElements = Math.max(recording.mostElements, log?.getElementsByTagName('*').length ?? 0);
      recording.handle = requestAnimationFrame(look);
    };
    recording.handle = requestAnimationFrame(look);
    Object.assign(globalThis, { recording });
  });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const before = await workSoFar(session);
  await work();
  const after = await workSoFar(session);
  await session.detach();
  const { times, ...rest } = await page.evaluate(() => {
    const { recording } = globalThis as unknown as { recording: Recording };
    cancelAnimationFrame(recording.handle);
    const { times, seen, mostElements, mostMessages, disorder } = recording;
    return { times, mostElements, mostMessages, disorder, seen: [...seen].sort((a, b) => a - b) };
  });
  const perFrame = (part: keyof FrameWork) => round((1_000 * (after[part] - before[part])) / times.length);
  return {
    ...frameTimes(times),
    ...{ busy: perFrame('busy'), script: perFrame('script'), layout: perFrame('layout') },
    ...rest,
  };
}

/** In seconds since the page was opened. */
async function workSoFar(session: CDPSession): Promise<FrameWork> {
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return {
    busy: of('TaskDuration'),
    script: of('ScriptDuration'),
    layout: of('LayoutDuration') + of('RecalcStyleDuration'),
  };
}

function frameTimes(times: readonly number[]): FrameTimes {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return {
    frames: sorted.length,
    median: at(0.5),
    p95: at(0.95),
    worst: at(1),
    long: sorted.filter((time) => time > LONG_FRAME_MS).length,
  };
}

const round = (ms: number) => Math.round(ms * 10) / 10;
