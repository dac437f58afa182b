/** A delivery as the checks see it: an event of a persisted change, to one channel. */
interface Delivery {
  /** It is pending, or was. */
  expected: boolean;
  /** It is a dead letter that was not requeued. */
  isDead: boolean;
  /** It was dead at some time: then it may arrive after later ones. */
  hasDied: boolean;
  /** It ended with its channel. */
  isCancelled: boolean;
  /** It is merged into this one, and ends as that does. */
  mergedInto?: DeliveryKey;
  readonly copiesSent: Copy[];
  /** Copies that nothing accounts for. */
  unexplained: number;
}

/** One time that a receiver took the message. */
export interface Copy {
  readonly run: number;
  readonly isAmbiguous: boolean;
}

/** Names a delivery: `task-1 7 ops`. */
export type DeliveryKey = `${string} ${number} ${string}`;

export function deliveryKey(subject: string, number: number, channel: string): DeliveryKey {
  return `${subject} ${number} ${channel}`;
}

export function channelOf(key: DeliveryKey): string {
  return key.slice(key.lastIndexOf(' ') + 1);
}

/** All deliveries of a case, and how each of them ended. */
export interface Ledger {
  expect(key: DeliveryKey): void;
  isExpected(key: DeliveryKey): boolean;
  /** Arrived, a dead letter, or cancelled: no longer pending. Also true if it never was. */
  isSettled(key: DeliveryKey): boolean;
  /** It is a dead letter; or it was one, and a requeue shows elsewhere. */
  storeDeadLetter(key: DeliveryKey, state: 'dead' | 'redriven'): void;
  hasDied(key: DeliveryKey): boolean;
  /** It is pending again. @returns false when it was no dead letter */
  requeue(key: DeliveryKey): boolean;
  /** How many are dead and not among these, twice among them, or among them though they never died or surely arrived. */
  miscounted(listed: readonly DeliveryKey[]): number;
  cancel(key: DeliveryKey): void;
  /** From now on it is merged into another one. */
  merge(key: DeliveryKey, into: DeliveryKey): void;
  /** The delivery that carries it: itself, or the one into which it was merged. */
  bearerOf(key: DeliveryKey): DeliveryKey;
  /** @returns how many copies nothing accounts for because of this one */
  arrive(key: DeliveryKey, copy: Copy): number;
  hasArrived(key: DeliveryKey): boolean;
  /** From now on, what this run had on its way may have to be repeated, once. */
  accident(run: number): void;
  /** What is expected and not settled. */
  open(): DeliveryKey[];
  totals(): LedgerTotals;
}

interface LedgerTotals {
  readonly deliveries: number;
  readonly dead: number;
  readonly duplicates: number;
  readonly most: number;
}

export function createLedger(): Ledger {
  const deliveries = new Map<DeliveryKey, Delivery>();
  const accidents = new Map<number, number>();

  const at = (key: DeliveryKey): Delivery => {
    const known = deliveries.get(key);
    if (known !== undefined) return known;
    const fresh: Delivery = {
      expected: false,
      isDead: false,
      hasDied: false,
      isCancelled: false,
      copiesSent: [],
      unexplained: 0,
    };
    deliveries.set(key, fresh);
    return fresh;
  };

  const isOver = (delivery: Delivery): boolean => {
    const { mergedInto } = delivery;
    return isSettled(delivery) || (mergedInto !== undefined && isOver(at(mergedInto)));
  };

  const bearerOf = (key: DeliveryKey): DeliveryKey => {
    const into = deliveries.get(key)?.mergedInto;
    return into === undefined ? key : bearerOf(into);
  };

  /** The sender knows that this one arrived, and nothing kept it from writing so. */
  const isSure = ({ run, isAmbiguous }: Copy): boolean => !isAmbiguous && !accidents.has(run);

  /** How many copies there may be: one for each ambiguous answer, and for each accident of a run that sent one. */
  const excuses = (copies: readonly Copy[]): number => {
    const byRun = [...Map.groupBy(copies, ({ run }) => run)];
    return byRun.reduce((total, [run, ofRun]) => {
      const ambiguous = ofRun.filter(({ isAmbiguous }) => isAmbiguous).length;
      return total + Math.min(ofRun.length, ambiguous + (accidents.get(run) ?? 0));
    }, 0);
  };

  return {
    expect(key) {
      at(key).expected = true;
    },
    isExpected: (key) => deliveries.get(key)?.expected === true,
    isSettled(key) {
      const delivery = deliveries.get(key);
      return delivery === undefined || isOver(delivery) || !delivery.expected;
    },
    storeDeadLetter(key, state) {
      const delivery = at(key);
      if (state === 'dead') delivery.isDead = true;
      delivery.hasDied = true;
    },
    hasDied: (key) => deliveries.get(key)?.hasDied === true,
    requeue(key) {
      const delivery = at(key);
      const wasDead = delivery.isDead;
      delivery.isDead = false;
      return wasDead;
    },
    miscounted(listed) {
      const isListed = new Set(listed);
      const missing = [...deliveries].filter(
        ([key, { isDead, copiesSent }]) => isDead && copiesSent.length === 0 && !isListed.has(key),
      );
      const isWrong = (delivery: Delivery | undefined): boolean =>
        delivery?.isDead !== true || delivery.copiesSent.some(isSure);
      const wrong = listed.filter((key) => isWrong(deliveries.get(key)));
      return missing.length + wrong.length + listed.length - isListed.size;
    },
    cancel(key) {
      at(key).isCancelled = true;
    },
    merge(key, into) {
      at(key).mergedInto = into;
    },
    bearerOf,
    hasArrived: (key) => (deliveries.get(key)?.copiesSent.length ?? 0) > 0,
    accident: (run) => void accidents.set(run, (accidents.get(run) ?? 0) + 1),

    arrive(key, copy) {
      const delivery = at(key);
      delivery.copiesSent.push(copy);
      const before = delivery.unexplained;
      const now = copies(delivery) - excuses(delivery.copiesSent);
      delivery.unexplained = Math.max(before, now);
      return delivery.unexplained - before;
    },

    open: () => [...deliveries].flatMap(([key, one]) => (one.expected && !isOver(one) ? [key] : [])),

    totals() {
      const all = [...deliveries.values()];
      return {
        deliveries: all.filter(({ expected }) => expected).length,
        dead: all.filter(({ isDead }) => isDead).length,
        duplicates: all.reduce((sum, delivery) => sum + copies(delivery), 0),
        most: Math.max(0, ...all.map(copies)),
      };
    },
  };
}

function isSettled({ isDead, isCancelled, copiesSent }: Delivery): boolean {
  return isDead || isCancelled || copiesSent.length > 0;
}

/** Beyond the first. */
function copies({ copiesSent }: Delivery): number {
  return Math.max(0, copiesSent.length - 1);
}
