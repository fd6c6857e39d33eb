export { isDeeperThan } from './depth.js';
export { IsObjectId, isObjectId, ObjectIdPipe } from './identifiers.js';
export { IsQueryInteger } from './query.js';
export { brokenTextRule, IsText, normalizeText, type TextRules } from './text.js';
export { ValidationPipe } from './validation.pipe.js';
