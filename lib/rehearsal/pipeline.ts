import * as z from 'zod/mini';

/** The fields of an event that a pipeline reads. It ignores all others. */
const EVENT = z.object({
  id: z.string(),
  type: z.string(),
  sequence: z.string(),
  data: z.object({
    from: z.optional(z.object({ phase: z.string() })),
    to: z.optional(z.object({ phase: z.string() })),
    progress: z.optional(z.object({ percent: z.number() })),
    readiness: z.optional(z.object({ retracts: z.optional(z.string()) })),
    lastFigures: z.optional(z.object({ state: z.string() })),
    validUntil: z.optional(z.string()),
  }),
});
type Event = z.output<typeof EVENT>;

/** The reaction of a pipeline to a request. */
export interface PipelineReaction {
  /** The type of the event and its id. */
  readonly headline: string;
  /** It refused the same event before. */
  readonly isRepeat: boolean;
  /** Goes on after "it". */
  readonly reaction: string;
}

/** A pipeline that takes a migration to its end by what the webhooks say: the reason why there are webhooks. */
export interface Pipeline {
  /** @param refused it is in maintenance, and has answered so */
  handle(body: unknown, refused: boolean): PipelineReaction;
}

export function createPipeline(): Pipeline {
  const refusedIds = new Set<string>();

  return {
    handle(body, refused) {
      const event = EVENT.safeParse(body);
      if (!event.success) return NO_EVENT;
      const { id, type } = event.data;
      const isRepeat = refusedIds.has(id);
      if (refused) refusedIds.add(id);
      return {
        headline: `${type} · ${id}`,
        isRepeat,
        reaction: refused ? 'is in maintenance and answers 503' : reactionTo(event.data),
      };
    },
  };
}

const NO_EVENT: PipelineReaction = {
  headline: 'something that is not an event',
  isRepeat: false,
  reaction: 'ignores it',
};

function reactionTo(event: Event): string {
  const { type, data } = event;
  switch (type.replace(/^dcs\./, '')) {
    case 'migration.first_seen':
    case 'migration.status_changed':
      return reactionToArrival(data);
    case 'migration.progress':
      return `moves its progress bar to ${data.progress?.percent} %`;
    case 'migration.cutover_ready':
      return `starts the cut-over with fencing token ${Number(event.sequence)}, valid until ${data.validUntil?.slice(11, 16)} UTC`;
    case 'migration.cutover_unready':
      return `stops the cut-over that it started for ${data.readiness?.retracts}`;
    case 'migration.cutover_blocked':
      return 'tells the people waiting for the cut-over why they have to wait';
    case 'migration.regressed':
      return 'locks the cut-over: the target is not complete';
    case 'migration.stalled':
      return 'calls the engineer on duty';
    case 'migration.resumed':
      return 'ends the alarm';
    case 'migration.forgotten':
      return 'asks the owner of the task what to do with it';
    default:
      return 'takes note';
  }
}

const AT_PHASE: ReadonlyMap<string, string> = new Map([
  ['configuring', 'opens a ticket: somebody has to configure this task'],
  ['full', 'notes that the copy is under way'],
  ['incremental', 'prepares the cut-over, and waits for cutover_ready'],
  ['stopping', 'waits for the end'],
  ['stopped', 'points the application at the new instance, and files the report'],
  ['failed', 'opens an incident with the error message, the log lines and the advice'],
]);

function reactionToArrival({ from, to, lastFigures }: Event['data']): string {
  if (lastFigures !== undefined && lastFigures.state !== 'in step')
    return 'changes nothing, and asks somebody to check what the target lacks';
  if (from?.phase === 'incremental' && to?.phase === 'full') return 'notes that the copy starts again';
  return AT_PHASE.get(to?.phase ?? '') ?? 'takes note';
}
