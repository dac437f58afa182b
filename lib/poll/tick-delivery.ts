import { reasonOf } from '../base/errors.ts';
import { type Delivery, startDelivery } from '../delivery/deliver.ts';
import { countPending, type DeliverSummary } from '../delivery/delivery-summary.ts';
import {
  announcingProject,
  type ChannelHealth,
  openChannelHealth,
} from '../delivery/health/channel-health.ts';
import { WATCHER_KEY } from '../records/keys.ts';
import type { TickContext } from './context.ts';
import type { Coverage } from './coverage.ts';
import { createOverviews } from './live/overviews.ts';
import { deliverableRecords } from './load/deliverable.ts';
import type { TickRecords } from './load/tick-records.ts';
import { createRevalidation } from './revalidate/revalidate.ts';

/** Opens the delivery of one tick, which goes on while projects are polled. Its end never throws. */
export function openDelivery(known: TickRecords, coverage: Coverage, context: TickContext): Delivery {
  const health = openHealth(known, context);
  if (health === undefined) return withoutProject(known);
  const { store, channels, clock, log, random, owner, endsAt, nextTickAt } = context;
  const delivery = startDelivery({
    store,
    channels,
    clock,
    log,
    random,
    owner,
    endsAt,
    nextTickAt,
    health,
    revalidate: createRevalidation(coverage.entries, context),
    isLookedAt: coverage.covers,
    overviewOf: createOverviews(coverage, context),
  });
  return { ...delivery, end: () => endOf(delivery, known, context) };
}

function openHealth(
  { watcher }: TickRecords,
  { store, log, channels, clock, projects, elsewhere = [] }: TickContext,
): ChannelHealth | undefined {
  const project = announcingProject([...projects, ...elsewhere]);
  if (project === undefined) return undefined;
  const held = watcher.held(WATCHER_KEY.id, new Date(clock.now()));
  return openChannelHealth({ store, log, channels, held, project });
}

const NOTHING = { delivered: 0, dead: 0, broken: [], silent: [], failedRecords: 0, events: [] } as const;

/**
 * The delivery of a tick without a project. Events about the whole configuration come from a project, so there is
 * nothing to send.
 */
function withoutProject(known: TickRecords): Delivery {
  return {
    handOver: async () => undefined,
    heldAt: () => undefined,
    allows: () => false,
    end: async () => ({ ...NOTHING, ...countPending(deliverableRecords(known)) }),
  };
}

/** An internal error only delays: the rest is due again in the next tick. */
async function endOf(delivery: Delivery, known: TickRecords, context: TickContext): Promise<DeliverSummary> {
  try {
    return await delivery.end();
  } catch (error) {
    const message = `not everything was delivered; the rest is due in the next tick: ${reasonOf(error)}`;
    context.log({ kind: 'problem', message });
    return { ...NOTHING, failedRecords: 1, ...countPending(deliverableRecords(known)) };
  }
}
