const microseconds = (number) => (number >= 100 ? number.toFixed(0) : number.toFixed(1));
const MEBIBYTE = 1024 * 1024;

/** What the store is held to, each with its number and whether it was reached. */
export function barsOf(medians, { large, small }) {
  const bars = [];
  const add = (what, value, bound) => bars.push({ what, value, bound, reached: value <= bound });
  for (const name of Object.keys(medians).filter(
    (one) => /64 at a time|insertMany|page/.test(one) && !/update/.test(one),
  )) {
    const { embedded, PostgreSQL } = medians[name];
    if (!PostgreSQL) continue;
    add(`${name}: CPU beside PostgreSQL`, embedded.cpu / PostgreSQL.cpu, 1);
    add(`${name}: time beside PostgreSQL`, embedded.wall / PostgreSQL.wall, 1);
  }
  const [least, , most] = Object.entries(medians).filter(([name]) => name.startsWith('page'));
  if (least && most)
    add('a page out of 10⁶ beside one out of 10⁴, CPU', most[1].embedded.cpu / least[1].embedded.cpu, 1.3);
  add('seconds to the first answer with all documents', large.seconds, 2);
  add('own memory with all documents beside 10⁴', large.memory.own / small.memory.own, 1.2);
  return bars;
}

/** The report as text: costs of one operation in microseconds, then the bars. */
export function table({ rounds, medians, openings, bars }) {
  const lines = [`Medians of ${rounds}; microseconds an operation`, ''];
  const row = (cells) =>
    `${cells[0].padEnd(32)}${cells
      .slice(1)
      .map((cell) => String(cell).padStart(14))
      .join('')}`;
  lines.push(row(['', 'time', 'CPU in all', 'server', 'driver']));
  for (const [name, bySide] of Object.entries(medians)) {
    for (const [side, { wall, cpu, server, driver }] of Object.entries(bySide))
      lines.push(row([`${name}`, ...[wall, cpu, server, driver].map(microseconds)]) + `  ${side}`);
  }
  lines.push('');
  for (const [name, { seconds, memory }] of Object.entries(openings)) {
    const [own, mapped] = [memory.own, memory.mapped].map((bytes) => `${(bytes / MEBIBYTE).toFixed(0)} MiB`);
    lines.push(`${name} collection: ready after ${seconds.toFixed(2)} s, own memory ${own}, mapped ${mapped}`);
  }
  lines.push('');
  for (const { what, value, bound, reached } of bars)
    lines.push(`${reached ? 'reached' : 'MISSED '}  ${what}: ${value.toFixed(2)} (bound ${bound})`);
  return `${lines.join('\n')}\n`;
}
