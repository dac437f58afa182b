/** Colours, letters, and what both pages have. Every colour of text has a contrast of 4.5 to its ground at least. */
export const BASE = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --card: #fff; --edge: #dfe3e8; --ink: #1c2128; --soft: #56606b; --track: #e4e8ed;
  --red: #b9251c; --amber: #8a5300; --green: #17722f; --blue: #0a5dc2; --grey: #5b6570;
  --red-wash: #fdeeec; --amber-wash: #fdf3e0; --green-wash: #e8f6ec;
  --line: #2f7fe0; --area: #2f7fe01f; --sign: #fff;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1216; --card: #171b21; --edge: #2a313a; --ink: #e8ebef; --soft: #9ba6b2; --track: #2a313a;
    --red: #ff8a80; --amber: #e6b04a; --green: #5ecf7f; --blue: #7db5ff; --grey: #9ba6b2;
    --red-wash: #2c1a1b; --amber-wash: #2a2216; --green-wash: #15261b;
    --line: #5b9dff; --area: #5b9dff24; --sign: #0f1216;
  }
}
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: smooth }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
.page { max-width: 1480px; margin: 0 auto; padding: 22px clamp(14px, 2.4vw, 36px) 40px }
h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; padding: 0 }
ul, ol { list-style: none }
h1 { font-size: 24px; line-height: 1.25; font-weight: 650; letter-spacing: -.01em }
h2 { font-size: 17px; line-height: 1.3; font-weight: 650; margin: 34px 0 12px; display: flex; align-items: baseline; gap: 8px }
h2 small { font-size: 15px; font-weight: 400; color: var(--soft) }
h3 { font-size: 15px; line-height: 1.35; font-weight: 650 }
a { color: var(--blue); text-underline-offset: 2px }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; border-radius: 3px }
code { font: 13px/1.4 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace }
bdi, code, td span { overflow-wrap: anywhere }
.top { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 20px }
.top p { color: var(--soft); font-size: 14px }
.top .now { margin-inline-start: auto }
th p { font-weight: 400 }
.soft { color: var(--soft) }
.small { font-size: 13px }
.bad { color: var(--red); font-weight: 600 }
.warn { color: var(--amber); font-weight: 600 }
.good { color: var(--green); font-weight: 600 }
.alerts { margin-top: 18px; border: 1px solid var(--red); border-radius: 10px; background: var(--red-wash); padding: 12px 16px }
.alerts h2 { margin: 0 0 6px; font-size: 15px; color: var(--red) }
.alerts li { padding: 2px 0 }
.alerts li span { color: var(--soft); font-size: 13px; margin-inline-start: 8px }
.box { background: var(--card); border: 1px solid var(--edge); border-radius: 10px }
table { border-collapse: collapse; width: 100%; font-size: 14px }
th { text-align: start; font-weight: 600; color: var(--soft); font-size: 13px; word-break: keep-all }
th, td { padding: 8px 14px; vertical-align: top; border-bottom: 1px solid var(--edge) }
tbody tr:last-child > * { border-bottom: 0 }
tbody th { color: var(--ink); font-size: 14px; white-space: normal; min-width: 150px }
.number { text-align: end }
.tables { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr)); gap: 0 22px; align-items: start }
footer { margin-top: 36px; color: var(--soft); font-size: 13px }
@media screen and (max-width: 840px) {
  body { font-size: 14px }
  h1 { font-size: 21px }
  .top .now { margin-inline-start: 0 }
  table, tbody, tr, th, td { display: block }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  tbody tr { padding: 10px 14px; border-bottom: 1px solid var(--edge) }
  tbody tr:last-child { border-bottom: 0 }
  th, td { border: 0; padding: 2px 0 }
  td { display: flex; gap: 10px; justify-content: space-between }
  td[data-l]::before { content: attr(data-l); color: var(--soft); font-size: 13px; flex: none }
  td:empty { display: none }
  .number { text-align: start }
}
@media print {
  body { background: #fff }
  .page { max-width: none; padding: 0; zoom: .75 }
  .tiles { break-inside: avoid }
  .card, tr, figure { break-inside: avoid }
  h2 { break-after: avoid }
  a { color: inherit; text-decoration: none }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
`;
