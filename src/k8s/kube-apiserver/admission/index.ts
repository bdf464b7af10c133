/**
 * The admission plugins that are on by default, in the order in which they run.
 * Upstream: pkg/kubeapiserver/options/plugins.go
 * Left out: storage classes, certificates, webhooks and policies.
 */
import type { Plugin } from './plugin.ts';

export const PLUGINS: readonly Plugin[] = [];
