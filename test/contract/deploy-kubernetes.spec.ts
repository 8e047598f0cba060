import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { namespaces } from '../../src/config/config.module.js';
import { validateEnvironment } from '../../src/config/namespace.js';
import { variablesOf } from '../../src/config/variable.js';
import { freePort } from '../support/free-port.js';
import { send } from '../support/http.js';
import { startApp, type TestApp } from '../support/test-app.js';

const FOLDER = new URL('../../deploy/kubernetes/', import.meta.url);
const LABELS = { 'app.kubernetes.io/name': 'regrant' };
/** What no namespace declares. */
const UNDECLARED = ['NODE_ENV'];

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
interface Container {
  readonly envFrom: readonly Partial<Record<'configMapRef' | 'secretRef', { readonly name: string }>>[];
  readonly env?: readonly { readonly name: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly resources: { readonly requests: object; readonly limits: object };
  readonly securityContext: object;
}
interface Pod {
  readonly securityContext: object;
  readonly containers: readonly [Container];
}

/** A manifest, of which the caller says what it has. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as one would cast it
function manifest<Manifest>(file: string): Manifest {
  return parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Manifest;
}
const selector = { matchLabels: LABELS };
const deployment = manifest<{
  spec: { selector: object; template: { metadata: { labels: object }; spec: Pod } };
}>('base/deployment.yaml');
const pod = deployment.spec.template.spec;
const [container] = pod.containers;
const config = manifest<{ data: Record<string, string> }>('base/configmap.yaml').data;
const secrets = manifest<{ stringData: Record<string, string> }>('base/secret.example.yaml').stringData;
const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe];
const ports = new Map(container.ports.map(({ name, containerPort }) => [name, containerPort]));

describe('deploy/kubernetes', () => {
  let service: TestApp;
  let management: string;
  beforeAll(async () => {
    const port = await freePort();
    management = `http://127.0.0.1:${port}`;
    service = await startApp({ MANAGEMENT_PORT: String(port) });
  });
  afterAll(() => service.stop());

  it('names resources that are there, and no Secret', () => {
    const { resources } = manifest<{ resources: string[] }>('base/kustomization.yaml');
    expect(resources.filter((file) => !existsSync(new URL(`base/${file}`, FOLDER)))).toEqual([]);
    expect(resources.filter((file) => file.includes('secret'))).toEqual([]);
    const component = manifest<{ resources: string[] }>('service-monitor/kustomization.yaml');
    expect(component.resources.every((file) => existsSync(new URL(`service-monitor/${file}`, FOLDER)))).toBe(
      true,
    );
  });

  it('sets variables that are declared, and all that production demands', () => {
    const declared = namespaces.flatMap(({ type }) => variablesOf(type).map(({ name }) => name));
    const set = [
      ...Object.keys(config),
      ...Object.keys(secrets),
      ...(container.env ?? []).map(({ name }) => name),
    ];
    expect(set.filter((name) => ![...declared, ...UNDECLARED].includes(name))).toEqual([]);
    const filled = {
      DATABASE_URL: 'postgres://regrant@postgres/regrant',
      REDIS_URL: 'redis://redis',
      REGRANT_KEYS: `1:${randomBytes(32).toString('base64url')}`,
    };
    expect(Object.keys(filled).sort()).toEqual(Object.keys(secrets).sort());
    const types = namespaces.map(({ type }) => type);
    expect(() => {
      validateEnvironment(types, { ...config, ...filled });
    }).not.toThrow();
  });

  it('has no value of a secret', () => {
    expect(Object.values(secrets).filter((value) => value !== '')).toEqual([]);
    const names = container.envFrom.map(({ configMapRef, secretRef }) => (configMapRef ?? secretRef)?.name);
    expect(names).toEqual(['regrant', 'regrant']);
  });

  it('has ports that fit: what the variables say, what the probes ask and what is exposed', () => {
    expect(Object.fromEntries(ports)).toEqual({
      http: Number(config.HTTP_PORT),
      management: Number(config.MANAGEMENT_PORT),
    });
    const exposed = manifest<{ spec: { ports: { name: string; targetPort: string }[]; selector: object } }>(
      'base/service.yaml',
    ).spec;
    expect(exposed.ports.map(({ targetPort }) => targetPort)).toEqual([...ports.keys()]);
    expect(exposed.selector).toEqual(LABELS);
    const { ingress } = manifest<{ spec: { ingress: { from?: object; ports: { port: string }[] }[] } }>(
      'base/networkpolicy.yaml',
    ).spec;
    const open = ingress.filter(({ from }) => from === undefined).flatMap((rule) => rule.ports);
    expect(open.map(({ port }) => port)).toEqual(['http']);
    expect(ingress.flatMap((rule) => rule.ports).map(({ port }) => port)).toEqual([...ports.keys()]);
    expect([...new Set(probes.map(({ httpGet }) => httpGet.port))]).toEqual(['http']);
  });

  it('asks for paths that are answered', async () => {
    for (const { httpGet } of probes) {
      expect((await send(service.url + httpGet.path, { method: 'GET' })).status).toBe(200);
    }
    const monitor = manifest<{
      metadata: object;
      spec: { selector: object; endpoints: { port: string; path: string }[] };
    }>('service-monitor/servicemonitor.yaml');
    expect(monitor.spec.selector).toEqual(selector);
    const [endpoint] = monitor.spec.endpoints;
    expect(endpoint).toMatchObject({ port: 'management' });
    expect((await send(management + endpoint!.path, { method: 'GET' })).status).toBe(200);
  });

  it('selects the pods that it makes', () => {
    expect(deployment.spec.selector).toEqual(selector);
    expect(deployment.spec.template.metadata.labels).toEqual(LABELS);
    expect(manifest<{ spec: object }>('base/poddisruptionbudget.yaml').spec).toMatchObject({ selector });
    expect(manifest<{ spec: object }>('base/networkpolicy.yaml').spec).toMatchObject({
      podSelector: selector,
    });
    expect(manifest<{ spec: object }>('base/horizontalpodautoscaler.yaml').spec).toMatchObject({
      scaleTargetRef: { kind: 'Deployment', name: 'regrant' },
    });
  });

  it('runs without rights: not as root, on a file system that it can not write to', () => {
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(Object.keys(container.resources.requests)).toEqual(['cpu', 'memory']);
    expect(Object.keys(container.resources.limits)).toContain('memory');
  });
});
