import { describe, expect, it } from 'vitest';
import { WatchError } from '../../../lib/base/errors.ts';
import { Secret } from '../../../lib/base/secret.ts';
import type { SecretProviders } from '../../../lib/config/references/provider.ts';
import { substitute } from '../../../lib/config/references/references.ts';
import { ENV, load, MINIMAL, PROJECT, problemsOf, withProject } from '../support.ts';

async function filled(
  text: string,
  env: Record<string, string | undefined> = {},
  secrets: SecretProviders = {},
) {
  const { value, failures } = await substitute(text, { env, secrets });
  return failures.length === 0 ? value : failures.map(({ message }) => message);
}

const FORMS = `expected \${NAME}, \${file:/path}, \${ssm:/path} or \${secretsmanager:id#key}; a literal \${ is written $\${`;

describe('A reference to the environment', () => {
  it.each([
    [`\${A}`, 'one'],
    [`<\${A}\${B}>`, '<one>'],
    [`Bearer \${A}`, 'Bearer one'],
    [`$A {A} $ $$ \${A}$`, '$A {A} $ $$ one$'],
    [`$\${A}`, `\${A}`],
    [`$\${A}\${A}`, `\${A}one`],
    [`$$\${A}`, `$\${A}`],
    [`\${D}`, `$& $1 \${A} *x !y`],
  ])('makes of %j the text %j', async (text, expected) => {
    expect(await filled(text, { A: 'one', B: '', D: `$& $1 \${A} *x !y` })).toBe(expected);
  });

  it.each([
    [`\${MISSING}`, 'the environment variable MISSING is not set'],
    [`\${constructor}`, 'the environment variable constructor is not set'],
    [`\${__proto__}`, 'the environment variable __proto__ is not set'],
    [`\${}`, FORMS],
    [`\${A`, FORMS],
    [`\${A:-default}`, FORMS],
    [`\${A B}`, FORMS],
    [`\${ssm:}`, FORMS],
    [`\${\${A}}`, FORMS],
  ])('is refused as %j', async (text, message) => {
    expect(await filled(text, { A: 'one' })).toEqual([message]);
  });

  it('is resolved in every string of the file, and never in keys', async () => {
    const KEY = `\${X}`;
    const { value } = await substitute(
      { a: [`\${X}`, { b: `\${X}` }], [KEY]: 1, c: null, d: true },
      { env: { X: 'x' } },
    );
    expect(value).toEqual({ a: ['x', { b: 'x' }], [KEY]: 1, c: null, d: true });
  });

  it('brings data, which is not read as YAML', async () => {
    const { projects } = await load(withProject({ name: `\${NAME}` }), {
      env: { ...ENV, NAME: `a: [b, *c] # \${PATH}` },
    });
    expect(projects[0]?.name).toBe(`a: [b, *c] # \${PATH}`);
  });

  it('makes a string, even where a number is expected', async () => {
    const file = { ...MINIMAL, settings: { requestsPerSecond: `\${RATE}` } };
    expect(await problemsOf(file, { env: { ...ENV, RATE: '5' } })).toEqual([
      'settings.requestsPerSecond: expected a number above 0, at most 100',
    ]);
  });

  it('that is unset makes one problem, without those of an empty string', async () => {
    const settings = { id: `\${A}`, region: `\${B}`, tasks: [`\${C}`, `\${C}`], name: `\${D}` };
    const problems = await problemsOf(withProject(settings));
    expect(problems).toEqual(
      ['id', 'region', 'tasks[0]', 'tasks[1]', 'name'].map((path, i) => {
        return `projects[0].${path}: the environment variable ${'ABCCD'[i]} is not set`;
      }),
    );
  });

  it('that is unset for the endpoint does not make the region a problem', async () => {
    const { region: _, ...project } = { ...MINIMAL.projects[0], endpoint: `\${API}` };
    expect(await problemsOf({ ...MINIMAL, projects: [project] })).toEqual([
      'projects[0].endpoint: the environment variable API is not set',
    ]);
  });
});

class Denied extends WatchError {
  override readonly name = 'Denied';
  readonly code = 'denied';
}

function fakeSource() {
  const asked: string[] = [];
  const answer = async (what: string) => {
    asked.push(what);
    if (what.includes('denied')) throw new Denied('the parameter may not be read');
    if (what.includes('broken')) throw new RangeError(`canary in a foreign error`);
    return new Secret(`value of ${what} with \${A}`);
  };
  const source: SecretProviders = { ssm: answer, secretsmanager: answer };
  return { asked, source };
}

describe('A reference to AWS', () => {
  it.each([
    [`\${ssm:/watch/slack-url}`, `value of /watch/slack-url with \${A}`],
    [`\${ssm:/watch/slack-url:3}`, `value of /watch/slack-url:3 with \${A}`],
    [`\${secretsmanager:watch/hook}`, `value of watch/hook with \${A}`],
    [`\${secretsmanager:watch/hook#a.key}`, `value of watch/hook#a.key with \${A}`],
    [
      `\${secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:hook-AbCdEf#k}`,
      `value of arn:aws:secretsmanager:eu-west-1:123456789012:secret:hook-AbCdEf#k with \${A}`,
    ],
  ])('%s is read there, and its value is not resolved again', async (text, expected) => {
    expect(await filled(text, { A: 'no' }, fakeSource().source)).toBe(expected);
  });

  it('is read once, however often it is used', async () => {
    const { asked, source } = fakeSource();
    await substitute([`\${ssm:/a}`, `\${ssm:/a} \${ssm:/b}`], { env: {}, secrets: source });
    expect(asked.toSorted()).toEqual(['/a', '/b']);
  });

  it.each(['ssm:', 'ssm:/a#b', 'secretsmanager:#k', 'secretsmanager:id#', 'csms:/a', 'constructor:/a'])(
    'has a form, which %s does not have',
    async (body) => {
      expect(await filled(`\${${body}}`, {}, fakeSource().source)).toEqual([FORMS]);
    },
  );

  it('is refused without AWS', async () => {
    expect(await filled(`\${ssm:/a}`)).toEqual([
      `\${ssm:/a} can be read only on AWS (AWS_REGION is not set); use \${NAME} here`,
    ]);
  });

  it('is refused with our own words, never with those of a foreign error', async () => {
    const { source } = fakeSource();
    expect(await filled(`\${ssm:/denied}`, {}, source)).toEqual(['the parameter may not be read']);
    expect(await filled(`\${ssm:/broken}`, {}, source)).toEqual(['not read: internal error (RangeError)']);
  });

  it('may be the secret of a channel', async () => {
    const { source: secrets } = fakeSource();
    const credentials = { accessKey: `\${ssm:/ak}`, secretKey: `\${secretsmanager:keys#sk}` };
    const problems = await problemsOf(withProject({ id: PROJECT, credentials }), { secrets });
    // The made-up values have blanks: that they arrive is seen by what is wrong with them.
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('value of');
  });
});
