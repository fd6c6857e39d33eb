/** Somebody who was asked has not answered in time. What was asked for may still come to be. */
export class NoAnswer extends Error {
  constructor(ms: number) {
    super(`No answer within ${ms} ms`);
    this.name = NoAnswer.name;
  }
}

/** The answer, if it comes within so many milliseconds; rejects with `NoAnswer` otherwise. */
export function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new NoAnswer(ms)), ms).unref();
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
