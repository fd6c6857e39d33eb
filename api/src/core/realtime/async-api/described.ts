import { SetMetadata, type Type } from '@nestjs/common';
import type { SocketFactName, SocketFacts } from '@parlance/contracts';
import type { ProblemType } from '../../errors/index.js';

/** A JSON Schema, for what is no class: draft 7, as AsyncAPI takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Classes whose fields carry `@ApiProperty()`, as those of OpenAPI do, or a list of one. */
export type Described = Type | readonly [Type];

type Instance<D> = D extends readonly [Type<infer Item>] ? Item[] : D extends Type<infer T> ? T : void;

/** What a handler says of itself in the published AsyncAPI document. */
export interface OperationDescription {
  /** What it does, in a line. */
  readonly summary: string;
  /** What a successful ack carries; absent for nothing. */
  readonly data?: Described | undefined;
  /** Problems that it answers with beside those of every request. */
  readonly problems: readonly ProblemType[];
}

/** What is said of a fact in the published AsyncAPI document. */
export interface FactDescription<T = unknown> {
  /** When it is sent and to whom, in a line. */
  readonly summary: string;
  readonly payload: Type<T> | JsonSchema;
}

export type FactDescriptions = { readonly [E in SocketFactName]?: FactDescription<SocketFacts[E]> };

/** Metadata keys of handlers and of classes. */
export const OPERATION = Symbol('socket-operation');
export const FACTS = Symbol('socket-facts');

/**
 * Describes a handler in the AsyncAPI document, where it stands with its event and its DTO in any case. The handler must
 * answer what `data` says: it does not compile otherwise.
 */
export function SocketOperation<const D extends Described | undefined = undefined>({
  problems = [],
  ...rest
}: {
  summary: string;
  data?: D;
  problems?: readonly ProblemType[];
}) {
  const description: OperationDescription = { problems, ...rest };
  return <Handler extends (...args: never[]) => Instance<D> | Promise<Instance<D>>>(
    target: object,
    key: string | symbol,
    handler: TypedPropertyDescriptor<Handler>,
  ): void => {
    SetMetadata(OPERATION, description)(target, key, handler);
  };
}

/** Describes the facts that a provider tells devices, for the AsyncAPI document. */
export const TellsFacts = (facts: FactDescriptions): ClassDecorator => SetMetadata(FACTS, facts);
