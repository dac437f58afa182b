import { describe, expect, it } from 'vitest';
import { classify, classifyError, LATE } from '../../../lib/channels/eventbridge/answers.ts';
import { HttpError } from '../../../lib/http/client.ts';

const URL_OF_BUS = new URL('https://events.example/');
const UNREAD = 'HTTP 200, but the answer is not from EventBridge; check the setting "endpoint"';

type Expected = readonly [outcome: string, words: string, pauseMs?: number];

/** The meaning of codes of AWS; the rest in milliseconds. */
const MEANINGS: readonly (readonly [Expected, codes: readonly string[]])[] = [
  [
    ['pause', ': throttled', 60_000],
    [
      'ThrottlingException',
      'Throttling',
      'TooManyRequestsException',
      'RequestLimitExceeded',
      'LimitExceededException',
    ],
  ],
  [
    ['transient', ''],
    ['InternalFailure', 'InternalException', 'ServiceUnavailable'],
  ],
  [
    ['permanent', ': the event was refused'],
    ['MalformedDetail', 'InvalidArgument', 'RedactionFailure', 'ValidationException'],
  ],
  [
    ['broken', ': allow the role that runs this to call events:PutEvents on the bus'],
    ['AccessDeniedException', 'NotAuthorizedForSourceException', 'NotAuthorizedForDetailTypeException'],
  ],
  [
    ['broken', ': the event bus does not exist; check the setting "bus"'],
    ['InvalidAccountIdException', 'ResourceNotFoundException'],
  ],
  [
    ['broken', ': the AWS credentials are missing, expired or refused; check them'],
    [
      'UnrecognizedClientException',
      'ExpiredTokenException',
      'InvalidSignatureException',
      'IncompleteSignature',
      'MissingAuthenticationToken',
      'CredentialsProviderError',
      'TokenProviderError',
    ],
  ],
];
const CODES = MEANINGS.flatMap(([expected, codes]) => codes.map((code) => [code, expected] as const));

const refusing = (ErrorCode?: string) => ({ FailedEntryCount: 1, Entries: [{ ErrorCode }] });

function failing(name: string, facts: object = {}) {
  return classifyError(Object.assign(new Error('arn:aws:iam::1:role/x'), { name }, facts), URL_OF_BUS);
}

const withStatus = (httpStatusCode: unknown) => failing('Unnamed', { $metadata: { httpStatusCode } });

describe('a code of EventBridge', () => {
  it.each(CODES)('%s has one meaning for an entry and a request', (code, [expected, words, pauseMs]) => {
    const { class: outcomeClass, reason, retryAfterMs } = classify(refusing(code));
    expect([outcomeClass, reason, retryAfterMs]).toEqual([expected, `EventBridge ${code}${words}`, pauseMs]);
    expect(failing(code)).toEqual(classify(refusing(code)));
  });

  it.each([undefined, '<b>words</b>', 'Two Words', 'x1', '1x'])('is never shown when it is %j', (code) => {
    expect(classify(refusing(code))).toMatchObject({
      class: 'permanent',
      reason: 'EventBridge refusal: the event was refused',
    });
  });

  it('that is not documented refuses the event, whatever the count says', () => {
    const refused = { class: 'permanent', reason: 'EventBridge NobodyKnows: the event was refused' };
    expect(classify(refusing('NobodyKnows'))).toMatchObject(refused);
    expect(classify({ ...refusing('NobodyKnows'), FailedEntryCount: 0 })).toMatchObject(refused);
  });
});

describe('an answer of EventBridge', () => {
  it('with the id of its entry took the event', () => {
    expect(classify({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] })).toEqual({
      class: 'delivered',
      reason: 'HTTP 200',
    });
  });

  it.each([
    {},
    { FailedEntryCount: 0 },
    { FailedEntryCount: 1 },
    { FailedEntryCount: 0, Entries: [] },
    { Entries: [{ EventId: '1' }] },
    { FailedEntryCount: 0, Entries: [{}] },
  ])('may be that of somebody else, and is not repeated: %j', (answer) => {
    expect(classify(answer)).toMatchObject({ class: 'permanent', reason: UNREAD, notHere: true });
  });

  it('with an id and a count of failures refused the event', () => {
    expect(classify({ FailedEntryCount: 1, Entries: [{ EventId: '1' }] }).class).toBe('permanent');
  });
});

describe('a whole request to EventBridge that failed', () => {
  it.each([
    [199, { class: 'transient', reason: 'EventBridge HTTP 199' }],
    [404, { class: 'transient', reason: expect.stringMatching(/^EventBridge HTTP 404 \(/), notHere: true }],
    [
      429,
      {
        class: 'pause',
        reason: 'EventBridge HTTP 429 (the receiver asks for a pause)',
        retryAfterMs: 60_000,
      },
    ],
    [500, { class: 'transient', reason: 'EventBridge HTTP 500' }],
  ])('with HTTP %i is classified by it', (status, expected) => {
    const { explanation: _, ...outcome } = withStatus(status);
    expect(outcome).toStrictEqual(expected);
  });

  it.each([200, 299])('with HTTP %i may have been taken, and is not repeated', (status) => {
    expect(withStatus(status)).toMatchObject({ class: 'permanent', reason: UNREAD });
  });

  it('with HTTP 300 is a redirect', () => {
    expect(withStatus(300)).toMatchObject({ class: 'transient', notHere: true });
  });

  it('by silence pauses', () => {
    expect(LATE).toMatchObject({ class: 'pause', retryAfterMs: 60_000 });
    expect(LATE.reason).toBe('EventBridge did not answer in time; check the network of the function');
    for (const facts of [{}, { code: 'ETIMEDOUT' }, { code: 'no word' }])
      expect(failing('TimeoutError', facts)).toBe(LATE);
  });

  it('by a connection that breaks is tried again, whatever the SDK calls it', () => {
    const words = 'connection closed before the answer was complete (ECONNRESET); this is often temporary';
    const broken = { class: 'transient', reason: `events.example: ${words}` };
    expect(failing('TimeoutError', { code: 'ECONNRESET' })).toMatchObject(broken);
    expect(failing('Error', { code: 'ECONNRESET' })).toMatchObject(broken);
  });

  it('by a connection that was never made pauses in the words of any channel', () => {
    expect(failing('Error', { code: 'ETIMEDOUT' })).toMatchObject({
      class: 'pause',
      reason: expect.stringMatching(/^events\.example: .*ETIMEDOUT/),
    });
  });

  it('by an error of ours has its words', () => {
    const error = new HttpError({ code: 'blocked_address', host: 'h', ms: 12, message: 'h: private' });
    expect(classifyError(error, URL_OF_BUS)).toStrictEqual({ class: 'broken', reason: 'h: private' });
  });

  it.each([undefined, 'words', { $metadata: { httpStatusCode: 404 } }])(
    'by what is no error is tried again: %j',
    (thrown) => {
      expect(classifyError(thrown, URL_OF_BUS)).toMatchObject({
        class: 'transient',
        reason: 'internal error (Error)',
      });
    },
  );

  it.each([{ $metadata: undefined }, { $metadata: { httpStatusCode: '404' } }])(
    'without a status is named by its class: %j',
    (facts) => {
      expect(failing('Unnamed', facts)).toMatchObject({
        class: 'transient',
        reason: 'internal error (Unnamed)',
      });
    },
  );
});
