import type { Redis } from 'ioredis';
import type { ItemKey } from '../../lib/store/store.ts';

/** What may stand where another word belongs. */
const WORDS: Readonly<Record<string, string>> = {
  missing: '',
  'a text': 'seven',
  zero: '0',
  'a negative number': '-1',
  'a fraction': '7.5',
  'a number with a zero before it': '02',
  'a number beyond 2^53': '9007199254740993',
  'a number of many digits': '12345678901234567890',
  'a huge number': '1e40',
};

/** `rev: a text`, `expiresAt: zero`, … What is in its right place is no damage. */
export const REDIS_DAMAGES: readonly string[] = [
  ...Object.keys(WORDS).map((word) => `rev: ${word}`),
  'nonce: missing',
  'nonce: half a character',
  'body: missing',
  'body: bytes',
  ...['missing', 'a text', 'a negative number', 'a fraction', 'a number beyond 2^53', 'a huge number'].map(
    (word) => `expiresAt: ${word}`,
  ),
];

/** Puts the word in the place of the part. */
export async function damageField(admin: Redis, { partition, id }: ItemKey, way: string): Promise<void> {
  const key = `{dcs-migration-watch}:${partition}`;
  const value = await admin.hget(key, id);
  if (value === null) throw new Error('there is nothing to damage');
  const [rev = '', expires = '', nonce = '', ...body] = value.split(' ');
  const [part = '', words = ''] = way.split(': ');
  const parts: Record<string, string> = { rev, expiresAt: expires, nonce, body: body.join(' ') };
  parts[part] = words === 'half a character' ? '%e2%82' : (WORDS[words] ?? '');
  const head = `${parts['rev']} ${parts['expiresAt']} ${parts['nonce']} `;
  const damaged = words === 'bytes' ? Buffer.from([0x7b, 0, 0xff, 0xfe]) : Buffer.from(parts['body'] ?? '');
  await admin.hset(key, id, Buffer.concat([Buffer.from(head), damaged]));
}
