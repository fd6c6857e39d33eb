/**
 * Tells how far a piece of work is. Called often: whoever shows it takes what it needs.
 * @param what what is being worked on
 * @param total how much there is in all, as far as is known
 */
export type Progress = (what: string, done: number, total: number) => void;

/** For who does not want to know. */
export const nothing: Progress = () => undefined;
