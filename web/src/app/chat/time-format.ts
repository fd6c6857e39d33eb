const DAY_MS = 24 * 60 * 60 * 1_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(date: Date, locale: string | undefined, options: Intl.DateTimeFormatOptions): string {
  const key = `${locale ?? ''} ${JSON.stringify(options)}`;
  let known = formats.get(key);
  if (!known) formats.set(key, (known = new Intl.DateTimeFormat(locale, options)));
  return known.format(date);
}

function startOfDay(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}

/** Whole local days from `date` to `now`; 0 is today. Rounded, because a day with a clock change has 23 or 25 hours. */
function daysAgo(date: Date, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(date.getTime())) / DAY_MS);
}

/** The local calendar day of a time, the same for all times of that day. */
export function dayOf(iso: string): string {
  const date = new Date(iso);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** `14:32` or `2:32 PM`, as the locale writes it. */
export function clockTime(iso: string, locale?: string): string {
  return format(new Date(iso), locale, { hour: 'numeric', minute: '2-digit' });
}

/** The heading of a day in a conversation: `Today`, `Yesterday`, `Monday 2 March`, with the year when it is another. */
export function dayLabel(iso: string, now: number, locale?: string): string {
  const date = new Date(iso);
  const days = daysAgo(date, now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return format(date, locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  });
}

/** When something last happened, as short as a row of the list needs: `14:32`, `Yesterday`, `Sat`, `2 Mar`, `2/3/25`. */
export function listTime(iso: string, now: number, locale?: string): string {
  const date = new Date(iso);
  const days = daysAgo(date, now);
  if (days <= 0) return clockTime(iso, locale);
  if (days === 1) return 'Yesterday';
  if (days < 7) return format(date, locale, { weekday: 'short' });
  if (date.getFullYear() === new Date(now).getFullYear())
    return format(date, locale, { day: 'numeric', month: 'short' });
  return format(date, locale, { dateStyle: 'short' });
}

/** `Last seen 5 minutes ago`, `Last seen today at 14:32`, `Last seen yesterday at 9:10`, `Last seen 2 Mar`. */
export function lastSeen(iso: string, now: number, locale?: string): string {
  const date = new Date(iso);
  const minutes = Math.floor((now - date.getTime()) / 60_000);
  if (minutes < 1) return 'Last seen just now';
  if (minutes === 1) return 'Last seen a minute ago';
  if (minutes < 60) return `Last seen ${minutes} minutes ago`;
  const days = daysAgo(date, now);
  if (days === 0) return `Last seen today at ${clockTime(iso, locale)}`;
  if (days === 1) return `Last seen yesterday at ${clockTime(iso, locale)}`;
  return `Last seen ${listTime(iso, now, locale)}`;
}
