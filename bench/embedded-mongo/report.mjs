const microseconds = (number) => (number >= 100 ? number.toFixed(0) : number.toFixed(1));
const MEBIBYTE = 1024 * 1024;

/** What the store is held to, each with its number and whether it was reached. */
export function barsOf(medians, { large, small }) {
  const bars = [];
  const add = (what, value, bound) => bars.push({ what, value, bound, reached: value <= bound });
  for (const [name, byWay] of Object.entries(medians)) {
    if (!/insert, 64|insertMany|page/.test(name)) continue;
    for (const [way, { embedded, PostgreSQL }] of Object.entries(byWay)) {
      if (!PostgreSQL) continue;
      add(
        `${name}, ${way}: ${way === 'alone' ? "server's" : 'all'} CPU beside PostgreSQL`,
        ...beside(way, embedded, PostgreSQL),
      );
      add(`${name}, ${way}: time beside PostgreSQL`, embedded.wall / PostgreSQL.wall, 1);
    }
  }
  const pages = Object.entries(medians).filter(([name]) => /^page of 50 out of 10.$/.test(name));
  const [least, most] = [pages.at(0)?.[1].alone.embedded, pages.at(-1)?.[1].alone.embedded];
  if (pages.length > 2) add('a page out of 10⁶ beside one out of 10⁴, CPU', most.server / least.server, 1.3);
  add('seconds to the first answer with all documents', large.seconds, 2);
  add('own memory with all documents beside 10⁴', large.memory.own / small.memory.own, 1.2);
  return bars;
}

/** A lone server's own CPU is compared; with drivers that of both together. */
function beside(way, embedded, postgres) {
  return way === 'alone' ? [embedded.server / postgres.server, 1] : [embedded.cpu / postgres.cpu, 1];
}

/** The report as text: costs of one operation in microseconds, then the bars. */
export function table({ rounds, medians, openings, bars }) {
  const lines = [`Medians of ${rounds}; microseconds an operation`, ''];
  const row = (cells) =>
    `${cells[0].padEnd(44)}${cells
      .slice(1)
      .map((cell) => String(cell).padStart(14))
      .join('')}`;
  lines.push(row(['', 'time', 'server', 'driver', 'time alone', 'server alone']));
  for (const [name, { 'with its driver': driven, alone }] of Object.entries(medians)) {
    for (const side of Object.keys(driven)) {
      const { wall, server, driver } = driven[side];
      lines.push(
        row([name, ...[wall, server, driver, alone[side].wall, alone[side].server].map(microseconds)]) + `  ${side}`,
      );
    }
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
