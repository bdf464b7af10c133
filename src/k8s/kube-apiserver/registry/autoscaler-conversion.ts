/**
 * HorizontalPodAutoscalers are stored as autoscaling/v2; v1 knows the cpu target alone.
 * Upstream: pkg/apis/autoscaling/v1/conversion.go
 * Left out: metrics and conditions that v1 keeps in annotations.
 */
import type { KubeObject } from '../../api/types.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;

const isCpu = (m: Any): boolean => m?.type === 'Resource' && m.resource?.name === 'cpu';

export function autoscalerToV2(o: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage: target, ...spec } = (o['spec'] ?? {}) as Any;
  const { currentCPUUtilizationPercentage: _, ...status } = (o['status'] ?? {}) as Any;
  const metrics = target === undefined ? {} : { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: target } } }] };
  return { ...o, apiVersion: 'autoscaling/v2', spec: { ...spec, ...metrics }, status: { currentMetrics: null, ...status } };
}

export function autoscalerFromV2(o: KubeObject): KubeObject {
  const { metrics, behavior: _b, ...spec } = (o['spec'] ?? {}) as Any;
  const { currentMetrics, conditions: _c, ...status } = (o['status'] ?? {}) as Any;
  const target = (metrics ?? []).find(isCpu)?.resource?.target?.averageUtilization;
  const current = (currentMetrics ?? []).find(isCpu)?.resource?.current?.averageUtilization;
  return {
    ...o, apiVersion: 'autoscaling/v1', spec: { ...spec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: { currentReplicas: 0, ...status, ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }) },
  };
}
