import 'reflect-metadata';
import { Transform } from 'class-transformer';
import { applyDecorators } from '@nestjs/common';
import { IsInt, IsOptional, IsString, Max, Min, MinLength } from 'class-validator';

const VARIABLES = Symbol('variables');

/** Property of `Env` by the name of its variable. */
export type Variables = Map<string, string>;

/** The variables that a class of settings declares. */
export function variablesOf(type: { prototype: object }): Variables {
  return (Reflect.getMetadata(VARIABLES, type.prototype) as Variables | undefined) ?? new Map<string, string>();
}

/** Ties a property to its variable. */
export function Variable(name: string): PropertyDecorator {
  return (target, property) => {
    const variables = (Reflect.getMetadata(VARIABLES, target) as Variables | undefined) ?? new Map<string, string>();
    Reflect.defineMetadata(VARIABLES, variables.set(name, String(property)), target);
  };
}

/** A whole number between two bounds, both included. */
export function IntegerVariable(name: string, min: number, max: number): PropertyDecorator {
  const message = `must be a whole number between ${min} and ${max}`;
  return applyDecorators(
    Variable(name),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && value.trim() !== '' ? Number(value) : value,
    ),
    IsInt({ message }),
    Min(min, { message }),
    Max(max, { message }),
  );
}

/** A secret: at least 32 characters. Left out, one is made and kept in development, and the boot stops in production. */
export function SecretVariable(name: string): PropertyDecorator {
  return applyDecorators(
    Variable(name),
    IsOptional(),
    IsString(),
    MinLength(32, { message: 'must have at least 32 characters' }),
  );
}
