import { Long } from 'bson';
import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { collationOf } from '../language/collation.js';
import { toNumber } from '../language/numbers.js';
import { isLanguage } from '../language/text.js';
import type { CollectionInfo, Index } from '../store/catalogue.js';
import { fillIndex } from '../store/reindex.js';
import { listReply } from './collections.js';
import { checkPartialFilter } from './partial-filter.js';
import { changeView } from './views.js';
import { existing, type Command, type Server } from './command.js';

const SPEC_FIELDS = new Set(
  (
    'v key name ns unique sparse background partialFilterExpression expireAfterSeconds hidden collation ' +
    'weights default_language language_override textIndexVersion'
  ).split(' '),
);
const UNSUPPORTED_CHANGES = [
  'validator',
  'validationLevel',
  'validationAction',
  'cappedSize',
  'cappedMax',
  'timeseries',
  'expireAfterSeconds',
  'changeStreamPreAndPostImages',
];
const MAX_INDEXES = 64;
const MAX_FIELDS = 32;
/** Weights of texts are smaller. */
const MAX_WEIGHT = 100_000;
const ID_SPEC = { v: 2, key: { _id: 1 }, name: '_id_' };

/** Commands about indexes. */
export const INDEX_COMMANDS: Record<string, Command> = {
  createIndexes: {
    fields: ['indexes', 'commitQuorum'],
    run: (server, call) => {
      const specs = call.value('indexes');
      if (!Array.isArray(specs) || specs.length === 0)
        throw new MongoError(2, 'Must specify at least one index to create');
      const inherited = server.catalogue.find(call.db, call.collection)?.options['collation'];
      const wanted = specs.map((spec) => normalize(spec, inherited));
      return server.environment.write(() => {
        const createdCollectionAutomatically = !server.catalogue.find(call.db, call.collection);
        server.catalogue.ensure(call.db, call.collection);
        const info = existing(server, call);
        const numIndexesBefore = info.indexes.length + 1;
        try {
          createAll(server, info, wanted);
        } catch (error) {
          if (createdCollectionAutomatically) server.catalogue.drop(info);
          throw error;
        }
        const numIndexesAfter = info.indexes.length + 1;
        const note = numIndexesAfter === numIndexesBefore ? { note: 'all indexes already exist' } : {};
        return { numIndexesBefore, numIndexesAfter, createdCollectionAutomatically, ...note, ok: 1 };
      });
    },
  },
  collMod: {
    fields: ['index', 'viewOn', 'pipeline', ...UNSUPPORTED_CHANGES],
    run: (server, call) => {
      const unsupported = UNSUPPORTED_CHANGES.find((field) => call.has(field));
      if (unsupported) throw new MongoError(72, `the option '${unsupported}' is not supported by this server`);
      return server.environment.write(() => {
        if (call.has('viewOn')) {
          changeView(server, call);
          return { ok: 1 };
        }
        const info = existing(server, call);
        return { ...(call.has('index') ? changeIndex(server, info, call.doc('index')) : {}), ok: 1 };
      });
    },
  },
  listIndexes: {
    fields: ['cursor'],
    run: (server, call) => {
      const info = existing(server, call);
      return listReply(server, call, call.namespace, [ID_SPEC, ...info.indexes.map((index) => index.spec)]);
    },
  },
  dropIndexes: {
    fields: ['index'],
    run: (server, call) =>
      server.environment.write(() => {
        const info = existing(server, call);
        const nIndexesWas = info.indexes.length + 1;
        for (const index of new Set(chosen(info, call.value('index')))) server.catalogue.removeIndex(info, index);
        return { nIndexesWas, ok: 1 };
      }),
  },
};

/** @param inherited the collation of the collection, which an index has unless it names its own */
function normalize(spec: unknown, inherited: unknown): Doc {
  if (!isDoc(spec) || !isDoc(spec['key']))
    throw new MongoError(9, `The 'key' field is a required property of an index specification`);
  const key = spec['key'];
  const unknown = Object.keys(spec).find((name) => !SPEC_FIELDS.has(name));
  if (unknown) throw new MongoError(197, `The field '${unknown}' is not valid for an index specification`);
  if (Object.keys(key).length === 0) throw new MongoError(67, 'Index keys cannot be empty.');
  if (Object.keys(key).length > MAX_FIELDS) throw new MongoError(13103, 'too many compound keys');
  for (const [path, order] of Object.entries(key)) checkField(path, order);
  const name = typeof spec['name'] === 'string' && spec['name'] !== '' ? spec['name'] : defaultName(key);
  if (name === '_id_' && JSON.stringify(key) !== '{"_id":1}')
    throw new MongoError(2, `The index name '_id_' is reserved for the _id index, found key: ${JSON.stringify(key)}`);
  if (JSON.stringify(key) === '{"_id":1}') checkIdIndex(spec);
  const normal: Doc = { v: 2, key, name, ...(isText(key) ? textOptions(key, spec) : {}) };
  for (const option of ['unique', 'sparse', 'hidden'])
    if (spec[option] === true || toNumber(spec[option]) > 0) normal[option] = true;
  const partial = spec['partialFilterExpression'];
  if (partial !== undefined) {
    if (!isDoc(partial)) throw new MongoError(14, `'partialFilterExpression' for an index has to be a document`);
    if (normal['sparse']) throw new MongoError(67, 'cannot mix "partialFilterExpression" and "sparse" options');
    checkPartialFilter(partial);
    normal['partialFilterExpression'] = partial;
  }
  const collation = isText(key) ? undefined : collationOf(spec['collation'] ?? inherited);
  if (collation) normal['collation'] = collation.spec;
  if (spec['expireAfterSeconds'] !== undefined) normal['expireAfterSeconds'] = ttl(key, spec['expireAfterSeconds']);
  return normal;
}

/** The index of `_id` is there already, and may be asked for as it is only. */
function checkIdIndex(spec: Doc): void {
  const other = ['unique', 'sparse', 'partialFilterExpression', 'expireAfterSeconds'].find((name) => name in spec);
  if (other !== undefined)
    throw new MongoError(197, `The field '${other}' is not valid for an _id index specification.`);
  if (spec['hidden'] === true) throw new MongoError(2, "can't hide _id index");
}

const isText = (key: Doc): boolean => Object.values(key).includes('text');

/** A text index has one key for all of its texts, and says in `weights` which fields they are. */
function textOptions(key: Doc, spec: Doc): Doc {
  const fields = Object.entries(key);
  const texts = fields.filter(([, order]) => order === 'text').map(([path]) => path);
  const first = fields.findIndex(([, order]) => order === 'text');
  if (fields.slice(first, first + texts.length).some(([, order]) => order !== 'text'))
    throw new MongoError(67, "'text' fields in index must all be adjacent");
  if (spec['unique'] === true) throw new MongoError(67, 'a text index cannot be unique');
  const given = spec['weights'] ?? {};
  if (!isDoc(given)) throw new MongoError(67, "text index option 'weights' must be an object");
  const weights: Record<string, number> = Object.fromEntries(texts.map((path) => [path, 1]));
  for (const [path, weight] of Object.entries(given)) {
    const number = Math.trunc(toNumber(weight));
    if (Number.isNaN(number)) throw new MongoError(67, 'weight for text index needs numeric type');
    if (number < 1 || number >= MAX_WEIGHT)
      throw new MongoError(
        67,
        `text index weight must be in the exclusive interval (0,${MAX_WEIGHT}) but found: ${number}`,
      );
    weights[path] = number;
  }
  const ordered = Object.fromEntries(Object.entries(weights).sort(([a], [b]) => (a < b ? -1 : 1)));
  const plain = (part: [string, unknown][]): Doc => Object.fromEntries(part);
  return {
    key: { ...plain(fields.slice(0, first)), _fts: 'text', _ftsx: 1, ...plain(fields.slice(first + texts.length)) },
    weights: ordered,
    ...languageOptions(spec),
    textIndexVersion: 3,
  };
}

function languageOptions({ default_language = 'english', language_override = 'language' }: Doc): Doc {
  if (typeof default_language !== 'string') throw new MongoError(67, 'default_language needs a string type');
  if (!isLanguage(default_language)) throw new MongoError(67, `default_language is not valid: ${default_language}`);
  if (typeof language_override !== 'string') throw new MongoError(67, 'language_override must be a string');
  if (!/^[^$.][^.]*$/s.test(language_override))
    throw new MongoError(67, `language_override is not valid: ${language_override}`);
  return { default_language, language_override };
}

function checkField(path: string, order: unknown): void {
  if (path === '' || path.split('.').includes(''))
    throw new MongoError(67, 'Index keys cannot contain an empty field.');
  if (order === 'text') return;
  if (path.startsWith('$') || path.includes('$**'))
    throw new MongoError(67, `the index key '${path}' is not supported by this server`);
  if (typeof order === 'string')
    throw new MongoError(67, `indexes of type '${order}' are not supported by this server`);
  const direction = toNumber(order);
  if (Number.isNaN(direction) || direction === 0) {
    throw new MongoError(
      67,
      `Values in v:2 index key pattern cannot be of this type or 0. Only numbers > 0 or < 0 are allowed.`,
    );
  }
}

function ttl(key: Doc, value: unknown): number {
  const seconds = toNumber(value);
  if (Object.keys(key).length > 1)
    throw new MongoError(67, 'TTL indexes are single-field indexes, compound indexes do not support TTL.');
  if (!(seconds >= 0 && seconds <= 0x7fffffff))
    throw new MongoError(67, 'TTL index expireAfterSeconds must be within 0 and 2147483647');
  return seconds;
}

/** What of an index can be changed while it stands: when documents expire, and whether queries may use it. */
function changeIndex(server: Server, info: CollectionInfo, wanted: Doc): Doc {
  const { keyPattern, name, hidden, expireAfterSeconds, ...others } = wanted;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new MongoError(40415, `BSON field 'collMod.index.${unknown}' is an unknown field or is not supported.`);
  }
  if ((keyPattern === undefined) === (name === undefined))
    throw new MongoError(72, 'must specify either index name or key pattern, and not both');
  if (hidden === undefined && expireAfterSeconds === undefined)
    throw new MongoError(72, 'no expireAfterSeconds or hidden field');
  const id = name === '_id_' || JSON.stringify(keyPattern) === '{"_id":1}';
  if (id) throw new MongoError(72, 'the _id index cannot be hidden, and cannot expire documents');
  const [index] = chosen(info, name ?? keyPattern);
  if (!index) throw new MongoError(27, 'index not found');
  const spec = { ...index.spec };
  const answer: Doc = {};
  if (expireAfterSeconds !== undefined) {
    spec['expireAfterSeconds'] = ttl(spec['key'] as Doc, expireAfterSeconds);
    if (index.expireAfterSeconds !== undefined)
      answer['expireAfterSeconds_old'] = Long.fromNumber(index.expireAfterSeconds);
    answer['expireAfterSeconds_new'] = Long.fromNumber(spec['expireAfterSeconds'] as number);
  }
  if (hidden !== undefined && hidden !== index.hidden) {
    if (hidden === true) spec['hidden'] = true;
    else delete spec['hidden'];
    Object.assign(answer, { hidden_old: index.hidden, hidden_new: hidden === true });
  }
  server.catalogue.changeIndex(info, index, spec);
  return answer;
}

function defaultName(key: Doc): string {
  return Object.entries(key)
    .map(([path, order]) => `${path}_${order === 'text' ? order : toNumber(order)}`)
    .join('_');
}

/** Makes all of the indexes, or none. */
function createAll(server: Server, info: CollectionInfo, specs: readonly Doc[]): void {
  const before = new Set(info.indexes);
  try {
    for (const spec of specs) createIndex(server, info, spec);
  } catch (error) {
    for (const index of info.indexes.filter((made) => !before.has(made))) server.catalogue.removeIndex(info, index);
    throw error;
  }
}

/** Makes one index, from a specification as `listIndexes` shows it, and enters the documents that are there. */
export function createIndex(server: Server, info: CollectionInfo, spec: Doc): void {
  const { key, name } = spec as { key: Doc; name: string };
  const pattern = JSON.stringify(key);
  if (pattern === '{"_id":1}') return;
  const identity = JSON.stringify([key, spec['collation']]);
  const same = info.indexes.find(
    (index) => index.name === name || JSON.stringify([index.spec['key'], index.spec['collation']]) === identity,
  );
  if (same) {
    if (JSON.stringify(same.spec) === JSON.stringify(spec)) return;
    if (same.name !== name && JSON.stringify({ ...same.spec, name: '' }) === JSON.stringify({ ...spec, name: '' })) {
      throw new MongoError(85, `Index already exists with a different name: ${same.name}`);
    }
    if (same.name === name) {
      throw new MongoError(
        86,
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Requested index: ${name}`,
      );
    }
    throw new MongoError(85, `An equivalent index already exists with the name ${same.name} and different options.`);
  }
  if (spec['weights'] && info.indexes.some((index) => index.text))
    throw new MongoError(67, 'only one text index per collection allowed, found existing text index');
  if (info.indexes.length + 1 >= MAX_INDEXES) throw new MongoError(67, `too many indexes for ${info.db}.${info.name}`);
  const fields = Object.entries(key).map(([path, order]) => ({ path, descending: toNumber(order) < 0 }));
  const index = server.catalogue.addIndex(info, spec, fields);
  fillIndex(server.environment, server.catalogue, info, index);
}

function chosen(info: CollectionInfo, wanted: unknown): Index[] {
  if (wanted === '*') return [...info.indexes];
  const list = Array.isArray(wanted) ? wanted : [wanted];
  return list.map((item: unknown) => {
    const pattern = isDoc(item) ? JSON.stringify(item) : undefined;
    if (item === '_id_' || pattern === '{"_id":1}') throw new MongoError(72, 'cannot drop _id index');
    const index = info.indexes.find((other) => other.name === item || JSON.stringify(other.spec['key']) === pattern);
    if (!index) throw new MongoError(27, `index not found with name [${String(pattern ?? item)}]`);
    return index;
  });
}
