export { DatabaseProbe } from './database-probe.js';
export { DUPLICATE_KEY, isDuplicateKey } from './duplicate-key.js';
