import type { Doc } from '../../document.js';

/** A stage of a plan in MongoDB's layout. */
export interface Stage {
  readonly stage: string;
  readonly filter?: Doc;
  /** What it is told with, executed or not. */
  readonly own?: Doc;
  /** What is told of it when it has been executed. */
  readonly stats?: Doc;
  readonly nReturned?: number;
  readonly input?: Stage;
  readonly inputs?: readonly Stage[];
  /** It is one of MongoDB's short cuts for a single document, which are told with less. */
  readonly isExpress?: boolean;
}

/** The figures of an execution; undefined when nothing was executed. */
export interface Execution {
  readonly milliseconds: number;
}

/** The plan of what reads nothing. */
export const EOF: Stage = { stage: 'EOF', nReturned: 0 };

/** How many keys and documents a plan has looked at. */
export function examined({ stats, ...stage }: Stage): { keys: number; documents: number } {
  let keys = Number(stats?.['keysExamined'] ?? 0);
  let documents = Number(stats?.['docsExamined'] ?? 0);
  for (const input of inputsOf(stage)) {
    const below = examined(input);
    keys += below.keys;
    documents += below.documents;
  }
  return { keys, documents };
}

function inputsOf({ input, inputs = [] }: Pick<Stage, 'input' | 'inputs'>): readonly Stage[] {
  return input ? [input] : inputs;
}

/** A stage and those under it as they are answered; with an execution also what each has done. */
export function shown(stage: Stage, execution?: Execution): Doc {
  const { input, inputs, filter = {}, own = {}, stats = {} } = stage;
  return {
    stage: stage.stage,
    ...(Object.keys(filter).length > 0 ? { filter } : {}),
    ...(execution && !stage.isExpress ? work(stage, execution) : {}),
    ...own,
    ...(execution && stage.isExpress ? { nReturned: stage.nReturned } : {}),
    ...(execution ? stats : {}),
    ...(input ? { inputStage: shown(input, execution) } : {}),
    ...(inputs ? { inputStages: inputs.map((one) => shown(one, execution)) } : {}),
  };
}

/** MongoDB counts a turn for each document that a stage gives, for each that it does not, and one for the end. */
function work({ nReturned = 0, stats = {}, ...stage }: Stage, { milliseconds }: Execution): Doc {
  const inputs = inputsOf(stage);
  const given = inputs.reduce((sum, input) => sum + (input.nReturned ?? 0), 0);
  const taken = inputs.length > 0 ? given : Number(stats['keysExamined'] ?? stats['docsExamined'] ?? 0);
  const needTime = Math.max(taken - nReturned, 0);
  return {
    nReturned,
    executionTimeMillisEstimate: milliseconds,
    works: nReturned + needTime + 1,
    advanced: nReturned,
    needTime,
    needYield: 0,
    saveState: 0,
    restoreState: 0,
    isEOF: 1,
  };
}
