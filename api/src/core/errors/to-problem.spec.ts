import { BadRequestException, HttpException, Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NotFound, Overloaded, TooManyRequests, ValidationFailed } from './core.problems.js';
import { DomainError } from './domain-error.js';
import { defineProblem } from './problem-type.js';
import { toProblem } from './to-problem.js';

/** What a body parser throws: an error with a status and the text that it could not read. */
const parserError = (status: number) => Object.assign(new Error('Unexpected token in "hunter2"'), { status });

describe('toProblem', () => {
  const logged: string[] = [];
  beforeEach(() => {
    Logger.overrideLogger({
      error: (...args: unknown[]) => logged.push(args.join(' ')),
      log: () => {},
      warn: () => {},
    });
  });
  afterEach(() => {
    logged.length = 0;
    Logger.overrideLogger(false);
  });

  it('answers a domain error as its kind of problem', () => {
    expect(toProblem(new DomainError(NotFound))).toEqual({
      type: 'urn:parlance:problem:not-found',
      title: NotFound.title,
      status: 404,
    });
  });

  it('adds what this occurrence tells', () => {
    const errors = [{ path: 'body', rule: 'max-length', message: 'Use at most 4000 characters.' }];
    expect(toProblem(new DomainError(ValidationFailed, { errors }))).toMatchObject({ status: 400, errors });
    expect(toProblem(new DomainError(TooManyRequests, { retryAfter: 3 }))).toMatchObject({ retryAfter: 3 });
  });

  it('never sends the cause', () => {
    const problem = toProblem(new DomainError(NotFound, { cause: new Error('hunter2') }));
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });

  it.each([
    [400, 'malformed-request'],
    [413, 'payload-too-large'],
    [415, 'unsupported-media-type'],
  ])('answers a parser that fails with %i without its words', (status, code) => {
    const problem = toProblem(parserError(status));
    expect(problem).toMatchObject({ status, type: `urn:parlance:problem:${code}` });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
    expect(logged).toEqual([]);
  });

  it("does not pass on the texts of the framework's exceptions", () => {
    expect(JSON.stringify(toProblem(new BadRequestException('hunter2')))).not.toContain('hunter2');
    expect(toProblem(new HttpException('hunter2', 410))).toMatchObject({ status: 410 });
  });

  it.each([
    ['an error', new Error('secret of the database')],
    ['an error that claims a status of ours', Object.assign(new Error('secret of the database'), { status: 503 })],
    ['a text', 'secret of the database'],
    ['nothing at all', undefined],
  ])('answers %s as internal, with a trace id under which the log has the rest', (_, error) => {
    const problem = toProblem(error);
    expect(problem).toMatchObject({ status: 500, type: 'urn:parlance:problem:internal' });
    expect(Object.keys(problem).sort()).toEqual(['status', 'title', 'traceId', 'type']);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain(problem.traceId);
  });

  it('uses the id of the request where there is one', () => {
    expect(toProblem(new Error('broken'), 'request-7').traceId).toBe('request-7');
  });

  it('keeps the words of a refusal that is meant to be told, and gives it a trace id', () => {
    const problem = toProblem(new DomainError(Overloaded, { retryAfter: 2, detail: 'Too many people sign in.' }));
    expect(problem).toMatchObject({ status: 503, retryAfter: 2, detail: 'Too many people sign in.' });
    expect(problem.traceId).toEqual(expect.any(String));
    expect(logged).toEqual([]);
  });

  it('cannot be changed by who defined a problem', () => {
    const type = defineProblem('sample', 409, 'Sample.');
    expect(() => Object.assign(type, { status: 200 })).toThrow(TypeError);
  });
});
