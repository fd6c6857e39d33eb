import { isDoc } from '../../document.js';
import type { Index } from '../../store/catalogue.js';

/** Indexes of a name, of which there is one, or of a key, of which there may be several with other options. */
export function named(indexes: readonly Index[], wanted: unknown): Index[] {
  const pattern = isDoc(wanted) ? JSON.stringify(wanted) : undefined;
  return indexes.filter((index) => index.name === wanted || JSON.stringify(index.spec['key']) === pattern);
}
