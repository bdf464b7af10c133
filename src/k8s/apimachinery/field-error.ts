/**
 * Errors that point at a field, and the path that names it.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/field/{errors,path}.go, util/errors/errors.go
 * Left out: origins and declarative-validation marks, which no client sees.
 */
import { goQuote } from './goquote.ts';
import { jsonNumber, toJson } from './json-emit.ts';

/** A field path, built from the root: `path('spec').child('ports').index(0).child('name')` prints `spec.ports[0].name`. */
export class Path {
  private text: string | undefined;
  private readonly parent: Path | undefined;
  private readonly name: string;
  private readonly subscript: boolean;
  constructor(parent: Path | undefined, name: string, subscript: boolean) {
    this.parent = parent; this.name = name; this.subscript = subscript;
  }
  child(name: string, ...more: readonly string[]): Path {
    let p = new Path(this, name, false);
    for (const m of more) p = new Path(p, m, false);
    return p;
  }
  index(i: number): Path { return new Path(this, String(i), true); }
  /** Subscript with a map key or set member, unquoted: `data[my.key]`. */
  key(key: string): Path { return new Path(this, key, true); }
  toString(): string {
    if (this.text === undefined) {
      const head = this.parent === undefined ? '' : this.parent.toString();
      this.text = this.subscript ? head + '[' + this.name + ']' : this.parent === undefined ? this.name : head + '.' + this.name;
    }
    return this.text;
  }
}

/** The root of a path. `path('spec', 'template')` is `spec.template`. */
export function path(name: string, ...more: readonly string[]): Path {
  let p = new Path(undefined, name, false);
  for (const m of more) p = new Path(p, m, false);
  return p;
}

export type FieldErrorType =
  | 'FieldValueNotFound' | 'FieldValueRequired' | 'FieldValueDuplicate' | 'FieldValueInvalid' | 'FieldValueNotSupported'
  | 'FieldValueForbidden' | 'FieldValueTooLong' | 'FieldValueTooMany' | 'FieldValueTooFew' | 'InternalError' | 'FieldValueTypeInvalid' | 'FieldValueTooShort';

export interface FieldError {
  readonly type: FieldErrorType;
  /** The printed path; `<nil>` if there is none. */
  readonly field: string;
  readonly badValue?: unknown;
  readonly detail: string;
}

const TITLE: Record<FieldErrorType, string> = {
  FieldValueNotFound: 'Not found', FieldValueRequired: 'Required value', FieldValueDuplicate: 'Duplicate value', FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value', FieldValueForbidden: 'Forbidden', FieldValueTooLong: 'Too long', FieldValueTooMany: 'Too many',
  FieldValueTooFew: 'Too few', InternalError: 'Internal error', FieldValueTypeInvalid: 'Invalid value', FieldValueTooShort: 'Too short',
};

/** Use as badValue to print none (`Too many: must have at most …`). */
export const OMIT_VALUE: unique symbol = Symbol('omit');

type At = Path | undefined;

function make(type: FieldErrorType, field: At, badValue: unknown, detail: string): FieldError {
  return { type, field: field === undefined ? '<nil>' : field.toString(), badValue, detail };
}

export const required = (field: At, detail = ''): FieldError => make('FieldValueRequired', field, '', detail);
export const forbidden = (field: At, detail: string): FieldError => make('FieldValueForbidden', field, '', detail);
export const invalid = (field: At, value: unknown, detail: string): FieldError => make('FieldValueInvalid', field, value, detail);
export const typeInvalid = (field: At, value: unknown, detail: string): FieldError => make('FieldValueTypeInvalid', field, value, detail);
export const duplicate = (field: At, value: unknown): FieldError => make('FieldValueDuplicate', field, value, '');
export const notFoundValue = (field: At, value: unknown): FieldError => make('FieldValueNotFound', field, value, '');
export const internal = (field: At, message: string): FieldError => make('InternalError', field, undefined, message);

/** `supported` prints in the given order: upstream sorts where it uses a set; pass it sorted then. */
export function notSupported(field: At, value: unknown, supported: readonly string[]): FieldError {
  return make('FieldValueNotSupported', field, value, supported.length === 0 ? '' : 'supported values: ' + supported.map(goQuote).join(', '));
}

export function tooLong(field: At, _value: unknown, maxLength: number): FieldError {
  return make('FieldValueTooLong', field, '<value omitted>', maxLength < 0 ? 'value is too long' : `may not be more than ${maxLength} ${maxLength === 1 ? 'byte' : 'bytes'}`);
}

export function tooLongCharacters(field: At, _value: unknown, maxLength: number): FieldError {
  return make('FieldValueTooLong', field, '<value omitted>', maxLength < 0 ? 'value is too long' : `may not be more than ${maxLength} ${maxLength === 1 ? 'character' : 'characters'}`);
}

export function tooShort(field: At, value: unknown, minLength: number): FieldError {
  return make('FieldValueTooShort', field, value, minLength < 0 ? 'value is too short' : `must be at least ${minLength} ${minLength === 1 ? 'character' : 'characters'}`);
}

/** A negative quantity prints no number. */
export function tooMany(field: At, actual: number, max: number): FieldError {
  return make('FieldValueTooMany', field, actual < 0 ? OMIT_VALUE : actual, max < 0 ? 'has too many items' : `must have at most ${max} ${max === 1 ? 'item' : 'items'}`);
}

export function tooFew(field: At, actual: number, min: number): FieldError {
  return make('FieldValueTooFew', field, actual < 0 ? OMIT_VALUE : actual, min < 0 ? 'has too few items' : `must have at least ${min} ${min === 1 ? 'item' : 'items'}`);
}

/** The error without its field: `Invalid value: "x": must …`. */
export function errorBody(e: FieldError): string {
  let s = TITLE[e.type];
  switch (e.type) {
    case 'FieldValueRequired': case 'FieldValueForbidden': case 'FieldValueTooLong': case 'FieldValueTooShort': case 'InternalError': break;
    default:
      if (e.badValue === OMIT_VALUE) break;
      if (typeof e.badValue === 'string') s += ': ' + goQuote(e.badValue);
      else if (typeof e.badValue === 'number') s += ': ' + jsonNumber(e.badValue);
      // Structs print in declaration order: the caller's key order is kept.
      else s += ': ' + toJson(e.badValue, { sort: false });
  }
  return e.detail === '' ? s : s + ': ' + e.detail;
}

/** The whole error: `spec.replicas: Invalid value: -1: must be …`. */
export function errorText(e: FieldError): string {
  return e.field + ': ' + errorBody(e);
}

/** Several messages as upstream's Aggregate prints them: one bare; more in brackets, duplicates dropped. Empty: ''. */
export function aggregate(messages: readonly string[]): string {
  const seen: string[] = [];
  const known = new Set<string>();
  for (const m of messages) if (!known.has(m)) { known.add(m); seen.push(m); }
  return seen.length < 2 ? seen[0] ?? '' : '[' + seen.join(', ') + ']';
}

export function aggregateErrors(errors: readonly FieldError[]): string {
  return aggregate(errors.map(errorText));
}
