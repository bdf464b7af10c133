/**
 * `kubectl describe` of kinds without a describer of their own: their fields, spaced and indented.
 * Upstream: k8s.io/kubectl/pkg/describe/describe.go (genericDescriber, printUnstructuredContent)
 */
import type { KubeObject } from '../../api/types.ts';
import { goValue } from '../../apimachinery/goquote.ts';
import type { Describer } from './describer.ts';
import { annotationsMultiline, describeEvents, labelsMultiline, sortedKeys } from './writer.ts';
import type { Any, Writer } from './writer.ts';

const SKIPPED = ['.metadata.managedFields', '.metadata.name', '.metadata.namespace', '.metadata.labels', '.metadata.annotations'];

/** `creationTimestamp` → `Creation Timestamp`; upper-case runs stay together. Upstream: smartLabelFor. */
export function smartLabel(field: string): string {
  if (/^[\w-]*[^\w]|^[A-Z]/.test(field) && !/^[A-Za-z0-9]+$/.test(field)) return field;
  const parts = field.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[A-Z]/g) ?? [field];
  const acronyms = ['api', 'uid', 'url', 'ip', 'gb', 'tls', 'osb', 'id'];
  return parts.map((p) => {
    const low = p.replace(/[A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 32));
    if (acronyms.includes(low)) return low.replace(/[a-z]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 32));
    return p.replace(/^[a-z]/, (c) => String.fromCharCode(c.charCodeAt(0) - 32));
  }).join(' ');
}

function content(w: Writer, level: number, map: Any, prefix: string): void {
  if (level > 60) return;
  for (const field of sortedKeys(map)) {
    const path = `${prefix}.${field}`;
    if (SKIPPED.includes(path) || map[field] === undefined) continue;
    const value = map[field];
    if (Array.isArray(value)) {
      w.line(level, `${smartLabel(field)}:`);
      for (const item of value) {
        if (typeof item === 'object' && item !== null && !Array.isArray(item)) content(w, level + 1, item, path);
        else w.line(level + 1, goValue(item));
      }
    } else if (typeof value === 'object' && value !== null) {
      w.line(level, `${smartLabel(field)}:`);
      content(w, level + 1, value, path);
    } else w.field(level, smartLabel(field), goValue(value));
  }
}

export const generic: Describer = {
  kinds: [],
  events: 'by-kind',
  write(w, o: KubeObject, { events }) {
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace ?? '');
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    content(w, 0, o, '');
    describeEvents(w, events);
  },
};
