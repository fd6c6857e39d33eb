import type { Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { checkFilter } from '../../language/filters/filter.js';
import { NO_OTHERS, checkPipeline, runPipeline } from '../../language/pipeline.js';
import { isView, type Catalogue, type CollectionInfo } from '../../store/catalogue.js';
import type { Query } from '../../store/scan/scan.js';
import type { Call } from '../call.js';
import type { Server } from '../command.js';
import { pushDown } from './push-down.js';
import { MAX_DEPTH, checkViewGraph, tooDeep } from './view-graph.js';

/** What a name stands for: stored documents, and the stages of the views on the way to them. */
export interface Origin {
  /** The collection that is stored; undefined when there is none. */
  readonly info: CollectionInfo | undefined;
  readonly stages: readonly Doc[];
}

/**
 * Follows views to the collection that they show.
 * @throws MongoError 5 or 165 when views lead in a circle or are too many
 */
export function originOf(catalogue: Catalogue, db: string, collection: string): Origin {
  let stages: Doc[] = [];
  let info = catalogue.find(db, collection);
  const seen = new Set<string>();
  while (info && isView(info)) {
    if (seen.has(info.name)) throw new MongoError(5, `View cycle detected: ${[...seen, info.name].join(' => ')}`);
    seen.add(info.name);
    // As many as there may be can be made, but not read.
    if (seen.size >= MAX_DEPTH) throw tooDeep();
    stages = [...(info.options['pipeline'] as Doc[]), ...stages];
    info = catalogue.find(db, String(info.options['viewOn']));
  }
  return { info, stages };
}

/** The options of a view that `create` asks for, besides its collation. */
export function viewOptions(call: Call): Doc {
  const options = { viewOn: call.text('viewOn'), pipeline: call.has('pipeline') ? call.typedList('pipeline') : [] };
  if (options.viewOn === '') throw new MongoError(72, "'viewOn' cannot be empty");
  return options;
}

/** Changes the definition of a view, as `collMod` does: what is not given stays as it is. */
export function changeView(server: Server, call: Call, info: CollectionInfo): void {
  const asked = ['viewOn', 'pipeline'].find((field) => call.has(field));
  if (!isView(info)) throw new MongoError(72, `'${asked ?? 'viewOn'}' option only supported on a view`);
  if (call.has('index')) throw new MongoError(72, 'option not supported on a view: index');
  const options = {
    ...info.options,
    ...(call.has('viewOn') ? { viewOn: call.text('viewOn') } : {}),
    ...(call.has('pipeline') ? { pipeline: call.typedList('pipeline') } : {}),
  };
  checkView(server, call, options);
  server.catalogue.changeOptions(info, options);
}

/**
 * Checks the definition of a view as far as that can be done without its documents.
 * @throws MongoError 167 for stages that write, and what its stages and `checkViewGraph` are refused with
 */
export function checkView(server: Server, call: Call, options: Doc): void {
  const stages = checkPipeline(options['pipeline']);
  const writing = stages.find((stage) => '$out' in stage || '$merge' in stage);
  if (writing) throw new MongoError(167, `${Object.keys(writing)[0] ?? ''} cannot be used in a view definition`);
  const { ordering, variables } = call.evaluation(undefined, options['collation']);
  const { query, rest } = pushDown(stages);
  checkFilter(query.filter, { ordering, variables });
  runPipeline([], rest, NO_OTHERS, { ordering, variables });
  checkViewGraph(server.catalogue, call.db, call.collection, options);
}

/**
 * The stages that do what a query asks, with the projection of a `find`.
 * @throws MongoError 168 for the order `$natural`, which views do not have
 */
export function stagesOf({ filter, sort, skip, limit }: Query, projection: Doc = {}): Doc[] {
  if (sort && '$natural' in sort) throw new MongoError(168, 'Sort option $natural not supported in aggregation');
  const stages: Doc[] = Object.keys(filter).length > 0 ? [{ $match: filter }] : [];
  if (sort && Object.keys(sort).length > 0) stages.push({ $sort: sort });
  if (skip) stages.push({ $skip: skip });
  if (limit) stages.push({ $limit: limit });
  if (Object.keys(projection).length > 0) stages.push({ $project: projection });
  return stages;
}
