import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { abandon, createApp, drain, listen } from './app.setup.js';
import { BootError } from './core/config/boot-error.js';
import { Env } from './core/config/env.js';

const logger = new Logger('Parlance');
/** Of the time for a stop, what the store has for closing, in milliseconds. After that it is cut off, as its files allow. */
const STORE_CLOSES_MS = 500;

/** What is wrong, in plain words, for what an operator can mend; undefined for a fault of ours. */
function plainWords(error: unknown): string | undefined {
  if (error instanceof BootError) return error.message;
  if (!(error instanceof Error)) return undefined;
  const { code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${address} is taken. Stop what runs there, or choose another PORT.`;
  if (code === 'EACCES' && port) return `Port ${port} needs more rights than this user has. Choose a PORT above 1023.`;
  if (code === 'EADDRNOTAVAIL') return `${address} is not an address of this machine. Choose another HOST.`;
  if (error.name === 'MongooseServerSelectionError')
    return 'The database at MONGODB_URI does not answer. Is it running?';
  // Of the driver's own words only the name: a connection string holds a password.
  if (error.name.startsWith('Mongo')) return `The database at MONGODB_URI refuses the connection (${error.name}).`;
  return undefined;
}

/** What is not finished in time was not acknowledged either, so that whoever sent it sends it again. */
async function stop(app: NestExpressApplication): Promise<void> {
  const { drainSeconds } = app.get(Env);
  const end = drainSeconds * 1000;
  setTimeout(() => {
    logger.warn(`Not everything was finished within ${drainSeconds} s.`);
    void abandon(app).finally(() => process.exit(0));
  }, end - STORE_CLOSES_MS).unref();
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), end).unref();
  await drain(app);
  process.exit(0);
}

function failed(error: unknown): void {
  const words = plainWords(error);
  if (words) process.stderr.write(`\nParlance cannot start. ${words}\n`);
  else {
    // Before the application has its own logger, the framework keeps back what is logged.
    Logger.flush();
    logger.error('Parlance ends on a fault of its own.', error instanceof Error ? error.stack : String(error));
  }
  process.exit(1);
}

async function main(): Promise<void> {
  const app = await createApp();
  let stopping: Promise<void> | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      logger.log(`Stopping on ${signal}`);
      stopping ??= stop(app).catch(failed);
    });
  }
  try {
    const address = await listen(app);
    process.stdout.write(`Parlance is ready at ${address}\n`);
  } catch (error) {
    await app.close();
    throw error;
  }
}

main().catch(failed);
