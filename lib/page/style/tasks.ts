/** Tiles, cards and rows of tasks. */
export const TASKS = `
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(120px, 1fr)); gap: 12px; margin-top: 18px }
.tile { display: block; padding: 12px 16px; color: var(--ink); text-decoration: none; min-height: 84px }
.tile b { display: block; font-size: 30px; line-height: 1.15; font-weight: 650; letter-spacing: -.02em }
.tile span { font-size: 13px; color: var(--soft) }
.tile.none b { color: var(--soft); font-weight: 400 }
a.tile:hover { border-color: var(--blue) }
.g-failed { --tone: var(--red) }
.g-attention { --tone: var(--amber) }
.g-ready { --tone: var(--green) }
.g-way { --tone: var(--blue) }
.g-ended { --tone: var(--grey) }
.tile:not(.none) b { color: var(--tone) }
.sign {
  flex: none; display: inline-flex; align-items: center; justify-content: center; width: 20px; height: 20px;
  border-radius: 50%; background: var(--tone); color: var(--sign); font: 700 12px/1 system-ui, sans-serif;
}
h2 .sign { align-self: center }
.g-ended .sign { font-size: 8px }
.tasks { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 350px), 1fr)); gap: 0 14px }
.tasks > section { grid-column: 1 / -1; display: grid; grid-template-columns: subgrid; align-content: start }
.tasks > section > * { grid-column: 1 / -1; min-width: 0 }
.cards { display: grid; grid-template-columns: subgrid; gap: 14px; align-items: start }
@media (min-width: 860px) {
  .tasks > .span-1 { grid-column: span 1 }
  .tasks > .span-2 { grid-column: span 2 }
}
.card { padding: 14px 16px; display: flex; flex-direction: column; gap: 9px; min-width: 0 }
.card.g-failed { border-color: var(--red) }
.card.g-attention { border-color: var(--amber) }
.card.g-ready { border-color: var(--green) }
.head { display: grid; grid-template-columns: auto 1fr; gap: 2px 10px; align-items: center }
.head p { grid-column: 2; font-size: 13px; color: var(--soft) }
.stand { display: flex; flex-wrap: wrap; gap: 2px 10px; align-items: baseline; justify-content: space-between }
.stand b { font-weight: 650; color: var(--tone) }
.bar { display: grid; gap: 4px }
.bar p { display: flex; flex-wrap: wrap; gap: 2px 10px; justify-content: space-between; font-size: 13px; color: var(--soft) }
.bar p b { color: var(--ink); font-size: 15px }
progress {
  appearance: none; -webkit-appearance: none; display: block; width: 100%; height: 8px; border: 0; border-radius: 4px;
  background: var(--track); color: var(--line); overflow: hidden;
}
progress::-webkit-progress-bar { background: var(--track) }
progress::-webkit-progress-value { background: var(--line); border-radius: 4px }
progress::-moz-progress-bar { background: var(--line); border-radius: 4px }
.reason { font-size: 14px; border-radius: 6px; padding: 6px 10px; background: var(--ground) }
.reason.bad-box { background: var(--red-wash) }
.reason.warn-box { background: var(--amber-wash) }
.reason.good-box { background: var(--green-wash) }
.facts { display: grid; grid-template-columns: auto 1fr; gap: 2px 14px; font-size: 13px }
.facts dt { color: var(--soft) }
.tags { display: flex; flex-wrap: wrap; gap: 6px; font-size: 13px }
.tags li { border: 1px solid var(--edge); border-radius: 12px; padding: 0 10px; color: var(--soft) }
.tags li.dead { border-color: var(--red); color: var(--red) }
.events { font-size: 13px; border-top: 1px solid var(--edge); padding-top: 8px; display: grid; grid-template-columns: auto 1fr; gap: 3px 10px }
.events li { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid }
.events time { color: var(--soft) }
.rows td.plot { width: 17%; min-width: 120px }
.rows td p { font-size: 13px; color: var(--soft) }
.rows th p { font-weight: 400; font-size: 13px; color: var(--soft) }
.rows .bar p b { font-size: 14px }
.rows tbody th { width: 19% }
.rows td.event { width: 18%; font-size: 13px; color: var(--soft) }
.cards + .box { margin-top: 14px }
.sheet { margin-top: 18px; padding: 0 18px; overflow: hidden }
.sheet dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 0 36px; margin-top: -1px }
.sheet dl > div { display: grid; grid-template-columns: 116px minmax(0, 1fr); gap: 12px; padding: 9px 0; border-top: 1px solid var(--edge); margin-bottom: 0 }
.sheet dt { color: var(--soft); font-size: 13px; line-height: 22px }
.sheet .tone { color: var(--tone) }
.report h1 .sign { vertical-align: 3px }
.said > div { display: flex; gap: 10px }
.said p { font-size: 13px; color: var(--soft) }
.ways { display: grid; gap: 2px; font-size: 13px }
.said { width: 52% }
th.count { min-width: 0; width: 1% }
td:has(bdi, span) { min-width: 9em }
@media screen and (max-width: 840px) {
  .tiles { grid-template-columns: repeat(3, 1fr); gap: 8px }
  .tile { padding: 10px 12px; min-height: 0 }
  .tile b { font-size: 24px }
  .rows td.plot, .rows td.event, .said { width: auto }
  .rows td > .bar, .rows td > .mini { flex: 1; max-width: 68% }
}
`;
