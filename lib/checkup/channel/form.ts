import { defined } from '../../base/defined.ts';
import { certificateWarning } from '../../channels/client-certificate.ts';
import { addressDoubt, type ChannelConfig, doubtAbout, typeAt } from '../../channels/index.ts';
import { keyProblem } from '../../huawei/key-form.ts';
import { explained, type Finding, ok, problem, SEMICOLON, warning } from '../finding.ts';
import { secretProblem, secretsIn } from './secrets.ts';

/** A doubt about one setting, in words that continue its name. */
interface Doubt {
  readonly setting: string;
  readonly message: string;
  /** It will be wrong soon, or may be right. */
  readonly isMild?: boolean;
}

/** What the form of a channel's settings shows; loading lets all of this pass. */
export function formDoubts(config: ChannelConfig, now: number): Doubt[] {
  const own = doubtAbout(config);
  return [
    ...ofSecrets(config),
    ...ofAddress(config),
    ...(own === undefined ? [] : [own]),
    ...ofKey(config),
    ...ofCertificate(config, now),
  ];
}

export function formFindings(config: ChannelConfig, now: number): Finding[] {
  const doubts = formDoubts(config, now);
  if (doubts.length === 0) return [ok('settings', 'their form is right')];
  return doubts.map(({ setting, message, isMild = false }) => {
    const { words, advice } = explained(message, SEMICOLON, `Correct ${setting} where it is kept.`);
    const finding = { words: `${setting} ${words}`, advice };
    return isMild ? warning('settings', finding) : problem('settings', finding);
  });
}

function ofSecrets(config: ChannelConfig): Doubt[] {
  return secretsIn(config).flatMap(({ setting, text }) => {
    const message = secretProblem(text);
    return message === undefined ? [] : [{ setting, message: `${message}; remove it where it is kept` }];
  });
}

function ofAddress(config: ChannelConfig): Doubt[] {
  const url = 'url' in config ? URL.parse(config.url.reveal()) : null;
  const message = url === null ? undefined : addressDoubt(config.type, url);
  if (url === null || message === undefined) return [];
  // A relay has addresses of its own.
  return [defined<Doubt>({ setting: 'url', message, isMild: typeAt(url) === undefined })];
}

function ofKey(config: ChannelConfig): Doubt[] {
  const credentials = 'credentials' in config ? config.credentials : undefined;
  if (credentials === undefined) return [];
  const { accessKey, secretKey } = credentials;
  const message = keyProblem({ accessKey: accessKey.reveal(), secretKey: secretKey.reveal() });
  return message === undefined ? [] : [{ setting: 'credentials', message }];
}

function ofCertificate(config: ChannelConfig, now: number): Doubt[] {
  const certificate = 'clientCertificate' in config ? config.clientCertificate : undefined;
  const message = certificate && certificateWarning(certificate, now);
  if (message === undefined) return [];
  return [
    defined<Doubt>({ setting: 'clientCertificate.cert', message, isMild: message.startsWith('expires') }),
  ];
}
