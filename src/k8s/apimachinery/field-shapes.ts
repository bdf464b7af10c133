/**
 * Thousands of objects differ from one another in their values and hardly in their fields. What a comparison says depends only on the
 * fields: it is walked once as a path through a tree of what was seen, and at the path's end the answer of the first time stands.
 * Answers are shared, so the sets in the managedFields of a Deployment's pods are one and the same, and operations on them are remembered too.
 * Upstream: none
 * Left out: nothing. The tree is a memo of pure functions: it is thrown away when it has grown, and nothing depends on it.
 */
import type { TypeSchema } from '../api/schema.ts';
import type { FieldSet } from './field-set.ts';

/** The fields gained and removed between two values. */
export interface Comparison { readonly gained: FieldSet; readonly removed: FieldSet }

/** Most places have one way on: it stands in the place itself, a table only when there are more. */
interface Place { token: string | number; only: Place | undefined; more: Map<string | number, Place> | undefined; answer: Comparison | undefined }

const MAX_PLACES = 100_000;
let places = 0;
const roots = new Map<TypeSchema, Place>();

function place(): Place {
  places++;
  return { token: '', only: undefined, more: undefined, answer: undefined };
}

/** A walk through the tree; `answer` is what stands at its end. */
export class Walk {
  private at: Place;

  constructor(type: TypeSchema) {
    if (places > MAX_PLACES) {
      roots.clear();
      places = 0;
    }
    let root = roots.get(type);
    if (root === undefined) roots.set(type, (root = place()));
    this.at = root;
  }

  step(token: string | number): void {
    const { at } = this;
    if (at.only === undefined) {
      at.token = token;
      this.at = at.only = place();
    } else if (at.token === token) {
      this.at = at.only;
    } else {
      const more = (at.more ??= new Map());
      let next = more.get(token);
      if (next === undefined) more.set(token, (next = place()));
      this.at = next;
    }
  }

  get answer(): Comparison | undefined {
    return this.at.answer;
  }

  set answer(comparison: Comparison | undefined) {
    this.at.answer = comparison;
  }
}

const MAX_PAIRS = 20_000;

/** `operation`, with its answers remembered by the references of its operands. It must be pure. */
export function remembered(operation: (a: FieldSet, b: FieldSet) => FieldSet): (a: FieldSet, b: FieldSet) => FieldSet {
  const known = new Map<FieldSet, Map<FieldSet, FieldSet>>();
  let pairs = 0;
  return (a, b) => {
    let row = known.get(a);
    const answer = row?.get(b);
    if (answer !== undefined) return answer;
    if (pairs > MAX_PAIRS) {
      known.clear();
      row = undefined;
      pairs = 0;
    }
    if (row === undefined) known.set(a, (row = new Map()));
    pairs++;
    const made = operation(a, b);
    row.set(b, made);
    return made;
  };
}
