/** The two halves of an access key, revealed. */
export interface KeyTexts {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** IAM documents 20 characters for access keys and 40 for secret keys. */
const LENGTHS = { accessKey: 20, secretKey: 40 } as const;

const QUOTED = /^(["'`]).*\1$|^["'`]|["'`]$/s;
/** As in `KEY` of a configuration: keys are sent in headers. */
const FOREIGN = /[^\x21-\x7e]/;

/**
 * The fault in the form of an access key, in words that name no part of it; nothing when it is good. Environment files
 * of containers keep quotes and blanks that a shell would take away.
 */
export function keyProblem(texts: KeyTexts): string | undefined {
  for (const half of ['accessKey', 'secretKey'] as const) {
    if (QUOTED.test(texts[half])) return `${half} has quotes around it; remove them`;
    if (FOREIGN.test(texts[half]))
      return `${half} has a blank or another character that no key has; copy it again`;
  }
  return exchangeProblem(texts);
}

/** The fault of two halves that were taken for each other. */
export function exchangeProblem({ accessKey, secretKey }: KeyTexts): string | undefined {
  if (accessKey !== '' && accessKey === secretKey) {
    return 'accessKey and secretKey are the same; expected two different values';
  }
  const isSwapped = accessKey.length === LENGTHS.secretKey && secretKey.length === LENGTHS.accessKey;
  return isSwapped
    ? 'accessKey is as long as a secret key, and the other way round; are they swapped?'
    : undefined;
}

/** A half of a length that no permanent key has; it may have been cut. Other operators may have other keys. */
export function lengthWarning(texts: KeyTexts): string | undefined {
  for (const half of ['accessKey', 'secretKey'] as const) {
    const { length } = texts[half];
    if (length !== LENGTHS[half])
      return `${half} has ${length} characters, keys of Huawei Cloud have ${LENGTHS[half]}`;
  }
  return undefined;
}
