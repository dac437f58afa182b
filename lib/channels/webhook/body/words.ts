import { LiquidError } from 'liquidjs';
import * as z from 'zod/mini';
import { TemplateError, type TemplateErrorCode } from './error.ts';

const CAUSED = z.object({ originalError: z.instanceof(Error) });
const UNDEFINED = z.object({ variableName: z.string() });

interface Meaning {
  readonly code: TemplateErrorCode;
  readonly pattern: RegExp;
  readonly words: string;
}

/** Messages of LiquidJS, which repeat the template, and their meaning. The first group is the word that nobody knows. */
const MEANINGS: readonly Meaning[] = [
  { code: 'template', pattern: /^undefined filter: (\w+)/, words: 'uses a filter that does not exist' },
  { code: 'template', pattern: /^tag "(\w+)" not found/, words: 'uses a tag that does not exist' },
  { code: 'template', pattern: /^output .* not closed/s, words: 'has a {{ without its }}' },
  { code: 'template', pattern: /not closed/, words: 'has a tag that is not closed' },
  { code: 'value', pattern: /^memory alloc limit exceeded/, words: 'makes too much' },
  { code: 'slow', pattern: /^template render limit exceeded/, words: 'takes too long' },
  { code: 'template', pattern: /^parse length limit exceeded/, words: 'is too long' },
];

/** An error of LiquidJS in words that repeat nothing of the template. */
export function templateErrorOf(error: unknown): TemplateError {
  if (error instanceof TemplateError) return error;
  const cause = z.safeParse(CAUSED, error).data?.originalError;
  if (cause instanceof TemplateError) return cause;
  const missing = z.safeParse(UNDEFINED, cause).data?.variableName;
  if (missing !== undefined) return new TemplateError('missing', 'uses a field that is not there', missing);
  const message = error instanceof Error ? error.message : '';
  for (const { code, pattern, words } of MEANINGS) {
    const match = pattern.exec(message);
    if (match !== null) return new TemplateError(code, words, match[1]);
  }
  const place = error instanceof LiquidError ? placeIn(error) : '';
  return new TemplateError('template', `is not a Liquid template that can be rendered${place}`);
}

function placeIn({ token }: LiquidError): string {
  const [line, column] = token.getPosition();
  return ` (see its line ${line}, column ${column})`;
}
