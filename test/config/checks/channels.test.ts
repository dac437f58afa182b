import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { expectNoSecret } from '../../support/secrets.ts';
import { ENV, load, MINIMAL, problemsOf, refusalOf } from '../support.ts';

const CANARY = 'canary_of_a_token_5Fd';

/** A configuration with one webhook of this body. */
function withBody(body: unknown, more: object = {}) {
  return {
    ...MINIMAL,
    channels: { any: { type: 'webhook', url: 'https://ntfy.example.com/x', body, ...more } },
  };
}

async function problemOf(text: string, more: object = {}): Promise<string> {
  const problems = await problemsOf(withBody({ text }, more), { env: { ...ENV, TOKEN: CANARY } });
  expect(problems).toHaveLength(1);
  return problems[0] ?? '';
}

describe('the templates of a body', () => {
  it('are taken where every type of event has what they name', async () => {
    const body = {
      title: '{{ data.summary }}',
      priority: "{% if data.severity == 'failure' %}5{% else %}3{% endif %}",
      task: '{{ data.task.name | default: subject }}',
      error: '{% if data.dossier.errorMessage %}{{ data.dossier.errorMessage }}{% endif %}',
      team: '{{ data.task.labels.team | default: "nobody" }}',
      members:
        '{% if data.group %}{% for member in data.group.members %}{{ forloop.index }} {{ member.name }}{% endfor %}{% endif %}',
      id: '{{ id }}',
      url: '{{ data.consoleUrl | default: nil }}',
      name: '$5 {{ type }}',
    };
    const { channels, warnings } = await load(withBody(body));
    expect(channels['any']).toMatchObject({ type: 'webhook', contentType: 'application/json' });
    expect(warnings).toEqual([]);
  });

  it.each([
    ['{{ data.sumary }}', 'uses data.sumary, which no event has; did you mean data.summary?'],
    ['{{ summary }}', 'uses summary, which no event has; did you mean data.summary?'],
    ['{% if data.task.nmae %}x{% endif %}', 'did you mean data.task.name?'],
    [
      '{% if data.dossier %}{{ data.dossier.log[0].massage }}{% endif %}',
      'did you mean data.dossier.log[0].message?',
    ],
    [
      '{{ data.task.name }}',
      'uses data.task, which not every event of dcs.group.ready, dcs.group.failed, dcs.group.finished and',
    ],
    [
      '{{ data.task.name }}',
      'add | default: "…" right after it, or put it between {% if data.task %} and {% endif %}',
    ],
    [
      '{% if data.group %}{% for m in data.group.members %}{{ m.nmae }}{% endfor %}{% endif %}',
      'uses m.nmae',
    ],
    ['{{ id | upcas }}', 'uses a filter that does not exist: upcas; did you mean upcase?'],
    ['{% iff id %}{% endiff %}', 'uses a tag that does not exist: iff; did you mean if?'],
    ['{{ id', 'has a {{ without its }}'],
    ['{% if id %}', 'has a tag that is not closed'],
    ['{{ | upcase }}', 'is not a Liquid template that can be rendered (see its line 1'],
    ['{{ "now" | date: "%s" }}', 'reads the clock'],
    ['{{ data }}!', 'prints a group of fields; name one of them, or add | json'],
    ['{% for i in (1..100000000) %}x{% endfor %}', 'makes too much'],
    ['{{ data.readiness.offset }}', 'uses data.readiness, which not every event'],
  ])('are refused: %s', async (text, words) => {
    const problem = await problemOf(text);
    expect(problem).toMatch(/^channels\.any\.body\.text: /);
    expect(problem).toContain(words);
  });

  it('need to fit only the events that the channel may get', async () => {
    const when = { events: ['migration.cutover_ready', 'migration.cutover_unready'] };
    const { channels } = await load(
      withBody({ text: '{{ data.task.name }}: {{ data.readiness.maxOffset }}' }, { when }),
    );
    expect(channels).toHaveProperty('any');
    expect(await problemOf('{{ data.validUntil }}', { when })).toContain(
      'uses data.validUntil, which not every event of dcs.migration.cutover_unready has',
    );
    expect(await problemOf('{{ data.group.name }}', { when: { severity: ['failure'] } })).toContain(
      'data.group',
    );
  });

  it('are refused with the line of each text, together with all other problems of the file', async () => {
    const text = `projects: []
channels:
  any:
    type: webhook
    url: https://ntfy.example.com/x
    body:
      title: "{{ data.sumary }}"
      parts:
        - "{{ id }}"
        - text: |
            {{ id | upcas }}
`;
    const { problems } = await refusalOf(load(text));
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ line: 7, path: 'channels.any.body.title' }),
        expect.objectContaining({ line: 10, path: 'channels.any.body.parts[1].text' }),
        expect.objectContaining({ path: 'projects' }),
      ]),
    );
  });

  it.each([
    '{{ ${TOKEN} }}',
    '{{ id | ${TOKEN} }}',
    '{% ${TOKEN} %}',
    '{{ data.${TOKEN} }}',
    '${TOKEN} {{ id',
    '{{ "${TOKEN}" | upcas }}',
  ])('are refused without the value of a reference in them: %s', async (text) => {
    expectNoSecret(await problemOf(text), [CANARY]);
  });

  it('may hold a reference, whose value is sent and never shown', async () => {
    const config = await load(withBody({ token: '${TOKEN}', text: '{{ id }} ${TOKEN}' }), {
      env: { ...ENV, TOKEN: CANARY },
    });
    expectNoSecret(config, [CANARY]);
  });

  it('are good in the example of docs/channels.md', async () => {
    const readme = await readFile(new URL('../../../docs/channels.md', import.meta.url), 'utf8');
    const examples = [...readme.matchAll(/```yaml\n([^`]*)```/g)].map(([, yaml = '']) => yaml);
    const withBodies = examples.filter((yaml) => yaml.includes('    body:'));
    expect(withBodies).toHaveLength(1);
    for (const yaml of withBodies) {
      const { channels } = await load(
        { ...MINIMAL, ...parse(yaml) },
        { env: { ...ENV, NTFY_TOKEN: CANARY } },
      );
      expect(channels['ntfy']).toHaveProperty('body');
    }
  });

  it('are sent within 256 kB all together', async () => {
    const long = '{% for i in (1..900) %}0123456789{% endfor %}';
    expect(await problemsOf(withBody(Array.from({ length: 30 }, () => long)))).toEqual([
      'channels.any.body: makes more than 256 kB',
    ]);
  });

  it('are not looked at where the channel is of another type, or the body of another form', async () => {
    const channels = {
      ops: { type: 'slack', url: 'https://hooks.slack.com/services/T0/B0/x', body: { a: '{{ x }}' } },
    };
    expect(await problemsOf({ ...MINIMAL, channels })).toEqual([
      expect.stringMatching(/^channels\.ops\.body: is not a known setting/),
    ]);
    expect(await problemsOf(withBody('{{ x }}'))).toEqual([
      expect.stringMatching(/^channels\.any\.body: expected settings/),
    ]);
  });
});
