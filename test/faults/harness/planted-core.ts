import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Plant } from './planted-bugs';

export type Core = typeof import('./core');

/** The client's sync core, built with a bug in it. */
export async function coreWith({ file, find, replace }: Plant): Promise<Core> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-core-'));
  const outfile = join(folder, 'core.mjs');
  let planted = false;
  await build({
    entryPoints: [fileURLToPath(new URL('./core.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    plugins: [
      {
        name: 'plant',
        setup(builder) {
          builder.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            if (!path.endsWith(`/${file}`)) return undefined;
            const text = await readFile(path, 'utf8');
            planted = text.includes(find);
            return { contents: text.replace(find, replace), loader: 'ts' };
          });
        },
      },
    ],
  });
  if (!planted) throw new Error(`The bug cannot be planted: ${file} does not read as expected.`);
  try {
    return (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as Core;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
