export { isDuplicateKey } from './duplicate-key.js';
