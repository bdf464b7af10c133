/**
 * The list of `kubectl create KIND` commands; each kind is a file.
 * Upstream: k8s.io/kubectl/pkg/cmd/create
 */
import { CREATE_CONFIG } from './create-config.ts';
import { CREATE_POLICY } from './create-policy.ts';
import { CREATE_RBAC } from './create-rbac.ts';
import { CREATE_SERVICE } from './create-service.ts';
import { CREATE_WORKLOADS } from './create-workloads.ts';
import type { Command } from './session.ts';

export function createCommands(): readonly Command[] {
  return [...CREATE_WORKLOADS, ...CREATE_CONFIG, ...CREATE_SERVICE, ...CREATE_RBAC, ...CREATE_POLICY];
}
