import * as z from 'zod/mini';
import { defined } from '../base/defined.ts';
import { credentialsSchema } from '../huawei/credentials.ts';
import { privateRangeOf } from '../huawei/regions.ts';
import { type Credentials, sign } from '../huawei/signer.ts';
import { BrokenChannelError } from './answers/http-outcome.ts';
import type { Meaning } from './answers/vendor-answer.ts';
import type { ChannelDeps } from './channel-type.ts';

/** The settings of a channel whose requests are signed with an access key of Huawei Cloud. */
export const huaweiShape = { credentials: z.optional(credentialsSchema) };

export interface HuaweiSettings {
  readonly credentials?: z.output<typeof credentialsSchema> | undefined;
}

/** @throws {BrokenChannelError} when there is no key */
async function credentialsFor({ credentials }: HuaweiSettings, deps: ChannelDeps): Promise<Credentials> {
  if (credentials !== undefined) return defined<Credentials>(credentials);
  if (deps.huawei === undefined) throw new BrokenChannelError('no_huawei_key');
  return deps.huawei();
}

interface Unsigned {
  readonly url: URL;
  readonly contentType: string;
  readonly body: string;
}

/** Headers and limits of one attempt: the gateway takes a signature for 15 minutes. */
export async function signedAt(
  now: Date,
  { url, contentType, body }: Unsigned,
  config: HuaweiSettings,
  deps: ChannelDeps,
): Promise<{ readonly headers: Record<string, string>; readonly privateRange: string | undefined }> {
  const credentials = await credentialsFor(config, deps);
  const headers = sign(
    { method: 'POST', url, headers: { 'content-type': contentType }, body, credentials },
    now,
  );
  return { headers, privateRange: privateRangeOf(url.hostname) };
}

const SIGNATURE: Meaning = {
  class: 'broken',
  hint: 'key_signature_refused',
};

/** Codes of the gateway before every service (API Gateway, error codes): it answers in its own form. */
const OF_GATEWAY: ReadonlyMap<string, Meaning> = new Map([
  ['APIGW.0301', SIGNATURE],
  ['APIGW.0302', { class: 'broken', hint: 'api_not_permitted' }],
  ['APIGW.0303', SIGNATURE],
  ['APIGW.0308', { class: 'pause', hint: 'too_many_requests', pauseMs: 60_000 }],
]);

/** The meaning of a code that is missing in the service's table: that of the gateway, or else of the status. */
export function undocumentedMeaning(code: string, status: number): Meaning {
  const known = OF_GATEWAY.get(code);
  if (known !== undefined) return known;
  if (status === 401) return SIGNATURE;
  if (status === 403) return { class: 'broken', hint: 'not_permitted' };
  if (status === 404) return { class: 'broken', hint: 'no_place' };
  if (status === 429) return { class: 'pause', hint: 'too_many_requests', pauseMs: 60_000 };
  return { class: status >= 400 && status < 500 ? 'permanent' : 'transient' };
}
