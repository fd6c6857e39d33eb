import { fork } from 'node:child_process';
import { once } from 'node:events';

const generator = new URL('./generator.mjs', import.meta.url);

/** Generators in processes of their own, so that their work is not counted as the server's. */
export function startFleet(size) {
  const children = Array.from({ length: size }, () => fork(generator));
  let lastId = 0;
  const askOne = (child, name, args) =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      const ended = () => reject(new Error('A generator ended.'));
      const hear = (message) => {
        if (message.id !== id) return;
        child.off('message', hear);
        child.off('exit', ended);
        if (message.error) reject(new Error(`${name}: ${message.error}`));
        else resolve(message.result);
      };
      child.on('message', hear);
      child.once('exit', ended);
      child.send({ id, name, ...args });
    });
  return {
    size,
    /** All at once; `argsOf` gives each its share. Answers in their order. */
    ask: (name, argsOf = () => ({})) => Promise.all(children.map((child, n) => askOne(child, name, argsOf(n)))),
    async stop() {
      for (const child of children) {
        if (child.exitCode !== null) continue;
        const exited = once(child, 'exit');
        child.disconnect();
        await exited;
      }
    },
  };
}

/** Every how-manieth of these belongs to generator `n`. */
export const shareOf = (items, n, size) => items.filter((_, index) => index % size === n);
