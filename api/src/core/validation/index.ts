export { isDeeperThan } from './depth.js';
export { IsObjectId, isObjectId, objectIdOf, ObjectIdPipe } from './identifiers.js';
export { IsQueryInteger } from './query.js';
export { checkQuickly, type FieldCheck, quicklyChecked, REFUSED } from './quick-check.js';
export { brokenTextRule, IsText, normalizeText, type TextRules, textOf } from './text.js';
export { ValidationPipe } from './validation.pipe.js';
