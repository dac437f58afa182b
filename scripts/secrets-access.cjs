/**
 * For serverless.yml: what the configuration refers to decides what the function may read, and on which event buses it
 * may put events. Without a reference the function has no right to any of them.
 */
const { existsSync, readFileSync } = require('node:fs');

const here = ['watch.yml', 'watch.yaml'].find((file) => existsSync(file)) ?? 'watch.yml';
const watchConfig = process.env.WATCH_CONFIG || here;
const fromParameter = watchConfig.startsWith('ssm:');
/** A configuration that lies in a parameter is scanned in its local copy. */
const configFile = fromParameter ? here : watchConfig;

const text = existsSync(configFile) ? readFileSync(configFile, 'utf8') : '';
if (text === '' && !fromParameter) {
  process.stderr.write(
    `There is no ${configFile}: the package has no configuration and can only be looked at. See docs/deploying.md.\n`,
  );
}

const uncommented = text.replace(/^\s*#.*$/gm, '');
const named = (kind) =>
  [...uncommented.matchAll(new RegExp(`\\$\\{${kind}:([^}#]+)`, 'g'))].map(([, name]) => name);
/** A reference may name a version (`/path:3`); rights are given for the parameter. */
const parameters = unique(
  [...(fromParameter ? [watchConfig.slice('ssm:'.length)] : []), ...named('ssm')].map((name) =>
    name.replace(/:[\w.-]+$/, ''),
  ),
);
const secrets = unique(named('secretsmanager'));

/** The event buses that channels name; one whose ARN is a reference is not known here. */
const buses = unique(uncommented.match(/arn:aws[\w-]*:events:[\w-]+:\d{12}:event-bus\/[\w./-]+/g) ?? []);

function unique(names) {
  return [...new Set(names)];
}

function arn(service, rest) {
  return { 'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}` };
}

const statements = [
  ...(parameters.length === 0
    ? []
    : [
        {
          Effect: 'Allow',
          Action: ['ssm:GetParameter'],
          Resource: parameters.map((name) => arn('ssm', `parameter/${name.replace(/^\//, '')}`)),
        },
      ]),
  ...(secrets.length === 0
    ? []
    : [
        {
          Effect: 'Allow',
          Action: ['secretsmanager:GetSecretValue'],
          // AWS appends six characters of its own to the name of a secret.
          Resource: secrets.map((id) =>
            id.startsWith('arn:') ? id : arn('secretsmanager', `secret:${id}-??????`),
          ),
        },
      ]),
];

const NONE = { Ref: 'AWS::NoValue' };

function policyOf(name, given) {
  if (given.length === 0) return NONE;
  return { PolicyName: name, PolicyDocument: { Version: '2012-10-17', Statement: given } };
}

module.exports = {
  watchConfig,
  configFile,
  /** The right to put events on the buses of the configuration; without one, none. */
  buses: policyOf(
    'event-buses',
    buses.length === 0 ? [] : [{ Effect: 'Allow', Action: ['events:PutEvents'], Resource: buses }],
  ),
  policy: policyOf('secrets', statements),
};
