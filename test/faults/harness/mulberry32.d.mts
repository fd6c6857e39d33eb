/** Numbers from 0 up to, not including, 1: the same seed gives the same ones. Also for the agent, which is plain JavaScript. */
export function mulberry32(seed: number): () => number;
