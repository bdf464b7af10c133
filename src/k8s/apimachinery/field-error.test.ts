import { describe, expect, it } from 'vitest';
import { aggregateErrors, errorText, invalid, notSupported, path, required, tooLong, tooMany } from './field-error.ts';
import * as status from './status-errors.ts';

const at = path('spec', 'containers').index(0).child('ports').key('a.b');

describe('field errors', () => {
  it('prints paths with subscripts', () => { expect(String(at)).toBe('spec.containers[0].ports[a.b]'); });
  it('quotes strings as Go, numbers bare, objects as JSON in the given order', () => {
    expect(errorText(invalid(path('a'), 'x"\u0001é', 'bad'))).toBe('a: Invalid value: "x\\"\\x01é": bad');
    expect(errorText(invalid(path('a'), -1, 'bad'))).toBe('a: Invalid value: -1: bad');
    expect(errorText(invalid(path('a'), { z: '<', b: [1] }, 'bad'))).toBe('a: Invalid value: {"z":"\\u003c","b":[1]}: bad');
    expect(errorText(invalid(path('a'), null, 'bad'))).toBe('a: Invalid value: null: bad');
    expect(errorText(invalid(undefined, true, ''))).toBe('<nil>: Invalid value: true');
  });
  it('words the other types', () => {
    expect(errorText(required(path('a')))).toBe('a: Required value');
    expect(errorText(notSupported(path('a'), 'x', ['A', 'B']))).toBe('a: Unsupported value: "x": supported values: "A", "B"');
    expect(errorText(tooLong(path('a'), 'zzz', 63))).toBe('a: Too long: may not be more than 63 bytes');
    expect(errorText(tooMany(path('a'), 3, 1))).toBe('a: Too many: 3: must have at most 1 item');
    expect(errorText(tooMany(path('a'), -1, 2))).toBe('a: Too many: must have at most 2 items');
  });
  it('brackets several errors and drops equal ones', () => {
    const a = required(path('a')), b = required(path('b'));
    expect(aggregateErrors([a, a])).toBe('a: Required value');
    expect(aggregateErrors([a, b, a])).toBe('[a: Required value, b: Required value]');
  });
});

describe('statuses', () => {
  it('Invalid carries every cause, even those whose message merges', () => {
    const a = required(path('a'));
    expect(status.invalid({ group: 'apps', kind: 'Deployment' }, 'web', [a, a])).toEqual({
      kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Invalid', code: 422,
      message: 'Deployment.apps "web" is invalid: a: Required value',
      details: { name: 'web', group: 'apps', kind: 'Deployment', causes: [
        { reason: 'FieldValueRequired', message: 'Required value', field: 'a' }, { reason: 'FieldValueRequired', message: 'Required value', field: 'a' }] },
    });
  });
  it('leaves empty details fields out', () => {
    expect(status.notFound({ group: '', resource: 'pods' }, 'p').details).toEqual({ name: 'p', kind: 'pods' });
    expect(status.resourceNotFound().details).toEqual({});
    expect('details' in status.badRequest('x')).toBe(false);
  });
  it('Forbidden names the resource, the name, or neither', () => {
    expect(status.forbidden({ group: 'apps', resource: 'deployments' }, '', 'no').message).toBe('deployments.apps is forbidden: no');
    expect(status.forbidden({ group: '', resource: '' }, '', 'no').message).toBe('forbidden: no');
  });
});
