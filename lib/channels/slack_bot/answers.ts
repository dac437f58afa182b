import * as z from 'zod/mini';
import { parseJson } from '../../base/json.ts';
import type { HttpResponse } from '../../http/client.ts';
import { classifierOf, type Meaning, meaningOfStatus } from '../answers/vendor-answer.ts';

/** The answer of chat.postMessage and chat.update, as far as we use it. */
const ANSWER = z.object({
  ok: z.boolean(),
  error: z._default(z.string(), ''),
  channel: z.optional(z.string()),
  ts: z.optional(z.string()),
  message: z.optional(z.object({ thread_ts: z.optional(z.string()) })),
});
export type SlackAnswer = z.output<typeof ANSWER>;

/** @returns nothing for a body that is not Slack's */
export function answerIn({ body }: HttpResponse): SlackAnswer | undefined {
  return ANSWER.safeParse(parseJson(body)).data;
}

const OK = 'ok';
/** Anything else is foreign text. */
const WORD = /^[a-z_]{1,60}$/;
const FORM: Meaning = { class: 'permanent', hint: 'form_refused', isForm: true };
const BUSY: Meaning = { class: 'transient', hint: 'slack_busy' };
const TOO_MANY: Meaning = { class: 'pause', hint: 'too_many_messages', pauseMs: 60_000 };
const TOKEN: Meaning = { class: 'broken', hint: 'token_refused' };
const RIGHTS: Meaning = {
  class: 'broken',
  hint: 'app_lacks_rights',
};
const CLOSED: Meaning = { class: 'broken', hint: 'nobody_may_post' };
const GONE: Meaning = { class: 'transient', hint: 'message_gone' };

/** Codes of several meanings, each with those that have it (methods chat.postMessage and chat.update, errors). */
const BY_MEANING: readonly (readonly [Meaning, readonly string[]])[] = [
  [{ class: 'delivered' }, [OK]],
  [TOO_MANY, ['ratelimited', 'rate_limited']],
  [{ class: 'pause', hint: 'workspace_limit', pauseMs: 3_600_000 }, ['message_limit_exceeded']],
  [
    BUSY,
    [
      'internal_error',
      'fatal_error',
      'service_unavailable',
      'request_timeout',
      'team_added_to_org',
      'org_login_required',
      'external_channel_migrating',
      'update_failed',
    ],
  ],
  [
    FORM,
    [
      'invalid_blocks',
      'invalid_blocks_format',
      'msg_blocks_too_long',
      'block_mismatch',
      'msg_too_long',
      'too_many_attachments',
      'invalid_attachments',
      'attachment_payload_limit_exceeded',
      'invalid_metadata_format',
      'invalid_metadata_schema',
      'metadata_too_large',
    ],
  ],
  [
    GONE,
    [
      'message_not_found',
      'cant_update_message',
      'edit_window_closed',
      'cannot_reply_to_message',
      'restricted_action_thread_locked',
    ],
  ],
  [
    TOKEN,
    [
      'invalid_auth',
      'not_authed',
      'account_inactive',
      'token_revoked',
      'token_expired',
      'not_allowed_token_type',
      'two_factor_setup_required',
      'is_bot',
    ],
  ],
  [
    RIGHTS,
    [
      'missing_scope',
      'no_permission',
      'access_denied',
      'accesslimited',
      'app_access_restricted',
      'ekm_access_denied',
      'enterprise_is_restricted',
      'team_not_found',
      'method_deprecated',
      'deprecated_endpoint',
      'unknown_method',
    ],
  ],
  [
    {
      class: 'broken',
      hint: 'no_channel',
    },
    ['channel_not_found'],
  ],
  [{ class: 'broken', hint: 'invite_bot' }, ['not_in_channel']],
  [{ class: 'broken', hint: 'channel_archived' }, ['is_archived', 'is_inactive']],
  [
    CLOSED,
    [
      'restricted_action',
      'restricted_action_read_only_channel',
      'restricted_action_thread_only_channel',
      'restricted_action_non_threadable_channel',
      'messages_tab_disabled',
      'posting_to_channel_denied',
    ],
  ],
];

const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  BY_MEANING.flatMap(([meaning, codes]) => codes.map((code) => [code, meaning] as const)),
);

/** The meaning of an answer of Slack's Web API: a refusal is a 200 with `ok: false`. */
export const classify = classifierOf({
  vendor: 'Slack',
  read: (body) => {
    const { success, data } = ANSWER.safeParse(body);
    if (!success) return undefined;
    // Mutant survives, `''` → `"Stryker was here!"`: neither is a code, so the status is shown.
    const word = WORD.test(data.error) ? data.error : '';
    return { code: data.ok ? OK : word };
  },
  meaningOf: ({ code }, status) =>
    MEANINGS.get(code) ?? meaningOfStatus(status, { class: 'permanent', hint: 'slack_refuses' }),
});

/** The message that was to be edited or replied to is gone. */
export function isGone(answer: SlackAnswer | undefined): boolean {
  return answer?.ok === false && MEANINGS.get(answer.error) === GONE;
}
