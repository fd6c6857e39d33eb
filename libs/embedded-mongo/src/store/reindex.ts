import { decode, type Doc } from '../document.js';
import { EmbeddedMongoError, MongoError } from '../errors.js';
import type { Catalogue, CollectionInfo, Index } from './catalogue.js';
import { CollectionWriter, allDocuments } from './collection.js';
import type { Environment } from './environment.js';

/** Enters all documents of a collection into an index that has no entries. */
export function fillIndex(environment: Environment, catalogue: Catalogue, info: CollectionInfo, index: Index): void {
  const writer = new CollectionWriter(environment, catalogue, info);
  for (const { id, raw } of allDocuments(environment, info)) writer.enter(index, id, decode(raw));
}

/**
 * Makes indexes with a collation anew when the ICU of this Node orders strings by other tables than the one that made
 * them, as MongoDB asks for after such an upgrade.
 * @throws EmbeddedMongoError when strings that were different are equal now, in a unique index
 */
export async function renewCollatedIndexes(environment: Environment, catalogue: Catalogue): Promise<void> {
  const version = process.versions['icu'] ?? '';
  for (const info of catalogue.list()) {
    for (const index of [...info.indexes]) {
      const collation = index.spec['collation'] as Doc | undefined;
      if (!collation || collation['version'] === version) continue;
      await environment
        .write(() => {
          catalogue.clearIndex(index);
          const spec = { ...index.spec, collation: { ...collation, version } };
          fillIndex(environment, catalogue, info, catalogue.changeIndex(info, index, spec));
        })
        .catch((error: unknown) => {
          if (!(error instanceof MongoError)) throw error;
          throw new EmbeddedMongoError(
            `The index ${index.name} of ${info.db}.${info.name} cannot be made for the order of ICU ${version}: ${error.message}`,
          );
        });
    }
  }
}
