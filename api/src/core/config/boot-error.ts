/** Why Parlance cannot start, in plain words for whoever runs it. Shown without a stack; never holds a secret. */
export class BootError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BootError';
  }
}
