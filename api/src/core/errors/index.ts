export * from './core.problems.js';
export * from './domain-error.js';
export * from './problem.dto.js';
export * from './problem-type.js';
export * from './to-problem.js';
