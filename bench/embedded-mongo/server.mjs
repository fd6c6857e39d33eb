// The embedded store in a process of its own, so that its CPU and memory are told apart from the driver's.
import { startEmbeddedMongo } from '@parlance/embedded-mongo';

const server = await startEmbeddedMongo({ dataDir: process.argv[2] });
process.stdout.write(`${server.uri}\n`);
process.once('SIGTERM', () => void server.close());
