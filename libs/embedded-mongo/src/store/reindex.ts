import type { Doc } from '../document.js';
import { EmbeddedMongoError, MongoError } from '../errors.js';
import { allDocuments } from './scan/all-documents.js';
import type { Catalogue, CollectionInfo, Index } from './catalogue.js';
import { CollectionWriter } from './collection.js';
import type { Environment } from './disk/environment.js';
import type { IndexBuild } from './index-build.js';
import { MOST_DOCUMENTS, TURN_MS } from './scan/slices.js';
import { KEYS_VERSION } from './keys/stored-index.js';
import { StoreFailure } from './disk/transactions.js';

/** Enters all documents of a collection into an index that has no entries. */
export function fillIndex(environment: Environment, catalogue: Catalogue, info: CollectionInfo, index: Index): void {
  const writer = new CollectionWriter(environment, catalogue, info);
  for (const stored of allDocuments(environment, info)) writer.enter([index], stored);
}

/**
 * Enters the next documents of a build, as they are now; it runs inside a write, which it does not keep others waiting for.
 * @returns whether all are entered
 * @throws MongoError 11000, and others, for a document that one of the indexes refuses; the build is at an end then
 */
export function fillSome(environment: Environment, catalogue: Catalogue, build: IndexBuild): boolean {
  const { info, indexes, left } = build;
  const end = performance.now() + TURN_MS;
  const writer = new CollectionWriter(environment, catalogue, info);
  let entered = 0;
  for (const stored of left ? allDocuments(environment, info, left) : []) {
    if (entered === MOST_DOCUMENTS || (entered > 0 && performance.now() > end)) return false;
    writer.enter(indexes, stored);
    build.reach(stored.id);
    entered++;
  }
  build.reach();
  return true;
}

/**
 * Makes indexes anew: those with a collation when the ICU of this Node orders strings by other tables than the one that
 * made them, as MongoDB asks for after such an upgrade, and those whose keys earlier versions made in another way.
 * @throws EmbeddedMongoError when strings that were different are equal now, in a unique index; all is as before then
 */
export async function renewIndexes(environment: Environment, catalogue: Catalogue): Promise<void> {
  const version = process.versions['icu'] ?? '';
  for (const info of catalogue.list()) {
    for (const index of [...info.indexes]) {
      const collation = index.spec['collation'] as Doc | undefined;
      const isOtherOrder = collation !== undefined && collation['version'] !== version;
      if (!isOtherOrder && !hasOldKeys(index)) continue;
      const spec = collation ? { ...index.spec, collation: { ...collation, version } } : index.spec;
      await environment
        .write(() => renew(environment, catalogue, info, index, spec))
        .catch((error: unknown) => {
          if (!(error instanceof MongoError)) throw error;
          throw new EmbeddedMongoError(
            `The index ${index.name} of ${info.db}.${info.name} cannot be made for the order of ICU ${version}: ${error.message}`,
          );
        });
    }
  }
}

function hasOldKeys({ keysVersion, sparse, multikey, fields }: Index): boolean {
  const isOfReference = fields.some(({ path }) => path.includes('.$'));
  return keysVersion < KEYS_VERSION && ((sparse && multikey.size > 0) || isOfReference);
}

function renew(environment: Environment, catalogue: Catalogue, info: CollectionInfo, index: Index, spec: Doc): void {
  try {
    fillIndex(environment, catalogue, info, catalogue.replaceIndex(info, index, { spec, fields: [...index.fields] }));
  } catch (error) {
    if (error instanceof StoreFailure) throw error;
    // Nothing of it may stay: the next start would take the half of an index for a whole one.
    throw new StoreFailure('an index could not be made anew', { cause: error });
  }
}
