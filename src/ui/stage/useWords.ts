// The stage's texts in the chosen language.
import { useMemo } from 'react';
import { useT } from '../words.tsx';
import type { Words } from './drawings.tsx';

export const GATE_KEYS = ['gate.authn', 'gate.audit', 'gate.apf', 'gate.authz', 'gate.default', 'gate.mutate', 'gate.validate', 'gate.admit', 'gate.store'] as const;
export function useWords(): Words {
  const t = useT();
  return useMemo((): Words => ({
    ready: t('stage.ready'), notReady: t('stage.notReady'), unknown: t('stage.unknown'), cordoned: t('stage.cordoned'), stopped: t('stage.stopped'),
    cpu: (n) => t('stage.cpu', { n }), rules: (mode, n) => t('stage.rules', { mode, n }), lease: (us) => t('stage.lease', { time: us < 60_000_000 ? `${Math.round(us / 1e6)} s` : `${Math.floor(us / 6e7)}:${String(Math.floor(us / 1e6) % 60).padStart(2, '0')}` }), watchCache: t('stage.watchCache'), others: t('stage.others'), everyOther: t('stage.everyOther'), empty: t('stage.empty'), allEmpty: t('stage.allEmpty'),
    keys: (n) => t('stage.keys', { n }), revision: (n) => t('stage.revision', { n }), pods: (n) => t('stage.pods', { n }), unbound: (n) => t('stage.unbound', { n }), gates: GATE_KEYS.map((k) => t(k)),
  }), [t]);
}
