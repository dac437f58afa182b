import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@cdktf/hcl2json';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { readTemplate } from '../support/cloudformation.ts';

const FOLDER = 'deploy/aws';
const NO_TERRAFORM = spawnSync('terraform', ['version']).status !== 0;

/** What the documents of the provider (hashicorp/aws, website/docs/r) say of the resources that are used. */
const PROVIDER: Readonly<Record<string, { required: string[]; optional: string[]; exported: string[] }>> = {
  aws_s3_object: {
    required: ['bucket', 'key'],
    optional: ['source', 'source_hash', 'etag', 'content', 'content_type', 'storage_class', 'tags'],
    exported: ['etag', 'id', 'version_id'],
  },
  aws_ssm_parameter: {
    required: ['name', 'type'],
    optional: ['value', 'description', 'tier', 'key_id', 'allowed_pattern', 'tags'],
    exported: ['arn', 'version'],
  },
  aws_cloudformation_stack: {
    required: ['name'],
    optional: [
      'template_body',
      'template_url',
      'capabilities',
      'parameters',
      'on_failure',
      'iam_role_arn',
      'tags',
    ],
    exported: ['id', 'outputs'],
  },
};
const META = ['count', 'depends_on', 'lifecycle'];

const block = z.record(z.string(), z.unknown());
const named = z.record(z.string(), z.array(block));
const FILE = z.object({
  resource: z._default(z.record(z.string(), named), {}),
  variable: z._default(named, {}),
  output: z._default(named, {}),
});

const names = readdirSync(FOLDER).filter((name) => name.endsWith('.tf'));
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8');
const text = names.map(read).join('\n');
let resources: { type: string; name: string; body: Record<string, unknown> }[];
let variables: Record<string, Record<string, unknown> | undefined>;
let outputs: Record<string, unknown>;
beforeAll(async () => {
  const files = await Promise.all(names.map(async (name) => FILE.parse(await parse(name, read(name)))));
  resources = files.flatMap(({ resource }) =>
    Object.entries(resource).flatMap(([type, byName]) =>
      Object.entries(byName).flatMap(([name, bodies]) => bodies.map((body) => ({ type, name, body }))),
    ),
  );
  variables = Object.fromEntries(
    files.flatMap(({ variable }) => Object.entries(variable).map(([name, [body]]) => [name, body])),
  );
  outputs = Object.assign({}, ...files.map(({ output }) => output));
});

const stack = () => resources.find(({ type }) => type === 'aws_cloudformation_stack')?.body ?? {};
const template = readTemplate('deploy/aws/template.yaml');
/** `SecretArns` is `secret_arns` here. */
const snake = (name: string) => name.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();

describe('Terraform for AWS', () => {
  it('has only arguments that the provider knows, and all that it demands', () => {
    expect(resources.map(({ type }) => type).toSorted()).toEqual(Object.keys(PROVIDER).toSorted());
    for (const { type, body } of resources) {
      const { required = [], optional = [] } = PROVIDER[type] ?? {};
      const given = Object.keys(body).filter((name) => !META.includes(name));
      expect(given.filter((name) => !required.includes(name) && !optional.includes(name))).toEqual([]);
      expect(required.filter((name) => !given.includes(name))).toEqual([]);
    }
  });

  it('deploys the template, so that its rights and resources are those of the template', () => {
    expect(stack()).toMatchObject({
      template_body: `\${file("\${path.module}/template.yaml")}`,
      capabilities: ['CAPABILITY_IAM'],
    });
    expect(
      Object.values(template.Resources).filter(({ Properties }) => Properties?.['RoleName'] !== undefined),
    ).toEqual([]);
  });

  it('passes every parameter of the template on, with the same default', () => {
    const parameters = z.record(z.string(), z.string()).parse(stack()['parameters']);
    expect(Object.keys(parameters).toSorted()).toEqual(Object.keys(template.Parameters).toSorted());
    for (const [name, { Type, Default }] of Object.entries(template.Parameters)) {
      if (Default === undefined) continue;
      expect(parameters[name]).toContain(`var.${snake(name)}`);
      const own = variables[snake(name)]?.['default'];
      expect(own, name).toEqual(Type === 'CommaDelimitedList' ? [] : Default);
    }
  });

  it('refers only to what is there, and uses every variable', () => {
    for (const [, type = '', name, attribute = ''] of text.matchAll(/\b(aws_\w+)\.(\w+)\.(\w+)/g)) {
      expect(resources.some((one) => one.type === type && one.name === name)).toBe(true);
      const { required = [], optional = [], exported = [] } = PROVIDER[type] ?? {};
      expect([...required, ...optional, ...exported]).toContain(attribute);
    }
    const used = new Set([...text.matchAll(/\bvar\.(\w+)/g)].map(([, name]) => name));
    expect([...used].toSorted()).toEqual(Object.keys(variables).toSorted());
    for (const [, name = ''] of text.matchAll(/outputs\["(\w+)"\]/g))
      expect(template.Outputs).toHaveProperty(name);
    expect(Object.keys(outputs).toSorted()).toEqual(Object.keys(template.Outputs).map(snake).toSorted());
  });

  it.skipIf(NO_TERRAFORM)('is formatted as terraform fmt does', () => {
    const { status, stdout } = spawnSync('terraform', ['fmt', '-check', '-diff', FOLDER], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
