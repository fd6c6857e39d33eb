const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const whole = (number) => number.toFixed(0);

/** The report as text: each bar of `docs/performance.md` with its number and whether it was reached. */
export function table({ runs, results }) {
  const lines = [`Medians of ${runs}`, ''];
  const bar = (what, value, bound, isReached) =>
    lines.push(`${isReached ? 'reached' : 'MISSED '}  ${what}: ${value} (bound ${bound})`);
  const { closed, open, idle, storm, pages } = results;
  if (closed) {
    for (const [window, share] of [
      [8, 0.25],
      [1, 0.2],
    ]) {
      const of = (side, name) => median(closed.map((run) => run[window][side][name]));
      for (const side of ['api', 'relay']) {
        lines.push(
          `window ${window}, ${side}: ${whole(of(side, 'perSecond'))} messages/s, ` +
            `${whole(of(side, 'perCpuSecond'))} per CPU second, ${whole(of(side, 'refused'))} refused`,
        );
      }
      const ratio = median(closed.map((run) => run[window].api.perCpuSecond / run[window].relay.perCpuSecond));
      bar(`window ${window}: beside the relay`, ratio.toFixed(3), share, ratio >= share);
      const trips = of('api', 'roundTrips');
      bar(
        `window ${window}: commands to the store a message`,
        trips.toFixed(3),
        window === 8 ? 0.2 : 1,
        trips <= (window === 8 ? 0.2 : 1),
      );
    }
  }
  for (const rate of [200, 1_000, 3_000]) {
    if (!open) break;
    const of = (name) => median(open.map((run) => run[rate][name]));
    lines.push(
      `${rate} messages/s: p50 ${of('p50').toFixed(1)} ms, p99 ${of('p99').toFixed(1)} ms, ` +
        `${whole(of('perSecond'))}/s arrive, ${whole(of('waiting'))} on their way at the end`,
    );
    if (rate === 1_000)
      bar(
        '1,000/s: p50 and p99 in ms',
        `${of('p50').toFixed(1)}/${of('p99').toFixed(1)}`,
        '3/15',
        of('p50') <= 3 && of('p99') <= 15,
      );
    if (rate === 3_000) bar('3,000/s: keeps up', whole(of('perSecond')), 2_950, of('perSecond') >= 2_950);
  }
  if (idle) {
    for (const count of Object.keys(idle[0].api)) {
      const kibibytes = (side) => median(idle.map((run) => run[side][count])) / 1024;
      const what = `KiB an idle connection of ${count}, ${kibibytes('relay').toFixed(1)} of the relay`;
      const own = kibibytes('api');
      if (Number(count) === 10_000) bar(what, own.toFixed(1), 25, own <= 25);
      else lines.push(`${what}: ${own.toFixed(1)}`);
    }
  }
  if (storm) {
    const of = (side, name) => median(storm.map((run) => run[side][name]));
    bar(
      `2,000 sockets with a token, ms, ${whole(of('relay', 'ms'))} of the relay`,
      whole(of('api', 'ms')),
      1_500,
      of('api', 'ms') <= 1_500,
    );
    lines.push(`their CPU: ${whole(of('api', 'cpuMs'))} ms, ${whole(of('relay', 'cpuMs'))} ms of the relay`);
  }
  if (pages) {
    const of = (length) => median(pages.map((run) => run.page[length]));
    for (const length of [1_000, 10_000, 100_000]) {
      bar(`page of 50 out of ${length}, ms`, of(length).toFixed(2), 5, of(length) <= 5);
    }
    const growth = of(100_000) / of(1_000);
    bar('a page out of 100,000 beside one out of 1,000', growth.toFixed(2), 1.5, growth <= 1.5);
    lines.push(`1,000 missed messages: ${median(pages.map((run) => run.catchUp)).toFixed(1)} ms`);
  }
  return `${lines.join('\n')}\n`;
}
