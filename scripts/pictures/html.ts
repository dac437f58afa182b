import * as z from 'zod/mini';

/** A node of a vendor's layout. Everything that a picture does not know is an error: no picture leaves something out. */
export const node = z.record(z.string(), z.unknown());
export type Node = z.output<typeof node>;

export function listAt(parent: Node, key: string): Node[] {
  return z.array(node).parse(parent[key] ?? []);
}

export function nodeAt(parent: Node, key: string): Node {
  return node.parse(parent[key]);
}

export function textAt(parent: Node, key: string): string {
  return z.string().parse(parent[key]);
}

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

export function page(style: string, body: string): string {
  return `<!doctype html><meta charset="utf-8"><style>
    * { box-sizing: border-box }
    body { margin: 0; padding: 16px; width: 640px; font: 14px/1.45 "DejaVu Sans", "Noto Sans CJK SC", "Noto Color Emoji", sans-serif }
    ${style}</style><body>${body}`;
}
