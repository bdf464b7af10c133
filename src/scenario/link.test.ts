import { describe, expect, it } from 'vitest';
import { deflateSync } from 'fflate';
import { decodeLink, encodeLink, LinkError, type Link } from './link.ts';

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop-frontend
  labels:
    app: shop-frontend
    tier: web
spec:
  replicas: 4
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  selector:
    matchLabels:
      app: shop-frontend
  template:
    metadata:
      labels:
        app: shop-frontend
        tier: web
    spec:
      containers:
      - name: frontend
        image: ghcr.io/example/shop-frontend:2.4.1
        ports:
        - containerPort: 8080
        env:
        - name: API_URL
          value: "http://api.shop.svc:8080"
        readinessProbe:
          httpGet:
            path: /ready
            port: 8080
          periodSeconds: 5
        resources:
          requests:
            cpu: 100m
            memory: 128Mi
          limits:
            memory: 256Mi
`;

const STEP_7: Link = {
  behaviour: 1, scenario: '', seed: 1,
  inputs: [{ at: 21_400_123, input: { kind: 'edit', path: 'shop.yaml', text: MANIFEST, apply: false } }, { at: 21_400_123, input: { kind: 'command', line: 'kubectl apply -f shop.yaml' } }],
  moment: { anchor: 'send|kube-scheduler|POST|pods/binding', n: 1, offset: 0, at: 21_455_981, hash: 0xdeadbeef, event: 2345 },
  lesson: 'create-deployment', selection: 'object v1 Pod default shop-frontend-7c5ddbdf54-8kq4z', camera: [1200, -3400, 1000], language: 'zh-CN', theme: 'dark',
};

describe('links', () => {
  it('say again what was put in', () => {
    expect(decodeLink(encodeLink(STEP_7))).toEqual(STEP_7);
    const all: Link = {
      ...STEP_7, title: '标题 𝄞', note: '<script>alert(1)</script>',
      inputs: [{ at: 1, input: { kind: 'command', line: 'kubectl get pods' } }, { at: 5, input: { kind: 'interrupt' } }, { at: 5, input: { kind: 'fault', fault: 'stop', target: 'kubelet/node-2' } }, { at: 9, input: { kind: 'fault', fault: 'cut', a: 'kubelet/node-1', b: 'kube-apiserver' } }],
    };
    expect(decodeLink(encodeLink(all))).toEqual(all);
  });

  it('stay short: step 7 with a 40-line manifest, ten edited manifests', () => {
    expect(MANIFEST.split('\n').length).toBeGreaterThan(40);
    expect(encodeLink(STEP_7).length).toBeLessThanOrEqual(450);
    const ten = Array.from({ length: 10 }, (_, i) => ({ at: 20_000_000 + i * 3_000_017, input: { kind: 'edit' as const, path: `app-${i}.yaml`, text: MANIFEST.replaceAll('shop-frontend', `service-${i}-app`).replace('2.4.1', `3.${i}.7`).replace('replicas: 4', `replicas: ${i + 1}`), apply: true } }));
    expect(encodeLink({ ...STEP_7, inputs: ten }).length).toBeLessThanOrEqual(2000);
  });

  it('refuse what no page made, with a reason', () => {
    const good = encodeLink(STEP_7);
    const codes = (text: string): string => {
      try {
        decodeLink(text);
        return 'read';
      } catch (error) {
        expect(error).toBeInstanceOf(LinkError);
        return (error as LinkError).code;
      }
    };
    expect(codes('')).toBe('empty');
    expect(codes('9abc')).toBe('version');
    expect(codes(good.slice(0, 60))).toBe('encoding');
    expect(codes(`1${'%'.repeat(10)}`)).toBe('encoding');
    expect(codes(`1${'A'.repeat(70_000)}`)).toBe('too-large');
    const bomb = deflateSync(new Uint8Array(40 * 1024 * 1024), { level: 9 });
    expect(codes(`1${Buffer.from(bomb).toString('base64url').slice(0, 60_000)}`)).toBe('too-large');
  });

  it('survive ten thousand mutations without a hang or a foreign error', () => {
    const good = encodeLink(STEP_7);
    let state = 12345;
    const next = (n: number): number => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 8) % n;
    const start = performance.now();
    for (let i = 0; i < 10_000; i++) {
      const at = 1 + next(good.length - 1);
      const text = good.slice(0, at) + 'ABCDEFabcdef0123-_%'[next(19)] + good.slice(at + next(3));
      try {
        decodeLink(text);
      } catch (error) {
        expect(error).toBeInstanceOf(LinkError);
      }
    }
    expect((performance.now() - start) / 10_000).toBeLessThan(10);
  });
});
