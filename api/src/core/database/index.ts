export { DatabaseProbe } from './database-probe.js';
export { isDuplicateKey } from './duplicate-key.js';
