/**
 * Pod templates and the parts of a pod's spec that stand below the containers.
 * Upstream: k8s.io/kubectl/pkg/describe/describe.go (DescribePodTemplate, printPodTolerationsMultiline)
 */
import { formatLabelSelector } from '../../apimachinery/labels.ts';
import { compareStrings } from '../../apimachinery/utf8.ts';
import { describeContainers } from './containers.ts';
import { describeVolumes } from './volumes.ts';
import { annotationsMultiline, labelsMultiline, sortedKeys } from './writer.ts';
import type { Any, Writer } from './writer.ts';

export function describePodTemplate(w: Writer, template: Any): void {
  w.write(0, 'Pod Template:\n');
  if (template === undefined) { w.write(1, '<unset>'); return; }
  const spec = template.spec ?? {};
  labelsMultiline(w, '  Labels', template.metadata?.labels);
  if (sortedKeys(template.metadata?.annotations).length > 0) annotationsMultiline(w, '  Annotations', template.metadata.annotations);
  if (spec.serviceAccountName) w.field(1, 'Service Account', spec.serviceAccountName);
  if ((spec.initContainers ?? []).length > 0) describeContainers(w, 'Init Containers', spec.initContainers, undefined, '  ');
  describeContainers(w, 'Containers', spec.containers, undefined, '  ');
  describeVolumes(w, spec.volumes, '  ');
  describeTopologySpread(w, spec.topologySpreadConstraints, '  ');
  if (spec.priorityClassName) w.field(1, 'Priority Class Name', spec.priorityClassName);
  labelsMultiline(w, '  Node-Selectors', spec.nodeSelector);
  describeTolerations(w, '  Tolerations', spec.tolerations);
}

export function describeTolerations(w: Writer, title: string, tolerations: readonly Any[] | undefined): void {
  w.write(0, `${title}:\t`);
  const list = [...(tolerations ?? [])].sort((a, b) => compareStrings(a.key ?? '', b.key ?? ''));
  if (list.length === 0) { w.write(0, '<none>\n'); return; }
  list.forEach((t, i) => {
    let text = `${t.key ?? ''}${t.value ? `=${t.value}` : ''}${t.effect ? `:${t.effect}` : ''}`;
    if (t.operator === 'Exists' && !t.value) text += text === '' ? 'op=Exists' : ' op=Exists';
    if (t.tolerationSeconds !== undefined) text += ` for ${t.tolerationSeconds}s`;
    w.write(0, `${i === 0 ? '' : '\t'}${text}\n`);
  });
}

export function describeTopologySpread(w: Writer, constraints: readonly Any[] | undefined, space: string): void {
  const list = [...(constraints ?? [])].sort((a, b) => compareStrings(a.topologyKey, b.topologyKey));
  if (list.length === 0) return;
  w.write(0, `${space}Topology Spread Constraints:\t`);
  list.forEach((c, i) => {
    const selector = c.labelSelector === undefined ? '' : ` for selector ${formatLabelSelector(c.labelSelector)}`;
    w.write(0, `${i === 0 ? '' : `${space}\t`}${c.topologyKey}:${c.whenUnsatisfiable} when max skew ${c.maxSkew} is exceeded${selector}\n`);
  });
}
