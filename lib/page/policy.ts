import { createHash } from 'node:crypto';
import { STYLE } from './style.ts';

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** A page may use its own style and show its own icon. No script runs, and no server is asked for anything. */
const DIRECTIVES = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
];

/** The policy within the page, for files. */
export const META_POLICY = DIRECTIVES.join('; ');

/** The value of the header `Content-Security-Policy`: besides, no other page frames this one. */
export const PAGE_POLICY = [...DIRECTIVES, "frame-ancestors 'none'"].join('; ');
