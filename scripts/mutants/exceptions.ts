/** Mutants that no test can tell from the product, and why. All others must be killed. */
interface Exception {
  readonly why: string;
  readonly file: string;
  readonly mutants: readonly {
    /** The line of the product in which the change begins. */
    readonly code: string;
    readonly from: string;
    readonly to: string;
  }[];
}

/** What Stryker puts where a text is empty, and into an empty list. */
const WORD = '"Stryker was here!"';
const LIST = '["Stryker was here"]';

export const EXCEPTIONS: readonly Exception[] = [
  {
    why: 'The empty text stands for none and is only matched: a word that matches nothing does the same.',
    file: 'lib/channels/http-outcome.ts',
    mutants: [
      { code: "const text = headers['retry-after']?.trim() ?? '';", from: "''", to: WORD },
      { code: "function parseHttpDate(text = ''): number | undefined {", from: "''", to: WORD },
    ],
  },
  {
    why: 'The same: no code, no message, no date and no Retry-After are like this word.',
    file: 'lib/dcs/refusal.ts',
    mutants: [
      { code: "const { canonicalCode: code = '' } = error;", from: "''", to: WORD },
      { code: "const text = retryAfter?.trim() ?? '';", from: "''", to: WORD },
    ],
  },
  {
    why: 'The same for its words.',
    file: 'lib/dcs/refusal-words.ts',
    mutants: [
      {
        code: "export function signatureHint({ errorMessage = '', gatewayCode, date }: DcsError, now: number): string {",
        from: "''",
        to: WORD,
      },
      {
        code: "const minutes = Math.round((now - Date.parse(date ?? '')) / MINUTE);",
        from: "''",
        to: WORD,
      },
    ],
  },
  {
    why: 'Of a list that is not there, or a standing: a word in it has neither a time nor a channel and counts for nothing.',
    file: 'lib/delivery/outbox/batching/flapping.ts',
    mutants: [
      {
        code: 'const all = [...timeline, ...(standing === undefined ? [] : [standing])];',
        from: '[]',
        to: LIST,
      },
      { code: '{ told = [] }: WatchRecord,', from: '[]', to: LIST },
    ],
  },
  {
    why: 'The same: what was not logged was sent at no time.',
    file: 'lib/delivery/outbox/batching/batching.ts',
    mutants: [
      {
        code: 'function lastSentLately({ told = [] }: WatchRecord, channel: string, now: Date): number | undefined {',
        from: '[]',
        to: LIST,
      },
    ],
  },
  {
    why: 'DynamoDB leaves out the list of items only when it is asked to count.',
    file: 'lib/store/dynamodb/dynamodb.ts',
    mutants: [
      {
        code: 'const { Items = [], LastEvaluatedKey } = await client.send(query).catch(fail);',
        from: '[]',
        to: LIST,
      },
    ],
  },
  {
    why: 'Only differences of 15 minutes or more come here, so there is none of zero.',
    file: 'lib/dcs/refusal-words.ts',
    mutants: [
      {
        code: "return `This machine's clock is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead' : 'behind'}. Set it.`;",
        from: 'minutes > 0',
        to: 'minutes >= 0',
      },
    ],
  },
  {
    why: 'Only differences of 295 seconds or more come here, so there is none of zero.',
    file: 'lib/channels/webhook/webhook.ts',
    mutants: [
      {
        code: "return `the receiver's clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} ours, check both`;",
        from: 'skewMs > 0',
        to: 'skewMs >= 0',
      },
    ],
  },
  {
    why: 'A telling without an event is a mistake of ours: without this line the next one throws a TypeError as well, and of both only the class is shown.',
    file: 'lib/channels/webhook/webhook.ts',
    mutants: [
      {
        code: "if (event === undefined) throw new TypeError('nothing to send');",
        from: 'event === undefined',
        to: 'false',
      },
      {
        code: "if (event === undefined) throw new TypeError('nothing to send');",
        from: "'nothing to tell'",
        to: '""',
      },
    ],
  },
  {
    why: 'The same in Slack.',
    file: 'lib/channels/chat.ts',
    mutants: [
      {
        code: "if (event === undefined) throw new TypeError('nothing to send');",
        from: 'event === undefined',
        to: 'false',
      },
      {
        code: "if (event === undefined) throw new TypeError('nothing to send');",
        from: "'nothing to tell'",
        to: '""',
      },
    ],
  },
  {
    why: 'To wait at least 0 ms is not to wait.',
    file: 'lib/delivery/outbox/backoff/retry-policy.ts',
    mutants: [
      {
        code: 'return retryAfterMs > 0 ? Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS[audience]) : 0;',
        from: 'retryAfterMs > 0',
        to: 'retryAfterMs >= 0',
      },
    ],
  },
  {
    why: 'A driver that denies its write is asked for what is stored, and that turns out to be ours: saved, one read later.',
    file: 'lib/store/memory.ts',
    mutants: [{ code: 'return true;', from: 'true', to: 'false' }],
  },
  {
    why: 'The fast way for plain text: the other way gives the same line.',
    file: 'lib/base/text.ts',
    mutants: [
      {
        code: 'if (PRINTABLE_ASCII.test(head)) return head.slice(0, max).trimEnd();',
        from: 'PRINTABLE_ASCII.test(head)',
        to: 'false',
      },
      {
        code: 'const PRINTABLE_ASCII = /^[\\x20-\\x7e]*$/;',
        from: '/^[\\x20-\\x7e]*$/',
        to: '/^[\\x20-\\x7e]$/',
      },
    ],
  },
  {
    why: 'What is not readable holds no record, so both ways give nothing.',
    file: 'lib/records/records.ts',
    mutants: [
      {
        code: "return read.kind === 'record' ? read.held : undefined;",
        from: "read.kind === 'record'",
        to: 'true',
      },
    ],
  },
  {
    why: 'The event that waits first is one of those that are searched: where there is none, nothing is asked.',
    file: 'lib/delivery/outbox/batching/batching.ts',
    mutants: [
      {
        code: 'const end = waiting.findIndex(({ event }) => event.time !== waiting[0]?.event.time);',
        from: 'waiting[0]?.event',
        to: 'waiting[0].event',
      },
    ],
  },
  {
    why: 'The engine reads "GMT GMT" as it reads "GMT".',
    file: 'lib/channels/http-outcome.ts',
    mutants: [
      {
        code: "const time = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);",
        from: "text.endsWith('GMT')",
        to: "text.startsWith('GMT')",
      },
    ],
  },
  {
    why: 'The rules above the driver read the item again and know the write by its nonce; and the file is given back when the program ends, which it does then.',
    file: 'lib/store/sqlite/sqlite.ts',
    mutants: [
      { code: 'return changes === 1;', from: 'changes === 1', to: 'false' },
      { code: 'db.close();', from: 'db.close();', to: ';' },
    ],
  },
  {
    why: 'Read by its primary key a partition comes in order of ids anyway; the words promise it.',
    file: 'lib/store/sqlite/sqlite.ts',
    mutants: [
      {
        code: 'const ALL = `SELECT ${COLUMNS} FROM items WHERE partition = ? ORDER BY id`;',
        from: 'ORDER BY id',
        to: '',
      },
    ],
  },
  {
    why: 'A missing attribute is of no type, so the clause about types says the same here; whether it does everywhere is not to be relied on.',
    file: 'lib/store/dynamodb/dynamodb.ts',
    mutants: [
      {
        code: 'const FIRST = `attribute_not_exists(rev) OR expiresAt <= :now',
        from: 'attribute_not_exists(rev) OR',
        to: '',
      },
      {
        code: 'AND (attribute_not_exists(expiresAt) OR NOT attribute_type(expiresAt, :number) OR expiresAt > :now)`;',
        from: 'attribute_not_exists(expiresAt) OR',
        to: '',
      },
    ],
  },
];
