import { cpuSeconds } from '../processes.mjs';

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Runs an operation `count` times, `width` at a time. */
export async function repeat(count, width, operation) {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < count) await operation(next++);
    }),
  );
}

/** What a piece of work costs: per operation the microseconds on the clock, of the server's CPU and of the driver's. */
export async function cost(side, count, work) {
  const server = cpuSeconds(side.pid);
  const driver = process.cpuUsage();
  const began = performance.now();
  await work();
  const wall = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(driver);
  const perOperation = (seconds) => (seconds * 1e6) / count;
  return {
    wall: perOperation(wall),
    server: perOperation(cpuSeconds(side.pid) - server),
    driver: (user + system) / count,
  };
}

/** The medians of several costs, each number by itself. */
export function medianCost(costs) {
  const of = (name) => median(costs.map((one) => one[name]));
  return {
    wall: of('wall'),
    server: of('server'),
    driver: of('driver'),
    cpu: median(costs.map((one) => one.server + one.driver)),
  };
}
