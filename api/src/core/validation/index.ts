export { isDeeperThan } from './depth.js';
export { IsObjectId, isObjectId, IsUuid, objectIdOf, ObjectIdPipe, uuidOf } from './identifiers.js';
export { IsQueryInteger } from './query.js';
export { checkQuickly, type FieldCheck, quicklyChecked } from './quick-check.js';
export { brokenTextRule, IsText, normalizeText, type TextRules, textOf } from './text.js';
export { ValidationPipe } from './validation.pipe.js';
