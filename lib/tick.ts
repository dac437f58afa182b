import { defined } from './base/defined.ts';
import type { DeliverSummary } from './delivery/delivery-summary.ts';
import { createCommit, isChange } from './poll/commit.ts';
import type { TickContext } from './poll/context.ts';
import { type Coverage, createCoverage } from './poll/coverage.ts';
import { entriesElsewhere } from './poll/elsewhere.ts';
import { createGroupChecks } from './poll/groups/checks.ts';
import { refreshLive } from './poll/live/refresh.ts';
import { polledRecords, unpolledRecords } from './poll/load/deliverable.ts';
import { load } from './poll/load/load.ts';
import { markTick } from './poll/mark.ts';
import { withKnownMutes } from './poll/mutes.ts';
import { pollAll } from './poll/passes/first-pass.ts';
import type { TickParts } from './poll/passes/parts.ts';
import { remind } from './poll/reminders.ts';
import { openDelivery } from './poll/tick-delivery.ts';
import type { TickReport } from './telemetry/log.ts';

/**
 * Runs one tick: reads the records, looks at every task, saves each change together with its deliveries, and delivers
 * what is due. Each project and each channel has its own pace, so that one broken task, answer or channel never stops
 * the others.
 *
 * @throws {StoreError} when the store cannot be read: no look begins without the stored state
 */
export async function tick(configured: TickContext): Promise<TickReport> {
  const startedAt = configured.clock.elapsed();

  const known = await load(createCommit(configured), configured);
  const context = withKnownMutes(known, configured);
  const commit = createCommit(context);
  await remind(known, context);

  const coverage = createCoverage(known, entriesElsewhere(known, new Date(context.clock.now())));
  const delivery = openDelivery(known, coverage, context);
  const groups = createGroupChecks({ known, coverage, delivery, commit }, context);
  let delivered: DeliverSummary;
  try {
    const parts = { known, coverage, delivery, groups, commit };
    await Promise.all([deliverPending(parts), pollAll(parts, context)]);
  } finally {
    delivered = await delivery.end();
  }
  await refreshLive({ known, coverage, delivery }, context);

  const report = reportOf(coverage, delivered, startedAt, context);
  await markTick(report, context);
  context.log({ kind: 'tick', ...report });
  return report;
}

/**
 * Hands over the deliveries that earlier ticks left pending. Those to people wait for the looks of this tick, so that a
 * message says what is true now.
 */
async function deliverPending({ known, delivery }: TickParts): Promise<void> {
  await delivery.handOver(unpolledRecords(known));
  await delivery.handOver(polledRecords(known), 'programs');
}

function reportOf(
  coverage: Coverage,
  delivered: DeliverSummary,
  startedAt: number,
  { clock, stats, onlyProjectId, elsewhere = [] }: TickContext,
): TickReport {
  const now = clock.now();
  const ownRuns = new Set(elsewhere.map(({ id }) => id)).size;
  return defined({
    tasks: coverage.polled().reduce((sum, { watches }) => sum + watches.length, 0),
    changed: stats.changed + delivered.events.filter(({ type }) => isChange(type)).length,
    events: stats.events + delivered.events.length,
    delivered: delivered.delivered,
    pending: delivered.pending,
    dead: stats.dead + delivered.dead,
    failedLooks: stats.failedLooks,
    ms: Math.round(clock.elapsed() - startedAt),
    looks: stats.looks,
    elsewhere: onlyProjectId === undefined && elsewhere.length > 0 ? ownRuns : undefined,
    listedOnly: stats.listedOnly === 0 ? undefined : stats.listedOnly,
    failedRecords: stats.failedRecords + delivered.failedRecords,
    pendingAgeMs: Math.max(0, now - (delivered.pendingSince ?? now)),
    brokenChannels: delivered.broken.length,
    broken: delivered.broken,
    silent: delivered.silent,
    blind: stats.blind,
    leasedUntil: delivered.leasedUntil,
  });
}
