import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { collationOf } from '../language/collation.js';
import { checkPipeline } from '../language/pipeline.js';
import { isView, type Catalogue, type CollectionInfo } from '../store/catalogue.js';
import type { Query } from '../store/scan.js';
import { isCollationOf, type Call, type Server } from './command.js';

/** Most views on top of each other, as MongoDB has it. */
const MAX_DEPTH = 20;

/** What a name stands for: stored documents, and the stages of the views on the way to them. */
export interface Origin {
  /** The collection that is stored; undefined when there is none. */
  readonly info: CollectionInfo | undefined;
  readonly stages: readonly Doc[];
}

/**
 * Follows views to the collection that they show.
 * @throws MongoError 5 or 150 when views lead in a circle or are too many
 */
export function originOf(catalogue: Catalogue, db: string, collection: string): Origin {
  let stages: Doc[] = [];
  let info = catalogue.find(db, collection);
  const seen = new Set<string>();
  while (info && isView(info)) {
    if (seen.has(info.name)) throw new MongoError(5, `View cycle detected: ${[...seen, info.name].join(' => ')}`);
    seen.add(info.name);
    if (seen.size > MAX_DEPTH)
      throw new MongoError(150, `View depth too deep or view cycle detected; maximum depth is ${MAX_DEPTH}`);
    stages = [...(info.options['pipeline'] as Doc[]), ...stages];
    info = catalogue.find(db, String(info.options['viewOn']));
  }
  return { info, stages };
}

/**
 * The options of a view that `create` asks for.
 * @throws MongoError 5 for a view of itself, 167 for one of a view with another collation
 * @param before what it is now when it is changed, of which stays what the command does not name
 */
export function viewOptions(server: Server, call: Call, before: Doc = {}): Doc {
  const options = {
    ...before,
    viewOn: call.has('viewOn') ? call.text('viewOn') : String(before['viewOn']),
    pipeline: viewPipeline(call.value('pipeline') ?? before['pipeline'] ?? []),
  };
  if (options.viewOn === '') throw new MongoError(72, "'viewOn' cannot be empty");
  if (leadsTo(server.catalogue, call.db, options.viewOn, call.collection)) {
    throw new MongoError(5, `View cycle detected: ${call.collection} => ${options.viewOn}`);
  }
  const source = server.catalogue.find(call.db, options.viewOn);
  const spec = collationOf(call.value('collation') ?? before['collation'])?.spec;
  if (source && isView(source) && !isCollationOf(source, spec))
    throw new MongoError(
      167,
      `View ${call.namespace} has a collation that does not match the collation of view ${source.db}.${source.name}`,
    );
  return options;
}

/**
 * Changes what a view shows, or how, as `collMod` does.
 * @throws MongoError 72 for what is changed of collections
 */
export function changeView(server: Server, call: Call, view: CollectionInfo): void {
  if (call.has('index')) throw new MongoError(72, 'option not supported on a view: index');
  server.catalogue.changeOptions(view, viewOptions(server, call, view.options));
}

function viewPipeline(pipeline: unknown): Doc[] {
  const stages = checkPipeline(pipeline);
  const writing = stages.find((stage) => isDoc(stage) && ('$out' in stage || '$merge' in stage));
  if (writing) throw new MongoError(167, `${Object.keys(writing)[0] ?? ''} cannot be used in a view definition`);
  return stages;
}

function leadsTo(catalogue: Catalogue, db: string, from: string, target: string): boolean {
  for (let depth = 0, name = from; depth <= MAX_DEPTH; depth++) {
    if (name === target) return true;
    const info = catalogue.find(db, name);
    if (!info || !isView(info)) return false;
    name = String(info.options['viewOn']);
  }
  return true;
}

/** The stages that do what a query asks. */
export function stagesOf({ filter, sort, skip, limit }: Query): Doc[] {
  const stages: Doc[] = Object.keys(filter).length > 0 ? [{ $match: filter }] : [];
  if (sort && Object.keys(sort).length > 0) stages.push({ $sort: sort });
  if (skip) stages.push({ $skip: skip });
  if (limit) stages.push({ $limit: limit });
  return stages;
}
