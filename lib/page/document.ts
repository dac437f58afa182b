import { type Html, html, styleElement } from './html.ts';
import { META_POLICY } from './policy.ts';
import { STYLE } from './style.ts';
import type { PageOptions, View } from './view.ts';

export interface Document {
  /** Plain text. */
  readonly title: string;
  /** Decides the icon. */
  readonly isCalm: boolean;
  readonly body: Html;
}

/** In the colour of the gravest task, so that a tab shows it too. */
const ICONS = {
  calm: html`<link rel="icon" href="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='4' fill='%231a7f37'/><path d='M4 8l3 3 5-6' fill='none' stroke='white' stroke-width='2'/></svg>">`,
  alarm: html`<link rel="icon" href="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='4' fill='%23c4271b'/><path d='M8 3v6M8 11v2' fill='none' stroke='white' stroke-width='2'/></svg>">`,
} as const;

/** A whole file: it needs nothing from elsewhere. */
export function documentOf(page: Document, view: View, options: PageOptions): string {
  const { tag } = view.language.page;
  const markup = html`
    <html lang="${tag}"><head><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${META_POLICY}">
    <meta name="viewport" content="width=device-width,initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <meta name="robots" content="noindex">
    ${refresh(options.refreshSeconds)}
    <title>${page.title}</title>
    ${page.isCalm ? ICONS.calm : ICONS.alarm}
    ${styleElement(STYLE)}
    </head><body>${page.body}</body></html>`;
  return `<!doctype html>\n${markup}\n`;
}

function refresh(seconds: number | undefined): Html | undefined {
  return seconds === undefined ? undefined : html`<meta http-equiv="refresh" content="${seconds}">`;
}
