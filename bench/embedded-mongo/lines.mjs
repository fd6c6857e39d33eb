import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * A connection without a driver, one request at a time. Frames are made before the clock runs, and of an answer no more is
 * read than where it ends and whether it is an error: next to nothing is left of the client, and the rate is the server's.
 */
export class Line {
  #socket;
  #answer = Buffer.alloc(0);
  #waiting;

  /** @param isWhole tells whether some bytes are all of an answer; throws for one that is an error */
  constructor(path, isWhole) {
    this.#socket = connect(path);
    this.#socket.on('error', (error) => this.#waiting?.reject(error));
    this.#socket.on('data', (chunk) => {
      this.#answer = this.#answer.length === 0 ? chunk : Buffer.concat([this.#answer, chunk]);
      try {
        if (!isWhole(this.#answer)) return;
        this.#waiting.resolve(this.#answer);
      } catch (error) {
        this.#waiting.reject(error);
      }
      this.#answer = Buffer.alloc(0);
    });
  }

  async open() {
    await once(this.#socket, 'connect');
    return this;
  }

  request(frame) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(frame);
    });
  }

  close() {
    this.#socket.destroy();
  }
}
