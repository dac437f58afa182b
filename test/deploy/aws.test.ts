import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type Resource, readTemplate, referencesIn, resourcesWith } from '../support/cloudformation.ts';
import { packageWith } from '../support/package.ts';

const TEMPLATE = 'deploy/aws/template.yaml';
const NAME = 'dcs-migration-watch-prod';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:on-call';
const BUS = 'arn:aws:events:eu-west-1:123456789012:event-bus/migrations';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:watch-AbCdEf';
const CONFIG = `
projects:
  - id: 254d2280acb74d36a8b839746bcd7352
    region: cn-north-4
    credentials: { accessKey: "\${ssm:/dcs-migration-watch/ak}", secretKey: "\${secretsmanager:${SECRET}#sk}" }
    tasks: [a276c1ffa0a54c2597fc824b917db317]
channels:
  ops: { type: slack, url: "\${ssm:/dcs-migration-watch/slack-url}" }
  bus: { type: eventbridge, bus: "${BUS}" }
`;

const template = readTemplate(TEMPLATE);
const REQUIRED = { CodeBucket: 'releases', CodeKey: 'one.zip', 'AWS::StackName': NAME };
const made = (given: Record<string, unknown> = {}) => resourcesWith(template, { ...REQUIRED, ...given });

/** What `npm run package` makes of serverless.yml, without the bucket of its tool. */
let packaged: Record<string, Resource>;
let own: Record<string, Resource>;
beforeAll(async () => {
  const { template: served } = await packageWith(CONFIG, { ALARM_TOPIC_ARN: TOPIC });
  const { ServerlessDeploymentBucket, ...rest } = served.Resources;
  packaged = rest;
  own = made({ AlarmTopicArn: TOPIC, SecretArns: SECRET, EventBusArns: BUS });
});

const FUNCTION = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });
const ROLE = z.object({
  Policies: z.array(
    z.object({
      PolicyName: z.string(),
      PolicyDocument: z.object({
        Statement: z.array(z.object({ Effect: z.string(), Action: z.unknown(), Resource: z.unknown() })),
      }),
    }),
  ),
});

/** Differs by design: where the code and the configuration are, and words that name the period. */
const OF_ITS_OWN = ['Code', 'Environment', 'Policies', 'DestinationConfig'];

/** Texts instead of numbers: parameters are texts, and CloudFormation takes both. */
function comparable(resources: Record<string, Resource>): unknown {
  const rows = Object.entries(resources).map(([name, { Type, Properties = {}, ...rest }]) => {
    const kept = Object.entries(Properties).filter(
      ([key]) => !OF_ITS_OWN.includes(key) && !(Type === 'AWS::Scheduler::Schedule' && key === 'Description'),
    );
    return [name, { Type, ...rest, Properties: Object.fromEntries(kept) }] as const;
  });
  return JSON.parse(JSON.stringify(Object.fromEntries(rows)), (_key, value: unknown) =>
    typeof value === 'number' ? String(value) : value,
  );
}

function statementsOf(resources: Record<string, Resource>, role: string, policy: string) {
  const { Policies } = ROLE.parse(resources[role]?.Properties);
  return Policies.find(({ PolicyName }) => PolicyName === policy)?.PolicyDocument.Statement;
}

/** Whether an ARN with `*` at its end has the other one in it. */
function covers(granted: unknown, needed: unknown): boolean {
  const [pattern, name] = [granted, needed].map((arn) => JSON.stringify(arn));
  return (
    pattern === name || (pattern?.replace(/\*"\}$/, '') ?? '') === name?.slice(0, (pattern?.length ?? 0) - 3)
  );
}

describe('the template for AWS', () => {
  it('makes what serverless.yml makes', () => {
    expect(comparable(own)).toEqual(comparable(packaged));
  });

  it('gives the function the same environment, and says the schedule besides', () => {
    const variables = ({ WatchLambdaFunction }: Record<string, Resource>) =>
      FUNCTION.parse(WatchLambdaFunction?.Properties).Environment.Variables;
    const { WATCH_CONFIG: _, ...served } = variables(packaged);
    expect(variables(own)).toEqual({
      ...served,
      WATCH_CONFIG: 'ssm:/dcs-migration-watch/config',
      SCHEDULE_MINUTES: '1',
    });
  });

  it.each([
    ['WatchRole', 'watch'],
    ['WatchRole', 'event-buses'],
    ['WatchScheduleRole', 'start'],
  ])('gives %s the same rights in %s as serverless.yml', (role, policy) => {
    const served = statementsOf(packaged, role, policy);
    expect(served?.length).toBeGreaterThan(0);
    expect(statementsOf(own, role, policy)).toEqual(served);
  });

  it('lets the function read the parameters below one path, and the secrets that it names', () => {
    const [parameters, secrets, ...more] = statementsOf(own, 'WatchRole', 'secrets') ?? [];
    expect(more).toEqual([]);
    const [named, kept] = statementsOf(packaged, 'WatchRole', 'secrets') ?? [];
    expect(secrets).toEqual(kept);
    expect(parameters?.Action).toEqual(named?.Action);
    const [path, config] = z.array(z.unknown()).parse(parameters?.Resource);
    expect(JSON.stringify(config)).toContain('parameter/dcs-migration-watch/config');
    const needed = z.array(z.unknown()).parse(named?.Resource);
    expect(needed).toHaveLength(2);
    for (const one of needed) expect(covers(path, one), JSON.stringify(one)).toBe(true);
  });

  it('gives no right for what is not there', () => {
    const { Policies } = ROLE.parse(made({ ConfigParameter: '' })['WatchRole']?.Properties);
    const actions = Policies.flatMap(({ PolicyDocument }) =>
      PolicyDocument.Statement.flatMap(({ Action }) => Action),
    );
    expect(actions).not.toContain('secretsmanager:GetSecretValue');
    expect(actions).not.toContain('events:PutEvents');
    const [statement] = statementsOf(made({ ConfigParameter: '' }), 'WatchRole', 'secrets') ?? [];
    expect(statement?.Resource).toHaveLength(1);
  });

  it('takes the configuration from the zip when no parameter is named', () => {
    expect(JSON.stringify(made({ ConfigParameter: '' })['WatchLambdaFunction'])).toContain(
      '"WATCH_CONFIG":"watch.yml"',
    );
  });

  const alarms = (resources: Record<string, Resource>) =>
    Object.values(resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');

  it('alarms a topic of its own where there is an address and no topic', () => {
    const withAddress = made({ AlarmEmail: 'ops@example.com' });
    expect(withAddress['AlarmTopic']?.Properties).toMatchObject({
      Subscription: [{ Protocol: 'email', Endpoint: 'ops@example.com' }],
    });
    for (const { Properties } of alarms(withAddress)) {
      expect(Properties?.['AlarmActions']).toEqual([{ Ref: 'AlarmTopic' }]);
    }
    const withBoth = made({ AlarmEmail: 'ops@example.com', AlarmTopicArn: TOPIC });
    expect(withBoth).not.toHaveProperty('AlarmTopic');
    for (const { Properties } of alarms(made())) expect(Properties?.['AlarmActions']).toEqual([]);
  });

  it.each(['1', '2', '5', '10'])(
    'counts the periods of its alarms by the schedule of %s minutes',
    (minutes) => {
      const resources = made({ ScheduleMinutes: minutes });
      const unit = minutes === '1' ? 'minute' : 'minutes';
      expect(resources['WatchSchedule']?.Properties).toMatchObject({
        ScheduleExpression: `rate(${minutes} ${unit})`,
      });
      expect(resources['NoTickAlarm']?.Properties).toMatchObject({ Period: Number(minutes) * 60 });
      expect(template.Parameters['ScheduleMinutes']).toMatchObject({ AllowedValues: [1, 2, 5, 10] });
    },
  );

  it('refers to nothing that is not there, and has nothing that nobody refers to', () => {
    const { names, conditions } = referencesIn(template);
    const known = [...Object.keys(template.Parameters), ...Object.keys(template.Resources)];
    expect([...names].filter((name) => !name.startsWith('AWS::') && !known.includes(name))).toEqual([]);
    expect(Object.keys(template.Parameters).filter((name) => !names.has(name))).toEqual([]);
    expect([...conditions].toSorted()).toEqual(Object.keys(template.Conditions).toSorted());
  });

  it('names each parameter in the form of the console, and describes it', () => {
    const groups = z
      .object({
        'AWS::CloudFormation::Interface': z.object({
          ParameterGroups: z.array(z.object({ Parameters: z.array(z.string()) })),
        }),
      })
      .parse(template.Metadata)['AWS::CloudFormation::Interface'].ParameterGroups;
    const shown = groups.flatMap(({ Parameters }) => Parameters);
    expect(shown.toSorted()).toEqual(Object.keys(template.Parameters).toSorted());
    for (const parameter of Object.values(template.Parameters)) {
      expect(parameter).toMatchObject({ Description: expect.stringMatching(/\.$/) });
    }
  });

  it('has every parameter in docs/deploying.md', () => {
    const rows = readFileSync('docs/deploying.md', 'utf8').match(/^\| `[A-Z]\w+`.*$/gm) ?? [];
    const named = rows.flatMap((row) => [...row.matchAll(/`([A-Z]\w+)`/g)].map(([, name]) => name));
    expect([...new Set(named)].toSorted()).toEqual(Object.keys(template.Parameters).toSorted());
  });

  it('has no aliases of YAML, which CloudFormation refuses, and fits into one call', () => {
    const text = readFileSync(TEMPLATE, 'utf8');
    expect(text).not.toMatch(/^[^#]*[:-] [&*]\w/m);
    expect(text.length).toBeLessThan(51_200);
  });
});
