import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';

const PAGE = 8192;
/** How far from the end of a file damage begins at most, in pages. */
const TAIL = 24;

/** Ways in which the end of a file is damaged; each tells what it did. */
export const DAMAGES: readonly ((path: string, random: () => number) => string)[] = [
  (path, random) =>
    within(path, (file, size) => {
      const cut = 1 + Math.floor(random() * TAIL * PAGE);
      ftruncateSync(file, Math.max(size - cut, 0));
      return `the last ${cut} bytes cut off`;
    }),
  (path, random) =>
    within(path, (file, size) => {
      const page = lastPages(size, random);
      writeSync(file, Buffer.alloc(PAGE), 0, PAGE, page * PAGE);
      return `page ${page} zeroed`;
    }),
  (path, random) =>
    within(path, (file, size) => {
      const page = lastPages(size, random);
      const garbage = Buffer.from(Array.from({ length: size - page * PAGE }, () => Math.floor(random() * 256)));
      writeSync(file, garbage, 0, garbage.length, page * PAGE);
      return `garbage from page ${page} on`;
    }),
];

function lastPages(size: number, random: () => number): number {
  return Math.max(Math.floor(size / PAGE) - 1 - Math.floor(random() * TAIL), 0);
}

function within(path: string, damage: (file: number, size: number) => string): string {
  const file = openSync(path, 'r+');
  try {
    return damage(file, fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}
