import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { BootError } from './boot-error.js';
import { Env } from './env.js';
import { variablesOf } from './env-fields.js';
import { ensureSecrets, REQUIRED_SECRETS, SAMPLE_SECRET_PREFIX } from './secrets.js';

const MIN_PRODUCTION_BCRYPT_COST = 10;

/**
 * Reads and validates the settings. Throws a `BootError` that names every fault at once and shows no value, since a
 * value may be a secret. An empty variable counts as absent.
 */
export function loadEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const variables = variablesOf(Env);
  const given = Object.fromEntries(
    [...variables].flatMap(([name, property]) => (source[name] ? [[property, source[name]]] : [])),
  );
  const env = plainToInstance(Env, given, { exposeDefaultValues: true });
  const nameOf = new Map([...variables].map(([name, property]) => [property, name]));

  const faults = validateSync(env, { forbidUnknownValues: true }).map(
    ({ property, constraints }) =>
      `${nameOf.get(property) ?? property} ${[...new Set(Object.values(constraints ?? {}))].join(' and ')}`,
  );
  if (env.nodeEnv === 'production') faults.push(...productionFaults(env));
  if (faults.length > 0)
    throw new BootError(`These settings cannot be used:\n${faults.map((f) => `  - ${f}`).join('\n')}`);

  env.dataDir = resolve(env.dataDir);
  ensureDataDir(env.dataDir);
  ensureSecrets(env);
  return env;
}

function productionFaults(env: Env): string[] {
  const faults: string[] = [];
  for (const [name, property] of Object.entries(REQUIRED_SECRETS)) {
    if (!env[property]) faults.push(`${name} must be set in production`);
    else if (env[property].startsWith(SAMPLE_SECRET_PREFIX))
      faults.push(`${name} is still the sample's; make one of your own`);
  }
  if (env.bcryptCost < MIN_PRODUCTION_BCRYPT_COST) {
    faults.push(`BCRYPT_COST must be at least ${MIN_PRODUCTION_BCRYPT_COST} in production`);
  }
  return faults;
}

function ensureDataDir(dataDir: string): void {
  try {
    // Where nothing can be made at all, as under /proc, Node's recursive form goes round for ever; the plain one fails.
    if (!existsSync(dataDir)) mkdirSync(dataDir, { recursive: !existsSync(dirname(dataDir)), mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    throw new BootError(
      `The data folder ${dataDir} cannot be written. Choose another DATA_DIR, or give this user access.`,
    );
  }
}
