/** Bundled for the page of a card: the reader of Markdown that the renderer of cards leaves to its host. */
import markdownit from 'markdown-it';

Object.assign(globalThis, { markdownit });
