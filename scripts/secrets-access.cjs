/**
 * For serverless.yml: what the configuration refers to decides what the function may read. Without a reference the
 * function has no right to any parameter or secret.
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
    `There is no ${configFile}: the package has no configuration and can only be looked at. See README, "Deploy".\n`,
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

module.exports = {
  watchConfig,
  configFile,
  policy:
    statements.length === 0
      ? { Ref: 'AWS::NoValue' }
      : { PolicyName: 'secrets', PolicyDocument: { Version: '2012-10-17', Statement: statements } },
};
