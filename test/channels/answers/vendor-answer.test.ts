import { describe, expect, it } from 'vitest';
import {
  type AnswerTable,
  classifierOf,
  meaningOfStatus,
} from '../../../lib/channels/answers/vendor-answer.ts';

const TABLE: AnswerTable = {
  vendor: 'Pigeon',
  read: (body) => (typeof body === 'string' ? { code: body } : undefined),
  meaningOf: ({ words }) =>
    words === '' ? { class: 'pause', hint: 'busy', pauseMs: 60_000 } : { class: 'permanent' },
  statuses: new Map([[451, { class: 'broken', hint: 'no_robot' }]]),
};

const answered = (status: number, body: string) => ({ status, body, headers: {}, truncated: false, ms: 3 });
const classify = classifierOf(TABLE);

describe("a vendor's answer", () => {
  it('has the meaning of its code, whatever its status', () => {
    expect(classify(answered(500, '"E-1.x"'))).toEqual({
      class: 'pause',
      reason: 'Pigeon E-1.x: the service is busy',
      explanation: { at: 'Pigeon E-1.x', what: [{ code: 'busy' }] },
      retryAfterMs: 60_000,
    });
  });

  it.each(['', 'a b', '-secret!', '!secret-', 'x'.repeat(61)])('never shows the code %j', (code) => {
    expect(classify(answered(200, JSON.stringify(code))).reason).toBe('Pigeon HTTP 200: the service is busy');
  });

  it('without a code has the meaning of its status, where the vendor gives it one', () => {
    expect(classify(answered(451, ''))).toMatchObject({
      class: 'broken',
      reason: 'Pigeon HTTP 451: the robot does not exist; copy its URL again',
    });
  });

  it.each([
    [199, 'transient', undefined],
    [200, 'permanent', true],
    [299, 'permanent', true],
    [300, 'transient', true],
    [400, 'transient', true],
    [404, 'transient', true],
    [422, 'transient', true],
    [429, 'pause', undefined],
    [500, 'transient', undefined],
  ])('that is not from the vendor with HTTP %i is %s', (status, expected, notHere) => {
    const { class: outcomeClass, reason, ...others } = classify(answered(status, '<html>'));
    expect(outcomeClass).toBe(expected);
    expect(others.notHere).toBe(notHere);
    const mayBeTheVendors = [200, 299, 400, 422].includes(status);
    const unsaid = `HTTP ${status}, but the answer is not from Pigeon; check the URL`;
    expect(reason === unsaid).toBe(mayBeTheVendors);
  });

  it('of a status without a meaning of its own is classified as for every receiver', () => {
    const plain = classifierOf({ vendor: 'Pigeon', read: () => undefined, meaningOf: TABLE.meaningOf });
    expect(plain(answered(503, ''))).toEqual({ class: 'transient', reason: 'HTTP 503' });
  });
});

describe('a refusal whose code is not documented', () => {
  const refusal = { class: 'permanent', isForm: true } as const;

  it.each([200, 299, 400, 409, 413, 415, 422])('is about the message with HTTP %i', (status) => {
    expect(meaningOfStatus(status, refusal)).toBe(refusal);
  });

  it.each([
    [199, { class: 'transient' }],
    [300, { class: 'transient', notHere: true }],
    [404, { class: 'transient', notHere: true }],
    [410, { class: 'broken' }],
    [429, { class: 'pause' }],
    [500, { class: 'transient' }],
  ])('is about the place or the moment with HTTP %i', (status, meaning) => {
    expect(meaningOfStatus(status, refusal)).toStrictEqual(meaning);
  });
});
