/** Most documents that an operation changes, or an index takes in, in one transaction. */
export const MOST_DOCUMENTS = 500;
/** For how long one turn of something long goes on before others are served, in milliseconds. */
export const TURN_MS = 20;
