import { MOST_RENDER_MS } from './engine.ts';
import { TemplateError } from './error.ts';
import { type Template, templateOf } from './template.ts';
import { withLeaves } from './tree.ts';

const MOST_BYTES = 256 * 1024;

/** Makes the body of a request from an event: JSON, the same bytes at any time. */
export type RenderBody = (event: object) => string;

/** @throws {TemplateError} where a text of the tree is no template */
export function bodyRenderer(tree: unknown): RenderBody {
  const templates = new Map<string, Template>();
  withLeaves(tree, (leaf) => {
    if (typeof leaf === 'string' && !templates.has(leaf)) templates.set(leaf, templateOf(leaf));
    return leaf;
  });
  return (event) => {
    const until = performance.now() + MOST_RENDER_MS;
    const body = withLeaves(tree, (leaf) => {
      const template = typeof leaf === 'string' ? templates.get(leaf) : undefined;
      return template === undefined ? leaf : render(template, event, until);
    });
    const json = JSON.stringify(body);
    if (Buffer.byteLength(json) > MOST_BYTES) throw tooLong();
    return json;
  };
}

/** Optional fields were asked for when the configuration was loaded. An event that lacks another one is better sent than lost. */
function render(template: Template, event: object, until: number): unknown {
  const mostMs = until - performance.now();
  return limited(template.render(event, { strict: false, mostMs }));
}

/** A text cut in the middle of a character is no text that every JSON parser takes. */
export function limited(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (value.length > MOST_BYTES) throw tooLong();
  return value.toWellFormed();
}

function tooLong(): TemplateError {
  return new TemplateError('value', `makes more than ${MOST_BYTES / 1024} kB`);
}
