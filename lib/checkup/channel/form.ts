import { defined } from '../../base/defined.ts';
import { certificateWarning } from '../../channels/client-certificate.ts';
import { addressWarning, typeAt } from '../../channels/hooks.ts';
import { type ChannelConfig, channelWarning, readersOf } from '../../channels/index.ts';
import { keyProblem } from '../../huawei/key-form.ts';
import { explained, type Finding, ok, problem, SEMICOLON, warning } from '../finding.ts';
import { secretProblem, secretsIn } from './secrets.ts';

/** A warning about one setting, in words that continue its name. */
interface FormWarning {
  readonly setting: string;
  readonly message: string;
  /** It will be wrong soon, or may be right. */
  readonly isMild?: boolean;
}

/** Mistakes that the form of a channel's settings shows; loading lets all of them pass. */
export async function formWarnings(config: ChannelConfig, now: number): Promise<FormWarning[]> {
  const own = await channelWarning(config);
  return [
    ...ofSecrets(config),
    ...(await ofAddress(config)),
    ...(own === undefined ? [] : [own]),
    ...ofKey(config),
    ...ofCertificate(config, now),
  ];
}

export async function formFindings(config: ChannelConfig, now: number): Promise<Finding[]> {
  const warnings = await formWarnings(config, now);
  if (warnings.length === 0) return [ok('settings', 'their form is right')];
  return warnings.map(({ setting, message, isMild = false }) => {
    const { words, advice } = explained(message, SEMICOLON, `Correct ${setting} where it is kept.`);
    const finding = { words: `${setting} ${words}`, advice };
    return isMild ? warning('settings', finding) : problem('settings', finding);
  });
}

function ofSecrets(config: ChannelConfig): FormWarning[] {
  return secretsIn(config).flatMap(({ setting, text }) => {
    const message = secretProblem(text);
    return message === undefined ? [] : [{ setting, message: `${message}; remove it where it is kept` }];
  });
}

async function ofAddress(config: ChannelConfig): Promise<FormWarning[]> {
  const url = 'url' in config ? URL.parse(config.url.reveal()) : null;
  const message = url === null ? undefined : addressWarning(config.type, await readersOf(config), url);
  if (url === null || message === undefined) return [];
  // A relay has addresses of its own.
  return [defined<FormWarning>({ setting: 'url', message, isMild: typeAt(url) === undefined })];
}

function ofKey(config: ChannelConfig): FormWarning[] {
  const credentials = 'credentials' in config ? config.credentials : undefined;
  if (credentials === undefined) return [];
  const { accessKey, secretKey } = credentials;
  const message = keyProblem({ accessKey: accessKey.reveal(), secretKey: secretKey.reveal() });
  return message === undefined ? [] : [{ setting: 'credentials', message }];
}

function ofCertificate(config: ChannelConfig, now: number): FormWarning[] {
  const certificate = 'clientCertificate' in config ? config.clientCertificate : undefined;
  const message = certificate && certificateWarning(certificate, now);
  if (message === undefined) return [];
  return [
    defined<FormWarning>({
      setting: 'clientCertificate.cert',
      message,
      isMild: message.startsWith('expires'),
    }),
  ];
}
