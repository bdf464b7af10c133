/** Flags that every command knows. Upstream: k8s.io/cli-runtime/pkg/genericclioptions/config_flags.go */
import type { Flag } from './flags.ts';

export const GLOBAL_FLAGS: readonly Flag[] = [
  { name: 'namespace', short: 'n', type: 'string' }, { name: 'context', type: 'string' }, { name: 'cluster', type: 'string' }, { name: 'user', type: 'string' }, { name: 'kubeconfig', type: 'string' },
  { name: 'server', short: 's', type: 'string' }, { name: 'token', type: 'string' }, { name: 'as', type: 'string' }, { name: 'as-group', type: 'array' }, { name: 'as-uid', type: 'string' }, { name: 'request-timeout', type: 'string', default: '0' },
  { name: 'v', short: 'v', type: 'int', default: 0 }, { name: 'warnings-as-errors', type: 'bool' }, { name: 'help', short: 'h', type: 'bool' }, { name: 'insecure-skip-tls-verify', type: 'bool' }, { name: 'match-server-version', type: 'bool' },
  { name: 'cache-dir', type: 'string' }, { name: 'certificate-authority', type: 'string' }, { name: 'client-certificate', type: 'string' }, { name: 'client-key', type: 'string' }, { name: 'disable-compression', type: 'bool' }, { name: 'tls-server-name', type: 'string' },
  { name: 'profile', type: 'string', default: 'none' }, { name: 'profile-output', type: 'string' }, { name: 'log-flush-frequency', type: 'duration', default: '5s' }, { name: 'vmodule', type: 'string' }, { name: 'username', type: 'string' }, { name: 'password', type: 'string' }, { name: 'kuberc', type: 'string' }, { name: 'as-user-extra', type: 'array' },
];
