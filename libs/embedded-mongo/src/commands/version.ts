/** The version of MongoDB as which this server answers, as its parts and as one text. */
export const VERSION_PARTS: readonly number[] = [8, 0, 0, 0];
export const VERSION = VERSION_PARTS.slice(0, 3).join('.');
/** What this server calls itself where MongoDB has its own names. */
export const SELF = 'parlance-embedded-mongo';
