import type { Secret } from '../../base/secret.ts';

/**
 * Reads one secret of a platform, by the words behind its scheme: `/path` of `${ssm:/path}`.
 *
 * @throws {WatchError} says what is wrong, without the value
 */
export type SecretProvider = (name: string) => Promise<Secret>;

/** The secrets that can be read where the program runs, by scheme. */
export type SecretProviders = Readonly<Record<string, SecretProvider>>;

interface Scheme {
  /** The words that may follow it. */
  readonly form: RegExp;
  /** Those words as a message shows them. */
  readonly example: string;
  /** Where it can be read, as a message says it. */
  readonly onlyOn: string;
}

const ONLY_ON_AWS = 'only on AWS (AWS_REGION is not set)';

/** The schemes of all platforms: a reference may have the right form although this platform cannot read it. */
export const SCHEMES: Readonly<Record<string, Scheme>> = {
  ssm: { form: /^[\w./:-]+$/, example: '/path', onlyOn: ONLY_ON_AWS },
  secretsmanager: { form: /^[\w./:+=@-]+(?:#[^\s#]+)?$/, example: 'id#key', onlyOn: ONLY_ON_AWS },
};
