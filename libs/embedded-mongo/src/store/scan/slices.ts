/** Most documents that an operation changes, or an index takes in, in one transaction. */
export const MOST_DOCUMENTS = 500;
/** How long a command keeps others waiting, in milliseconds: then it goes on in a later turn, or in another thread. */
export const TURN_MS = 20;

/** Until when whoever reads in turns goes on, by `performance.now()`, in milliseconds. */
export interface Turn {
  endsAt: number;
}
