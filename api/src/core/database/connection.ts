import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type EmbeddedMongo, startEmbeddedMongo } from '@parlance/embedded-mongo';
import { BootError } from '../config/boot-error.js';
import { Env } from '../config/env.js';

const DATABASE_NAME = 'parlance';

/** Which database the API talks to: the one of `MONGODB_URI`, or the embedded one in the data folder. */
@Injectable()
export class DatabaseServer implements OnApplicationShutdown {
  private readonly logger = new Logger(DatabaseServer.name);
  private embedded: EmbeddedMongo | undefined;

  constructor(private readonly env: Env) {}

  /** Where to connect; starts the embedded server when there is no other. */
  async uri(): Promise<string> {
    if (this.env.mongodbUri) return this.env.mongodbUri;
    try {
      this.embedded = await startEmbeddedMongo({ dataDir: this.env.dataDir, onExit: (error) => this.lost(error) });
    } catch (error) {
      throw new BootError(
        `The embedded store cannot start: ${error instanceof Error ? error.message : 'unknown reason'}`,
      );
    }
    this.logger.log(`The embedded store runs in ${this.env.dataDir}`);
    return this.embedded.uri;
  }

  /** The database in a connection string of one's own wins. */
  get name(): string | undefined {
    return this.env.mongodbUri && /^mongodb(\+srv)?:\/\/[^/]+\/[^?]/.test(this.env.mongodbUri)
      ? undefined
      : DATABASE_NAME;
  }

  /** Without its store this process can only refuse; started anew it finds everything that was acknowledged. */
  private lost(error: Error): void {
    process.stderr.write(`\nParlance stops. ${error.message} Start it again.\n`);
    process.exit(1);
  }

  /** Runs after Mongoose has let go of its connections. */
  async onApplicationShutdown(): Promise<void> {
    await this.embedded?.close();
  }
}
