/**
 * Tells how far a piece of work is. Called often: whoever shows it takes what it needs.
 * @param what what is being worked on
 * @param total how much there is in all, as far as is known
 */
export type Progress = (what: string, done: number, total: number) => void;

/**
 * Tells of a folder, as large as the data, in which something is prepared: that it is there, and with undefined that what
 * was prepared is in its place. Who ends the process in between removes it.
 */
export type Preparing = (folder: string | undefined) => void;

/** For who does not want to know. */
export const nothing = (): void => undefined;
