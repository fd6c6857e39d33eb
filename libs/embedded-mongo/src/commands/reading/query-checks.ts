import type { Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { checkFilter } from '../../language/filters/filter.js';
import { toNumber } from '../../language/values/numbers.js';
import { sortFields } from '../../language/sort.js';
import { withoutText } from '../../language/filters/text.js';
import type { Query } from '../../store/scan/scan.js';
import type { Call } from '../call.js';

/** @throws MongoError 2 when a text or an index is to be used, or the other direction, where the natural order is asked for */
export function checkNatural(filter: Doc, sort: Doc | undefined, hint: string | Doc | undefined): void {
  if (!sort || !('$natural' in sort)) return;
  if (withoutText(filter).search) throw new MongoError(2, 'text expression not allowed with $natural sort order');
  if (hint === undefined) return;
  if (typeof hint === 'string' || !('$natural' in hint))
    throw new MongoError(2, 'index hint not allowed with $natural sort order');
  if (toNumber(sort['$natural']) !== toNumber(hint['$natural']))
    throw new MongoError(2, '$natural hint must be in the same direction as $natural sort order');
}

/**
 * Refuses what is no query also where there is no collection that would be searched.
 * @throws MongoError 27 for a text to search, which needs an index
 */
export function checkQuery({ filter, sort, evaluation }: Query, namespace: string): void {
  checkFilter(filter, evaluation);
  sortFields(sort);
  if (withoutText(filter).search)
    throw new MongoError(27, `text index required for $text query (no such collection '${namespace}')`);
}

/** @throws MongoError 2 or 9: no collection is capped */
export function checkTailable(call: Call): void {
  const [tailable, awaitData] = [call.flag('tailable'), call.flag('awaitData')];
  if (tailable) throw new MongoError(2, 'tailable cursor requested on non capped collection');
  if (awaitData) throw new MongoError(9, "Cannot set 'awaitData' without also setting 'tailable'");
}

/** @throws MongoError 168 for what is asked of a view, which is a pipeline, and no pipeline has */
export function checkForView(call: Call, { sort, limit }: Query): void {
  const refuse = (option: string): never => {
    throw new MongoError(168, `${option} not supported in aggregation.`);
  };
  for (const option of ['noCursorTimeout', 'allowPartialResults']) if (call.flag(option)) refuse(`Option ${option}`);
  if (sort && '$natural' in sort) refuse('Sort option $natural');
  // A single batch of one document is what drivers ask for to find one.
  if (call.flag('singleBatch') && limit !== 1) refuse('Option singleBatch');
}
