import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { listAt, node, nodeAt, page } from './html.ts';

const RENDERER = createRequire(import.meta.url).resolve('adaptivecards/dist/adaptivecards.min.js');

async function bundled(file: string): Promise<string> {
  const entryPoints = [fileURLToPath(new URL(file, import.meta.url))];
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    minify: true,
    write: false,
    charset: 'ascii',
  });
  return outputFiles
    .map(({ text }) => text)
    .join('\n')
    .replaceAll('</script', '<\\/script');
}

const STYLE = `
  body { background: #f5f5f5; color: #242424 }
  #card { background: #fff; border-radius: 6px; border: 1px solid #e0e0e0; overflow: hidden }
  .ac-pushButton { border: 1px solid #d1d1d1; border-radius: 4px; background: #fff; padding: 5px 12px; font-weight: 600 }`;

const colour = (value: string) => ({ default: value, subtle: '#616161' });
const container = (backgroundColor: string, text: string) => ({
  backgroundColor,
  foregroundColors: { default: colour(text) },
});
const HOST = {
  fontFamily: '"DejaVu Sans", "Noto Sans CJK SC", "Noto Color Emoji", sans-serif',
  spacing: { small: 4, default: 8, medium: 12, large: 16, extraLarge: 20, padding: 12 },
  fontSizes: { small: 12, default: 14, medium: 16, large: 18, extraLarge: 20 },
  actions: { actionsOrientation: 'horizontal', actionAlignment: 'left' },
  containerStyles: {
    default: container('#ffffff', '#242424'),
    emphasis: container('#f0f0f0', '#242424'),
    good: container('#e7f2da', '#0e700e'),
    warning: container('#fbf6d9', '#835b00'),
    attention: container('#fce4e4', '#b10e1c'),
  },
};

/** A card of Teams, drawn by Microsoft's own renderer; where it would read Markdown, it does. */
export async function teamsPage(payload: unknown): Promise<string> {
  const [attachment = {}] = listAt(node.parse(payload), 'attachments');
  const card = JSON.stringify(nodeAt(attachment, 'content')).replaceAll('<', '\\u003c');
  const sources = [await bundled('browser.ts'), await readFile(RENDERER, 'utf8')];
  const script = `
    const markdown = markdownit();
    AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
      const mention = /&lt;at&gt;(.*?)&lt;\\/at&gt;/g;
      result.outputHtml = markdown.render(text).replace(mention, '<b style="color:#5b5fc7">$1</b>');
      result.didProcess = true;
    };
    const card = new AdaptiveCards.AdaptiveCard();
    card.hostConfig = new AdaptiveCards.HostConfig(${JSON.stringify(HOST)});
    card.parse(${card});
    document.getElementById('card').append(card.render());`;
  return page(
    STYLE,
    `<div id="card"></div>${[...sources, script].map((source) => `<script>${source}</script>`).join('')}`,
  );
}
