import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Module hooks of a test build: change the text of single files while Node loads them. */
let plants = [];

export function initialize(data) {
  plants = data;
}

export async function load(url, context, nextLoad) {
  const plant = plants.find(({ file }) => url.endsWith(`/${file}`));
  if (!plant) return nextLoad(url, context);
  const text = await readFile(fileURLToPath(url), 'utf8');
  if (!text.includes(plant.find))
    throw new Error(`The bug cannot be planted: ${plant.file} does not read as expected.`);
  return { format: 'module', source: text.replace(plant.find, plant.replace), shortCircuit: true };
}
