/** Plots, large and small. */
export const PLOTS = `
.spark { display: block; width: 100%; height: 46px }
.rows .spark { height: 26px; margin-top: 3px }
.line { fill: none; stroke: var(--line); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; vector-effect: non-scaling-stroke }
.area { fill: var(--area); stroke: none }
.dot { fill: none; stroke: var(--line); stroke-width: 7; stroke-linecap: round; vector-effect: non-scaling-stroke }
.second { stroke: var(--amber); stroke-dasharray: 5 4 }
.mini p { display: flex; flex-wrap: wrap; gap: 2px 10px; justify-content: space-between; align-items: baseline; font-size: 13px; color: var(--soft) }
.mini p b { color: var(--ink); font-size: 15px; font-weight: 650 }
.rows .mini p b { font-size: 14px }
.course { padding: 16px 18px 10px; overflow: hidden }
.course figure + figure { margin-top: 18px }
figcaption { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; margin-bottom: 6px }
figcaption .last { margin-inline-start: auto; font-weight: 650 }
.axes { display: block; width: 100%; overflow: visible }
.axes text { font-size: 12px; fill: var(--soft); paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round }
.grid { stroke: var(--edge); stroke-width: 1 }
.tick { stroke: var(--soft); stroke-width: 1 }
.change { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 3 }
.strip rect { fill: var(--grey) }
.strip .p-full, .strip .p-migrating { fill: var(--blue) }
.strip .p-incremental { fill: #0f766e }
.strip .p-switching { fill: #7c4dbd }
.strip .p-succeeded { fill: var(--green) }
.strip .p-failed, .strip .p-gone { fill: var(--red) }
.axes .strip text { stroke: none; fill: var(--sign); font-weight: 600 }
.event { fill: var(--blue); stroke: var(--card); stroke-width: 1.5 }
.event.failure { fill: var(--red) }
.event.action { fill: var(--amber) }
.event.success { fill: var(--green) }
.narrow { display: none }
.key { font-size: 13px; color: var(--soft); display: inline-flex; align-items: center; gap: 6px }
.key svg { width: 22px; height: 8px }
@media screen and (max-width: 840px) { .wide { display: none } .narrow { display: inline } }
@media screen and (prefers-color-scheme: dark) {
  .strip .p-incremental { fill: #4fc2b5 }
  .strip .p-switching { fill: #b99af0 }
}
`;
