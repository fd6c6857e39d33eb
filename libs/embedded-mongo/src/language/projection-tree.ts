import { isDoc, put, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import type { Expression, Scope } from './expression.js';

/** The fields of one level that a projection speaks of. */
export interface Node {
  /** Fields that are taken or left out as a whole. */
  readonly chosen: Set<string>;
  readonly children: Map<string, Node>;
  readonly computed: Map<string, Expression>;
  /** Fields that are computed, or have some within them, in the order of the projection. */
  readonly order: Set<string>;
}

export function newNode(): Node {
  return { chosen: new Set(), children: new Map(), computed: new Map(), order: new Set() };
}

/**
 * Adds a path, and the expression that computes it where there is one.
 * @throws MongoError 31249 or 31250 when one of two paths is within the other
 */
export function addPath(tree: Node, parts: readonly string[], compute?: Expression): void {
  let node = tree;
  for (const [i, part] of parts.entries()) {
    const isLast = i === parts.length - 1;
    const child = node.children.get(part);
    const isTaken = node.chosen.has(part) || node.computed.has(part);
    if (isLast && (isTaken || child)) throw new MongoError(31250, `Path collision at ${parts.join('.')}`);
    if (isTaken) {
      const rest = parts.slice(i + 1).join('.');
      throw new MongoError(31249, `Path collision at ${parts.join('.')} remaining portion ${rest}`);
    }
    if (compute) node.order.add(part);
    if (isLast) {
      if (compute) node.computed.set(part, compute);
      else node.chosen.add(part);
    } else {
      const next = child ?? newNode();
      node.children.set(part, next);
      node = next;
    }
  }
}

/** Leaves the fields that are chosen, in the order of the document. */
export function include(doc: Doc, { chosen, children }: Node): Doc {
  const kept: Doc = {};
  for (const [name, value] of Object.entries(doc)) {
    const child = children.get(name);
    const left = child ? includeWithin(value, child) : chosen.has(name) ? value : undefined;
    if (left !== undefined) put(kept, name, left);
  }
  return kept;
}

/**
 * Of an array the documents and arrays are left; of a value that holds no fields, nothing. Where fields are computed in
 * elements, those that hold none keep their places for them.
 */
function includeWithin(value: unknown, node: Node): unknown {
  if (isDoc(value)) return include(value, node);
  if (!Array.isArray(value)) return undefined;
  const left = value.map((item: unknown) => includeWithin(item, node));
  return node.order.size > 0 ? left : left.filter((item) => item !== undefined);
}

/** Leaves all fields but the chosen ones. */
export function exclude(doc: Doc, { chosen, children }: Node): Doc {
  const kept: Doc = {};
  for (const [name, value] of Object.entries(doc)) {
    const child = children.get(name);
    if (!chosen.has(name)) put(kept, name, child ? excludeWithin(value, child) : value);
  }
  return kept;
}

function excludeWithin(value: unknown, node: Node): unknown {
  if (isDoc(value)) return exclude(value, node);
  return Array.isArray(value) ? value.map((item) => excludeWithin(item, node)) : value;
}

/**
 * Sets the computed fields in a document of one's own; a field that has no value is taken out. Within an array they are
 * set in each element, and a value that could not hold them becomes a document.
 */
export function applyComputed(doc: Doc, { computed, children, order }: Node, scope: Scope): void {
  for (const name of order) {
    const compute = computed.get(name);
    const child = children.get(name);
    const value = compute ? compute(scope) : child && computedWithin(doc[name], child, scope);
    if (value === undefined) delete doc[name];
    else put(doc, name, value);
  }
}

/** A document with the computed fields set in it. */
export function withComputed(doc: Doc, node: Node, scope: Scope): Doc {
  const changed = { ...doc };
  applyComputed(changed, node, scope);
  return changed;
}

function computedWithin(value: unknown, node: Node, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => computedWithin(item, node, scope));
  return withComputed(isDoc(value) ? value : {}, node, scope);
}
