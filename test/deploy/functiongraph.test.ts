import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from '@cdktf/hcl2json';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { alarmWordsOf } from '../../lib/telemetry/alarm-words.ts';
import { metricsOf, NOTHING } from '../../lib/telemetry/metrics.ts';

const FOLDER = 'deploy/functiongraph';
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.tf'));
const TEXT = FILES.map((name) => readFileSync(join(FOLDER, name), 'utf8')).join('\n');
const NO_TERRAFORM = spawnSync('terraform', ['fmt', '-help']).status !== 0;

/** What a resource of the provider takes: `string`, `number, required`, … and blocks of the same kind. */
interface Schema {
  readonly arguments: Readonly<Record<string, string>>;
  readonly blocks?: Readonly<Record<string, Schema>> | undefined;
  readonly required?: boolean | undefined;
  readonly exports?: readonly string[] | undefined;
}
const schema: z.ZodMiniType<Schema> = z.lazy(() =>
  z.object({
    arguments: z.record(z.string(), z.string()),
    blocks: z.optional(z.record(z.string(), schema)),
    required: z.optional(z.boolean()),
    exports: z.optional(z.array(z.string())),
  }),
);
/** From the provider's documents of its own schema (docs/json of its repository). */
const PROVIDER = z
  .object({
    version: z.string(),
    resources: z.record(z.string(), schema),
    data: z.record(z.string(), schema),
  })
  .parse(JSON.parse(readFileSync('test/deploy/huaweicloud-provider.json', 'utf8')));

type Block = Readonly<Record<string, unknown>>;
const block = z.record(z.string(), z.unknown());
const named = z.record(z.string(), z.array(block));
const kinds = z._default(z.record(z.string(), named), {});
const FILE = z.object({
  resource: kinds,
  data: kinds,
  variable: z._default(named, {}),
  output: z._default(named, {}),
});
type File = z.output<typeof FILE>;

/** Terraform's own, in every resource. */
const META = new Set(['count', 'for_each', 'depends_on', 'lifecycle', 'provider', 'dynamic']);

let files: File[];
beforeAll(async () => {
  files = await Promise.all(
    FILES.map(async (name) => FILE.parse(await parse(name, readFileSync(join(FOLDER, name), 'utf8')))),
  );
});

/** All blocks of a kind, as `type.name`. */
function all(kind: 'resource' | 'data'): { type: string; name: string; body: Block }[] {
  return files.flatMap((file) =>
    Object.entries(file[kind]).flatMap(([type, byName]) =>
      Object.entries(byName).flatMap(([name, bodies]) => bodies.map((body) => ({ type, name, body }))),
    ),
  );
}

function resource(type: string): Block {
  const found = all('resource').filter((one) => one.type === type);
  expect(found).toHaveLength(1);
  return found[0]?.body ?? {};
}

const blocks = z.array(block);
const dynamics = z.record(z.string(), z.array(z.object({ content: blocks })));

/** The blocks inside a block, with those that are made by `dynamic`. */
function inner(body: Block, known: Schema): [name: string, body: Block][] {
  const fixed = Object.entries(body).flatMap(([name, value]): [string, Block][] =>
    known.blocks !== undefined && Object.hasOwn(known.blocks, name)
      ? blocks.parse(value).map((each) => [name, each])
      : [],
  );
  const made = Object.entries(dynamics.parse(body['dynamic'] ?? {})).flatMap(([name, each]) =>
    each.flatMap(({ content }) => content.map((one): [string, Block] => [name, one])),
  );
  return [...fixed, ...made];
}

/** What the provider would refuse. */
function problems(path: string, body: Block, known: Schema | undefined): string[] {
  if (known === undefined) return [`${path}: there is none such`];
  const within = inner(body, known);
  const names = [...Object.keys(body).filter((name) => !META.has(name)), ...within.map(([name]) => name)];
  const allowed = new Set([...Object.keys(known.arguments), ...Object.keys(known.blocks ?? {})]);
  const needed = [
    ...Object.entries(known.arguments).flatMap(([name, type]) => (type.endsWith('required') ? [name] : [])),
    ...Object.entries(known.blocks ?? {}).flatMap(([name, { required }]) =>
      required === true ? [name] : [],
    ),
  ];
  return [
    ...names.filter((name) => !allowed.has(name)).map((name) => `${path}.${name}: there is none such`),
    ...needed.filter((name) => !names.includes(name)).map((name) => `${path}.${name}: is missing`),
    ...within.flatMap(([name, each]) => problems(`${path}.${name}`, each, known.blocks?.[name])),
  ];
}

/** The declared variables, and whether each has a default. */
function variables(): Map<string, boolean> {
  const declared = files.flatMap(({ variable }) => Object.entries(variable));
  return new Map(declared.map(([name, [body]]) => [name, body !== undefined && 'default' in body]));
}

describe('Terraform for FunctionGraph', () => {
  it('has only arguments that the provider knows, and all that it demands', () => {
    const found = [
      ...all('resource').flatMap(({ type, name, body }) =>
        problems(`${type}.${name}`, body, PROVIDER.resources[type]),
      ),
      ...all('data').flatMap(({ type, name, body }) =>
        problems(`data.${type}.${name}`, body, PROVIDER.data[type]),
      ),
    ];
    expect(found).toEqual([]);
    expect(all('resource').length).toBeGreaterThan(12);
  });

  it('would be noticed with an argument that the provider does not know, or without one that it demands', () => {
    const known = PROVIDER.resources['huaweicloud_fgs_function_trigger'];
    expect(problems('it', { function_urn: 'x', type: 'TIMER', evnt_data: '{}' }, known)).toEqual([
      'it.evnt_data: there is none such',
      'it.event_data: is missing',
    ]);
    const alarm = PROVIDER.resources['huaweicloud_lts_keywords_alarm_rule'];
    const dynamic = { notification_save_rule: [{ content: [{ user_name: 'x', template_name: 'y' }] }] };
    expect(problems('it', { dynamic }, alarm)).toContain('it.notification_save_rule.topics: is missing');
  });

  it('refers only to resources, attributes and variables that are there, and uses every variable', () => {
    for (const [, type = '', name, attribute = ''] of TEXT.matchAll(
      /\b(huaweicloud_\w+)\.(\w+)(?:\[\d\]|\[\*\])?\.(\w+)/g,
    )) {
      const kind = TEXT.includes(`data.${type}.${name}`) ? 'data' : 'resource';
      expect(all(kind).some((one) => one.type === type && one.name === name)).toBe(true);
      const known = (kind === 'data' ? PROVIDER.data : PROVIDER.resources)[type];
      expect([...Object.keys(known?.arguments ?? {}), ...(known?.exports ?? [])]).toContain(attribute);
    }
    const used = new Set([...TEXT.matchAll(/\bvar\.(\w+)/g)].map(([, name]) => name));
    expect([...used].toSorted()).toEqual([...variables().keys()].toSorted());
  });

  it('calls the function on the schedule that it tells it, and repeats no tick', () => {
    const trigger = resource('huaweicloud_fgs_function_trigger');
    expect(trigger['type']).toBe('TIMER');
    expect(TEXT).toMatch(/schedule_type = "Rate"\n\s+schedule {6}= "\$\{var\.schedule_minutes\}m"/);
    expect(TEXT).toContain('{ SCHEDULE_MINUTES = tostring(var.schedule_minutes) }');
    // The platform repeats ticks until the settings of asynchronous invocations are there.
    expect(trigger['depends_on']).toEqual(['${huaweicloud_fgs_async_invoke_configuration.watch}']);
    expect(resource('huaweicloud_fgs_async_invoke_configuration')).toMatchObject({
      max_async_retry_attempts: 0,
      max_async_event_age_in_seconds: 60,
    });
    expect(resource('huaweicloud_fgs_function')).toMatchObject({
      handler: 'index.handler',
      initializer_handler: 'index.initializer',
      code_type: 'zip',
    });
  });

  it('lets the function look at migration tasks, stand in a VPC, start runs, and nothing else', () => {
    const actions = [...TEXT.matchAll(/"(\w+:\w+:\w+)"/g)].map(([, action]) => action);
    expect(actions.toSorted()).toEqual([
      'dcs:migrationTask:get',
      'dcs:migrationTask:list',
      'functiongraph:function:invokeAsync',
      'vpc:ports:create',
      'vpc:ports:delete',
      'vpc:ports:get',
      'vpc:subnets:get',
      'vpc:vpcs:get',
    ]);
    expect(TEXT).not.toMatch(/"[^"]*\*:\*"/);
  });

  it('lets the function start no function but itself, and not even that where runs per project are not wanted', () => {
    const start = z
      .array(block)
      .parse(files.flatMap(({ resource: all }) => all['huaweicloud_identity_role']?.['start'] ?? []));
    expect(start).toHaveLength(1);
    expect(start[0]?.['count']).toBe('${var.run_per_project ? 1 : 0}');
    expect(start[0]?.['policy']).toContain('"FunctionGraph:*:*:function:${local.application}/${var.name}"');
    expect(resource('huaweicloud_fgs_function')).toMatchObject({
      app: '${local.application}',
      name: '${var.name}',
      user_data: expect.stringContaining(
        'var.run_per_project ? { HUAWEICLOUD_SDK_REGION = var.region } : {}',
      ),
    });
  });

  it('makes a master with a standby for the state', () => {
    expect(resource('huaweicloud_dcs_instance')).toMatchObject({ engine: 'Redis', engine_version: '6.0' });
    expect(TEXT).toMatch(/default {5}= "redis\.ha\./);
  });

  it('has an alarm on each word that the function writes for one', () => {
    const figures = metricsOf({ ...NOTHING, deadLetters: 1, report: REPORT });
    const words = alarmWordsOf(figures);
    expect(words).toHaveLength(4);
    const keywords = [...TEXT.matchAll(/keyword {5}= "(\w+)"/g)].map(([, word]) => word);
    expect(keywords.toSorted()).toEqual(words.toSorted());
  });

  it('keeps secrets out of what it prints', () => {
    const sensitive = files.flatMap(({ variable }) =>
      Object.entries(variable).flatMap(([name, [body]]) => (body?.['sensitive'] === true ? [name] : [])),
    );
    expect(sensitive.toSorted()).toEqual(['encrypted_variables', 'redis_password', 'redis_url']);
  });

  it('has an example that sets what must be set, and nothing unknown', async () => {
    const example = readFileSync(join(FOLDER, 'terraform.tfvars.example'), 'utf8');
    const set = Object.keys(block.parse(await parse('example.tf', example)));
    const mentioned = [...example.matchAll(/^(?:# )?(\w+) +=/gm)].map(([, name = '']) => name);
    const known = variables();
    expect(mentioned.length).toBeGreaterThan(set.length);
    for (const name of mentioned) expect([...known.keys()]).toContain(name);
    for (const [name, hasDefault] of known) if (!hasDefault) expect(set).toContain(name);
  });

  /** What Terraform makes of an expression, in a folder without a provider. */
  async function evaluated(locals: string, expression: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-terraform-'));
    await writeFile(join(folder, 'main.tf'), `${locals}\noutput "it" {\n  value = ${expression}\n}\n`);
    const args = ['plan', '-input=false', '-no-color'];
    const { status, stdout, stderr } = spawnSync('terraform', args, { cwd: folder, encoding: 'utf8' });
    await rm(folder, { recursive: true });
    expect(status, stderr).toBe(0);
    return stdout;
  }

  it.skipIf(NO_TERRAFORM).each([
    ['redis://:secret@10.0.0.5:6379', false],
    ['rediss://user:p%40ss@10.0.0.5', false],
    ['redis://10.0.0.5/1?prefix=watch', false],
    ['redis://:secret@redis-3f5.dcs.huaweicloud.com:6379', true],
    ['rediss://1.redis.example.com', true],
    [null, false],
  ])('lets the function resolve names only where the Redis has one: %s', async (url, isNamed) => {
    const expression = /is_redis_named = (.*)/.exec(TEXT)?.[1] ?? '';
    const variable = `variable "redis_url" {\n  default = ${JSON.stringify(url)}\n  sensitive = true\n}`;
    const locals = 'locals {\n  makes_redis = nonsensitive(var.redis_url == null)\n}';
    expect(await evaluated(`${variable}\n${locals}`, expression)).toContain(`it = ${isNamed}`);
    expect(TEXT).toContain('local.is_redis_named ? ["DNS ReadOnlyAccess"] : []');
  });

  it.skipIf(NO_TERRAFORM).each([
    [['a'], 1],
    [['a', 'b', 'c'], 2],
  ])('puts the Redis into zones that the region has: %j', async (zones, count) => {
    const expression = /zones +=.* (slice\(.*\))/.exec(TEXT)?.[1] ?? '';
    const locals = `locals {\n  all_zones = ${JSON.stringify(zones)}\n}`;
    expect(await evaluated(locals, `length(${expression})`)).toContain(`it = ${count}`);
  });

  it.skipIf(NO_TERRAFORM).each([
    ['1', undefined],
    ['10', undefined],
    ['0', 'Set schedule_minutes to 1, 2, 5 or 10'],
    ['1.5', 'Set schedule_minutes to 1, 2, 5 or 10'],
    ['90', 'Set schedule_minutes to 1, 2, 5 or 10'],
    ['soon', 'a number is required'],
  ])('says what a schedule of %s minutes is', async (minutes, refusal) => {
    const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-terraform-'));
    await copyFile(join(FOLDER, 'variables.tf'), join(folder, 'variables.tf'));
    const args = ['plan', '-input=false', '-no-color', '-var=region=x', `-var=schedule_minutes=${minutes}`];
    const { status, stderr } = spawnSync('terraform', args, { cwd: folder, encoding: 'utf8' });
    await rm(folder, { recursive: true });
    if (refusal !== undefined) expect(stderr).toContain(refusal);
    expect(status).toBe(refusal === undefined ? 0 : 1);
  });

  it.skipIf(NO_TERRAFORM)('is formatted as terraform fmt does', () => {
    const { status, stdout } = spawnSync('terraform', ['fmt', '-check', '-diff', FOLDER], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });
});

/** A tick with everything that an alarm is for. */
const REPORT = {
  tasks: 1,
  changed: 0,
  events: 0,
  delivered: 0,
  pending: 0,
  dead: 1,
  failedLooks: 1,
  ms: 1,
  looks: 1,
  pendingAgeMs: 0,
  brokenChannels: 1,
  failedRecords: 0,
  blind: [{ project: 'prod', since: '2026-01-05T02:12:00Z', reason: 'unreachable', isLasting: true }],
  broken: [],
  silent: [],
} as const;
