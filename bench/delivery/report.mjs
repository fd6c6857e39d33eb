const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const whole = (number) => number.toFixed(0);

/** A line that says whether a bound was reached. */
const bar = (what, value, bound, isReached) =>
  `${isReached ? 'reached' : 'MISSED '}  ${what}: ${value} (bound ${bound})`;

/** Of each side, the median of a number over all runs, which `of` finds in a run. */
const sides = (runs, of) => (side, name) => median(runs.map((run) => of(run)[side][name]));

function closedLines(runs, window, { share, trips }) {
  const of = sides(runs, (run) => run[window]);
  const ratio = median(runs.map((run) => run[window].api.perCpuSecond / run[window].relay.perCpuSecond));
  const commands = of('api', 'roundTrips');
  return [
    ...['api', 'relay'].map(
      (side) =>
        `window ${window}, ${side}: ${whole(of(side, 'perSecond'))} messages/s, ` +
        `${whole(of(side, 'perCpuSecond'))} per CPU second, ${whole(of(side, 'refused'))} refused`,
    ),
    bar(`window ${window}: beside the relay`, ratio.toFixed(3), share, ratio >= share),
    bar(`window ${window}: commands to the store a message`, commands.toFixed(3), trips, commands <= trips),
  ];
}

function openLines(runs, rate) {
  const of = sides(runs, (run) => run[rate]);
  const times = (side) => `${of(side, 'p50').toFixed(1)}/${of(side, 'p99').toFixed(1)}`;
  const arrive = of('api', 'perSecond');
  const lines = [
    `${rate} messages/s: p50/p99 ${times('api')} ms, ${times('relay')} of the relay, ` +
      `${whole(arrive)}/s arrive, ${whole(of('api', 'waiting'))} on their way at the end`,
  ];
  if (rate === 1_000) {
    const isReached = of('api', 'p50') <= 3 && of('api', 'p99') <= 15;
    lines.push(bar('1,000/s: p50/p99 in ms', times('api'), '3/15', isReached));
  }
  if (rate === 3_000) lines.push(bar('3,000/s: keeps up', whole(arrive), 2_950, arrive >= 2_950));
  return lines;
}

function idleLines(runs, count) {
  const of = sides(runs, (run) => run);
  const kibibytes = (side) => of(side, count) / 1024;
  const what = `KiB an idle connection of ${count}, ${kibibytes('relay').toFixed(1)} of the relay`;
  const own = kibibytes('api');
  return [count === 10_000 ? bar(what, own.toFixed(1), 25, own <= 25) : `${what}: ${own.toFixed(1)}`];
}

function stormLines(runs) {
  const of = sides(runs, (run) => run);
  const ms = of('api', 'ms');
  return [
    bar(`2,000 sockets with a token, ms, ${whole(of('relay', 'ms'))} of the relay`, whole(ms), 1_500, ms <= 1_500),
    `their CPU: ${whole(of('api', 'cpuMs'))} ms, ${whole(of('relay', 'cpuMs'))} ms of the relay`,
  ];
}

function pageLines(runs) {
  const of = (length) => median(runs.map((run) => run.page[length]));
  const growth = of(100_000) / of(1_000);
  return [
    ...[1_000, 10_000, 100_000].map((length) =>
      bar(`page of 50 out of ${length}, ms`, of(length).toFixed(2), 5, of(length) <= 5),
    ),
    bar('a page out of 100,000 beside one out of 1,000', growth.toFixed(2), 1.5, growth <= 1.5),
    `1,000 missed messages: ${median(runs.map((run) => run.catchUp)).toFixed(1)} ms`,
  ];
}

/** The report as text: each bar of `docs/performance.md` with its number and whether it was reached. */
export function table({ runs, results: { closed, open, idle, storm, pages } }) {
  const lines = [
    `Medians of ${runs}`,
    '',
    ...(closed ? closedLines(closed, 8, { share: 0.25, trips: 0.2 }) : []),
    ...(closed ? closedLines(closed, 1, { share: 0.2, trips: 1 }) : []),
    ...(open ? [200, 1_000, 3_000].flatMap((rate) => openLines(open, rate)) : []),
    ...(idle ? [1_000, 5_000, 10_000].flatMap((count) => idleLines(idle, count)) : []),
    ...(storm ? stormLines(storm) : []),
    ...(pages ? pageLines(pages) : []),
  ];
  return `${lines.join('\n')}\n`;
}
