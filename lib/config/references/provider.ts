import type { Secret } from '../../base/secret.ts';

/**
 * Reads one secret of a platform by the name behind its scheme: `/path` in `${ssm:/path}`.
 *
 * @throws {WatchError} with the problem, without the value
 */
export type SecretProvider = (name: string) => Promise<Secret>;

/** The readable secrets of the present platform, by scheme. */
export type SecretProviders = Readonly<Record<string, SecretProvider>>;

interface Scheme {
  /** The form of names behind the scheme. */
  readonly form: RegExp;
  /** A sample of such a name, for messages. */
  readonly example: string;
  /** The platform that can read it, in words of a message. */
  readonly onlyOn: string;
}

const ONLY_ON_AWS = 'only on AWS (AWS_REGION is not set)';

/** The schemes of all platforms. A reference may have the right form even if this platform cannot read it. */
export const SCHEMES: Readonly<Record<string, Scheme>> = {
  ssm: { form: /^[\w./:-]+$/, example: '/path', onlyOn: ONLY_ON_AWS },
  secretsmanager: { form: /^[\w./:+=@-]+(?:#[^\s#]+)?$/, example: 'id#key', onlyOn: ONLY_ON_AWS },
};
