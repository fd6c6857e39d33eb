import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs, parseEnv } from 'node:util';
import { ensureBuilt, ensureInstalled, main, root, StepFailed } from '../workspace.mjs';

/** What the `db:` scripts share: their arguments, the settings of the server, and how they speak. */

/** npm runs scripts at the root; paths are meant from where the person stands. */
const from = process.env.INIT_CWD ?? process.cwd();

/** A path as it was typed. */
export const typedPath = (path) => resolve(from, path);

/**
 * Runs a command line. What it cannot understand, and what the library or a database refuses, is told in its words and
 * ends with exit code 1; only what nobody foresaw shows a stack.
 * @param {{ help: string, options?: object, operands?: number, run: Function }} command
 */
export async function command({ help, options = {}, operands = 0, run }) {
  await main(async () => {
    const { values, positionals } = parse(options);
    if (values.help) return void process.stdout.write(`${help.trim()}\n`);
    const empty = [...positionals, ...Object.values(values)].includes('');
    // As of a variable of the shell that is not set; the settings would take its place, or the folder where one stands.
    if (empty) throw new StepFailed('An argument is empty. Is a variable not set?');
    if (values.uri !== undefined && values['data-dir'] !== undefined) {
      throw new StepFailed('--uri names a MongoDB and --data-dir an embedded store. Say one of them.');
    }
    if (positionals.length !== operands) {
      throw new StepFailed(
        `${positionals.length < operands ? 'A folder is missing' : 'Too many arguments'}.\n\n${help.trim()}`,
      );
    }
    const library = await loadTools();
    try {
      await run({ values, positionals, ...library });
    } catch (error) {
      throw inWords(error, library.EmbeddedMongoError);
    } finally {
      clearLine();
      if (used !== undefined) sayOwners(used);
    }
  });
}

/** The data folder of this run, as soon as it is known. */
let used;
/** What Parlance opens there. */
const DATA_FILES = ['data.mdb', 'data.mdb-lock', 'data.journal'];

function ownersOf(path) {
  try {
    return statSync(path);
  } catch {
    return undefined; // It is not there, or this user may not look, of which the run has told.
  }
}

/** Says when files belong to another user than their folder, as they do when root has made them for somebody else. */
function sayOwners(dataDir) {
  const [folder, ...files] = [dataDir, ...DATA_FILES.map((name) => join(dataDir, name))].map(ownersOf);
  const foreign = files.find((file) => file !== undefined && file.uid !== folder.uid);
  if (foreign === undefined) return;
  const { uid, gid } = folder;
  say(
    `Note: ${dataDir} belongs to user ${uid}, files in it to user ${foreign.uid}. Should Parlance run as user ${uid}, it cannot ` +
      `open them: chown -R ${uid}:${gid} ${dataDir}`,
  );
}

function parse(options) {
  try {
    return parseArgs({ options: { help: { type: 'boolean', short: 'h' }, ...options }, allowPositionals: true });
  } catch (error) {
    throw new StepFailed(`${error.message.split('. ')[0]}. --help shows what there is.`);
  }
}

/** Builds only what is missing: a server may be running from what is there. */
async function loadTools() {
  const built = join(root, 'libs/embedded-mongo/dist/tools/index.js');
  if (!existsSync(join(root, 'node_modules/lmdb'))) await ensureInstalled();
  if (!existsSync(built)) await ensureBuilt(['embedded-mongo']);
  const { startEmbeddedMongo } = await import(pathToFileURL(join(root, 'libs/embedded-mongo/dist/index.js')).href);
  return { startEmbeddedMongo, ...(await import(pathToFileURL(built).href)) };
}

function inWords(error, EmbeddedMongoError) {
  if (error instanceof EmbeddedMongoError) return new StepFailed(error.message);
  if (/^Mongo/.test(error.name)) return new StepFailed(ofDatabase(error));
  // A disk that is full, a folder that may not be read.
  if (typeof error.code === 'string' && error.syscall) return new StepFailed(error.message);
  return error;
}

function ofDatabase({ name, code, message }) {
  if (name === 'MongoParseError' || name === 'MongoInvalidArgumentError' || name === 'MongoAPIError')
    return `The connection string cannot be used: ${message}`;
  if (name === 'MongoServerSelectionError')
    return `No MongoDB answers: ${message}. Does it run, and is the address right?`;
  if (code === AUTHENTICATION_FAILED)
    return `The database refuses the user or the password: ${message} Where the user is kept is said with authSource.`;
  return `The database refuses or does not answer: ${message}`;
}

/** A setting, from the environment or from `.env` at the root, as the server reads it; an empty one counts as absent. */
export function setting(name) {
  const file = join(root, '.env');
  const given = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return process.env[name] || given[name] || undefined;
}

/**
 * The folder of the embedded store: the one on the command line, or that of the settings.
 * @throws StepFailed when the settings name a MongoDB, whose data are not in that folder
 */
export function dataFolder(values) {
  if (values['data-dir'] !== undefined) return (used = typedPath(values['data-dir']));
  if (setting('MONGODB_URI')) {
    throw new StepFailed(
      'MONGODB_URI is set, so Parlance keeps its data in that MongoDB and not in the embedded store.\n' +
        'Name the folder of an embedded store with --data-dir, or use db:export and db:import with --uri.',
    );
  }
  return (used = resolve(root, setting('DATA_DIR') ?? './data'));
}

/**
 * Has Ctrl+C, or whoever stops a service, end the run in order: what it prepares, which is as large as the data, is
 * removed, and the exit code is that of the signal. A second signal ends it at once.
 * @param {string} words what is so when the run is broken off
 * @returns {(folder: string | undefined) => void} to be told what is prepared, and with undefined that all is done
 */
export function breakable(words) {
  let prepared;
  let isDone = false;
  const stop = (signal) => {
    if (isDone) return;
    if (prepared !== undefined) rmSync(prepared, { recursive: true, force: true });
    clearLine();
    process.stderr.write(`\nBroken off. ${words}\n`);
    process.exit(128 + constants.signals[signal]);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop).once('SIGHUP', stop);
  return (folder) => {
    prepared = folder;
    isDone = folder === undefined;
  };
}

const AUTHENTICATION_FAILED = 18;

/** Milliseconds between two looks at the work: on a terminal, and in a file, where each is a line that stays. */
const SHOWN_EVERY = { terminal: 100, file: 10_000 };

let shownAt = 0;

/** Shows how far the work is: in one line of a terminal, elsewhere in a line every ten seconds. */
export function progress(what, done, total) {
  const { isTTY } = process.stderr;
  const isEnd = isTTY && done === total;
  if (!isEnd && performance.now() - shownAt < (isTTY ? SHOWN_EVERY.terminal : SHOWN_EVERY.file)) return;
  shownAt = performance.now();
  const share = total > 0 ? ` ${String(Math.min(100, Math.floor((done / total) * 100))).padStart(3)} %` : '';
  process.stderr.write(isTTY ? `\r\x1b[2K${what}${share}` : `${what}${share}\n`);
}

function clearLine() {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
}

/** Says something that stays. */
export function say(line) {
  clearLine();
  process.stdout.write(`${line}\n`);
}

/** Says what of the data does not agree. */
export function sayDisagreement({ where, what }) {
  say(`${where}: ${what}`);
}

/** Says what runs that broke off have left in a folder: hidden, and as large as the data. */
export function sayLeftovers(leftovers) {
  for (const path of leftovers)
    say(`Note: ${path} was left by a run that broke off. Remove it, unless one is running now.`);
}

/** A number and what it counts. */
export const count = (number, one, many = `${one}s`) => `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

/** Connects the driver, which is the one that Mongoose brings: the root has none of its own. */
export async function withClient(uri, work) {
  const { mongo } = createRequire(join(root, 'api/package.json'))('mongoose');
  // The connection string has the last word; without one there, half a minute is long to look at nothing.
  const patience = uri.includes('serverSelectionTimeoutMS') ? {} : { serverSelectionTimeoutMS: 10_000 };
  const client = new mongo.MongoClient(uri, patience);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.close();
  }
}
