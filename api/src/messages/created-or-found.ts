import type { Response } from 'express';

/** What asking twice does not make twice. */
export interface CreatedOrFound<T> {
  readonly created: boolean;
  readonly item: T;
}

/** Answers 201 with what was made now, and 200 with what there was. */
export async function createdOrFound<T>(response: Response, outcome: Promise<CreatedOrFound<T>>): Promise<T> {
  const { created, item } = await outcome;
  response.status(created ? 201 : 200);
  return item;
}
