import { StoreError } from '../errors.ts';
import type { RedisAddress } from './address.ts';
import { isReply } from './errors.ts';
import type { Command } from './session/connection.ts';
import { replicationCommands, replicationOf } from './session/replication.ts';
import type { Session } from './session/session.ts';

/** The longest wait for a replica's confirmation. */
const CONFIRM_MS = 1000;

/** Makes the writes of this process count when as many replicas as needed have them. */
export interface ConfirmedWrites {
  /**
   * Sends writes at once and gives their answers, 1 for each that was made.
   *
   * @throws when too few replicas confirm them
   */
  send(session: Session, writes: readonly Command[]): Promise<unknown[]>;
  /**
   * Waits until replicas have every earlier write. A run would otherwise read its own unconfirmed write, and act upon
   * what a failover can lose.
   *
   * @throws when too few replicas confirm them
   */
  confirmEarlier(session: Session): Promise<void>;
}

/** @param trialWrite a write without effect, because `WAIT` only waits for writes of its own connection */
export function createConfirmedWrites(address: RedisAddress, trialWrite: () => Command): ConfirmedWrites {
  /** Whether the master may hold a write of this process that no replica has. */
  let isUnconfirmed = false;

  /** Commands that go with writes: they wait for replicas, or find out whether one has come. */
  function companions({ confirmations }: Session): readonly Command[] {
    if (confirmations > 0) return [waitFor(confirmations)];
    return address.replicas === undefined ? replicationCommands(address) : [];
  }

  /** @param answers those to the companions */
  async function assertConfirmed(session: Session, answers: readonly unknown[]): Promise<void> {
    const { connection } = session;
    if (session.confirmations > 0) return assertEnough(session.confirmations, answers[0]);
    if (address.replicas !== undefined) return;
    const { confirmations } = await replicationOf(answers, connection, address);
    session.confirmations = confirmations;
    if (confirmations === 0) return;
    const [confirmed] = await connection.askAll([waitFor(confirmations)]);
    assertEnough(confirmations, confirmed);
  }

  function assertEnough(confirmations: number, confirmed: unknown): void {
    if (isReply(confirmed)) throw confirmed;
    if (Number(confirmed) < confirmations) throw unconfirmed(address, confirmations);
  }

  return {
    async send(session, writes) {
      const before = isUnconfirmed;
      isUnconfirmed = address.replicas !== 0;
      const answers = await session.connection.askAll([...writes, ...companions(session)]);
      const written = answers.splice(0, writes.length);
      // A refused write leaves nothing to be confirmed.
      const isWritten = written.includes(1);
      if (isWritten) await assertConfirmed(session, answers);
      isUnconfirmed = !isWritten && before;
      return written;
    },

    async confirmEarlier({ connection, confirmations }) {
      if (!isUnconfirmed || confirmations === 0) return;
      const [, confirmed] = await connection.askAll([trialWrite(), waitFor(confirmations)]);
      assertEnough(confirmations, confirmed);
      isUnconfirmed = false;
    },
  };
}

function waitFor(confirmations: number): Command {
  return ['WAIT', confirmations, CONFIRM_MS];
}

function unconfirmed({ place }: RedisAddress, confirmations: number): StoreError {
  const who = confirmations === 1 ? 'no replica' : `fewer than ${confirmations} replicas`;
  return new StoreError(
    'unavailable',
    `The Redis at ${place} has ${who} that confirmed a write within ${CONFIRM_MS} ms, so a failover might lose it: the next run tries again; if it lasts, mend the replication, or write ?replicas=0 for an instance that is meant to have none.`,
  );
}
